"""The alarms on what customers notice: they fire at the environment's objectives and reach somebody."""

from __future__ import annotations

import re

from generator.layers.alerts import Alerts
from generator.layers.golden_signals import GoldenSignals
from tests.unit.generator.resolved import Made

ALARM = "AWS::CloudWatch::Alarm"


def test_p99_latency_is_compared_in_milliseconds_with_the_objective() -> None:
    alarm = Made(GoldenSignals, latency_objective_ms="750")["SlowAnswers"]
    formula, seconds = alarm["Metrics"]
    assert formula["Expression"] == "1000 * seconds"
    assert seconds["MetricStat"]["Stat"] == "p99"
    assert seconds["MetricStat"]["Metric"]["MetricName"] == "TargetResponseTime"
    assert str(alarm["Threshold"]) == "750"


def test_errors_are_a_share_of_requests_and_the_load_balancers_own_count() -> None:
    alarm = Made(GoldenSignals, error_rate_objective_percent="3")["FailedAnswers"]
    formula, *series = alarm["Metrics"]
    given, share, _ = re.fullmatch(r"IF\((.+?\)) > 0, (.+), (0)\)", formula["Expression"]).groups()  # type: ignore[union-attr]
    numerator, denominator = share.split(" / ")
    assert given == "FILL(requests, 0)"
    names = {s["Id"]: s["MetricStat"]["Metric"]["MetricName"] for s in series}
    assert names == {
        "by_target": "HTTPCode_Target_5XX_Count",
        "by_balancer": "HTTPCode_ELB_5XX_Count",
        "requests": "RequestCount",
    }
    assert "by_target" in numerator
    assert "by_balancer" in numerator
    assert "requests" in denominator
    assert str(alarm["Threshold"]) == "3"


def test_traffic_is_watched_against_a_learnt_band_both_ways() -> None:
    alarm = Made(GoldenSignals)["UnusualTraffic"]
    assert alarm["ComparisonOperator"] == "LessThanLowerOrGreaterThanUpperThreshold"
    assert alarm["ThresholdMetricId"] == "band"


def test_every_alarm_tells_somebody_what_to_do() -> None:
    alarms = Made(GoldenSignals).of_type(ALARM)
    assert len(alarms) == 7
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == [Alerts.alerts_topic_arn.example]
        assert len(alarm["AlarmDescription"]) > 80


def test_the_tier_fires_with_any_of_its_alarms() -> None:
    layer = GoldenSignals().template.resources
    rule = layer["ShopTraffic"].to_dict()["Properties"]["AlarmRule"]
    alarms = [title for title, made in layer.items() if made.resource_type == ALARM]
    for title in alarms:
        assert title in str(rule)


def test_what_stops_a_deployment_is_latency_and_errors() -> None:
    outputs = Made(GoldenSignals).outputs
    assert outputs["LatencyAlarm"].of == "SlowAnswers"
    assert outputs["ErrorRateAlarm"].of == "FailedAnswers"


def test_a_region_without_any_instance_is_told_of_unless_its_fleet_sleeps() -> None:
    asleep = {"off_peak_minimum": "0", "off_peak_scaling": "true"}
    assert Made(GoldenSignals)["NoHealthyInstance"]["TreatMissingData"] == "breaching"
    assert Made(GoldenSignals, **asleep)["NoHealthyInstance"]["TreatMissingData"] == "notBreaching"
    awake = asleep | {"off_peak_scaling": "false"}
    assert Made(GoldenSignals, **awake)["NoHealthyInstance"]["TreatMissingData"] == "breaching"


def test_a_certificate_that_has_ended_and_has_no_metric_is_not_taken_for_a_good_one() -> None:
    assert Made(GoldenSignals)["ExpiringCertificate"]["TreatMissingData"] == "ignore"
