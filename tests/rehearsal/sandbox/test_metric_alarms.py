"""Alarms of the sandbox's CloudWatch follow their own metric's data, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.rehearsal.sandbox.running import until
from tests.rehearsal.sandbox.stacks import Account


@pytest.fixture
def cloudwatch(account: Account) -> Any:
    return account.client("cloudwatch")


def make(cloudwatch: Any, name: str, **settings: Any) -> None:
    cloudwatch.put_metric_alarm(
        **{
            "AlarmName": name,
            "Namespace": "Shop",
            "MetricName": "Errors",
            "Dimensions": [{"Name": "Fleet", "Value": name}],
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "missing",
            **settings,
        }
    )


def put(cloudwatch: Any, fleet: str, value: float, ago: float = 0) -> None:
    at = datetime.now(UTC) - timedelta(seconds=ago)
    cloudwatch.put_metric_data(
        Namespace="Shop",
        MetricData=[
            {
                "MetricName": "Errors",
                "Dimensions": [{"Name": "Fleet", "Value": fleet}],
                "Timestamp": at,
                "Value": value,
            }
        ],
    )


def states(cloudwatch: Any) -> dict[str, str]:
    told = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return {
        one["AlarmName"]: one["StateValue"]
        for kind in ("MetricAlarms", "CompositeAlarms")
        for one in told[kind]
    }


def test_an_alarm_hears_of_its_own_dimensions_alone(cloudwatch: Any) -> None:
    make(cloudwatch, "one")
    make(cloudwatch, "two")
    put(cloudwatch, "one", 5)
    put(cloudwatch, "two", 0)
    assert states(cloudwatch) == {"one": "ALARM", "two": "OK"}


def test_a_period_is_over_when_it_is_old_and_nobody_has_to_put_anything(cloudwatch: Any) -> None:
    make(cloudwatch, "one", Period=10, EvaluationPeriods=1)
    put(cloudwatch, "one", 5, ago=27)
    assert states(cloudwatch) == {"one": "ALARM"}
    until(lambda: states(cloudwatch) == {"one": "INSUFFICIENT_DATA"})


def test_what_is_missing_is_as_the_alarm_has_it(cloudwatch: Any) -> None:
    make(cloudwatch, "quiet", TreatMissingData="notBreaching")
    make(cloudwatch, "silent", TreatMissingData="breaching")
    for name in ("quiet", "silent"):
        put(cloudwatch, name, 0, ago=3600)
    assert states(cloudwatch) == {"quiet": "OK", "silent": "ALARM"}


def test_whatever_is_made_of_it_follows(cloudwatch: Any) -> None:
    make(cloudwatch, "one")
    cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule="ALARM(one)")
    put(cloudwatch, "one", 5)
    assert states(cloudwatch)["any"] == "ALARM"
    history = cloudwatch.describe_alarm_history(AlarmName="one")["AlarmHistoryItems"]
    assert "to ALARM" in history[0]["HistorySummary"]


def test_the_next_look_corrects_a_state_that_was_set_by_hand(cloudwatch: Any) -> None:
    make(cloudwatch, "one")
    put(cloudwatch, "one", 0)
    cloudwatch.set_alarm_state(AlarmName="one", StateValue="ALARM", StateReason="a test")
    assert states(cloudwatch) == {"one": "OK"}


@pytest.mark.parametrize(
    ("missing", "comes_to"),
    [
        ("missing", "INSUFFICIENT_DATA"),
        ("ignore", "ALARM"),
        ("notBreaching", "OK"),
        ("breaching", "ALARM"),
    ],
)
def test_one_that_never_had_data_is_as_it_has_missing_ones(
    cloudwatch: Any, missing: str, comes_to: str
) -> None:
    make(cloudwatch, "one", TreatMissingData=missing)
    first = states(cloudwatch)["one"]
    assert first == ("INSUFFICIENT_DATA" if missing == "ignore" else comes_to)

    by_hand = "OK" if missing == "breaching" else "ALARM"
    cloudwatch.set_alarm_state(AlarmName="one", StateValue=by_hand, StateReason="a test")

    assert states(cloudwatch)["one"] == comes_to


def test_what_nobody_tells_here_is_not_missing(cloudwatch: Any) -> None:
    told = ["AWS/CodeBuild FailedBuilds", "AWS/DynamoDB ReplicationLatency", "AWS/Lambda Errors"]
    untold = ["AWS/ApplicationELB HealthyHostCount", "AWS/Lambda IteratorAge"]
    for name in told + untold:
        namespace, metric = name.split()
        make(cloudwatch, name, TreatMissingData="breaching", Namespace=namespace, MetricName=metric)

    assert states(cloudwatch) == {
        **dict.fromkeys(told, "ALARM"),
        **dict.fromkeys(untold, "INSUFFICIENT_DATA"),
    }
