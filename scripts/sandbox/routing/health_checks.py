"""A health check: what it watches, and what its owner makes of the verdict.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

#: Where AWS's checkers stand, unless a check names some of these.
REGIONS = (
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
)

#: What AWS fills in.
INTERVAL, THRESHOLD = 30, 3

_PORTS = {"HTTP": 80, "HTTP_STR_MATCH": 80, "HTTPS": 443, "HTTPS_STR_MATCH": 443}


@dataclass(frozen=True)
class Endpoint:
    """Something that checkers ask. `interval` in seconds; `threshold` results in a row change a mind.

    `address` is empty where `name` is resolved at each probe; `search` where any body will do.
    """

    kind: str
    address: str
    name: str
    port: int
    path: str
    search: str
    interval: int
    threshold: int
    regions: tuple[str, ...]

    @property
    def host(self) -> str:
        """The Host header: with the port, unless that is the protocol's own."""
        host = self.name or self.address
        return host if _PORTS.get(self.kind) == self.port else f"{host}:{self.port}"


@dataclass(frozen=True)
class Calculated:
    """Other checks, so many of which must be healthy."""

    children: tuple[str, ...]
    healthy: int


@dataclass(frozen=True)
class Stream:
    """A metric's data, and when they speak of an alarm: what the alarm said when the check was last set.

    A change of the alarm alone changes no check. `period` in seconds.
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_CloudWatchAlarmConfiguration.html
    """

    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    period: int
    periods: int
    threshold: float
    operator: str

    @classmethod
    def described(cls, alarm: Mapping[str, Any]) -> Stream:
        """As DescribeAlarms tells it."""
        return cls(
            alarm["Namespace"],
            alarm["MetricName"],
            tuple((one["Name"], one["Value"]) for one in alarm.get("Dimensions", ())),
            alarm["Statistic"],
            int(alarm["Period"]),
            int(alarm["EvaluationPeriods"]),
            float(alarm["Threshold"]),
            alarm["ComparisonOperator"],
        )


@dataclass(frozen=True)
class Alarm:
    """The data of an alarm in a region. `insufficient` is Healthy, Unhealthy or LastKnownStatus."""

    region: str
    stream: Stream
    insufficient: str


@dataclass(frozen=True)
class RoutingControl:
    """A switch of Application Recovery Controller, which the sandbox does not have."""


Subject: TypeAlias = Endpoint | Calculated | Alarm | RoutingControl


@dataclass(frozen=True)
class HealthCheck:
    """One health check of an account. `created` is drill time."""

    id: str
    account: str
    created: float
    inverted: bool
    disabled: bool
    subject: Subject

    @classmethod
    def described(
        cls,
        check_id: str,
        account: str,
        config: Mapping[str, Any],
        alarm: Mapping[str, Any] | None = None,
        created: float = 0.0,
    ) -> HealthCheck:
        """As its HealthCheckConfig has it, with AWS's defaults, and the alarm that it names."""
        inverted, disabled = bool(config.get("Inverted")), bool(config.get("Disabled"))
        return cls(check_id, account, created, inverted, disabled, _subject(config, alarm or {}))


def _subject(config: Mapping[str, Any], alarm: Mapping[str, Any]) -> Subject:
    match config["Type"]:
        case "CALCULATED":
            children = tuple(config.get("ChildHealthChecks", ()))
            return Calculated(children, int(config.get("HealthThreshold", 0)))
        case "CLOUDWATCH_METRIC":
            insufficient = config.get("InsufficientDataHealthStatus", "LastKnownStatus")
            region = config["AlarmIdentifier"]["Region"]
            return Alarm(region, Stream.described(alarm), insufficient)
        case "RECOVERY_CONTROL":
            return RoutingControl()
        case kind:
            return Endpoint(
                kind=kind,
                address=config.get("IPAddress", ""),
                name=config.get("FullyQualifiedDomainName", ""),
                port=int(config.get("Port") or _PORTS.get(kind, 0)),
                path=config.get("ResourcePath") or "/",
                search=config.get("SearchString", ""),
                interval=int(config.get("RequestInterval", INTERVAL)),
                threshold=int(config.get("FailureThreshold", THRESHOLD)),
                regions=tuple(config.get("Regions") or REGIONS),
            )
