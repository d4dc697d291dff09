"""How an alarm on a metric is judged, by the tables of CloudWatch's documentation."""

from __future__ import annotations

import pytest

from scripts.sandbox.alarm_states import State, state

BREACHING, WELL, NONE = "X", "0", "-"
SAID = {BREACHING: True, WELL: False, NONE: None}


def judged(
    data: str,
    missing: str,
    *,
    before: State = "OK",
    periods: int = 3,
    enough: int = 3,
) -> State:
    said = [SAID[one] for one in data.split()]
    return state(said, periods=periods, enough=enough, missing=missing, before=before)


ALARM, OK, UNKNOWN = "ALARM", "OK", "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    ("data", "missing", "ignore", "breaching", "not_breaching"),
    [
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
        ("0 - X - X", OK, OK, OK, OK),
        ("- - - - 0", OK, OK, OK, OK),
        ("- - - - -", UNKNOWN, "kept", ALARM, OK),
        ("0 X X - X", ALARM, ALARM, ALARM, ALARM),
        ("- - X - -", ALARM, "kept", ALARM, OK),
    ],
)
@pytest.mark.parametrize("before", [OK, ALARM])
def test_three_of_three(
    data: str, missing: str, ignore: str, breaching: str, not_breaching: str, before: State
) -> None:
    assert judged(data, "missing", before=before) == missing
    assert judged(data, "ignore", before=before) == (before if ignore == "kept" else ignore)
    assert judged(data, "breaching", before=before) == breaching
    assert judged(data, "notBreaching", before=before) == not_breaching


@pytest.mark.parametrize(
    ("data", "missing", "ignore", "breaching", "not_breaching"),
    [
        ("0 - X - X", ALARM, ALARM, ALARM, ALARM),
        ("0 0 X 0 X", ALARM, ALARM, ALARM, ALARM),
        ("0 - X - -", OK, OK, ALARM, OK),
        ("- - - - 0", OK, OK, ALARM, OK),
    ],
)
def test_two_of_three(
    data: str, missing: str, ignore: str, breaching: str, not_breaching: str
) -> None:
    for treated, expected in (
        ("missing", missing),
        ("ignore", ignore),
        ("breaching", breaching),
        ("notBreaching", not_breaching),
    ):
        assert judged(data, treated, enough=2) == expected


def test_a_metric_that_has_just_begun_does_not_alarm_at_once() -> None:
    """One breaching period is not three, and the two before it are not known."""
    assert judged("- - - - X", "missing") == OK
    assert judged("- - - X X", "missing") == OK
    assert judged("- - X X X", "missing") == ALARM


def test_one_of_one() -> None:
    assert judged("- - X", "missing", periods=1, enough=1) == ALARM
    assert judged("X X 0", "missing", periods=1, enough=1) == OK
    assert judged("X - -", "missing", periods=1, enough=1) == ALARM
