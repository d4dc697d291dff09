"""What observations mean: T0 to T5, requests, lags and stalls. Pure: the same observations, the same figures.

What was not observed is not guessed at: a figure is None, and its reason is said.

T1 is reconstructed from what each of Route 53's checkers saw (GetHealthCheckStatus tells no verdict): a
checker changes its mind after as many equal results in a row as the check's threshold has, and a check is
healthy while more than 18 % of its checkers think so.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scripts.drill import vantages, windows
from scripts.drill.figures import Figures, Lag, Orders, Requests, Times
from scripts.drill.ledger import Ledger
from scripts.drill.observations import (
    Fetched,
    Lagged,
    Observation,
    Ordered,
    Probed,
    Resolved,
    Stalled,
)
from scripts.drill.plan import Plan, Trigger
from scripts.drill.theatre import HealthCheck, Theatre

#: A check is healthy while a greater share of its checkers than this thinks so.
QUORUM = 0.18

#: Drill seconds by which the machine may hold things up before a run says nothing about AWS.
WORST_STALL = 10.0

#: The stores of a platform that have a copy in the other region, by the names that `Lagged` bears.
STORES = ("order-intake", "carts", "catalogue", "orders", "images")


@dataclass(frozen=True)
class Marks:
    """What the engine alone knows, in the drill's time.

    `fault` is T0: when the trigger's call had returned. `until`: when the way back began; what is seen later
    is not of the failure. `decision` (how long people took to approve) and `failback` are durations.
    """

    fault: float | None
    until: float | None = None
    decision: float | None = None
    failback: float | None = None


def times(plan: Plan, observations: Iterable[Observation], marks: Marks) -> Times:
    """T0 to T5 as far as they have come. May be asked again and again while a drill is observed."""
    return _timed(plan, _until(observations, marks), marks)[0]


def held(plan: Plan, observations: Iterable[Observation], marks: Marks) -> bool:
    """Whether the objective has been held for as long as the plan wants."""
    return times(plan, observations, marks).t5 is not None


def figures(
    plan: Plan,
    observations: Iterable[Observation],
    marks: Marks,
    ledger: Ledger | None = None,
    unmeasured: Mapping[str, str] | None = None,
) -> Figures:
    """All that is known. `unmeasured`: a store, and why nothing can be said of it."""
    seen = _until(observations, marks)
    timed, reasons = _timed(plan, seen, marks)
    stall = _stall(seen, timed)
    lags = tuple(_lag(store, seen, unmeasured or {}) for store in STORES)
    if ledger is None:
        reasons["rpo"] = "the orders were not looked for in both regions"
        counted = sum(one.acknowledged for one in seen if isinstance(one, Ordered))
        orders = Orders(acknowledged=counted, stranded=0, lost=0, unsettled=counted)
    else:
        orders = ledger.orders
        if ledger.rpo is None:
            reasons["rpo"] = ledger.unknown
    for duration in ("detection", "dns", "propagation", "recovery", "rto"):
        if getattr(timed, duration) is None:
            reasons[duration] = next(
                (reasons[mark] for mark in _NEEDS[duration] if mark in reasons),
                "a vantage was led back later",
            )
    return Figures(
        times=timed,
        bound=plan.theatre.bound + stall,
        requests=_requests(seen, marks),
        orders=orders,
        lags=lags,
        rpo=None if ledger is None else ledger.rpo,
        stall=stall,
        valid=stall <= WORST_STALL,
        decision=marks.decision,
        failback=marks.failback,
        reasons=reasons,
    )


_NEEDS = {
    "detection": ("t0", "t1"),
    "dns": ("t1", "t2"),
    "propagation": ("t2", "t3"),
    "recovery": ("t3", "t5"),
    "rto": ("t0", "t5"),
}


def _timed(plan: Plan, seen: Sequence[Observation], marks: Marks) -> tuple[Times, dict[str, str]]:
    """The times, and for each that is missing the reason."""
    if marks.fault is None:
        return Times(), dict.fromkeys(("t0", "t1", "t2", "t3", "t4", "t5"), "no fault was made")
    t0, standby = marks.fault, plan.theatre.standby.name
    found: dict[str, float | str] = {
        "t0": t0,
        "t1": _unhealthy(plan, seen, t0),
        "t2": _first_answer(seen, standby, t0),
        "t3": vantages.for_good(seen, standby, t0),
        "t4": _first_order(seen, standby, t0),
        "t5": windows.held_from(plan, seen, t0),
    }
    said = {name: why for name, why in found.items() if isinstance(why, str)}
    known = {name: at for name, at in found.items() if not isinstance(at, str)}
    return Times(**known), said


def moved_check(theatre: Theatre, trigger: Trigger) -> HealthCheck:
    """The health check that a trigger turns."""
    return theatre.takeover if trigger is Trigger.TAKEOVER else theatre.primary_endpoint


def _unhealthy(plan: Plan, seen: Sequence[Observation], t0: float) -> float | str:
    """T1: when the check that the trigger moves is unhealthy, as its checkers' observations tell."""
    check = moved_check(plan.theatre, plan.trigger)
    probes = [one for one in seen if isinstance(one, Probed) and one.check == check.id]
    if not probes:
        return f"no checker of health check {check.id} could be read"
    turns = minds(probes, check)
    inverted = check.inverted != (plan.trigger is Trigger.INVERT)
    thinks = {checker: first for checker, (first, _) in turns.items()}
    changes = sorted(
        (at, checker, mind) for checker, (_, flips) in turns.items() for at, mind in flips
    )
    for _, checker, mind in (change for change in changes if change[0] <= t0):
        thinks[checker] = mind
    if not _healthy(thinks, inverted=inverted):
        return t0  # an inversion needs nobody to change his mind
    for at, checker, mind in (change for change in changes if change[0] > t0):
        thinks[checker] = mind
        if not _healthy(thinks, inverted=inverted):
            return at
    return f"the checkers of health check {check.id} never agreed that it is unhealthy"


