"""NAT per zone, replicas, alarms, dead letters, policies of what holds data, life cycles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.deploy.gates import STATEFUL
from tests.coverage.claims import Complaint
from tests.coverage.laws import Defect, Law, schemas
from tests.coverage.mutants import REMOVED, Edit
from tests.coverage.paths import MISSING, Node, find
from tests.coverage.platform import Platform, Resource
from tests.coverage.rows.names import (
    ALARM,
    BUCKET,
    COMPOSITE_ALARM,
    DB_CLUSTER,
    DB_INSTANCE,
    FUNCTION,
    GLOBAL_TABLE,
    KEY,
    QUEUE,
    REPLICA_KEY,
    SECRET,
)

ROUTE, NAT = "AWS::EC2::Route", "AWS::EC2::NatGateway"
ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"


def shared_nat(platform: Platform) -> Iterator[Complaint]:
    """A subnet leaves by the NAT gateway of its own zone, where the environment has one in each."""
    for region in platform.environment.pair:
        if platform.environment.values(region)["nat_gateways"] != "per-zone":
            continue
        for route in platform.of_type(ROUTE, region):
            for nat in platform.references(route.properties.get("NatGatewayId")):
                there = _zone(platform, nat)
                for subnet in _leaving(platform, route):
                    here = subnet.properties["AvailabilityZone"]
                    if here != there:
                        says = f"is {nat} in {there}, for {subnet} in {here}"
                        yield Complaint(str(route), "NatGatewayId", says)


def _zone(platform: Platform, nat: Resource) -> str:
    (subnet,) = platform.references(nat.properties["SubnetId"])
    return str(subnet.properties["AvailabilityZone"])


def _leaving(platform: Platform, route: Resource) -> Iterator[Resource]:
    """The subnets of a route's table."""
    tables = platform.references(route.properties["RouteTableId"])
    for link in platform.of_type(ASSOCIATION, route.region):
        if platform.references(link.properties["RouteTableId"]) == tables:
            yield from platform.references(link.properties["SubnetId"])


def nat_of_another_zone(platform: Platform) -> Iterator[Defect]:
    """Each route led through another zone's gateway, and each gateway stood in another zone."""
    region = platform.environment.primary_region
    gateways = platform.of_type(NAT, region)
    for route in platform.of_type(ROUTE, region):
        for nat in platform.references(route.properties.get("NatGatewayId")):
            other = next(each for each in gateways if each is not nat)
            led = find("NatGatewayId", route, platform).nodes[0]
            yield Defect("through another zone", route, (Edit(led, _ref(other)),))
            stood = find("SubnetId", nat, platform).nodes[0]
            edit = Edit(stood, other.properties["SubnetId"])
            yield Defect("stands in another zone", nat, (edit,), named=str(route))


def _ref(of: Resource) -> str:
    return f"<{of.region}/{of.layer}/{of.logical_id}.Ref>"


def unreplicated(platform: Platform) -> Iterator[Complaint]:
    """What has a copy in the other region has it in both, and each copy knows its original."""
    environment = platform.environment
    primary, standby = environment.pair
    for key in platform.of_type(KEY):
        for region in environment.regions:
            copies = platform.of_type(REPLICA_KEY, region)
            known = [_original(platform, copy) for copy in copies]
            if region != key.region and str(key) not in known:
                yield Complaint(str(key), "ReplicaKey", f"is missing in {region}")
    for table in platform.of_type(GLOBAL_TABLE):
        regions = {each.get("Region") for each in table.properties["Replicas"]}
        if regions != {primary, standby}:
            yield Complaint(
                str(table), "Replicas", f"stand in {', '.join(sorted(map(str, regions)))}"
            )
    for secret in platform.of_type(SECRET, primary):
        copied = {each.get("Region") for each in secret.properties.get("ReplicaRegions", ())}
        if standby not in copied:
            yield Complaint(str(secret), "ReplicaRegions", f"have no {standby}")
    for bucket in platform.of_type(BUCKET, *environment.pair):
        if bucket.logical_id in REPLICATED:
            yield from _one_way(platform, bucket)
    yield from _databases(platform)


#: The buckets of foundation whose objects both regions must have.
REPLICATED = ("ImagesBucket", "ExportsBucket")


def _original(platform: Platform, copy: Resource) -> str:
    found = platform.references(copy.properties.get("PrimaryKeyArn"))
    return str(found[0]) if found else ""


