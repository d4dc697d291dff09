"""Planted: a zone that is not there, or that nobody is sent to; records and authorities in the way."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.checks import Verdict
from tests.unit.preflight.grounds import DOMAIN, SERVERS, ZONE, Cloud, Names, ask, resource

RECORD, CERTIFICATE = "AWS::Route53::RecordSet", "AWS::CertificateManager::Certificate"
NAME = f"shop.{DOMAIN}"


def zone(name: str = f"{DOMAIN}.", *, private: bool = False) -> dict[str, Any]:
    return {
        "HostedZone": {
            "Id": f"/hostedzone/{ZONE}",
            "Name": name,
            "CallerReference": "1",
            "Config": {"PrivateZone": private},
        },
        "DelegationSet": {"NameServers": [server.rstrip(".") for server in SERVERS]},
    }


def record(**more: str) -> Any:
    return resource(RECORD, Name=NAME, Type="A", **more)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (zone(), Verdict.PASSED),
        (zone("other.example.com."), Verdict.REFUSED),
        (zone(private=True), Verdict.REFUSED),
    ],
)
def test_the_zone_is_public_and_of_the_domain(told: dict[str, Any], verdict: Verdict) -> None:
    cloud = Cloud()
    cloud.says("route53", "get_hosted_zone", told)

    assert ask("hosted zone", cloud.ground(record())).answer.verdict is verdict


def test_a_zone_of_another_account_is_missing() -> None:
    cloud = Cloud()
    cloud.refuses("route53", "get_hosted_zone", "NoSuchHostedZone")

    answer = ask("hosted zone", cloud.ground(record())).answer

    assert answer.verdict is Verdict.REFUSED
    assert answer.found == f"{ZONE} is not in this account"
    assert "aws route53 create-hosted-zone --name dev.example.com" in answer.remedy


@pytest.mark.parametrize(
    ("servers", "verdict"),
    [
        (SERVERS, Verdict.PASSED),
        (tuple(server.upper().rstrip(".") for server in SERVERS), Verdict.PASSED),
        ((), Verdict.REFUSED),
        (("ns1.registrar.example.",), Verdict.REFUSED),
        (SERVERS[:1], Verdict.WARNED),
        ("the resolver is gone", Verdict.UNKNOWN),
    ],
)
def test_the_zone_above_sends_to_this_very_one(
    servers: tuple[str, ...] | str, verdict: Verdict
) -> None:
    cloud = Cloud()
    cloud.says("route53", "get_hosted_zone", zone())
    ground = cloud.ground(resource(CERTIFICATE, DomainName=NAME), names=Names(servers))

    answer = ask("delegation of the zone", ground).answer

    assert answer.verdict is verdict
    assert bool(answer.remedy) is (verdict is not Verdict.PASSED)


def found(**more: str) -> dict[str, Any]:
    said = {"Name": f"{NAME}.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "1.1.1.1"}]}
    return {"ResourceRecordSets": [{**said, **more}], "IsTruncated": False, "MaxItems": "100"}


def test_a_record_of_somebody_else_is_in_the_way() -> None:
    cloud = Cloud()
    cloud.says("route53", "list_resource_record_sets", found())

    reply = ask("records of the zone", cloud.ground(record()))

    assert reply.answer.verdict is Verdict.REFUSED
    assert reply.answer.found == f"{NAME} A is there already"
    assert reply.concerns


@pytest.mark.parametrize(
    ("there", "wanted", "verdict"),
    [
        ("CNAME", "A", Verdict.REFUSED),
        ("TXT", "CNAME", Verdict.REFUSED),
        ("TXT", "A", Verdict.PASSED),
    ],
)
def test_a_cname_has_no_other_record_beside_it(there: str, wanted: str, verdict: Verdict) -> None:
    cloud = Cloud()
    cloud.says("route53", "list_resource_record_sets", found(Type=there))
    ground = cloud.ground(resource(RECORD, Name=NAME, Type=wanted))

    reply = ask("records of the zone", ground)

    assert reply.answer.verdict is verdict
    assert bool(reply.concerns) is (verdict is Verdict.REFUSED)
    if verdict is Verdict.REFUSED:
        assert reply.answer.found == f"{NAME} {there} is there already"


def test_a_cname_of_another_name_takes_nothing() -> None:
    cloud = Cloud()
    said = found(Name=f"other.{DOMAIN}.", Type="CNAME")
    cloud.says("route53", "list_resource_record_sets", said)

    assert ask("records of the zone", cloud.ground(record())).answer.verdict is Verdict.PASSED


def test_the_other_half_of_a_failover_pair_is_ours() -> None:
    """PRIMARY stands; SECONDARY, of the same name, is to be made."""
    cloud = Cloud()
    cloud.says("route53", "list_resource_record_sets", found(SetIdentifier="primary"))
    primary = record(SetIdentifier="primary")
    secondary = resource(RECORD, "Two", Name=NAME, Type="A", SetIdentifier="secondary")

    ground = cloud.ground(primary, secondary, stands={"One": NAME})

    assert ask("records of the zone", ground).answer.verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("issuers", "verdict"),
    [
        ({}, Verdict.PASSED),
        ({NAME: ("letsencrypt.org", "amazon.com")}, Verdict.PASSED),
        ({NAME: ("letsencrypt.org",)}, Verdict.REFUSED),
        ({NAME: (";",)}, Verdict.REFUSED),
        ("no network", Verdict.UNKNOWN),
    ],
)
def test_amazon_may_issue_certificates(issuers: Any, verdict: Verdict) -> None:
    ground = Cloud().ground(resource(CERTIFICATE, DomainName=NAME), names=Names(issuers=issuers))

    assert ask("certificates may be issued", ground).answer.verdict is verdict
