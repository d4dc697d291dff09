"""What results make of a health check. Pure: no clock, no sockets.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import assert_never

from scripts.sandbox.routing.health_checks import (
    Alarm,
    Calculated,
    Endpoint,
    HealthCheck,
    RoutingControl,
)

#: More than so many of a hundred checkers must find an endpoint healthy.
HEALTHY_PERCENT = 18


@dataclass(frozen=True)
class Opinion:
    """What one checker thinks of an endpoint, and how many results in a row have spoken against it.

    A new checker thinks well of everything.
    """

    healthy: bool = True
    against: int = 0

    def after(self, passed: bool, threshold: int) -> Opinion:
        """What it thinks after one more result: it changes its mind after `threshold` equal ones in a row."""
        if passed is self.healthy:
            return Opinion(self.healthy)
        if self.against + 1 >= threshold:
            return Opinion(passed)
        return Opinion(self.healthy, self.against + 1)


def consensus(opinions: Collection[bool]) -> bool:
    """Whether checkers who find an endpoint healthy, or not, make it so; nobody yet is no reason to doubt."""
    return not opinions or 100 * sum(opinions) > HEALTHY_PERCENT * len(opinions)


def verdicts(
    checks: Mapping[str, HealthCheck],
    opinions: Mapping[str, Collection[bool]],
    alarms: Mapping[str, bool],
) -> dict[str, bool]:
    """Whether each check is healthy, by its id, as DNS and a calculated check see it.

    `opinions` are those of an endpoint's checkers, `alarms` what the data say of a check that follows an
    alarm; both by check, and who has none is new. A disabled check is always healthy, and inversion turns
    even that: https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html (Disabled).
    A child that is not there counts as healthy; AWS says of it only that nobody can predict it.
    """
    found: dict[str, bool] = {}

    def judge(check_id: str, parents: frozenset[str]) -> bool:
        check = checks.get(check_id)
        if check is None or check_id in parents:
            return True
        if check_id not in found:
            healthy = check.disabled or well(check, parents | {check_id})
            found[check_id] = healthy is not check.inverted
        return found[check_id]

    def well(check: HealthCheck, parents: frozenset[str]) -> bool:
        match check.subject:
            case Endpoint():
                return consensus(opinions.get(check.id, ()))
            case Calculated(children, healthy):
                return sum(judge(child, parents) for child in children) >= healthy
            case Alarm():
                return alarms.get(check.id, True)
            case RoutingControl():
                return True
            case subject:
                assert_never(subject)

    for check_id in checks:
        judge(check_id, frozenset())
    return found
