from __future__ import annotations

from typing import Any

import pytest

from scripts.checks import Verdict
from scripts.drill.preflight import routing
from tests.unit.drill.preflight.grounds import PRIMARY, STANDBY, THEATRE, Cloud

TAKEOVER = {
    "Type": "HTTPS",
    "Inverted": True,
    "FullyQualifiedDomainName": THEATRE.standby.regional_name,
    "ResourcePath": "/takeover",
}
CALCULATED = {
    "Type": "CALCULATED",
    "HealthThreshold": 2,
    "ChildHealthChecks": ["takeover", "primary-endpoint"],
}


def of(id: str, config: dict[str, Any], version: int = 1) -> dict[str, Any]:
    return {
        "HealthCheck": {
            "Id": id,
            "CallerReference": "cloudformation",
            "HealthCheckConfig": config,
            "HealthCheckVersion": version,
        }
    }


def endpoint(region: str, **said: Any) -> dict[str, Any]:
    name = f"{region}.origin.shop.dev.example.com"
    return of("x", {"Type": "HTTPS", "FullyQualifiedDomainName": name, **said})


def record(role: str, **said: Any) -> dict[str, Any]:
    primary = role == "PRIMARY"
    where = THEATRE.primary if primary else THEATRE.standby
    target = {
        "HostedZoneId": "Z1",
        "DNSName": f"{where.balancer.upper()}.",
        "EvaluateTargetHealth": primary,
        **said.pop("target", {}),
    }
    return {
        "Name": f"{THEATRE.failover_name}.",
        "Type": "A",
        "SetIdentifier": where.name,
        "Failover": role,
        "HealthCheckId": "primary-check" if primary else "standby-endpoint",
        "AliasTarget": target,
        **said,
    }


def listed(*records: dict[str, Any]) -> dict[str, Any]:
    return {"ResourceRecordSets": list(records), "IsTruncated": False, "MaxItems": "10"}


def test_a_check_that_was_changed_since_the_plan_is_refused_by_its_versions() -> None:
    for versions, verdict in (
        ((1, 1, 1, 1), Verdict.PASSED),
        ((1, 1, 3, 1), Verdict.REFUSED),
    ):
        cloud = Cloud()
        for version in versions:
            cloud.says("route53", "get_health_check", of("x", TAKEOVER, version), PRIMARY)

        answer = routing.nothing_has_moved(cloud.ground())

        assert answer.verdict is verdict
        if verdict is Verdict.REFUSED:
            assert answer.found == "the takeover is at version 3, planned at 1"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"Inverted": False}, "Inverted is False, not True"),
        ({"Disabled": True}, "Disabled is True, not False"),
        ({"ResourcePath": "/"}, "ResourcePath is /, not /takeover"),
        ({"FullyQualifiedDomainName": THEATRE.primary.regional_name}, "FullyQualifiedDomainName"),
    ],
)
def test_the_takeover_check_asks_the_standby_inverted(changed: dict[str, Any], said: str) -> None:
    cloud = Cloud()
    cloud.says("route53", "get_health_check", of("takeover", {**TAKEOVER, **changed}), PRIMARY)

    answer = routing.takeover_check(cloud.ground())

    assert answer.verdict is (Verdict.REFUSED if said else Verdict.PASSED)
    assert said in answer.found


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"HealthThreshold": 1}, "HealthThreshold is 1, not 2"),
        ({"Inverted": True}, "Inverted is True, not False"),
        ({"Disabled": True}, "Disabled is True, not False"),
        ({"ChildHealthChecks": ["primary-endpoint"]}, "its children are primary-endpoint"),
        (
            {"ChildHealthChecks": ["primary-endpoint", "standby-endpoint"]},
            "its children are primary-endpoint, standby-endpoint",
        ),
    ],
)
def test_the_primary_s_check_needs_both_of_two(changed: dict[str, Any], said: str) -> None:
    cloud = Cloud()
    cloud.says(
        "route53", "get_health_check", of("primary-check", {**CALCULATED, **changed}), PRIMARY
    )

    answer = routing.primary_check(cloud.ground())

    assert answer.verdict is (Verdict.REFUSED if said else Verdict.PASSED)
    assert said in answer.found


def test_an_endpoint_check_that_is_disabled_or_asks_elsewhere_is_refused() -> None:
    for one, other, said in (
        (endpoint(PRIMARY), endpoint(STANDBY), ""),
        (endpoint(PRIMARY, Disabled=True), endpoint(STANDBY), "us-east-1: Disabled is True"),
        (endpoint(PRIMARY), endpoint(STANDBY, Inverted=True), "us-west-2: Inverted is True"),
        (endpoint(PRIMARY), endpoint(PRIMARY), "us-west-2: FullyQualifiedDomainName"),
    ):
        cloud = Cloud()
        cloud.says("route53", "get_health_check", one, PRIMARY)
        cloud.says("route53", "get_health_check", other, PRIMARY)

        answer = routing.endpoint_checks(cloud.ground())

        assert answer.verdict is (Verdict.REFUSED if said else Verdict.PASSED)
        assert said in answer.found


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([record("PRIMARY"), record("SECONDARY")], ""),
        ([record("PRIMARY")], "there is no SECONDARY"),
        (
            [record("PRIMARY", HealthCheckId="primary-endpoint"), record("SECONDARY")],
            "PRIMARY follows primary-endpoint",
        ),
        (
            [record("PRIMARY", target={"EvaluateTargetHealth": False}), record("SECONDARY")],
            "PRIMARY does not evaluate its target",
        ),
        (
            [record("PRIMARY"), record("SECONDARY", target={"EvaluateTargetHealth": True})],
            "SECONDARY evaluates its target",
        ),
        (
            [record("PRIMARY"), record("SECONDARY", target={"DNSName": "other.example.com."})],
            "SECONDARY is other.example.com., not shop-1.us-west-2",
        ),
    ],
)
def test_the_records_fail_over_as_designed(records: list[dict[str, Any]], said: str) -> None:
    cloud = Cloud()
    cloud.says("route53", "list_resource_record_sets", listed(*records), PRIMARY)

    answer = routing.failover_records(cloud.ground())

    assert answer.verdict is (Verdict.REFUSED if said else Verdict.PASSED)
    assert said in answer.found


def test_another_record_on_the_same_check_would_be_moved_unseen() -> None:
    other = {"Name": "mail.example.com.", "Type": "A", "HealthCheckId": "primary-check", "TTL": 60}
    for records, verdict in (
        ([record("PRIMARY"), record("SECONDARY")], Verdict.PASSED),
        ([record("PRIMARY"), record("SECONDARY"), other], Verdict.REFUSED),
        ([record("PRIMARY"), record("SECONDARY", HealthCheckId="takeover")], Verdict.REFUSED),
    ):
        cloud = Cloud()
        cloud.says("route53", "list_resource_record_sets", listed(*records), PRIMARY)

        assert routing.nobody_else_follows(cloud.ground()).verdict is verdict
