"""S3 replication with time control: what is written in one region stands in the other within 15 minutes.

Each region's foundation replicates to its peer, so it goes both ways; a replica is not replicated back. The
peer's bucket is known by its derived name, its key is handed on. All of it waits for `peer_ready`: the
destination has to exist first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from awacs import kms, s3
from awacs.aws import StringEquals
from troposphere import AWSObject, GetAtt, NoValue, Ref, Sub
from troposphere.s3 import (
    DeleteMarkerReplication,
    EncryptionConfiguration,
    Metrics,
    ReplicaModifications,
    ReplicationConfiguration,
    ReplicationConfigurationRules,
    ReplicationConfigurationRulesDestination,
    ReplicationRuleFilter,
    ReplicationTime,
    ReplicationTimeValue,
    SourceSelectionCriteria,
    SseKmsEncryptedObjects,
)

from generator.buckets import bucket_name
from generator.conditions import Conditions
from generator.grants import allow, service

if TYPE_CHECKING:
    from generator.layer import Layer

#: The one deadline that S3's replication time control offers, in minutes.
MINUTES = 15

PEER = "${PeerRegion}"


def replicator(
    layer: Layer,
    purposes: tuple[str, ...],
    key_arns: Sequence[object],
    peer_key_arns: Sequence[Ref],
    boundary: AWSObject,
) -> AWSObject:
    """The role by which S3 reads our versions, with their holds, and writes the peer's.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
    """
    ours = [_arn(layer, purpose) for purpose in purposes]
    theirs = [_arn(layer, purpose, PEER) for purpose in purposes]
    versions = [
        s3.GetObjectLegalHold,
        s3.GetObjectRetention,
        s3.GetObjectVersionForReplication,
        s3.GetObjectVersionAcl,
        s3.GetObjectVersionTagging,
    ]
    replicas = [s3.ReplicateObject, s3.ReplicateDelete, s3.ReplicateTags]
    return layer.role(
        "Replicator",
        trusted=service("s3"),
        allows=[
            allow([s3.GetReplicationConfiguration, s3.ListBucket], ours),
            allow(versions, [_objects(arn) for arn in ours]),
            allow(replicas, [_objects(arn) for arn in theirs]),
            allow([kms.Decrypt], key_arns, _through_s3(layer, "${AWS::Region}")),
            allow([kms.Encrypt, kms.GenerateDataKey], peer_key_arns, _through_s3(layer, PEER)),
        ],
        DependsOn=boundary.title,
        **layer.only(Conditions.replicates),
    )


def to_the_peer(layer: Layer, purpose: str, role: AWSObject, peer_key_arn: Ref) -> dict[str, Any]:
    """The bucket property that sends every object, deletion and change of metadata to the peer."""
    deadline = ReplicationTimeValue(Minutes=MINUTES)
    rule = ReplicationConfigurationRules(
        Id="ToThePeer",
        Priority=1,
        Status="Enabled",
        Filter=ReplicationRuleFilter(Prefix=""),
        DeleteMarkerReplication=DeleteMarkerReplication(Status="Enabled"),
        SourceSelectionCriteria=SourceSelectionCriteria(
            ReplicaModifications=ReplicaModifications(Status="Enabled"),
            SseKmsEncryptedObjects=SseKmsEncryptedObjects(Status="Enabled"),
        ),
        Destination=ReplicationConfigurationRulesDestination(
            Bucket=_arn(layer, purpose, PEER),
            EncryptionConfiguration=EncryptionConfiguration(ReplicaKmsKeyID=peer_key_arn),
            Metrics=Metrics(Status="Enabled", EventThreshold=deadline),
            ReplicationTime=ReplicationTime(Status="Enabled", Time=deadline),
        ),
    )
    replication = ReplicationConfiguration(Role=GetAtt(role, "Arn"), Rules=[rule])
    return {
        "ReplicationConfiguration": layer.choose(Conditions.replicates, replication, NoValue),
    }


def _arn(layer: Layer, purpose: str, region: str = "${AWS::Region}") -> Sub:
    name = bucket_name(purpose, region).data["Fn::Sub"]
    return layer.sub(f"arn:${{AWS::Partition}}:s3:::{name}")


def _objects(arn: Sub) -> Sub:
    return Sub(f"{arn.data['Fn::Sub']}/*")


def _through_s3(layer: Layer, region: str) -> StringEquals:
    return StringEquals("kms:ViaService", layer.sub(f"s3.{region}.${{AWS::URLSuffix}}"))
