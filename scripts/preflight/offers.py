"""What AWS offers in a region and its zones: machines, database classes, node types, engine versions.

What stands is offered: a type that was withdrawn meanwhile goes on running, so only what is new is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from scripts.aws import Client
from scripts.checks import Answer, Verdict, all_of, judged, passed, refused, warned
from scripts.preflight import machines
from scripts.preflight.ground import Ground, Question, Questions, Reply
from scripts.preflight.wanted import Resource, told

SUBNET = "AWS::EC2::Subnet"
INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
CACHES = ("AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup")
DOMAIN = "AWS::OpenSearchService::Domain"


def zones_are_there(ground: Ground, region: str) -> Reply:
    """The zones that params name by letter: which letters there are differs from account to account."""
    subnets = ground.missing(ground.wanted.of([SUBNET], region))
    zones = sorted(told(subnets, "AvailabilityZone"))
    expected = "zones that the account may use"
    if not zones:
        return Reply(passed("nothing new stands in one", expected))
    described = ground.client("ec2", region).call("describe_availability_zones")
    usable = {
        one["ZoneName"]
        for one in described["AvailabilityZones"]
        if one.get("State", "available") == "available"
    }
    lacking = [zone for zone in zones if zone not in usable]
    answer = judged(
        not lacking,
        f"not there: {', '.join(lacking)}" if lacking else ", ".join(zones),
        expected,
        f"Name others by zone_a, zone_b and zone_c in {ground.params}, under regions: {region}; there are "
        f"{', '.join(sorted(usable))}.",
    )
    concerned = tuple(one for one in subnets if one.text("AvailabilityZone") in lacking)
    return Reply(answer, concerned)


def machines_are_offered(ground: Ground, region: str) -> Reply:
    """In each zone of a fleet some type that it names; the preferred one, rather."""
    fleets = [
        one for one in ground.wanted.of([machines.FLEET], region) if machines.named_types(one)
    ]
    types = sorted({name for fleet in fleets for name in machines.named_types(fleet)})
    expected = "a type of the fleet in each of its zones"
    if not types:
        return Reply(passed("none is named", expected))
    listed = ground.client("ec2", region).pages(
        "describe_instance_type_offerings",
        "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": types}],
    )
    offered = {(one["Location"], one["InstanceType"]) for one in listed}
    answers = {fleet: _machines(ground, fleet, offered, expected) for fleet in fleets}
    troubled = {fleet: answer for fleet, answer in answers.items() if answer.remedy}
    if not troubled:
        return Reply(passed(", ".join(types), expected))
    worst = min(troubled.values(), key=lambda answer: answer.verdict is not Verdict.REFUSED)
    found = "; ".join(dict.fromkeys(answer.found for answer in troubled.values()))
    return Reply(replace(worst, found=found), tuple(troubled))


def _machines(
    ground: Ground, fleet: Resource, offered: Iterable[tuple[str, str]], expected: str
) -> Answer:
    types = machines.named_types(fleet)
    zones = [str(zone) for zone in fleet.properties.get("AvailabilityZones", ())]
    has = {zone: [name for name in types if (zone, name) in offered] for zone in zones}
    remedy = f"Choose another shop_instance_type, or other zones, in {ground.params}."
    if bare := [zone for zone in zones if not has[zone]]:
        return refused(f"{', '.join(types)}: not in {', '.join(bare)}", expected, remedy)
    if less := [zone for zone in zones if types[0] not in has[zone]]:
        return warned(f"{types[0]} is not offered in {', '.join(less)}", expected, remedy)
    return passed(", ".join(types), expected)


def classes_are_offered(ground: Ground, region: str) -> Reply:
    """Each class with its engine and version, in the zones where its databases are to stand."""
    fresh = ground.missing(ground.wanted.of([INSTANCE], region))
    lacking, concerned = [], []
    for one in fresh:
        if missing := _not_orderable(ground, one):
            lacking.append(missing)
            concerned.append(one)
    answer = all_of(
        list(dict.fromkeys(lacking)),
        ", ".join(told(fresh, "DBInstanceClass")) or "nothing is added",
        "classes that can be ordered",
        f"Choose another class in {ground.params}: aws rds describe-orderable-db-instance-options "
        f"--region {region} --engine ENGINE --query 'OrderableDBInstanceOptions[].DBInstanceClass'",
    )
    return Reply(answer, tuple(concerned))


def _not_orderable(ground: Ground, one: Resource) -> str:
    """Why a database cannot be ordered; empty where it can."""
    engine, name = one.text("Engine"), one.text("DBInstanceClass")
    version = one.text("EngineVersion") or _cluster_version(ground, one)
    asked = {"EngineVersion": version} if version else {}
    options = list(
        ground.client("rds", one.region).pages(
            "describe_orderable_db_instance_options",
            "OrderableDBInstanceOptions",
            Engine=engine,
            DBInstanceClass=name,
            Vpc=True,
            **asked,
        )
    )
    called = f"{name} with {engine} {version}".rstrip()
    if not options:
        return f"{called} is not offered"
    doubled = one.properties.get("MultiAZ") in (True, "true")
    if doubled and not any(option.get("MultiAZCapable") for option in options):
        return f"{called} is not offered in two zones"
    zones = {zone["Name"] for option in options for zone in option.get("AvailabilityZones", ())}
    zone = one.text("AvailabilityZone")
    return f"{called} is not offered in {zone}" if zone and zone not in zones else ""


def _cluster_version(ground: Ground, one: Resource) -> str:
    """An instance of a cluster has its version."""
    of = getattr(one.properties.get("DBClusterIdentifier"), "of", "")
    cluster = ground.wanted.beside(one, of)
    return cluster.text("EngineVersion") if cluster else ""


def versions_are_offered(ground: Ground, region: str) -> Reply:
    """Of databases. One that AWS has deprecated may be refused to whoever makes a new one."""
    fresh = ground.missing(ground.wanted.of([INSTANCE, CLUSTER], region))
    asked = {
        (one.text("Engine"), version): one
        for one in fresh
        if (version := one.text("EngineVersion"))
    }
    expected = "versions that are offered"
    if not asked:
        return Reply(passed("nothing is added", expected))
    statuses = {key: _status(ground, region, *key) for key in asked}
    remedy = (
        f"Choose another version: aws rds describe-db-engine-versions --region {region} "
        f"--engine {next(iter(asked))[0]} --query 'DBEngineVersions[].EngineVersion'"
    )
    gone = [key for key, status in statuses.items() if not status]
    old = [key for key, status in statuses.items() if status == "deprecated"]
    if gone or not old:
        answer = all_of(
            [f"{engine} {version} is not offered" for engine, version in gone],
            ", ".join(f"{engine} {version}" for engine, version in asked),
            expected,
            remedy,
        )
    else:
        named = ", ".join(f"{engine} {version}" for engine, version in old)
        answer = warned(f"{named} is deprecated", expected, remedy)
    return Reply(answer, tuple(asked[key] for key in (gone or old)))


def _status(ground: Ground, region: str, engine: str, version: str) -> str:
    """`available` or `deprecated`; empty where the region has no such version."""
    found = ground.client("rds", region).call(
        "describe_db_engine_versions", Engine=engine, EngineVersion=version, IncludeAll=True
    )["DBEngineVersions"]
    return str(found[0].get("Status", "available")) if found else ""


def nodes_are_offered(ground: Ground, region: str) -> Reply:
    """ElastiCache lists its node types nowhere but among what can be reserved."""
    fresh = ground.missing(ground.wanted.of(CACHES, region))
    types = tuple(told(fresh, "CacheNodeType"))
    client = ground.client("elasticache", region)
    lacking = [
        name
        for name in types
        if not client.call(
            "describe_reserved_cache_nodes_offerings", CacheNodeType=name, MaxRecords=20
        )["ReservedCacheNodesOfferings"]
    ]
    answer = all_of(
        [f"{name} is not offered" for name in lacking],
        ", ".join(types) or "nothing is added",
        "node types that are offered",
        f"Choose another cache_node_type or price_cache_node_type in {ground.params}.",
    )
    return Reply(answer, tuple(one for one in fresh if one.text("CacheNodeType") in lacking))


def cache_versions_are_offered(ground: Ground, region: str) -> Reply:
    """Of Valkey and Memcached."""
    fresh = ground.missing(ground.wanted.of(CACHES, region))
    asked = {(one.text("Engine"), one.text("EngineVersion")): one for one in fresh}
    client = ground.client("elasticache", region)
    lacking = [
        (engine, version)
        for engine, version in asked
        if version
        and not client.call("describe_cache_engine_versions", Engine=engine, EngineVersion=version)[
            "CacheEngineVersions"
        ]
    ]
    answer = all_of(
        [f"{engine} {version} is not offered" for engine, version in lacking],
        ", ".join(f"{engine} {version}" for engine, version in asked) or "nothing is added",
        "versions that are offered",
        f"See aws elasticache describe-cache-engine-versions --region {region}, and mend the layer.",
    )
    return Reply(answer, tuple(asked[key] for key in lacking))


def search_is_offered(ground: Ground, region: str) -> Reply:
    """OpenSearch's version, and its instance types with it."""
    fresh = ground.missing(ground.wanted.of([DOMAIN], region))
    lacking = [trouble for one in fresh for trouble in _search_troubles(ground, one)]
    answer = all_of(
        lacking,
        ", ".join(told(fresh, "EngineVersion")) or "nothing is added",
        "a version and types that are offered",
        f"Choose another search_instance_type in {ground.params}: aws opensearch "
        f"list-instance-type-details --region {region} --engine-version VERSION",
    )
    return Reply(answer, fresh if lacking else ())


