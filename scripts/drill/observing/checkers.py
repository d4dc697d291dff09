"""What Route 53's checkers see: GetHealthCheckStatus tells the last observation of each, and no verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle

from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.clock import Clock
from scripts.drill.measures import moved_check
from scripts.drill.observations import Observation, Probed
from scripts.drill.observing.rounds import Periodic
from scripts.drill.plan import Plan

#: Drill seconds within which the check that the trigger moves is asked about again.
_OFTEN = 5.0

#: Calls in a second of this machine's time: Route 53's API takes five of an account, and others need some.
#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests
CALLS_A_SECOND = 4

#: A rehearsal has no such limit, and its time is faster.
CALLS_A_SECOND_REHEARSED = 16

CALLS = (
    Call(
        "route53",
        "GetHealthCheckStatus",
        Where.GLOBAL,
        Plane.CONTROL,
        "watches the checkers",
        needed=False,
    ),
)


class Checkers(Periodic):
    """Of the three checks of a failover; that which the trigger moves is asked about every other time.

    Only what is new is told: an observation is known by its checker and its CheckedTime.
    """

    name = "Route 53's checkers"

    def __init__(self, aws: Aws, clock: Clock, plan: Plan, *, rehearsal: bool) -> None:
        self._route53 = aws.client("route53", Where.GLOBAL)
        self._clock = clock
        self._order = _order(plan)
        self._told: dict[tuple[str, str], float] = {}
        most = CALLS_A_SECOND_REHEARSED if rehearsal else CALLS_A_SECOND
        self.period = max(_OFTEN / 2, clock.speed / most)

    def look(self) -> Iterable[Observation]:
        """One check's."""
        check = next(self._order)
        answer = self._route53.call("get_health_check_status", HealthCheckId=check)
        now = self._clock.now()
        for said in answer["HealthCheckObservations"]:
            report = said["StatusReport"]
            checker, wall = said["IPAddress"], report["CheckedTime"].timestamp()
            if self._told.get((check, checker)) == wall:
                continue
            self._told[check, checker] = wall
            status = report["Status"]
            yield Probed(
                at=now,
                check=check,
                checker=checker,
                checked_at=round(self._clock.of(wall), 3),
                success=status.startswith("Success"),
                status=status,
            )


def _order(plan: Plan) -> Iterator[str]:
    theatre = plan.theatre
    moved = moved_check(theatre, plan.trigger).id
    others = dict.fromkeys(
        check.id
        for check in (theatre.primary_endpoint, theatre.standby_endpoint, theatre.takeover)
        if check.id != moved
    )
    return cycle([check for other in others for check in (moved, other)])
