"""What the sandbox says that AWS offers: what cfn-lint's data have of the region, in AWS's shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.parsers import create_parser
from botocore.session import Session

from scripts.sandbox.gateway import Head
from scripts.sandbox.offers import caches, catalogue, databases, machines, search
from scripts.sandbox.vault_policies import SET_REGION

REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def region() -> Iterator[None]:
    SET_REGION.value(REGION)
    yield
    SET_REGION.value("us-east-1")


def parsed(service: str, operation: str, answer: Any) -> Any:
    """An answer as a client reads it."""
    status, headers, body = answer
    model = Session().get_service_model(service)
    parser = create_parser(model.metadata["protocol"])
    return parser.parse(
        {"status_code": status, "headers": headers, "body": body},
        model.operation_model(operation).output_shape,
    )


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("t4g.small", 2),
        ("t3.xlarge", 4),
        ("m7g.medium", 1),
        ("m7g.large", 2),
        ("r7g.2xlarge", 8),
        ("c6gn.16xlarge", 64),
        ("t2.micro", None),
        ("m7g.metal", None),
        ("u-6tb1.112xlarge", None),
    ],
)
def test_a_machine_has_as_many_vcpus_as_its_size_says(name: str, count: int | None) -> None:
    assert machines.vcpus(name) == count


def test_what_the_emulator_says_of_machines_is_put_right() -> None:
    told = machines.DESCRIBE.value(
        {"InstanceType.1": ["t4g.small"], "InstanceType.2": ["m5.large"]}
    )
    right = machines.corrected(told[2].decode()).encode()

    types = parsed("ec2", "DescribeInstanceTypes", (told[0], told[1], right))["InstanceTypes"]

    assert [(one["InstanceType"], one["VCpuInfo"]["DefaultVCpus"]) for one in types] == [
        ("t4g.small", 2),
        ("m5.large", 2),
    ]
    architectures = [one["ProcessorInfo"]["SupportedArchitectures"] for one in types]
    assert architectures == [["arm64"], ["x86_64"]]


def test_a_machine_is_offered_in_each_zone() -> None:
    asked = {
        "LocationType": ["availability-zone"],
        "Filter.1.Name": ["instance-type"],
        "Filter.1.Value.1": ["m7g.large"],
        "Filter.1.Value.2": ["m99.large"],
    }

    found = parsed("ec2", "DescribeInstanceTypeOfferings", machines.offered(asked))

    offered = [(one["InstanceType"], one["Location"]) for one in found["InstanceTypeOfferings"]]
    assert offered == [("m7g.large", f"{REGION}{letter}") for letter in "abc"]


def test_a_pattern_finds_a_family() -> None:
    asked = {"Filter.1.Name": ["instance-type"], "Filter.1.Value.1": ["t4g.*"]}

    found = parsed("ec2", "DescribeInstanceTypeOfferings", machines.offered(asked))
    offers = found["InstanceTypeOfferings"]

    assert {one["Location"] for one in offers} == {REGION}
    assert {one["InstanceType"].partition(".")[0] for one in offers} == {"t4g"}


def versions(**asked: str) -> dict[str, str]:
    tell = databases._versions(lambda _: (200, {}, b"default"))
    answer = tell({key: [value] for key, value in asked.items()})
    found = parsed("rds", "DescribeDBEngineVersions", answer)["DBEngineVersions"]
    return {one["EngineVersion"]: one["Status"] for one in found}


def test_a_version_is_offered_or_deprecated_or_not_there() -> None:
    assert versions(Engine="postgres", EngineVersion="17.9") == {"17.9": "available"}
    assert versions(Engine="postgres", EngineVersion="17.99") == {}
    assert versions(Engine="postgres", EngineVersion="9.6.1") == {}
    assert versions(Engine="postgres", EngineVersion="9.6.1", IncludeAll="true") == {
        "9.6.1": "deprecated"
    }


def test_a_major_version_is_all_of_its_minors() -> None:
    found = versions(Engine="postgres", EngineVersion="17")

    assert "17.9" in found
    assert "17" not in found
    assert {version.partition(".")[0] for version in found} == {"17"}


def test_the_default_is_the_emulators() -> None:
    tell = databases._versions(lambda _: (200, {}, b"default"))

    assert tell({"Engine": ["postgres"], "DefaultOnly": ["true"]})[2] == b"default"
    assert tell({"Engine": ["unheard-of"]})[2] == b"default"


def test_a_class_is_ordered_with_a_version_of_its_engine() -> None:
    def orderable(**asked: str) -> list[dict[str, Any]]:
        answer = databases.options({key: [value] for key, value in asked.items()})
        found = parsed("rds", "DescribeOrderableDBInstanceOptions", answer)
        options: list[dict[str, Any]] = found["OrderableDBInstanceOptions"]
        return options

    said = {"Engine": "postgres", "EngineVersion": "17.9"}
    (option,) = orderable(**said, DBInstanceClass="db.t4g.medium")

    assert option["MultiAZCapable"]
    zones = [zone["Name"] for zone in option["AvailabilityZones"]]
    assert zones == [f"{REGION}{letter}" for letter in "abc"]
    assert orderable(**said, DBInstanceClass="db.t99.medium") == []
    assert orderable(Engine="postgres", EngineVersion="17.99") == []


def test_cache_nodes_are_told_by_what_can_be_reserved() -> None:
    def reservable(name: str) -> Any:
        answer = caches.offerings(name)
        found = parsed("elasticache", "DescribeReservedCacheNodesOfferings", answer)
        return found["ReservedCacheNodesOfferings"]

    assert [one["CacheNodeType"] for one in reservable("cache.r7g.large")] == ["cache.r7g.large"]
    assert reservable("cache.r99.large") == []
    assert {one["CacheNodeType"] for one in reservable("")} == catalogue.cache_nodes(REGION)


def test_search_instances_are_those_of_the_region() -> None:
    scope = f"Credential=111111111111/20260101/{REGION}/es/aws4_request"
    path = "/2021-01-01/opensearch/instanceTypeDetails/OpenSearch_3.5"
    head = Head("GET", path, {}, {"authorization": f"AWS4-HMAC-SHA256 {scope}, Signature=0"})

    assert search.service().matches(head)
    assert b'"r7g.large.search"' in search.told(head).body