def _one_way(platform: Platform, bucket: Resource) -> Iterator[Complaint]:
    peer = platform.environment.peer(bucket.region)
    rules = bucket.properties.get("ReplicationConfiguration", {}).get("Rules", [])
    theirs = [
        rule
        for rule in rules
        if rule.get("Status") == "Enabled" and rule["Destination"]["Bucket"].endswith(f"-{peer}")
    ]
    if not theirs:
        yield Complaint(str(bucket), "ReplicationConfiguration", f"leads nothing to {peer}")
    for rule in theirs:
        if rule["Destination"].get("ReplicationTime", {}).get("Status") != "Enabled":
            yield Complaint(str(bucket), "ReplicationTime", "is off")


def _databases(platform: Platform) -> Iterator[Complaint]:
    primary, standby = platform.environment.pair
    for whole in platform.of_type("AWS::RDS::GlobalCluster"):
        for region in (primary, standby):
            members = platform.of_type(DB_CLUSTER, region)
            if not any(whole in platform.references(each.properties) for each in members):
                yield Complaint(str(whole), "DBCluster", f"of {region} is missing")
    wanted = platform.environment.values(primary)["orders_replicas"] != "0"
    for writer in platform.of_type(DB_INSTANCE, primary) if wanted else ():
        if (
            writer.properties.get("MultiAZ")
            and "SourceDBInstanceIdentifier" not in writer.properties
        ):
            copies = platform.of_type(DB_INSTANCE, standby)
            if not any(writer in platform.references(each.properties) for each in copies):
                yield Complaint(str(writer), "DBInstance", f"has no replica in {standby}")


def without_replicas(platform: Platform) -> Iterator[Defect]:
    """Each copy taken away, or its property that makes it one."""
    for copy in platform.of_type(REPLICA_KEY):
        yield Defect("taken away", copy, gone=True, named=_original(platform, copy))
    for table in platform.of_type(GLOBAL_TABLE):
        node = find("Replicas", table, platform).nodes[0]
        yield Defect("one replica", table, (Edit(node, node.value[:1]),))
    for secret in platform.of_type(SECRET):
        node = find("ReplicaRegions", secret, platform).nodes[0]
        yield Defect("no replica", secret, (Edit(node, REMOVED),))
    for bucket in platform.of_type(BUCKET, *platform.environment.pair):
        if bucket.logical_id in REPLICATED:
            node = find("ReplicationConfiguration", bucket, platform).nodes[0]
            yield Defect("no replication", bucket, (Edit(node, REMOVED),))
            rule = find("ReplicationConfiguration.Rules[*].Status", bucket, platform).nodes[0]
            yield Defect("a rule that is off", bucket, (Edit(rule, "Disabled"),))
            path = "ReplicationConfiguration.Rules[*].Destination.ReplicationTime"
            yield Defect("no RTC", bucket, (Edit(find(path, bucket, platform).nodes[0], REMOVED),))
    for whole in platform.of_type("AWS::RDS::GlobalCluster"):
        for cluster in platform.of_type(DB_CLUSTER):
            yield Defect("taken away", cluster, gone=True, named=str(whole))
    for copy in platform.of_type(DB_INSTANCE, platform.environment.standby_region):
        for original in platform.references(copy.properties.get("SourceDBInstanceIdentifier")):
            yield Defect("taken away", copy, gone=True, named=str(original))


def silent(platform: Platform) -> Iterator[Complaint]:
    """Every alarm acts, and says something."""
    for alarm in (*platform.of_type(ALARM), *platform.of_type(COMPOSITE_ALARM)):
        if not platform.references(alarm.properties.get("AlarmActions")):
            yield Complaint(str(alarm), "AlarmActions", "lead nowhere")
        if str(alarm.properties.get("ActionsEnabled", True)).lower() != "true":
            yield Complaint(str(alarm), "ActionsEnabled", "is off")
        if len(str(alarm.properties.get("AlarmDescription", ""))) < 40:
            yield Complaint(str(alarm), "AlarmDescription", "tells nobody what to do")


def without_action(platform: Platform) -> Iterator[Defect]:
    """An alarm of either kind without an action, with its actions off, without words."""
    for type in (ALARM, COMPOSITE_ALARM):
        alarm = platform.of_type(type)[0]
        actions = find("AlarmActions", alarm, platform).nodes[0]
        words = find("AlarmDescription", alarm, platform).nodes[0]
        yield Defect("no actions", alarm, (Edit(actions, REMOVED),))
        yield Defect("empty actions", alarm, (Edit(actions, []),))
        yield Defect(
            "actions off", alarm, (Edit(Node(alarm.properties, "ActionsEnabled", MISSING), False),)
        )
        yield Defect("no words", alarm, (Edit(words, REMOVED),))


