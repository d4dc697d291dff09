"""Histories at random: zones, checks, and what sixteen checkers find of endpoints that come and go."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.unit.sandbox.routing.reference import CHECKERS, JSON

ZONE_ID, ZONE = "ZEXAMPLE", "example.com."
ELSEWHERE = "ZLOADBALANCERS"

#: How many checkers find an endpoint well: more often close to 18 % than not.
WELL = (0, 1, 2, 2, 2, 3, 3, 3, 4, 8, 15, 16, 16)

#: How many record sets a group has, by its policy.
MEMBERS = {"simple": [1], "failover": [2], "weighted": [1, 2, 3], "multivalue": [1, 2, 3, 10]}

INSUFFICIENT = ("Healthy", "Unhealthy", "LastKnownStatus")

#: What every alarm has: less than one is a breach.
ALARM = {
    "Namespace": "Shop",
    "MetricName": "Orders",
    "Statistic": "Sum",
    "Period": 60,
    "Threshold": 1.0,
    "ComparisonOperator": "LessThanThreshold",
}


@dataclass(frozen=True)
class Probed:
    """A checker has asked an endpoint."""

    check: str
    checker: int
    passed: bool


@dataclass(frozen=True)
class Configured:
    """A check was changed."""

    check: str
    changes: JSON


@dataclass(frozen=True)
class Reported:
    """A period of the metric of a check's alarm is over: with a value, or without."""

    check: str
    value: float | None


@dataclass(frozen=True)
class Asked:
    """Everything is asked for now."""


Event: TypeAlias = Probed | Configured | Reported | Asked


@dataclass(frozen=True)
class History:
    """Where it begins, and what happens. `alarms` are by the check that follows them."""

    records: list[JSON]
    checks: dict[str, JSON]
    alarms: dict[str, JSON]
    balancers: dict[str, tuple[str | None, bool]]
    events: list[Event]


def history(seed: int) -> History:
    """One, of a seed."""
    dice = random.Random(seed)
    checks = dict(_checks(dice))
    balancers = {
        f"lb{n}.elb.example.": (dice.choice([f"198.51.100.{n}", None]), dice.random() < 0.6)
        for n in range(3)
    }
    records = list(_records(dice, list(checks), list(balancers)))
    dice.shuffle(records)
    alarms = {
        name: {**ALARM, "EvaluationPeriods": dice.randint(1, 3)}
        for name, config in checks.items()
        if config["Type"] == "CLOUDWATCH_METRIC"
    }
    return History(records, checks, alarms, balancers, list(_events(dice, checks, list(alarms))))


def _checks(dice: random.Random) -> Iterator[tuple[str, JSON]]:
    below: list[str] = []
    for n in range(dice.randint(1, 4)):
        name = f"check{n}"
        kind = dice.choice(
            ["HTTP", "HTTPS", "TCP", "CLOUDWATCH_METRIC", "CALCULATED"][: 4 + (n > 0)]
        )
        config: JSON = {"Type": kind}
        if kind == "CALCULATED":
            children = dice.sample(below, dice.randint(1, len(below)))
            config |= {
                "ChildHealthChecks": children,
                "HealthThreshold": dice.randint(0, len(children)),
            }
        elif kind == "CLOUDWATCH_METRIC":
            config |= {
                "AlarmIdentifier": {"Region": "us-east-1", "Name": name},
                "InsufficientDataHealthStatus": dice.choice(INSUFFICIENT),
            }
        else:
            config |= {"IPAddress": "192.0.2.1", "Port": 80, "FailureThreshold": dice.randint(1, 4)}
        if dice.random() < 0.2:
            config["Inverted"] = True
        below.append(name)
        yield name, config


def _records(dice: random.Random, checks: list[str], balancers: list[str]) -> Iterator[JSON]:
    """Names upon names: an alias speaks for one that was made before it."""
    below: list[str] = []
    for n in range(dice.randint(2, 5)):
        name = f"n{n}.{ZONE}"
        policy = dice.choice(list(MEMBERS))
        count = dice.choice(MEMBERS[policy])
        for member in range(count):
            record: JSON = {"Name": name, "Type": "A"}
            if policy != "simple":
                record["SetIdentifier"] = str(member)
            if policy == "failover":
                record["Failover"] = ("PRIMARY", "SECONDARY")[member]
            elif policy == "weighted":
                record["Weight"] = dice.choice([0, 0, 1, 5, 255])
            elif policy == "multivalue":
                record["MultiValueAnswer"] = True
            if policy != "simple" and dice.random() < 0.7:
                record["HealthCheckId"] = dice.choice(checks)
            target = dice.choice([*balancers, *below])
            if policy != "multivalue" and dice.random() < 0.5:
                record["AliasTarget"] = {
                    "HostedZoneId": ELSEWHERE if target in balancers else ZONE_ID,
                    "DNSName": target,
                    "EvaluateTargetHealth": dice.random() < 0.7,
                }
            else:
                record["TTL"] = str(dice.choice([5, 60, 300]))
                record["ResourceRecords"] = [f"192.0.2.{16 * n + member}"]
            yield record
        below.append(name)


def _events(dice: random.Random, checks: dict[str, JSON], alarms: list[str]) -> Iterator[Event]:
    endpoints = [name for name, config in checks.items() if "FailureThreshold" in config]
    for _ in range(dice.randint(1, 4)):
        well = {name: dice.choice(WELL) for name in endpoints}
        for _ in range(dice.randint(1, 3)):
            for name in endpoints:
                for checker in dice.sample(range(CHECKERS), CHECKERS):
                    noise = dice.random() < 0.03
                    yield Probed(name, checker, (checker < well[name]) is not noise)
        for name in alarms:
            for _ in range(dice.randint(0, 4)):
                yield Reported(name, dice.choice([0.0, 0.0, 1.0, None]))
        if dice.random() < 0.3:
            changes: dict[str, Any] = {dice.choice(["Inverted", "Disabled"]): dice.random() < 0.6}
            yield Configured(dice.choice(list(checks)), changes)
        yield Asked()
