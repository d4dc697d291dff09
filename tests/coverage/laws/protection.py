"""Encryption at rest, TLS, public access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.coverage.claims import Complaint
from tests.coverage.laws import Defect, Law, named, schemas
from tests.coverage.mutants import REMOVED, Edit
from tests.coverage.paths import MISSING, Node, find
from tests.coverage.platform import Platform, Resource
from tests.coverage.rows.names import BUCKET, KEY, REPLICA_KEY

#: A key that is asked for only where this other property is given.
ONLY_WITH = {
    (
        "AWS::RDS::DBInstance",
        "AutomaticBackupReplicationKmsKeyId",
    ): "AutomaticBackupReplicationRegion",
    ("AWS::RDS::DBInstance", "PerformanceInsightsKMSKeyId"): "EnablePerformanceInsights",
    ("AWS::RDS::DBCluster", "PerformanceInsightsKmsKeyId"): "PerformanceInsightsEnabled",
    ("AWS::Lambda::Function", "KmsKeyArn"): "Environment.Variables",
    ("AWS::Lambda::Function", "Code.SourceKMSKeyArn"): "Code.S3Bucket",
}

#: Where one of our keys is not asked for: template/LogicalId or type, path -> the reason.
WITHOUT_OURS: Mapping[tuple[str, str], str] = {
    ("AWS::Lambda::EventSourceMapping", "KmsKeyArn"): "it encrypts a filter, which holds no data",
    (
        "foundation/AccessLogsBucket",
        "BucketEncryption.ServerSideEncryptionConfiguration[*]"
        ".ServerSideEncryptionByDefault.KMSMasterKeyID",
    ): "a load balancer writes its access logs under SSE-S3 only",
}

#: What an instance has from its cluster, or from the instance of its region that it copies.
INHERITED = ("KmsKeyId", "StorageEncrypted")


def asked(resource: Resource, path: str, platform: Platform) -> bool:
    """Whether a resource must say anything at this path."""
    companion = ONLY_WITH.get((resource.type, path))
    if companion and not _given(companion, resource, platform):
        return False
    if resource.type == "AWS::RDS::DBInstance" and path in INHERITED:
        local = platform.references(resource.properties.get("SourceDBInstanceIdentifier"))
        copies = any(source.region == resource.region for source in local)
        remote = path == "StorageEncrypted" and bool(local)
        return "DBClusterIdentifier" not in resource.properties and not copies and not remote
    exempt = {(f"{resource.layer}/{resource.logical_id}", path), (resource.type, path)}
    return not exempt & WITHOUT_OURS.keys()


def unencrypted(platform: Platform) -> Iterator[Complaint]:
    """Wherever a type can take a key it has one of ours; wherever it has a switch it is on."""
    for resource in platform.resources:
        for path in schemas.keys(resource.type):
            for node in _open(resource, path, platform):
                ours = {each.type for each in platform.references(node.value)} & {KEY, REPLICA_KEY}
                if not ours and asked(resource, path, platform):
                    yield Complaint(str(resource), path, f"is {node.value!r}, no key of ours")
        for path in schemas.switches(resource.type):
            for node in _open(resource, path, platform):
                off = node.value is MISSING or str(node.value).lower() != "true"
                if off and asked(resource, path, platform):
                    yield Complaint(str(resource), path, f"is {node.value!r}: encryption is off")


def without_encryption(platform: Platform) -> Iterator[Defect]:
    """Of each type: each key taken away, each switch turned off."""
    for resource, path, node in _first(platform, schemas.keys):
        if platform.references(node.value):
            yield Defect(f"{path} taken away", resource, (Edit(node, REMOVED),))
    for resource, path, node in _first(platform, schemas.switches):
        if str(node.value).lower() == "true":
            yield Defect(f"{path} turned off", resource, (Edit(node, False),))


def _first(platform: Platform, paths: Any) -> Iterator[tuple[Resource, str, Node]]:
    """For each type and path, the first resource that says something there and must."""
    seen = set()
    for resource in platform.resources:
        for path in paths(resource.type):
            for node in _open(resource, path, platform):
                fresh = (resource.type, path) not in seen
                if fresh and node.value is not MISSING and asked(resource, path, platform):
                    seen.add((resource.type, path))
                    yield resource, path, node


def _open(resource: Resource, path: str, platform: Platform) -> Iterator[Node]:
    """The values at a path whose parent is there."""
    for node in find(path, resource, platform).nodes:
        if node.holder is not None and (node.value is not MISSING or _parent(path, node)):
            yield node


def _parent(path: str, node: Node) -> bool:
    """A missing value counts where the last step misses, not one on the way."""
    return str(node.key) == path.rpartition(".")[2]


def _given(path: str, resource: Resource, platform: Platform) -> bool:
    return any(
        node.value not in (MISSING, "", {}, False) for node in find(path, resource, platform).nodes
    )


#: Yes-or-no properties that put something on the internet, wherever a schema has one.
PUBLIC = ("PubliclyAccessible", "AssociatePublicIpAddress", "MapPublicIpOnLaunch", "AssignPublicIp")
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
#: Where such a property is not ours to say.
SAID_ELSEWHERE = {("AWS::RDS::DBCluster", "PubliclyAccessible"): "Aurora's instances say it"}
ANYWHERE = ("0.0.0.0/0", "::/0")
DOORS = (
    ("AWS::EC2::SecurityGroup", "SecurityGroupIngress[*]"),
    ("AWS::EC2::SecurityGroupIngress", ""),
)


def public(platform: Platform) -> Iterator[Complaint]:
    """Nothing is reached from the internet but through a prefix list, and no policy lets in everybody."""
    for resource in platform.resources:
        for path in schemas.flags(resource.type, *PUBLIC):
            for node in _open(resource, path, platform):
                elsewhere = node.value is MISSING and (resource.type, path) in SAID_ELSEWHERE
                if str(node.value).lower() != "false" and not elsewhere:
                    yield Complaint(str(resource), path, f"is {node.value!r}: it is public")
        for document, path in documents(resource):
            for statement in named(document["Statement"]):
                if _lets_in_everybody(statement):
                    yield Complaint(str(resource), path, "lets in everybody")
    for bucket in platform.of_type(BUCKET):
        blocks = bucket.properties.get("PublicAccessBlockConfiguration", {})
        for name in BLOCKS:
            if str(blocks.get(name)).lower() != "true":
                yield Complaint(str(bucket), f"PublicAccessBlockConfiguration.{name}", "is off")
    for type, path in DOORS:
        for group in platform.of_type(type):
            rules = (
                find(path, group, platform).nodes if path else (Node(None, "", group.properties),)
            )
            for rule in rules:
                if {rule.value.get("CidrIp"), rule.value.get("CidrIpv6")} & {*ANYWHERE}:
                    yield Complaint(str(group), path or "CidrIp", "is open to the internet")


def _lets_in_everybody(statement: Mapping[str, Any]) -> bool:
    everybody = statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
    return statement["Effect"] == "Allow" and everybody and not statement.get("Condition")


def in_public(platform: Platform) -> Iterator[Defect]:
    """Each of these the wrong way round."""
    seen = set()
    for resource in platform.resources:
        for path in schemas.flags(resource.type, *PUBLIC):
            for node in _open(resource, path, platform):
                if (resource.type, path) not in seen and node.value is not MISSING:
                    seen.add((resource.type, path))
                    yield Defect(f"{path} turned on", resource, (Edit(node, True),))
    bucket = platform.of_type(BUCKET)[0]
    for name in BLOCKS:
        node = find(f"PublicAccessBlockConfiguration.{name}", bucket, platform).nodes[0]
        yield Defect(f"{name} turned off", bucket, (Edit(node, False),))
        yield Defect(f"{name} taken away", bucket, (Edit(node, REMOVED),))
    for group in platform.of_type("AWS::EC2::SecurityGroup"):
        for node in find("SecurityGroupIngress[*].SourcePrefixListId", group, platform).nodes[:1]:
            for cidr in ("CidrIp", "CidrIpv6"):
                wide = Node(node.holder, cidr, MISSING)
                yield Defect(
                    f"{cidr} of everywhere", group, (Edit(wide, ANYWHERE[cidr == "CidrIpv6"]),)
                )
    for type in ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
        policy = platform.of_type(type)[0]
        node = find("PolicyDocument.Statement", policy, platform).nodes[0]
        wide_open = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["s3:GetObject"],
            "Resource": ["*"],
        }
        yield Defect("a statement for everybody", policy, (Edit(node, [*node.value, wide_open]),))


@cache
def documents(resource: Resource) -> tuple[tuple[dict[str, Any], str], ...]:
    """Every policy document in a resource, and where; a defect changes what one says, not which there are."""
    found = []
    waiting: list[tuple[Any, str]] = [(resource.properties, "")]
    while waiting:
        held, path = waiting.pop()
        if isinstance(held, dict):
            if "Statement" in held and "Version" in held:
                found.append((held, path))
            waiting += [(item, f"{path}.{name}".strip(".")) for name, item in held.items()]
        elif isinstance(held, list):
            waiting += [(item, f"{path}[{number}]") for number, item in enumerate(held)]
    return tuple(found)


ENCRYPTION = Law("encryption off", unencrypted, without_encryption)
PRIVACY = Law("public access", public, in_public)
