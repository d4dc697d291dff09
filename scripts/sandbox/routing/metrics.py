"""What Route 53 tells CloudWatch of health checks, in us-east-1, once a minute of the drill.

The timestamps are the wall clock's, as all of AWS's are.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from scripts.sandbox.routing.health_checks import Alarm, Calculated, Endpoint, HealthCheck
from scripts.sandbox.routing.health_checks import RoutingControl as Switch

NAMESPACE, REGION = "AWS/Route53", "us-east-1"

#: Drill seconds between two data points.
EVERY = 60.0

#: PutMetricData takes so many at once.
MOST = 1000


def data(
    checks: Mapping[str, HealthCheck],
    verdicts: Mapping[str, bool],
    opinions: Mapping[str, Collection[bool]],
    wall: float,
) -> dict[str, list[dict[str, Any]]]:
    """The MetricData of each account."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    at = datetime.fromtimestamp(wall, UTC)

    def put(check: HealthCheck, name: str, value: float, unit: str = "None") -> None:
        found[check.account].append(
            {
                "MetricName": name,
                "Dimensions": [{"Name": "HealthCheckId", "Value": check.id}],
                "Timestamp": at,
                "Value": value,
                "Unit": unit,
            }
        )

    for check in checks.values():
        put(check, "HealthCheckStatus", float(verdicts[check.id]))
        match check.subject:
            case Endpoint() if thought := opinions.get(check.id):
                share = 100 * sum(thought) / len(thought)
                put(check, "HealthCheckPercentageHealthy", share, "Percent")
            case Calculated(children, _):
                well = sum(verdicts.get(child, True) for child in children)
                put(check, "ChildHealthCheckHealthyCount", float(well))
            case Endpoint() | Alarm() | Switch():
                pass
    return found
