"""TLS on everything that speaks, and refused without it by everything that has a policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.coverage.claims import Complaint, Look
from tests.coverage.contents import Item
from tests.coverage.expectations import OneOf, expectation
from tests.coverage.laws import Defect, Law
from tests.coverage.mutants import REMOVED, Edit
from tests.coverage.paths import MISSING, Node, find
from tests.coverage.platform import Platform
from tests.coverage.rows.names import BUCKET, DB_CLUSTER, DB_INSTANCE, LISTENER, QUEUE, TOPIC
from tests.coverage.rows.transit import MODERN

CLEAR = Item({"Effect": "Deny", "Condition.Bool.aws:SecureTransport": "false"})
FORCED = "Parameters[rds.force_ssl]"
CONFIG = "DistributionConfig"

#: Type -> path -> what must hold there, for everything that speaks.
SPEAKS: Mapping[str, Mapping[str, Any]] = {
    LISTENER: {"Protocol": OneOf("HTTPS", "TLS"), "SslPolicy": MODERN},
    "AWS::RDS::DBParameterGroup": {FORCED: 1},
    "AWS::RDS::DBClusterParameterGroup": {FORCED: 1},
    "AWS::ElastiCache::ReplicationGroup": {"TransitEncryptionEnabled": True},
    "AWS::ElastiCache::CacheCluster": {"TransitEncryptionEnabled": True},
    "AWS::OpenSearchService::Domain": {
        "DomainEndpointOptions.EnforceHTTPS": True,
        "DomainEndpointOptions.TLSSecurityPolicy": OneOf(
            "Policy-Min-TLS-1-2-PFS-2023-10", "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08"
        ),
        "NodeToNodeEncryptionOptions.Enabled": True,
    },
    "AWS::RedshiftServerless::Workgroup": {
        "ConfigParameters": Item({"ParameterKey": "require_ssl", "ParameterValue": "true"})
    },
    "AWS::CloudFront::Distribution": {
        f"{CONFIG}.DefaultCacheBehavior.ViewerProtocolPolicy": OneOf(
            "redirect-to-https", "https-only"
        ),
        f"{CONFIG}.ViewerCertificate.MinimumProtocolVersion": OneOf(
            "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"
        ),
    },
    "AWS::ApiGateway::DomainName": {
        "SecurityPolicy": OneOf("TLS_1_2", "SecurityPolicy_TLS13_1_2_2021_06")
    },
    "AWS::S3::BucketPolicy": {"PolicyDocument.Statement": CLEAR},
    "AWS::SQS::QueuePolicy": {"PolicyDocument.Statement": CLEAR},
    "AWS::SNS::TopicPolicy": {"PolicyDocument.Statement": CLEAR},
}

#: What has a policy -> the policy's type, and where it names its subject.
POLICIES = {
    BUCKET: ("AWS::S3::BucketPolicy", "Bucket"),
    QUEUE: ("AWS::SQS::QueuePolicy", "Queues"),
    TOPIC: ("AWS::SNS::TopicPolicy", "Topics"),
}

#: What uses a parameter group.
GROUPS = {DB_CLUSTER: "DBClusterParameterGroupName", DB_INSTANCE: "DBParameterGroupName"}


def in_the_clear(platform: Platform) -> Iterator[Complaint]:
    """Whatever speaks, speaks TLS; whatever has a policy refuses what does not."""
    for type, has in SPEAKS.items():
        for resource in platform.of_type(type):
            look = Look(platform, resource.region, "")
            for path, wanted in has.items():
                for node in find(path, resource, platform).nodes or (Node(None, "", MISSING),):
                    if said := expectation(wanted).complaint(node.value, look):
                        yield Complaint(str(resource), path, said)
    for type, (policy, names) in POLICIES.items():
        held = {
            str(subject)
            for each in platform.of_type(policy)
            for subject in platform.references(each.properties.get(names))
        }
        for resource in platform.of_type(type):
            if str(resource) not in held:
                yield Complaint(
                    str(resource), policy, "is missing: nothing refuses what is in the clear"
                )
    for type, name in GROUPS.items():
        for database in platform.of_type(type):
            own = "DBClusterIdentifier" not in database.properties
            if own and not platform.references(database.properties.get(name)):
                yield Complaint(str(database), name, "is none of ours: nothing forces TLS")


def without_tls(platform: Platform) -> Iterator[Defect]:
    """Each property of the first of each type removed or broken; each policy taken away."""
    for type, has in SPEAKS.items():
        for resource in platform.of_type(type)[:1]:
            look = Look(platform, resource.region, "")
            for path, wanted in has.items():
                node = find(path, resource, platform).nodes[0]
                yield Defect(f"{path} removed", resource, (Edit(node, REMOVED),))
                for how, wrong in expectation(wanted).flips(node.value, look):
                    yield Defect(f"{path} {how}", resource, (Edit(node, wrong),))
    for policy, names in POLICIES.values():
        for each in platform.of_type(policy)[:1]:
            subject = platform.references(each.properties[names])[0]
            yield Defect("taken away", each, gone=True, named=str(subject))
    for type, name in GROUPS.items():
        for database in platform.of_type(type):
            if name in database.properties and "DBClusterIdentifier" not in database.properties:
                node = find(name, database, platform).nodes[0]
                yield Defect(f"{name} removed", database, (Edit(node, REMOVED),))


TLS = Law("missing TLS", in_the_clear, without_tls)
