"""Planted: zones, machines, classes and versions that a region does not offer."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.checks import Verdict
from tests.unit.preflight.grounds import PRIMARY, Cloud, ask, later, resource

DATABASE = "AWS::RDS::DBInstance"
CACHE = "AWS::ElastiCache::ReplicationGroup"
ZONES = ["us-east-1a", "us-east-1b"]


def test_a_letter_that_the_account_has_no_zone_for() -> None:
    cloud = Cloud()
    zones = [
        {"ZoneName": "us-east-1a", "State": "available"},
        {"ZoneName": "us-east-1b", "State": "unavailable"},
    ]
    cloud.says("ec2", "describe_availability_zones", {"AvailabilityZones": zones})
    subnets = (
        resource("AWS::EC2::Subnet", "A", AvailabilityZone="us-east-1a"),
        resource("AWS::EC2::Subnet", "B", AvailabilityZone="us-east-1b"),
    )

    reply = ask("zones", cloud.ground(*subnets))

    assert reply.answer.verdict is Verdict.REFUSED
    assert reply.answer.found == "not there: us-east-1b"
    assert [one.logical_id for one in reply.concerns] == ["B"]


@pytest.mark.parametrize(
    ("offered", "verdict"),
    [
        ({("us-east-1a", "m7g.large"), ("us-east-1b", "m7g.large")}, Verdict.PASSED),
        ({("us-east-1a", "m7g.large"), ("us-east-1b", "m6g.large")}, Verdict.WARNED),
        ({("us-east-1a", "m7g.large"), ("us-east-1a", "m6g.large")}, Verdict.REFUSED),
        (set(), Verdict.REFUSED),
    ],
)
def test_each_zone_has_a_machine_of_the_fleet(
    offered: set[tuple[str, str]], verdict: Verdict
) -> None:
    cloud = Cloud()
    told = [{"Location": zone, "InstanceType": name} for zone, name in sorted(offered)]
    cloud.says("ec2", "describe_instance_type_offerings", {"InstanceTypeOfferings": told})
    overrides = [{"InstanceType": "m7g.large"}, {"InstanceType": "m6g.large"}]
    fleet = resource(
        "AWS::AutoScaling::AutoScalingGroup",
        AvailabilityZones=ZONES,
        MixedInstancesPolicy={"LaunchTemplate": {"Overrides": overrides}},
    )

    assert ask("machines", cloud.ground(fleet)).answer.verdict is verdict


def test_a_fleet_that_is_only_warned_about_hides_no_refused_one() -> None:
    cloud = Cloud()
    told = [{"Location": zone, "InstanceType": "m6g.large"} for zone in ZONES]
    cloud.says("ec2", "describe_instance_type_offerings", {"InstanceTypeOfferings": told})

    def fleet(logical_id: str, *types: str) -> Any:
        overrides = [{"InstanceType": name} for name in types]
        return resource(
            "AWS::AutoScaling::AutoScalingGroup",
            logical_id,
            AvailabilityZones=ZONES,
            MixedInstancesPolicy={"LaunchTemplate": {"Overrides": overrides}},
        )

    ground = cloud.ground(
        fleet("Fine", "m6g.large"),
        fleet("Less", "m7g.large", "m6g.large"),
        fleet("None", "x9.large"),
    )
    reply = ask("machines", ground)

    assert reply.answer.verdict is Verdict.REFUSED
    assert reply.answer.found == (
        "m7g.large is not offered in us-east-1a, us-east-1b; x9.large: not in us-east-1a, us-east-1b"
    )
    assert [one.logical_id for one in reply.concerns] == ["Less", "None"]


def database(**more: Any) -> Any:
    said = {"Engine": "postgres", "EngineVersion": "17.9", "DBInstanceClass": "db.t4g.medium"}
    return resource(DATABASE, "Orders", **{**said, **more})


def option(**more: Any) -> dict[str, Any]:
    return {"DBInstanceClass": "db.t4g.medium", "MultiAZCapable": True, **more}


@pytest.mark.parametrize(
    ("options", "wanted", "trouble"),
    [
        ([option()], database(), ""),
        ([], database(), "db.t4g.medium with postgres 17.9 is not offered"),
        (
            [option(MultiAZCapable=False)],
            database(MultiAZ=True),
            "db.t4g.medium with postgres 17.9 is not offered in two zones",
        ),
        (
            [option(AvailabilityZones=[{"Name": "us-east-1b"}])],
            database(AvailabilityZone="us-east-1a"),
            "db.t4g.medium with postgres 17.9 is not offered in us-east-1a",
        ),
    ],
)
def test_a_class_that_cannot_be_ordered(
    options: list[dict[str, Any]], wanted: Any, trouble: str
) -> None:
    cloud = Cloud()
    cloud.says(
        "rds",
        "describe_orderable_db_instance_options",
        {"OrderableDBInstanceOptions": options},
    )

    reply = ask("database classes", cloud.ground(wanted))

    assert reply.answer.verdict is (Verdict.REFUSED if trouble else Verdict.PASSED)
    assert reply.answer.found == (trouble or "db.t4g.medium")
    assert bool(reply.concerns) is bool(trouble)


def test_an_instance_is_ordered_with_the_version_of_its_cluster() -> None:
    cloud = Cloud()
    cloud.stub("rds", PRIMARY).add_response(
        "describe_orderable_db_instance_options",
        {"OrderableDBInstanceOptions": [option()]},
        {
            "Engine": "aurora-postgresql",
            "EngineVersion": "17.9",
            "DBInstanceClass": "db.r7g.large",
            "Vpc": True,
        },
    )
    ground = cloud.ground(
        resource("AWS::RDS::DBCluster", "Cluster", EngineVersion="17.9"),
        resource(
            DATABASE,
            Engine="aurora-postgresql",
            DBInstanceClass="db.r7g.large",
            DBClusterIdentifier=later("Cluster"),
        ),
    )

    assert ask("database classes", ground).answer.verdict is Verdict.PASSED
    cloud.assert_all_asked()


@pytest.mark.parametrize(
    ("versions", "verdict"),
    [
        ([{"EngineVersion": "17.9", "Status": "available"}], Verdict.PASSED),
        ([{"EngineVersion": "17.9", "Status": "deprecated"}], Verdict.WARNED),
        ([], Verdict.REFUSED),
    ],
)
def test_a_version_that_is_gone_or_going(versions: list[dict[str, str]], verdict: Verdict) -> None:
    cloud = Cloud()
    cloud.says("rds", "describe_db_engine_versions", {"DBEngineVersions": versions})

    answer = ask("database versions", cloud.ground(database())).answer

    assert answer.verdict is verdict
    assert ("--engine postgres" in answer.remedy) is (verdict is not Verdict.PASSED)


def test_a_database_that_stands_is_not_asked_about() -> None:
    ground = Cloud().ground(database(), stands={"Orders": "orders"})

    assert ask("database versions", ground).answer.found == "nothing is added"
    assert ask("database classes", ground).answer.found == "nothing is added"


def test_a_cache_node_and_a_cache_version_that_are_not_offered() -> None:
    cloud = Cloud()
    cloud.says(
        "elasticache",
        "describe_reserved_cache_nodes_offerings",
        {"ReservedCacheNodesOfferings": []},
    )
    cloud.says("elasticache", "describe_cache_engine_versions", {"CacheEngineVersions": []})
    cache = resource(CACHE, CacheNodeType="cache.r9g.large", Engine="valkey", EngineVersion="99.0")
    ground = cloud.ground(cache)

    assert ask("cache nodes", ground).answer.found == "cache.r9g.large is not offered"
    assert ask("cache versions", ground).answer.found == "valkey 99.0 is not offered"


def search(**config: Any) -> Any:
    return resource(
        "AWS::OpenSearchService::Domain", EngineVersion="OpenSearch_3.5", ClusterConfig=config
    )


def test_a_search_version_that_is_not_offered() -> None:
    cloud = Cloud()
    cloud.says("opensearch", "list_versions", {"Versions": ["OpenSearch_2.19"]})

    assert ask("search", cloud.ground(search())).answer.found == "OpenSearch_3.5 is not offered"


def test_a_search_instance_is_looked_for_on_every_page() -> None:
    cloud = Cloud()
    cloud.says("opensearch", "list_versions", {"Versions": [], "NextToken": "more"})
    cloud.says("opensearch", "list_versions", {"Versions": ["OpenSearch_3.5"]})
    details = [{"InstanceType": "r7g.large.search"}]
    cloud.says("opensearch", "list_instance_type_details", {"InstanceTypeDetails": details})
    wanted = search(InstanceType="r7g.large.search", DedicatedMasterType="m9g.large.search")

    answer = ask("search", cloud.ground(wanted)).answer

    assert answer.found == "m9g.large.search is not offered"
