"""What Route 53 fills into a health check's configuration, and what it refuses of one.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
Of the sentences, "Basic health checks must not have an metric region specified" is AWS's own; the others are
in its manner, since AWS documents the code alone.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scripts.sandbox.routing.health_checks import INTERVAL, THRESHOLD

JSON = dict[str, Any]

INTERVALS = (10, 30)
MOST_CHILDREN = 256
STATISTICS = ("Average", "Minimum", "Maximum", "Sum", "SampleCount")

#: What belongs to one kind of health check alone.
_OF_ENDPOINTS = frozenset(
    {
        "IPAddress",
        "Port",
        "ResourcePath",
        "FullyQualifiedDomainName",
        "SearchString",
        "RequestInterval",
        "FailureThreshold",
        "MeasureLatency",
        "EnableSNI",
        "Regions",
    }
)
_OF_CALCULATED = frozenset({"ChildHealthChecks", "HealthThreshold"})
_OF_ALARMS = frozenset({"AlarmIdentifier", "InsufficientDataHealthStatus"})

#: Ranges that nobody outside reaches: RFC 5735 without the addresses of documentation, RFC 6598, RFC 5156.
_UNREACHABLE = tuple(
    map(
        ipaddress.ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
            *("::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8"),
        ),
    )
)


def with_defaults(config: Mapping[str, Any]) -> JSON:
    """A configuration as Route 53 keeps it."""
    always: JSON = {"Inverted": False, "Disabled": False}
    match config["Type"]:
        case "CALCULATED":
            return {**always, **config}
        case "CLOUDWATCH_METRIC":
            return {**always, "InsufficientDataHealthStatus": "LastKnownStatus", **config}
        case kind:
            secure = str(kind).startswith("HTTPS")
            filled: JSON = {
                **always,
                "RequestInterval": INTERVAL,
                "FailureThreshold": THRESHOLD,
                "MeasureLatency": False,
                "EnableSNI": secure,
            }
            if kind != "TCP":
                filled["Port"] = 443 if secure else 80
            return {**filled, **config}


def problem(
    config: Mapping[str, Any],
    exists: Callable[[str], bool],
    alarm: Callable[[Mapping[str, str]], Mapping[str, Any] | None],
) -> str | None:
    """Why a configuration is refused. `exists` knows the account's checks, `alarm` its alarms."""
    return next(_problems(config, exists, alarm), None)


def _problems(
    config: Mapping[str, Any],
    exists: Callable[[str], bool],
    alarm: Callable[[Mapping[str, str]], Mapping[str, Any] | None],
) -> Iterator[str]:
    match config["Type"]:
        case "CALCULATED":
            yield from _others(config, "Calculated", _OF_ENDPOINTS | _OF_ALARMS)
            yield from _calculated(config, exists)
        case "CLOUDWATCH_METRIC":
            yield from _others(config, "CloudWatch metric", _OF_ENDPOINTS | _OF_CALCULATED)
            yield from _alarm(config, alarm)
        case kind:
            if "AlarmIdentifier" in config:
                yield "Basic health checks must not have an metric region specified."
            yield from _others(config, "Basic", _OF_CALCULATED | _OF_ALARMS)
            yield from _endpoint(config, str(kind))


def _others(config: Mapping[str, Any], kind: str, foreign: frozenset[str]) -> Iterator[str]:
    for name in sorted(foreign & config.keys()):
        yield f"{kind} health checks must not have {name} specified."


def _endpoint(config: Mapping[str, Any], kind: str) -> Iterator[str]:
    if not config.get("IPAddress") and not config.get("FullyQualifiedDomainName"):
        yield "Basic health checks must have IPAddress or FullyQualifiedDomainName specified."
    if address := config.get("IPAddress"):
        found = ipaddress.ip_address(address)
        if any(found in network for network in _UNREACHABLE if network.version == found.version):
            yield f"The IP address {address} is in a local, private, non-routable or multicast range."
    if config.get("RequestInterval") not in INTERVALS:
        yield f"RequestInterval must be one of {', '.join(map(str, INTERVALS))}."
    if kind == "TCP":
        if "Port" not in config:
            yield "TCP health checks must have Port specified."
        if "ResourcePath" in config:
            yield "TCP health checks must not have ResourcePath specified."
    if kind.endswith("_STR_MATCH") and not config.get("SearchString"):
        yield f"{kind} health checks must have SearchString specified."
    if not kind.endswith("_STR_MATCH") and "SearchString" in config:
        yield f"{kind} health checks must not have SearchString specified."
    if "Regions" in config and len(set(config["Regions"])) < 3:
        yield "Health checks must have at least three Regions specified, or none."


def _calculated(config: Mapping[str, Any], exists: Callable[[str], bool]) -> Iterator[str]:
    children = config.get("ChildHealthChecks", ())
    if "HealthThreshold" not in config:
        yield "Calculated health checks must have HealthThreshold specified."
    if len(children) > MOST_CHILDREN:
        yield f"Calculated health checks must not have more than {MOST_CHILDREN} ChildHealthChecks."
    for child in children:
        if not exists(child):
            yield f"The child health check {child} does not exist."


def _alarm(
    config: Mapping[str, Any],
    alarm: Callable[[Mapping[str, str]], Mapping[str, Any] | None],
) -> Iterator[str]:
    """https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html."""
    named = config.get("AlarmIdentifier")
    if not named:
        yield "CloudWatch metric health checks must have AlarmIdentifier specified."
        return
    found = alarm(named)
    if found is None:
        yield f"The alarm {named['Name']} does not exist in {named['Region']}."
        return
    if not found.get("MetricName"):
        yield "Alarms that use metric math are not supported."
    elif found.get("ExtendedStatistic") or found.get("Statistic") not in STATISTICS:
        yield f"Only the statistics {', '.join(STATISTICS)} are supported."
    elif int(found["Period"]) < 60:
        yield "High-resolution metrics are not supported."
    elif found.get("DatapointsToAlarm") not in (None, found["EvaluationPeriods"]):
        yield '"M out of N" alarms are not supported.'
