"""The health checks and records that decide between the regions, as a drill needs them.

They are read anew: a plan is approved with the versions that it saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.checks import Answer, all_of
from scripts.drill.calls import Where
from scripts.drill.preflight.ground import Ground, Question, Questions
from scripts.drill.theatre import HealthCheck, Theatre
from scripts.drill.theatre_reading import records


def nothing_has_moved(ground: Ground) -> Answer:
    """Every check has the version that the plan was made with."""
    theatre = ground.theatre
    moved = [
        f"{name} is at version {now}, planned at {check.version}"
        for name, check in _checks(theatre).items()
        if (now := _now(ground, check)["HealthCheckVersion"]) != check.version
    ]
    return all_of(
        moved,
        "each has the version of the plan",
        "no health check was changed since the plan",
        f"Plan again: tradewind failover-drill plan {ground.environment.name}",
    )


def takeover_check(ground: Ground) -> Answer:
    """Asks the standby, and is inverted: no standby is no request."""
    theatre = ground.theatre
    config = _now(ground, theatre.takeover)["HealthCheckConfig"]
    troubles = _wrong(
        config,
        Inverted=True,
        Disabled=False,
        FullyQualifiedDomainName=theatre.standby.regional_name,
        ResourcePath=theatre.takeover.path,
    )
    return all_of(
        troubles, f"asks {theatre.standby.regional_name}, inverted", "asks it", _drift(ground)
    )


def primary_check(ground: Ground) -> Answer:
    """The endpoint is well AND no takeover is requested: both of two."""
    theatre = ground.theatre
    config = _now(ground, theatre.primary_check)["HealthCheckConfig"]
    troubles = _wrong(config, Type="CALCULATED", HealthThreshold=2, Inverted=False, Disabled=False)
    children = set(config.get("ChildHealthChecks", ()))
    if children != {theatre.primary_endpoint.id, theatre.takeover.id}:
        troubles.append(f"its children are {', '.join(sorted(children)) or 'none'}")
    return all_of(
        troubles,
        "both of the primary's endpoint and the takeover",
        "2 of 2: the primary's endpoint and the takeover, neither inverted nor disabled",
        _drift(ground),
    )


def endpoint_checks(ground: Ground) -> Answer:
    """Neither is turned around or switched off: a disabled check is always healthy."""
    theatre = ground.theatre
    troubles = [
        f"{region.name}: {trouble}"
        for region, check in (
            (theatre.primary, theatre.primary_endpoint),
            (theatre.standby, theatre.standby_endpoint),
        )
        for trouble in _wrong(
            _now(ground, check)["HealthCheckConfig"],
            Inverted=False,
            Disabled=False,
            FullyQualifiedDomainName=region.regional_name,
        )
    ]
    return all_of(
        troubles,
        "both ask their own region",
        "ask their own region, neither inverted nor disabled",
        _drift(ground),
    )


def failover_records(ground: Ground) -> Answer:
    """PRIMARY evaluates its target besides its check; SECONDARY has its endpoint check alone."""
    theatre = ground.theatre
    found = {
        one.get("Failover", "none"): one
        for one in records(ground.aws, theatre.hosted_zone, theatre.failover_name)
    }
    wanted = {
        "PRIMARY": (theatre.primary.balancer, theatre.primary_check.id, True),
        "SECONDARY": (theatre.standby.balancer, theatre.standby_endpoint.id, False),
    }
    troubles = [f"there is a record of failover {role}" for role in sorted({*found} - {*wanted})]
    for role, (balancer, check, evaluates) in wanted.items():
        if role not in found:
            troubles.append(f"there is no {role}")
            continue
        target: Mapping[str, Any] = found[role].get("AliasTarget", {})
        if _name(target.get("DNSName", "")) != _name(balancer):
            troubles.append(f"{role} is {target.get('DNSName', 'no alias')}, not {balancer}")
        if found[role].get("HealthCheckId") != check:
            troubles.append(f"{role} follows {found[role].get('HealthCheckId', 'no check')}")
        if target.get("EvaluateTargetHealth", False) is not evaluates:
            troubles.append(
                f"{role} {'does not evaluate' if evaluates else 'evaluates'} its target"
            )
    return all_of(
        troubles,
        f"PRIMARY {theatre.primary.name}, SECONDARY {theatre.standby.name}",
        "PRIMARY with the calculated check and its target's health, SECONDARY with its own check",
        _drift(ground),
    )


def nobody_else_follows(ground: Ground) -> Answer:
    """With more records on the same checks a drill would move what it does not know of."""
    theatre = ground.theatre
    ours = {
        theatre.primary_check.id: "PRIMARY",
        theatre.takeover.id: "",
    }
    listed = ground.aws.client("route53", Where.GLOBAL).pages(
        "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=theatre.hosted_zone
    )
    others = [
        f"{one['Name'].rstrip('.')} {one['Type']}"
        for one in listed
        if one.get("HealthCheckId") in ours
        and not (
            _name(one["Name"]) == _name(theatre.failover_name)
            and one.get("Failover") == ours[one["HealthCheckId"]]
        )
    ]
    return all_of(
        [f"{one} does, too" for one in others],
        "PRIMARY alone follows the calculated check, nobody the takeover's",
        "PRIMARY alone is moved",
        _drift(ground),
    )


def _checks(theatre: Theatre) -> dict[str, HealthCheck]:
    return {
        "the primary's endpoint": theatre.primary_endpoint,
        "the standby's endpoint": theatre.standby_endpoint,
        "the takeover": theatre.takeover,
        "the primary's check": theatre.primary_check,
    }


def _now(ground: Ground, check: HealthCheck) -> dict[str, Any]:
    answer = ground.aws.client("route53", Where.GLOBAL).call(
        "get_health_check", HealthCheckId=check.id
    )
    found: dict[str, Any] = answer["HealthCheck"]
    return found


def _wrong(config: Mapping[str, Any], **wanted: Any) -> list[str]:
    """Which of a check's properties are not as wanted; Route 53 leaves out what is false."""
    return [
        f"{key} is {found}, not {value}"
        for key, value in wanted.items()
        if (found := config.get(key, False if isinstance(value, bool) else "missing")) != value
    ]


def _name(domain: str) -> str:
    return domain.rstrip(".").lower().removeprefix("dualstack.")


def _drift(ground: Ground) -> str:
    return f"tradewind drift {ground.environment.name} says what was changed, and how to mend it."


CHECKS: Questions = (
    Question("health checks as planned", nothing_has_moved),
    Question("takeover check", takeover_check),
    Question("primary's check", primary_check),
    Question("endpoint checks", endpoint_checks),
    Question("failover records", failover_records),
    Question("nobody else is moved", nobody_else_follows),
)
