"""What CloudWatch is told of health checks."""

from __future__ import annotations

from typing import Any

from scripts.sandbox.routing import metrics
from scripts.sandbox.routing.health_checks import HealthCheck


def check(name: str, account: str, config: dict[str, Any]) -> HealthCheck:
    return HealthCheck.described(name, account, config)


def test_every_account_is_told_of_its_checks() -> None:
    endpoint = {"Type": "HTTP", "IPAddress": "192.0.2.1"}
    total = {"Type": "CALCULATED", "ChildHealthChecks": ["one", "two"], "HealthThreshold": 2}
    checks = {
        "one": check("one", "111111111111", endpoint),
        "two": check("two", "222222222222", {**endpoint, "Disabled": True}),
        "sum": check("sum", "111111111111", total),
    }
    verdicts = {"one": False, "two": True, "sum": False}
    told = metrics.data(checks, verdicts, {"one": (True, True, *[False] * 14)}, wall=1e9)

    def said(account: str) -> list[tuple[str, str, float]]:
        return [
            (one["Dimensions"][0]["Value"], one["MetricName"], one["Value"])
            for one in told[account]
        ]

    assert said("111111111111") == [
        ("one", "HealthCheckStatus", 0.0),
        ("one", "HealthCheckPercentageHealthy", 12.5),
        ("sum", "HealthCheckStatus", 0.0),
        ("sum", "ChildHealthCheckHealthyCount", 1.0),
    ]
    assert said("222222222222") == [("two", "HealthCheckStatus", 1.0)]
    assert {one["Timestamp"].timestamp() for one in told["111111111111"]} == {1e9}