def minds(
    probes: Iterable[Probed], check: HealthCheck
) -> dict[str, tuple[bool, list[tuple[float, bool]]]]:
    """Checker -> what it thought at first, and when it changed its mind to what.

    An observation that is told again has the same `checked_at`. Between two that differ in time and agree,
    what was not read is taken to have agreed, too: a poll may miss a probe, and the probes come by the
    check's interval.
    """
    by_checker: dict[str, dict[float, bool]] = {}
    for probe in probes:
        by_checker.setdefault(probe.checker, {})[probe.checked_at] = probe.success
    turned = {}
    for checker, results in by_checker.items():
        in_order = sorted(results.items())
        mind = first = in_order[0][1]
        flips: list[tuple[float, bool]] = []
        against: list[float] = []
        for at, success in in_order:
            if success == mind:
                against = []
                continue
            against.append(at)
            decided = _decided(against, check)
            if decided is not None:
                mind, against = success, []
                flips.append((decided, mind))
        turned[checker] = (first, flips)
    return turned


def _decided(against: Sequence[float], check: HealthCheck) -> float | None:
    """When the results against a checker's mind were enough; those that nobody read counted by the
    interval.
    """
    interval, threshold = max(check.interval, 1), max(check.threshold, 1)
    count = 1
    if threshold == 1:
        return against[0]
    for earlier, later in pairwise(against):
        steps = max(1, round((later - earlier) / interval))
        if count + steps >= threshold:
            return min(later, earlier + (threshold - count) * interval)
        count += steps
    return None


def _healthy(thinks: Mapping[str, bool], *, inverted: bool) -> bool:
    return (sum(thinks.values()) / len(thinks) > QUORUM) != inverted


def _first_answer(seen: Sequence[Observation], standby: str, t0: float) -> float | str:
    """T2."""
    answers = [one for one in seen if isinstance(one, Resolved) and one.at >= t0]
    if not answers:
        return "no name server answered after the fault"
    found = min((one.at for one in answers if one.region == standby), default=None)
    return "no name server ever answered the standby" if found is None else found


def _first_order(seen: Sequence[Observation], standby: str, t0: float) -> float | str:
    """T4."""
    tried = [one for one in seen if isinstance(one, Ordered) and one.at >= t0]
    if not tried:
        return "nothing was ordered after the fault"
    taken = (one.at + one.seconds for one in tried if one.acknowledged and one.region == standby)
    found = min(taken, default=None)
    return "the standby never acknowledged an order" if found is None else found


def _requests(seen: Sequence[Observation], marks: Marks) -> Requests:
    if marks.fault is None:
        return Requests(0, 0)
    made = [one for one in seen if isinstance(one, Fetched) and one.at >= marks.fault]
    served = Counter(one.region for one in made if one.region)
    return Requests(len(made), sum(not one.good for one in made), dict(served))


def _lag(store: str, seen: Sequence[Observation], unmeasured: Mapping[str, str]) -> Lag:
    if store in unmeasured:
        return Lag(store, None, 0, unmeasured[store])
    lags = [one.seconds for one in seen if isinstance(one, Lagged) and one.store == store]
    if not lags:
        return Lag(store, None, 0, "no reading came")
    return Lag(store, max(lags), len(lags))


def _stall(seen: Sequence[Observation], timed: Times) -> float:
    """The longest that touches what was measured: from the fault, a minute before it, to its end."""
    begin = float("-inf") if timed.t0 is None else timed.t0 - 60
    end = float("inf") if timed.t5 is None else timed.t5
    return max(
        (
            one.seconds
            for one in seen
            if isinstance(one, Stalled) and one.at >= begin and one.at - one.seconds <= end
        ),
        default=0.0,
    )


def _until(observations: Iterable[Observation], marks: Marks) -> tuple[Observation, ...]:
    end = float("inf") if marks.until is None else marks.until
    return tuple(one for one in observations if one.at <= end)
