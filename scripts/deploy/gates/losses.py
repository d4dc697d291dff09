"""Data that would be lost: what holds it, replaced or removed."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.changes import NESTED_STACK
from scripts.deploy.explanations import Certainty, Explained, Explanation
from scripts.deploy.gates.findings import Concern, Finding, of

#: Types whose loss is the loss of what they hold: data, keys without which data is noise, a zone's records,
#: the users of a pool. A log group is none: what it holds expires by design, and the account's trail and the
#: flow of its network lie in buckets.
STATEFUL = frozenset(
    {
        "AWS::Backup::BackupVault",
        "AWS::Backup::LogicallyAirGappedBackupVault",
        "AWS::Cognito::UserPool",
        "AWS::DocDB::DBCluster",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::EC2::Volume",
        "AWS::ECR::Repository",
        "AWS::EFS::FileSystem",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::GlobalReplicationGroup",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::ElastiCache::ServerlessCache",
        "AWS::Elasticsearch::Domain",
        "AWS::FSx::FileSystem",
        "AWS::KMS::Key",
        "AWS::KMS::ReplicaKey",
        "AWS::Kinesis::Stream",
        "AWS::MSK::Cluster",
        "AWS::MemoryDB::Cluster",
        "AWS::Neptune::DBCluster",
        "AWS::OpenSearchServerless::Collection",
        "AWS::OpenSearchService::Domain",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::RDS::GlobalCluster",
        "AWS::Redshift::Cluster",
        "AWS::RedshiftServerless::Namespace",
        "AWS::Route53::HostedZone",
        "AWS::S3::Bucket",
        "AWS::S3Express::DirectoryBucket",
        "AWS::S3Tables::TableBucket",
        "AWS::SecretsManager::Secret",
        "AWS::Timestream::Table",
    }
)

_KEPT = {
    "Delete": "and what it holds is deleted",
    "Snapshot": "and only a snapshot is kept",
    "Retain": "and what stands now is left behind, outside the stack",
    "RetainExceptOnCreate": "and what stands now is left behind, outside the stack",
}


def losses(explanation: Explanation) -> Iterator[Finding]:
    """What holds data and would go, or may; a replacement that is a phantom is shown and stops nothing."""
    for one in explanation.changes:
        undecided = one.change.type == NESTED_STACK and one.change.action == "Dynamic"
        if (one.change.type in STATEFUL or undecided) and (fate := _fate(one)):
            yield of(one, Concern.DATA_LOSS, f"{fate}{_because(one)}", one.change.physical_id)
        elif one.change.type in STATEFUL and one.replacement is Certainty.PHANTOM:
            yield of(
                one,
                Concern.DATA_LOSS,
                f"is announced to be replaced, and will not be{_because(one)}",
                refuses=False,
            )


def _fate(one: Explained) -> str:
    """What becomes of it and of its data; empty where nothing does.

    What CloudFormation announces and nobody has explained away counts: only a phantom is none.
    """
    kept = _KEPT[one.policy]
    change = one.change
    if Certainty.PHANTOM in (one.certainty, one.replacement):
        return ""
    if change.action == "Remove":
        sure = one.certainty is Certainty.CERTAIN
        return f"{'would' if sure else 'may'} be removed, {kept}"
    if change.action == "Dynamic":
        return f"may be replaced or removed, which CloudFormation decides only then, {kept}"
    if one.replacement is Certainty.CERTAIN:
        return f"would be replaced, {kept}"
    if one.replacement is Certainty.POSSIBLE or change.removes:
        return f"may be replaced, {kept}"
    return ""


def _because(one: Explained) -> str:
    said = one.why or one.change.because
    return f" ({'; '.join(said)})" if said else ""
