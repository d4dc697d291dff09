"""TestDNSAnswer: checked as the model has it, and answered by the health that DNS goes by."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from scripts.sandbox.gateway import Head
from scripts.sandbox.routing.dns_test_api import TYPES, service, told
from scripts.sandbox.routing.records import Zone
from tests.unit.sandbox.modelled import output_shape

ZONE = Zone.read(
    "Z1",
    "example.com",
    [
        {
            "Name": "example.com.",
            "Type": "NS",
            "TTL": "172800",
            "ResourceRecords": ["ns-1.awsdns-1.com.", "ns-2.awsdns-2.net."],
        },
        *(
            {
                "Name": "shop.example.com.",
                "Type": "A",
                "SetIdentifier": role,
                "Failover": role,
                "HealthCheckId": f"{role}-check",
                "AliasTarget": {
                    "HostedZoneId": "ZELB",
                    "DNSName": f"{role}.elb.example.",
                    "EvaluateTargetHealth": True,
                },
            }
            for role in ("PRIMARY", "SECONDARY")
        ),
    ],
)


def facts(*unhealthy: str) -> dict[str, Any]:
    """As the data plane tells them."""
    return {
        "health": {f"{role}-check": role not in unhealthy for role in ("PRIMARY", "SECONDARY")},
        "load_balancers": {
            "primary.elb.example": {"address": "192.0.2.1", "well": True},
            "secondary.elb.example": {"address": "192.0.2.2", "well": True},
        },
    }


def ask(name: str, kind: str = "A", *unhealthy: str) -> dict[str, list[str]]:
    """The elements of the answer, and what they hold."""
    response = told(ZONE, {"recordname": name, "recordtype": kind}, facts(*unhealthy))
    assert response.status == 200
    root = ElementTree.fromstring(response.body)
    found: dict[str, list[str]] = {}
    for each in root.iter():
        found.setdefault(each.tag.partition("}")[2], []).append(each.text or "")
    return found


@pytest.mark.parametrize(
    ("unhealthy", "address"),
    [([], "192.0.2.1"), (["PRIMARY"], "192.0.2.2"), (["PRIMARY", "SECONDARY"], "192.0.2.1")],
)
def test_the_answer_goes_by_the_health_of_checks(unhealthy: list[str], address: str) -> None:
    assert ask("shop.example.com", "A", *unhealthy)["RecordDataEntry"] == [address]


def test_an_answer_has_every_element_of_the_model() -> None:
    found = ask("shop.example.com")
    assert set(output_shape("route53", "TestDNSAnswer").members) < set(found)
    assert found["Nameserver"] == ["ns-1.awsdns-1.com"]
    assert (found["RecordName"], found["RecordType"]) == (["shop.example.com"], ["A"])
    assert (found["ResponseCode"], found["Protocol"]) == (["NOERROR"], ["UDP"])


def test_a_name_that_is_not_there_and_one_outside_the_zone_have_no_data() -> None:
    missing, outside = ask("missing.example.com"), ask("shop.example.net")
    assert [each["ResponseCode"] for each in (missing, outside)] == [["NXDOMAIN"], ["REFUSED"]]
    assert "RecordDataEntry" not in missing
    assert "RecordDataEntry" not in outside


def test_the_types_are_those_of_the_model() -> None:
    members = output_shape("route53", "TestDNSAnswer").members
    assert list(TYPES) == members["RecordType"].enum


@pytest.mark.parametrize(
    ("method", "path", "ours"),
    [
        ("GET", "/2013-04-01/testdnsanswer", True),
        ("POST", "/2013-04-01/testdnsanswer", False),
        ("GET", "/2013-04-01/hostedzone", False),
    ],
)
def test_no_other_call_is_answered(method: str, path: str, ours: bool) -> None:
    assert service(facts).matches(Head(method, path, {}, {})) is ours
