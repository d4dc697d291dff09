"""Windows of time in which the objective was held: so many requests made, so few of them failed.

T5 is the earliest moment at which every vantage leads to the standby and from which on as many windows as the
plan wants, one after the other, hold the objective: in each every client was served by the standby alone, no
name server led elsewhere, at most `errors` percent of the requests and checkouts failed, and an order was
acknowledged there if any was tried. A window that nobody asked anything in holds nothing. What happens once
they are over does not undo it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from scripts.drill import vantages
from scripts.drill.observations import Fetched, Observation, Ordered
from scripts.drill.plan import Plan


def held_from(plan: Plan, seen: Sequence[Observation], t0: float) -> float | str:
    """T5, or why it has not come."""
    made = sorted(
        (one for one in seen if isinstance(one, Fetched | Ordered) and one.at >= t0),
        key=lambda one: one.at,
    )
    if not made:
        return "nothing was asked after the fault"
    last = max(one.at for one in seen)
    pace = plan.pace
    sent = [one.at for one in made]

    def window(begin: float) -> Sequence[Fetched | Ordered]:
        return made[bisect_left(sent, begin) : bisect_left(sent, begin + pace.window)]

    lasts = pace.windows * pace.window
    for begin, end in vantages.together(seen, plan.theatre.standby.name, t0):
        # The objective can begin to be held only then, and where a request was made.
        for start in (begin, *dict.fromkeys(sent[bisect_right(sent, begin) :])):
            if start + lasts > min(end, last):
                break
            if all(
                _holds(plan, window(start + number * pace.window)) for number in range(pace.windows)
            ):
                return start
    return "the objective was not held for as long as the plan wants"


def _holds(plan: Plan, made: Sequence[Fetched | Ordered]) -> bool:
    """Whether a window holds the objective."""
    standby = plan.theatre.standby.name
    fetched = [one for one in made if isinstance(one, Fetched)]
    ordered = [one for one in made if isinstance(one, Ordered)]
    if any(one.region not in ("", standby) for one in made):
        return False
    served = {one.client for one in fetched if one.good and one.region == standby}
    if len(served) < plan.pace.clients:
        return False
    if ordered and not any(one.acknowledged and one.region == standby for one in ordered):
        return False
    failed = sum(not one.good for one in fetched) + sum(not one.acknowledged for one in ordered)
    return failed * 100 <= plan.objectives.errors * len(made)