def _search_troubles(ground: Ground, one: Resource) -> Iterator[str]:
    client, version = ground.client("opensearch", one.region), one.text("EngineVersion")
    if version not in _every(client, "list_versions", "Versions"):
        yield f"{version} is not offered"
        return
    offered = {
        details["InstanceType"]
        for details in _every(
            client, "list_instance_type_details", "InstanceTypeDetails", EngineVersion=version
        )
    }
    config = one.properties.get("ClusterConfig", {})
    for member in ("InstanceType", "DedicatedMasterType"):
        if (name := config.get(member)) and name not in offered:
            yield f"{name} is not offered"


def _every(client: Client, operation: str, key: str, **asked: str) -> list[Any]:
    """Over all pages of an operation that botocore has no paginator for."""
    found: list[Any] = []
    while True:
        page = client.call(operation, **asked)
        found += page.get(key, ())
        if not page.get("NextToken"):
            return found
        asked["NextToken"] = page["NextToken"]


CHECKS: Questions = (
    Question("zones", "region", (SUBNET,), zones_are_there),
    Question("machines", "region", (machines.FLEET,), machines_are_offered),
    Question("database classes", "region", (INSTANCE,), classes_are_offered),
    Question("database versions", "region", (INSTANCE, CLUSTER), versions_are_offered),
    Question("cache nodes", "region", CACHES, nodes_are_offered),
    Question("cache versions", "region", CACHES, cache_versions_are_offered),
    Question("search", "region", (DOMAIN,), search_is_offered),
)