def undeliverable(platform: Platform) -> Iterator[Complaint]:
    """A queue gives up to another, unless it is where others give up."""
    ends = {str(queue) for queue in _dead_letter_queues(platform)}
    for queue in platform.of_type(QUEUE):
        redrive = queue.properties.get("RedrivePolicy", {})
        to = platform.references(redrive.get("deadLetterTargetArn"))
        if str(queue) not in ends and not (to and redrive.get("maxReceiveCount")):
            yield Complaint(
                str(queue), "RedrivePolicy", "is missing: what fails is lost, or stays for ever"
            )


#: Where a resource names the queue of what it could not deliver.
DEAD_LETTERS = ("deadLetterTargetArn", "DeadLetterConfig", "DeadLetterQueue", "OnFailure")


def _dead_letter_queues(platform: Platform) -> Iterator[Resource]:
    for resource in platform.resources:
        waiting: list[Any] = [resource.properties]
        while waiting:
            held = waiting.pop()
            if isinstance(held, dict):
                for name, item in held.items():
                    if name in DEAD_LETTERS:
                        yield from platform.references(item)
                    waiting.append(item)
            elif isinstance(held, list):
                waiting += held


def without_dead_letters(platform: Platform) -> Iterator[Defect]:
    """A queue's policy removed; a new queue would be no other."""
    for queue in platform.of_type(QUEUE):
        for node in find("RedrivePolicy", queue, platform).nodes:
            if node.value is not MISSING:
                yield Defect("no dead letters", queue, (Edit(node, REMOVED),))


#: Both policies of what holds data; what is only a cache, a log or in transit says at least which.
KEPT = ("Retain", "RetainExceptOnCreate", "Snapshot")
POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


def unkept(platform: Platform) -> Iterator[Complaint]:
    """What holds something says what becomes of it, on deletion and on replacement."""
    types = schemas.stateful() | STATEFUL
    for resource in platform.resources:
        for policy in POLICIES if resource.type in types else ():
            if policy not in resource.said:
                yield Complaint(str(resource), f"@{policy}", "is missing")


def without_policies(platform: Platform) -> Iterator[Defect]:
    """Of each type, one without the one policy, and one without the other."""
    types = schemas.stateful() | STATEFUL
    seen = set()
    for resource in platform.resources:
        if resource.type in types and resource.type not in seen:
            seen.add(resource.type)
            for policy in POLICIES if {*POLICIES} <= resource.said.keys() else ():
                node = find(f"@{policy}", resource, platform).nodes[0]
                yield Defect(f"no {policy}", resource, (Edit(node, REMOVED),))


#: The day by which a runtime counts as deprecated: that of the facts we build on.
TODAY = "2026-11-01"


def outdated(platform: Platform) -> Iterator[Complaint]:
    """No runtime and no engine that AWS has deprecated, or does not know."""
    for function in platform.of_type(FUNCTION):
        runtime = str(function.properties.get("Runtime"))
        if schemas.deprecated_runtime(runtime, TODAY):
            yield Complaint(str(function), "Runtime", f"is {runtime}, which is deprecated")
    for resource in platform.resources:
        engine, version = (resource.properties.get(name) for name in ("Engine", "EngineVersion"))
        offered = schemas.versions(resource.type, str(engine))
        old = schemas.versions(resource.type, str(engine), deprecated=True)
        if version and offered and (version in old or version not in offered):
            yield Complaint(str(resource), "EngineVersion", f"{engine} {version} is deprecated")


def outdated_ones(platform: Platform) -> Iterator[Defect]:
    """A runtime of each past year; an engine's oldest version."""
    function = platform.of_type(FUNCTION)[0]
    node = find("Runtime", function, platform).nodes[0]
    for runtime in ("python3.9", "python3.10", "nodejs20.x", "python2.7"):
        yield Defect(f"runtime {runtime}", function, (Edit(node, runtime),))
    seen = set()
    for resource in platform.resources:
        old = schemas.versions(
            resource.type, str(resource.properties.get("Engine")), deprecated=True
        )
        if old and "EngineVersion" in resource.properties and resource.type not in seen:
            seen.add(resource.type)
            node = find("EngineVersion", resource, platform).nodes[0]
            for version in (min(old), max(old), "0.0"):
                yield Defect(f"version {version}", resource, (Edit(node, version),))


NAT_PER_ZONE = Law("a NAT shared across AZs in prod", shared_nat, nat_of_another_zone)
REPLICAS = Law("a replica missing", unreplicated, without_replicas)
ALARMS = Law("an alarm without an action", silent, without_action)
DEAD_LETTER = Law("a queue without a DLQ", undeliverable, without_dead_letters)
KEEPING = Law("a stateful resource without policies", unkept, without_policies)
LIFE_CYCLES = Law("a deprecated runtime or engine", outdated, outdated_ones)
