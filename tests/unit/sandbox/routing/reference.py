"""Route 53 once more, written from AWS's documentation and from nothing of the sandbox's.

A history is what checkers found, one after the other. From it, from the configuration of checks and from the
record sets (as the API has them) follows which answers Route 53 may give: all that it may, since a weighted
answer is a throw of the dice. Nothing is remembered between two questions; every one is answered from the
whole history. So it is slow, and has no state that could be wrong.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-complex-configs.html
https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

CHECKERS = 16

JSON = dict[str, Any]

#: What may be answered at once: pairs of a value and its TTL. Of more than eight, any eight.
Outcome = frozenset[tuple[str, int]]


@dataclass
class World:
    """Everything that is known at the moment of a question.

    `found` has, by check and checker, whether each probe passed, oldest first; `reported`, by check, what the
    metric of its alarm was in each period, or None, oldest first; `alarms` those alarms; `balancers` an
    address (none where nothing runs) and whether its groups are well.
    """

    records: list[JSON]
    checks: dict[str, JSON]
    found: dict[tuple[str, int], list[bool]] = field(default_factory=dict)
    alarms: dict[str, JSON] = field(default_factory=dict)
    reported: dict[str, list[float | None]] = field(default_factory=dict)
    balancers: dict[str, tuple[str | None, bool]] = field(default_factory=dict)


def checker_says(world: World, check: str, checker: int) -> bool:
    """The value of the youngest run of FailureThreshold equal results; at first, healthy."""
    results = world.found.get((check, checker), [])
    length = world.checks[check].get("FailureThreshold", 3)
    for end in range(len(results), length - 1, -1):
        run = results[end - length : end]
        if len(set(run)) == 1:
            return run[0]
    return True


def check_is_healthy(world: World, check: str) -> bool:
    """A disabled check is considered healthy; whoever wants no traffic then changes Inverted."""
    config = world.checks[check]
    if config.get("Disabled"):
        status = True
    elif config["Type"] == "CALCULATED":
        healthy = [child for child in config["ChildHealthChecks"] if check_is_healthy(world, child)]
        status = len(healthy) >= config["HealthThreshold"]
    elif config["Type"] == "CLOUDWATCH_METRIC":
        status = data_are_well(world, check)
    else:
        agreeing = [n for n in range(CHECKERS) if checker_says(world, check, n)]
        status = Fraction(len(agreeing), CHECKERS) > Fraction(18, 100)
    return status is not bool(config.get("Inverted"))


def data_are_well(world: World, check: str) -> bool:
    """What the alarm's data say; or without enough of them what the check says of that: well, not well, or
    as it was when there were enough, and well if there never were."""
    alarm, values = world.alarms[check], world.reported.get(check, [])
    missing = world.checks[check]["InsufficientDataHealthStatus"]
    if missing == "LastKnownStatus":
        moments = (alarm_is_quiet(alarm, values[:end]) for end in range(len(values), 0, -1))
        return next((quiet for quiet in moments if quiet is not None), True)
    quiet = alarm_is_quiet(alarm, values)
    return missing == "Healthy" if quiet is None else quiet


def alarm_is_quiet(alarm: JSON, values: list[float | None]) -> bool | None:
    """Of the newest values that are there, as many as EvaluationPeriods: one that is no breach is enough for
    OK. All being breaches is ALARM, if the oldest of them is as old as the evaluation is long. None else.

    CloudWatch looks back further than it evaluates; here by two periods.
    """
    length = alarm["EvaluationPeriods"]
    looked_at = list(enumerate(reversed(values[-length - 2 :]), start=1))
    there = [(age, value) for age, value in looked_at if value is not None][:length]
    breaches = [age for age, value in there if value < alarm["Threshold"]]
    if len(breaches) < len(there):
        return True
    return False if any(age >= length for age in breaches) else None


def record_is_healthy(world: World, record: JSON) -> bool:
    """What has no check is always healthy. An alias that has both must pass both."""
    if "HealthCheckId" in record and not check_is_healthy(world, record["HealthCheckId"]):
        return False
    alias = record.get("AliasTarget")
    if alias is None or not alias["EvaluateTargetHealth"]:
        return True
    target = alias["DNSName"]
    if target in world.balancers:
        return world.balancers[target][1]
    return any(record_is_healthy(world, one) for one in group(world, target, record["Type"]))


def group(world: World, name: str, kind: str) -> list[JSON]:
    """The records that compete."""
    return [one for one in world.records if (one["Name"], one["Type"]) == (name, kind)]


def permitted(world: World, name: str, kind: str) -> set[Outcome]:
    """All that may be answered."""
    return {outcome for choice in choices(world, name, kind) for outcome in told(world, choice)}


def told(world: World, choice: Sequence[JSON]) -> set[Outcome]:
    """What records that were chosen together say. Only an alias is ever chosen to speak for others."""
    alias = choice[0].get("AliasTarget") if choice else None
    if alias is None:
        return {
            frozenset(
                (value, int(one["TTL"])) for one in choice for value in one["ResourceRecords"]
            )
        }
    if alias["DNSName"] in world.balancers:
        address, _ = world.balancers[alias["DNSName"]]
        return {frozenset({(address, 60)}) if address else frozenset()}
    return permitted(world, alias["DNSName"], choice[0]["Type"])


#: Which record answers, by whether PRIMARY and SECONDARY are healthy.
FAILOVER: Mapping[tuple[bool, bool], str] = {
    (True, True): "PRIMARY",
    (True, False): "PRIMARY",
    (False, True): "SECONDARY",
    (False, False): "PRIMARY",
}


def choices(world: World, name: str, kind: str) -> Iterator[list[JSON]]:
    """Which records may be chosen, by the policy of their group."""
    records = group(world, name, kind)
    if not records:
        yield []
    elif "Failover" in records[0]:
        roles = {one["Failover"]: one for one in records}
        healthy = (
            record_is_healthy(world, roles["PRIMARY"]),
            record_is_healthy(world, roles["SECONDARY"]),
        )
        yield [roles[FAILOVER[healthy]]]
    elif "Weight" in records[0]:
        found = list(weighted(world, records))
        yield from found or ([one] for one in considered(records))
    elif records[0].get("MultiValueAnswer"):
        healthy_ones = [one for one in records if record_is_healthy(world, one)]
        yield healthy_ones or records
    else:
        yield records


def considered(records: list[JSON]) -> list[JSON]:
    """Nonzero weights first; zeros where there is nothing else."""
    return [one for one in records if one["Weight"] > 0] or records


def weighted(world: World, records: list[JSON]) -> Iterator[list[JSON]]:
    """Choose one; if it is unhealthy choose again among the others, until one is healthy."""
    for one in considered(records):
        if record_is_healthy(world, one):
            yield [one]
        else:
            yield from weighted(world, [other for other in records if other is not one])
