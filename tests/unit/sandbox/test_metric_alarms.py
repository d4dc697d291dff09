"""Which data an alarm on a metric is judged by."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from scripts.sandbox import metric_alarms
from scripts.sandbox.metric_alarms import AT

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
