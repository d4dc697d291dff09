"""Why a drill ends before its time: each rule looks at what was observed, and gives its reason in a sentence.

Pure, but for the version of the health checks, which Versions asks Route 53 for. That needs its control
plane, so an answer that does not come ends nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scripts.aws import Aws, AwsSaidNo
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.clock import Clock
from scripts.drill.measures import QUORUM
from scripts.drill.observations import (
    Alarmed,
    Fetched,
    Lagged,
    Observation,
    Ordered,
    Probed,
    Unread,
)
from scripts.drill.plan import Plan, Trigger
from scripts.drill.states import State
from scripts.drill.theatre import HealthCheck, Theatre

#: Drill seconds that a decision looks back: lags are read once a minute.
RECENT = 180.0

#: Fewer requests than this say nothing about a region.
ENOUGH = 10

#: Readings of a copy's lag, one after the other, that must be too great.
READINGS = 2

#: The stores whose lag is the platform's recovery point: orders, and what they become.
ORDERS = ("order-intake", "orders")

#: What every failover sets off in the standby, and so tells nothing new: the health checks' alarms, traffic
#: that CloudWatch has not learnt, orders that wait for a database that stayed in the primary; and the alarms
#: that only repeat others.
EXPECTED = (
    "primary-endpoint-down",
    "takeover-requested",
    "primary-out-of-service",
    "unusual-",
    "connections",
    "order-commit",
    "-tier-",
    "shop-traffic",
    "takeover-path",
)

CALLS = (
    Call(
        "route53",
        "GetHealthCheck",
        Where.GLOBAL,
        Plane.CONTROL,
        "sees whether somebody else changes a health check",
        needed=False,
    ),
)


@dataclass(frozen=True)
class View:
    """What a decision is made from. `recent`: what was observed in the last RECENT seconds; `since`: when
    the drill came to its state; `moved`: the health checks that somebody else has changed, and how. Times are
    the drill's.
    """

    plan: Plan
    state: State
    since: float
    now: float
    armed: float
    recent: Sequence[Observation]
    moved: Mapping[str, str] = field(default_factory=dict)
    interrupted: bool = False

    @property
    def standby(self) -> str:
        """The region that traffic goes to."""
        return self.plan.theatre.standby.name

    @property
    def failed_over(self) -> bool:
        """Whether the standby alone should be serving by now."""
        return self.state in (State.FAILED_OVER, State.VERIFIED)


def reason(view: View) -> str:
    """Why the drill must end now; empty where it may go on."""
    return next((why for rule in RULES if (why := rule(view))), "")


def interrupted(view: View) -> str:
    """Somebody pressed Ctrl-C, or the machine wants the process to end."""
    return "It was interrupted." if view.interrupted else ""


def deadline(view: View) -> str:
    """It takes longer than was approved."""
    longest = view.plan.pace.longest
    if view.now - view.armed <= longest:
        return ""
    return f"It took longer than the {longest} seconds that were approved."


def standby_errors(view: View) -> str:
    """The standby fails more requests than the objective allows."""
    window = view.now - 2 * view.plan.pace.window
    made = [one for one in view.recent if isinstance(one, Fetched | Ordered) and one.at >= window]
    if view.failed_over:
        served = [one for one in made if one.at >= view.since]
    else:
        served = [one for one in made if one.region == view.standby]
    failed = sum(not _good(one) for one in served)
    if len(served) < ENOUGH or failed * 100 <= view.plan.objectives.errors * len(served):
        return ""
    return (
        f"The standby failed {failed} of {len(served)} requests, and {view.plan.objectives.errors:g} % "
        "may fail."
    )


def standby_unhealthy(view: View) -> str:
    """Route 53's checkers find the standby's endpoint unwell."""
    check = view.plan.theatre.standby_endpoint
    latest = {
        one.checker: one.success
        for one in view.recent
        if isinstance(one, Probed) and one.check == check.id
    }
    if not latest or (well := sum(latest.values())) / len(latest) > QUORUM:
        return ""
    return f"Only {well} of {len(latest)} of Route 53's checkers find the standby well."


def lag(view: View) -> str:
    """Orders reach the standby later than the objective allows. Once a region is really gone they do not
    reach it at all: that is measured, and ends nothing.
    """
    if view.plan.trigger is Trigger.OUTAGE and view.state is not State.ARMED:
        return ""
    for store in ORDERS:
        readings = [
            one.seconds for one in view.recent if isinstance(one, Lagged) and one.store == store
        ][-READINGS:]
        if len(readings) == READINGS and min(readings) > view.plan.objectives.rpo:
            return (
                f"The copy of {store} in the standby is {readings[-1]:g} seconds behind, and "
                f"{view.plan.objectives.rpo} are allowed."
            )
    return ""


def alarm(view: View) -> str:
    """Something goes off in the standby that a failover does not explain."""
    latest = {
        one.alarm: one.state
        for one in view.recent
        if isinstance(one, Alarmed) and one.region == view.standby
    }
    above = view.plan.theatre.standby.region_alarm
    for name, state in latest.items():
        expected = name == above or any(part in name for part in EXPECTED)
        if state == "ALARM" and not expected:
            return f"Alarm {name} of the standby went off."
    return ""


def health_check_moved(view: View) -> str:
    """Somebody else changes the health checks meanwhile."""
    return next(
        (f"Somebody has changed health check {id}: {what}." for id, what in view.moved.items()), ""
    )


RULES: tuple[Callable[[View], str], ...] = (
    interrupted,
    health_check_moved,
    standby_unhealthy,
    standby_errors,
    lag,
    alarm,
    deadline,
)


def _good(one: Fetched | Ordered) -> bool:
    return one.good if isinstance(one, Fetched) else one.acknowledged


class Versions:
    """Asks Route 53 for the versions of the health checks, again and again, in a thread of its own."""

    #: Drill seconds between two questions, and the least of real ones: Route 53 answers five calls a second.
    PERIOD, LEAST = 30.0, 2.0

    def __init__(self, aws: Aws, clock: Clock, plan: Plan, told: Callable[[Unread], None]) -> None:
        self._aws, self._clock, self._plan, self._told = aws, clock, plan, told
        self._moved: dict[str, str] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask, name="health-checks", daemon=True)

    @property
    def moved(self) -> Mapping[str, str]:
        """Health check -> what of it is not as expected."""
        return dict(self._moved)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more; what was asked may still be under way."""
        self._stop.set()

    def look(self) -> None:
        """Ask once. Raises AwsSaidNo."""
        route53 = self._aws.client("route53", Where.GLOBAL)
        for check in _checks(self._plan.theatre):
            version = route53.call("get_health_check", HealthCheckId=check.id)["HealthCheck"][
                "HealthCheckVersion"
            ]
            if version not in _expected(self._plan, check):
                self._moved[check.id] = (
                    f"it is at version {version}, and was at {check.version} when the drill was planned"
                )

    def _ask(self) -> None:
        pause = max(self.PERIOD, self.LEAST * self._clock.speed)
        while not self._stop.is_set():
            try:
                self.look()
            except AwsSaidNo as error:
                self._told(Unread(self._clock.now(), "the health checks' versions", error.message))
            self._clock.sleep(pause, self._stop)


def _checks(theatre: Theatre) -> tuple[HealthCheck, ...]:
    return (
        theatre.primary_endpoint,
        theatre.standby_endpoint,
        theatre.takeover,
        theatre.primary_check,
    )


def _expected(plan: Plan, check: HealthCheck) -> tuple[int, ...]:
    """An inversion is a version on; one that was undone, two."""
    if plan.trigger is Trigger.INVERT and check.id == plan.theatre.primary_endpoint.id:
        return (check.version, check.version + 1, check.version + 2)
    return (check.version,)
