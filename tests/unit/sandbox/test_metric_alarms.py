"""Which data an alarm on a metric is judged by."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from scripts.sandbox import metric_alarms
from scripts.sandbox.builds import metrics as builds
from scripts.sandbox.builds.records import Build
from scripts.sandbox.metric_alarms import AT, TOLD
from scripts.sandbox.routing import metrics as health_checks
from scripts.sandbox.routing.health_checks import HealthCheck

ALARM = {"Period": 60, "Statistic": "Sum", "EvaluationPeriods": 1}


def known(monkeypatch: pytest.MonkeyPatch, ago: float, speed: float) -> bool:
    """Whether a value from so many seconds ago, of the clock's, is still looked at."""
    monkeypatch.setattr(metric_alarms, "CLOCK", SimpleNamespace(speed=speed))
    point = {"Value": 1.0, "Timestamp": 0.0, AT: 1000 - ago}
    return 1.0 in metric_alarms._values(ALARM, [point], 1000)


def test_two_periods_beside_those_that_count_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    assert known(monkeypatch, 179, speed=1)
    assert not known(monkeypatch, 181, speed=1)


def test_on_a_fast_clock_this_machine_may_be_late(monkeypatch: pytest.MonkeyPatch) -> None:
    assert known(monkeypatch, 419, speed=120)
    assert not known(monkeypatch, 421, speed=120)


def test_what_is_told_of_builds_and_of_health_checks_can_be_missing() -> None:
    build = Build("works:1", "1" * 12, "eu-west-1", "works", 1, 100.0, "somebody", {})
    configs: dict[str, dict[str, Any]] = {
        "one": {"Type": "HTTP", "IPAddress": "192.0.2.1"},
        "sum": {"Type": "CALCULATED", "ChildHealthChecks": ["one"], "HealthThreshold": 1},
    }
    checks = {name: HealthCheck.described(name, "any", one) for name, one in configs.items()}
    verdicts = dict.fromkeys(checks, True)
    told = health_checks.data(checks, verdicts, {"one": (True,)}, wall=1e9)["any"]

    assert TOLD[builds.NAMESPACE] == {one["MetricName"] for one in builds.data(build)}
    assert TOLD[health_checks.NAMESPACE] == {one["MetricName"] for one in told}
