"""What Route 53 refuses of a health check's configuration, and what it fills in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from scripts.sandbox.routing.health_check_rules import problem, with_defaults

NAMED: dict[str, Any] = {"Type": "HTTP", "FullyQualifiedDomainName": "a.example.com"}
SUM: dict[str, Any] = {"Type": "CALCULATED", "ChildHealthChecks": ["a"], "HealthThreshold": 1}
ALARM: dict[str, Any] = {
    "Type": "CLOUDWATCH_METRIC",
    "AlarmIdentifier": {"Name": "errors", "Region": "us-east-1"},
}
KNOWN: dict[str, Any] = {
    "MetricName": "Errors",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 3,
}


def refused(config: Mapping[str, Any], alarm: Mapping[str, Any] | None = KNOWN) -> str | None:
    return problem(with_defaults(config), lambda child: child in ("a", "b"), lambda _named: alarm)


@pytest.mark.parametrize(
    "config",
    [
        NAMED,
        {"Type": "HTTPS", "IPAddress": "192.0.2.44"},
        {"Type": "HTTP", "IPAddress": "2001:db8:85a3::abcd:1:2345"},
        {**NAMED, "Type": "TCP", "Port": 25},
        {**NAMED, "Type": "HTTP_STR_MATCH", "SearchString": "x"},
        {**NAMED, "RequestInterval": 10, "Regions": ["us-east-1", "us-west-1", "eu-west-1"]},
        SUM,
        {**SUM, "HealthThreshold": 0},
        {**SUM, "HealthThreshold": 9},
        ALARM,
    ],
)
def test_what_is_taken(config: dict[str, Any]) -> None:
    assert refused(config) is None


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"Type": "HTTP"}, "IPAddress or FullyQualifiedDomainName"),
        ({**NAMED, "RequestInterval": 20}, "RequestInterval must be one of 10, 30"),
        ({**NAMED, "Type": "TCP"}, "Port"),
        ({**NAMED, "Type": "TCP", "Port": 1, "ResourcePath": "/"}, "ResourcePath"),
        ({**NAMED, "Type": "HTTPS_STR_MATCH"}, "SearchString"),
        ({**NAMED, "SearchString": "x"}, "SearchString"),
        ({**NAMED, "Regions": ["us-east-1", "us-west-1"]}, "three Regions"),
        ({**NAMED, "AlarmIdentifier": {}}, "Basic health checks must not have an metric region"),
        ({**NAMED, "HealthThreshold": 1}, "HealthThreshold"),
        ({**SUM, "RequestInterval": 30}, "RequestInterval"),
        ({**SUM, "ChildHealthChecks": ["a", "c"]}, "c does not exist"),
        ({"Type": "CALCULATED", "ChildHealthChecks": ["a"]}, "HealthThreshold"),
        ({**SUM, "ChildHealthChecks": ["a"] * 257}, "256"),
        ({"Type": "CLOUDWATCH_METRIC"}, "AlarmIdentifier"),
        ({**ALARM, "FailureThreshold": 3}, "FailureThreshold"),
    ],
)
def test_what_is_refused(config: dict[str, Any], words: str) -> None:
    assert words in str(refused(config))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("224.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "fe80::1", "fd00::1", "ff02::1"),
    ],
)
def test_addresses_that_nobody_outside_reaches(address: str) -> None:
    assert address in str(refused({"Type": "HTTP", "IPAddress": address}))


@pytest.mark.parametrize(
    ("alarm", "words"),
    [
        (None, "does not exist"),
        ({**KNOWN, "MetricName": None}, "metric math"),
        ({**KNOWN, "ExtendedStatistic": "p99"}, "statistics"),
        ({**KNOWN, "Period": 10}, "High-resolution"),
        ({**KNOWN, "DatapointsToAlarm": 2}, "M out of N"),
    ],
)
def test_alarms_that_no_check_can_follow(alarm: dict[str, Any] | None, words: str) -> None:
    assert words in str(refused(ALARM, alarm))


def test_an_alarm_may_say_that_all_of_n_must_breach() -> None:
    assert refused(ALARM, {**KNOWN, "DatapointsToAlarm": 3}) is None


def test_what_is_filled_in() -> None:
    made = with_defaults({**NAMED, "Type": "HTTPS"})
    assert made["Port"] == 443
    assert made["RequestInterval"] == 30
    assert made["FailureThreshold"] == 3
    assert made["EnableSNI"] is True
    assert made["Inverted"] is made["Disabled"] is made["MeasureLatency"] is False
    assert with_defaults(NAMED)["Port"] == 80
    assert "Port" not in with_defaults({**NAMED, "Type": "TCP"})
    assert with_defaults(ALARM)["InsufficientDataHealthStatus"] == "LastKnownStatus"
    assert "RequestInterval" not in with_defaults(SUM)
    assert with_defaults({**NAMED, "FailureThreshold": 9})["FailureThreshold"] == 9
