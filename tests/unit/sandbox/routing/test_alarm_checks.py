"""A check that follows an alarm is judged by the metric's data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scripts.sandbox.routing import alarm_checks
from scripts.sandbox.routing.health_checks import Alarm, Stream


def alarm(
    insufficient: str = "LastKnownStatus",
    periods: int = 3,
    operator: str = "GreaterThanThreshold",
) -> Alarm:
    stream = Stream("Shop", "Errors", (), "Sum", 60, periods, 5.0, operator)
    return Alarm("us-east-1", stream, insufficient)


@pytest.mark.parametrize(
    ("values", "healthy"),
    [
        ([9, 9, 9, 9, 9], False),
        ([0, 0, 9, 9, 9], False),
        ([9, 9, 9, 9, 0], True),
        ([9, 9, 9, 0, 9], True),
        ([0, 0, 0, 0, 0], True),
        ([5, 5, 5, 5, 5], True),  # at the threshold is not over it
        ([9, None, 9, 9, None], False),  # late data: the three newest are what counts
        ([None, None, 9, None, None], False),  # breaching, and as old as all three periods
        ([None, None, None, None, 0], True),
    ],
)
def test_data_decide(values: list[float | None], healthy: bool) -> None:
    for last in (True, False):
        assert alarm_checks.healthy(alarm(), values, last) is healthy
        assert alarm_checks.last_known(alarm(), values, last) is healthy


@pytest.mark.parametrize("values", [[None] * 5, [None, None, None, None, 9.0], []])
def test_without_data_enough_the_check_says_what_follows(values: list[float | None]) -> None:
    for last in (True, False):
        assert alarm_checks.healthy(alarm("Healthy"), values, last)
        assert not alarm_checks.healthy(alarm("Unhealthy"), values, last)
        assert alarm_checks.healthy(alarm("LastKnownStatus"), values, last) is last
        assert alarm_checks.last_known(alarm("Unhealthy"), values, last) is last


@pytest.mark.parametrize(
    ("operator", "breaching"),
    [
        ("GreaterThanThreshold", {6}),
        ("GreaterThanOrEqualToThreshold", {5, 6}),
        ("LessThanThreshold", {4}),
        ("LessThanOrEqualToThreshold", {4, 5}),
    ],
)
def test_every_comparison(operator: str, breaching: set[float]) -> None:
    for value in (4.0, 5.0, 6.0):
        found = alarm_checks.healthy(alarm(periods=1, operator=operator), [value], last=True)
        assert found is (value not in breaching)


def test_periods_that_are_over_are_asked_for_and_told_apart() -> None:
    stream = alarm().stream
    asked = alarm_checks.question(stream, now=1_000_000_030.0)
    assert asked["EndTime"].timestamp() == 1_000_000_020 - 1_000_000_020 % 60
    assert asked["EndTime"] - asked["StartTime"] == timedelta(seconds=5 * 60)
    told = {
        "Datapoints": [
            {"Timestamp": asked["EndTime"] - timedelta(seconds=60), "Sum": 7.0},
            {"Timestamp": asked["StartTime"], "Sum": 1.0},
        ]
    }
    assert alarm_checks.values(stream, asked, told) == [1.0, None, None, None, 7.0]
    assert asked["StartTime"].tzinfo is UTC
    assert isinstance(asked["StartTime"], datetime)
