"""Thousands of observations as a few stretches of time: what each vantage held to be so, and until when.

Time is cut into `STEPS` at most. Of a step the worst that was seen in it counts, so that one failed request
among many is not lost; where nothing was seen, what was seen before holds, but not for ever: a vantage that
has fallen silent leaves a gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, TypeAlias, TypeVar

from scripts.drill.observations import (
    Alarmed,
    Fetched,
    Lagged,
    Observation,
    Ordered,
    Probed,
    Resolved,
)
from scripts.drill.plan import Plan

#: Steps of a drill's time, however long it took, and seconds of one at least.
STEPS, SHORTEST = 240, 1.0

#: Vantages of one kind that are shown; a hundred clients look like sixteen.
ROWS, ALARMS = 16, 6

#: Nobody answered, or what answered was nobody's.
NOBODY = "nobody"

#: From, until, and what was so: seconds since the drill's zero.
Run: TypeAlias = tuple[float, float, str]

_Key = TypeVar("_Key", bound=Hashable)
_Seen = TypeVar("_Seen", bound=Observation)


@dataclass(frozen=True)
class Span:
    """The time that is shown; offsets count from `zero`, the fault."""

    began: float
    ended: float
    zero: float

    @property
    def step(self) -> float:
        """Seconds of one step; all are as long."""
        return max(self.ended - self.began, SHORTEST) / self.steps

    @property
    def steps(self) -> int:
        """How many there are."""
        return min(max(int((self.ended - self.began) / SHORTEST), 1), STEPS)

    def number(self, at: float) -> int:
        """The step that a time falls into; what is just outside falls into the nearest."""
        return min(max(int((at - self.began) / self.step), 0), self.steps - 1)

    def offset(self, at: float) -> float:
        """Seconds since zero."""
        return round(at - self.zero, 3)

    def edge(self, number: int) -> float:
        """Where a step begins, in seconds since zero."""
        return round(min(self.began + number * self.step, self.ended) - self.zero, 3)


def stretches(
    points: Iterable[tuple[float, str]], span: Span, *, holds: float, worst: Sequence[str] = ()
) -> list[Run]:
    """What was so, as runs. `holds`: seconds for which something seen is taken to last. `worst`: what
    counts where several things were seen in one step, the worst first; else the last does.
    """
    seen: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for at, what in sorted(points):
        seen[span.number(at)].append((at, what))
    runs: list[Run] = []
    last: tuple[float, str] | None = None
    for number in range(span.steps):
        here = seen.get(number)
        if here:
            last = here[-1]
            state = next((bad for bad in worst if any(what == bad for _, what in here)), last[1])
        elif last is not None and span.began + number * span.step - last[0] <= holds:
            state = last[1]
        else:
            continue
        begin, end = span.edge(number), span.edge(number + 1)
        if runs and runs[-1][2] == state and runs[-1][1] == begin:
            runs[-1] = (runs[-1][0], end, state)
        else:
            runs.append((begin, end, state))
    return runs


def lanes(observations: Sequence[Observation], plan: Plan, span: Span) -> dict[str, Any]:
    """Every lane of the report, of what was observed within the span."""
    theatre, pace = plan.theatre, plan.pace
    kinds: dict[type[Observation], list[Any]] = defaultdict(list)
    for seen in observations:
        # An alarm's state is as old as it is; it holds from the beginning.
        if seen.at <= span.ended and (seen.at >= span.began or isinstance(seen, Alarmed)):
            kinds[type(seen)].append(seen)
    clients = _by(kinds[Fetched], lambda seen: seen.client)
    servers = _by(kinds[Resolved], lambda seen: seen.server)
    return {
        "from_s": span.offset(span.began),
        "to_s": span.offset(span.ended),
        "step_s": round(span.step, 3),
        "checks": _checks(kinds[Probed], plan, span),
        "dns": [
            {
                "server": server,
                "runs": stretches(
                    ((seen.at, seen.region or NOBODY) for seen in answers),
                    span,
                    holds=max(theatre.ttl / 2, 3 * span.step),
                    worst=(NOBODY,),
                ),
            }
            for server, answers in sorted(servers.items())[:ROWS]
        ],
        "clients": [
            {
                "client": client,
                "runs": stretches(
                    ((seen.at, served(seen)) for seen in fetched),
                    span,
                    holds=max(2.0 * pace.period, 3 * span.step),
                    worst=("failed",),
                ),
            }
            for client, fetched in sorted(clients.items())[:ROWS]
        ],
        "clients_total": len(clients),
        "orders": stretches(
            (
                (seen.at, seen.region or NOBODY if seen.acknowledged else "failed")
                for seen in kinds[Ordered]
            ),
            span,
            holds=0,
            worst=("failed",),
        ),
        "lag": [
            {"store": store, "points": _peaks(lagged, span)}
            for store, lagged in sorted(_by(kinds[Lagged], lambda seen: seen.store).items())
        ],
        "alarms": [
            {
                "alarm": alarm,
                "region": region,
                "runs": stretches(
                    ((seen.at, seen.state) for seen in told),
                    span,
                    holds=inf,
                    worst=("ALARM",),
                ),
            }
            for (region, alarm), told in sorted(
                _by(kinds[Alarmed], lambda seen: (seen.region, seen.alarm)).items()
            )[:ALARMS]
        ],
    }


def served(seen: Fetched) -> str:
    """Who served a request well, or that nobody did."""
    return (seen.region or NOBODY) if seen.good else "failed"


def _checks(probed: Sequence[Probed], plan: Plan, span: Span) -> list[dict[str, Any]]:
    theatre = plan.theatre
    known = {
        theatre.primary_endpoint.id: ("endpoint of the primary", theatre.primary_endpoint),
        theatre.standby_endpoint.id: ("endpoint of the standby", theatre.standby_endpoint),
        theatre.takeover.id: ("takeover", theatre.takeover),
        theatre.primary_check.id: ("primary", theatre.primary_check),
    }
    found = _by(probed, lambda seen: seen.check)
    order = [id for id in known if id in found] + sorted(set(found) - set(known))
    lanes = []
    for id in order:
        role, check = known.get(id, ("", None))
        inverted = bool(check and check.inverted)
        holds = max(3.0 * (check.interval if check else 30), 3 * span.step)
        lanes.append(
            {
                "check": id,
                "role": role,
                "inverted": inverted,
                "checkers": [
                    {
                        "checker": checker,
                        "runs": stretches(
                            ((seen.checked_at, _minds(seen, inverted=inverted)) for seen in told),
                            span,
                            holds=holds,
                            worst=("failed",),
                        ),
                    }
                    for checker, told in sorted(_by(found[id], lambda seen: seen.checker).items())[
                        : 2 * ROWS
                    ]
                ],
                "said": dict(
                    sorted(_said(found[id]).items(), key=lambda one: (-one[1], one[0]))[:8]
                ),
            }
        )
    return lanes


def _minds(seen: Probed, *, inverted: bool) -> str:
    """What it speaks for: an inverted check is healthy as long as nobody answers."""
    return "good" if seen.success != inverted else "failed"


def _said(probed: Iterable[Probed]) -> Mapping[str, int]:
    """How often each status was told, an observation that was read twice once."""
    said: dict[str, set[tuple[str, float]]] = defaultdict(set)
    for seen in probed:
        said[seen.status].add((seen.checker, seen.checked_at))
    return {status: len(times) for status, times in said.items()}


def _peaks(lagged: Iterable[Lagged], span: Span) -> list[tuple[float, float]]:
    """The most of every step, in the middle of it."""
    peaks: dict[int, float] = {}
    for seen in lagged:
        number = span.number(seen.at)
        peaks[number] = max(peaks.get(number, 0.0), seen.seconds)
    half = span.step / 2
    return [
        (round(span.edge(number) + half, 3), round(peak, 3))
        for number, peak in sorted(peaks.items())
    ]


def _by(seen: Iterable[_Seen], key: Callable[[_Seen], _Key]) -> dict[_Key, list[_Seen]]:
    found: dict[_Key, list[_Seen]] = defaultdict(list)
    for one in seen:
        found[key(one)].append(one)
    return found
