"""Deleting for good what DeletionPolicy kept, so that an environment can be made again under its old names.

What was kept is read from CloudFormation's own events, which outlive a deleted stack by 90 days: a purge
that was cut off finds the rest. Every deletion may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from generator.naming import PREFIX
from scripts import inventory
from scripts.aws import Aws, AwsSaidNo
from scripts.deploy import final_snapshots
from scripts.errors import Failed
from scripts.events import Event, ResourcePurged, ResourceRetained
from scripts.inventory import Resource

Deletion: TypeAlias = Callable[[Aws, str, str], str]

#: Codes by which services say that something is gone already.
_GONE = frozenset(
    {
        "404",
        "NoSuchBucket",
        "NotFoundException",
        "ResourceNotFoundException",
        "DBClusterNotFoundFault",
        "DBClusterSnapshotNotFoundFault",
        "DBInstanceNotFound",
        "DBInstanceNotFoundFault",
        "DBSnapshotNotFound",
        "GlobalClusterNotFoundFault",
        "KMSInvalidStateException",
        "NoSuchHostedZone",
        "SnapshotNotFoundFault",
    }
)


def skipped(aws: Aws, region: str, tags: Mapping[str, str]) -> Iterator[ResourceRetained]:
    """What deleted stacks of the environment left behind, each once; some of it may be gone since.

    Only stacks that carry `tags` count (a deleted stack keeps its own), and nothing that another kept too.
    """
    cloudformation = aws.client("cloudformation", region)
    prefix = f"{PREFIX}-{aws.environment.name}-"
    listed = cloudformation.pages(
        "list_stacks", "StackSummaries", StackStatusFilter=["DELETE_COMPLETE"]
    )
    ours: dict[tuple[str, str], ResourceRetained] = {}
    others: set[tuple[str, str]] = set()
    for stack in [said["StackId"] for said in listed if said["StackName"].startswith(prefix)]:
        counts = not tags or _carries(aws, region, stack, tags)
        for said in cloudformation.pages("describe_stack_events", "StackEvents", StackName=stack):
            for kept in _kept(aws, region, said):
                if counts and kept.physical_id:
                    ours.setdefault((kept.type, kept.physical_id), kept)
                elif not counts:
                    others.add((kept.type, kept.physical_id))
    yield from (kept for key, kept in ours.items() if key not in others)


def _carries(aws: Aws, region: str, stack_id: str, tags: Mapping[str, str]) -> bool:
    stack = inventory.stack(aws, region, stack_id)
    return stack is not None and tags.items() <= stack.tags.items()


def _kept(aws: Aws, region: str, said: Mapping[str, Any]) -> Iterator[ResourceRetained]:
    """What a stack event tells was kept: the resource itself, or its final snapshot."""
    path, type = (said["LogicalResourceId"],), said["ResourceType"]
    physical_id = said.get("PhysicalResourceId", "")
    match said["ResourceStatus"]:
        case "DELETE_SKIPPED":
            yield ResourceRetained(region, path, type, physical_id)
        case "DELETE_IN_PROGRESS":
            began = said["Timestamp"]
            yield from final_snapshots.of(aws, region, path, type, physical_id, began)


def delete(aws: Aws, retained: ResourceRetained) -> Iterator[Event]:
    """Delete one resource; silent when it is gone, ResourceRetained again when its type is not known here."""
    deletion = _DELETIONS.get(retained.type)
    if deletion is None:
        yield retained
        return
    try:
        how = deletion(aws, retained.region, retained.physical_id)
    except AwsSaidNo as error:
        if error.code in _GONE:
            return
        raise Failed(
            f"{retained.type} {retained.physical_id} could not be purged: {error.message}",
            fix="Correct the cause and run destroy --purge again: it goes on with what is left.",
        ) from error
    yield ResourcePurged(retained.region, retained.type, retained.physical_id, how)


def unprotect(aws: Aws, resources: Iterable[Resource]) -> None:
    """Lift deletion protection, so that the stacks can be deleted."""
    for resource in resources:
        lift = _PROTECTIONS.get(resource.type)
        if lift is None or not resource.physical_id:
            continue
        try:
            lift(aws, resource.region, resource.physical_id)
        except AwsSaidNo as error:
            if error.code not in _GONE:
                raise


def _bucket(aws: Aws, region: str, name: str) -> str:
    s3 = aws.client("s3", region)
    emptied = 0
    for kind in ("Versions", "DeleteMarkers"):
        for said in list(s3.pages("list_object_versions", kind, Bucket=name)):
            s3.call("delete_object", Bucket=name, Key=said["Key"], VersionId=said["VersionId"])
            emptied += 1
    s3.call("delete_bucket", Bucket=name)
    return f"emptied of {emptied} object versions and deleted"


def _table(aws: Aws, region: str, name: str) -> str:
    _unprotect_table(aws, region, name)
    dynamodb = aws.client("dynamodb", region)
    described = dynamodb.call("describe_table", TableName=name)["Table"]
    for updates in _partings(described, region):
        dynamodb.call("update_table", TableName=name, **updates)
        _settle_table(aws, region, name)
    dynamodb.call("delete_table", TableName=name)
    return "deleted"


def _partings(table: Mapping[str, Any], region: str) -> Iterator[dict[str, Any]]:
    """What takes a global table's other regions from it: one after the other, or, where it is strongly
    consistent, all of them and the witness at once.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteGlobalTableWitnessGroupMemberAction.html
    """
    others = [
        {"Delete": {"RegionName": replica["RegionName"]}}
        for replica in table.get("Replicas", ())
        if replica["RegionName"] != region
    ]
    if table.get("MultiRegionConsistency") != "STRONG":
        yield from ({"ReplicaUpdates": [other]} for other in others)
    elif others:
        witnesses = [
            {"Delete": {"RegionName": witness["RegionName"]}}
            for witness in table.get("GlobalTableWitnesses", ())
        ]
        yield {
            "ReplicaUpdates": others,
            **({"GlobalTableWitnessUpdates": witnesses} if witnesses else {}),
        }


def _unprotect_table(aws: Aws, region: str, name: str) -> None:
    dynamodb = aws.client("dynamodb", region)
    if dynamodb.call("describe_table", TableName=name)["Table"].get("DeletionProtectionEnabled"):
        dynamodb.call("update_table", TableName=name, DeletionProtectionEnabled=False)
        _settle_table(aws, region, name)


def _settle_table(aws: Aws, region: str, name: str) -> None:
    dynamodb = aws.client("dynamodb", region)
    while dynamodb.call("describe_table", TableName=name)["Table"]["TableStatus"] != "ACTIVE":
        aws.clock.pause()


def _key(aws: Aws, region: str, key_id: str) -> str:
    aws.client("kms", region).call("schedule_key_deletion", KeyId=key_id, PendingWindowInDays=7)
    return "scheduled for deletion in 7 days"


def _log_group(aws: Aws, region: str, name: str) -> str:
    aws.client("logs", region).call("delete_log_group", logGroupName=name)
    return "deleted"


def _vault(aws: Aws, region: str, name: str) -> str:
    """Its policy, and a lock of the governance kind, refuse to end recovery points: both go first."""
    backup = aws.client("backup", region)
    backup.call("delete_backup_vault_access_policy", BackupVaultName=name)
    if backup.call("describe_backup_vault", BackupVaultName=name).get("Locked"):
        backup.call("delete_backup_vault_lock_configuration", BackupVaultName=name)
    points = list(
        backup.pages("list_recovery_points_by_backup_vault", "RecoveryPoints", BackupVaultName=name)
    )
    for point in points:
        backup.call(
            "delete_recovery_point",
            BackupVaultName=name,
            RecoveryPointArn=point["RecoveryPointArn"],
        )
    backup.call("delete_backup_vault", BackupVaultName=name)
    return f"emptied of {len(points)} recovery points and deleted"


def _secret(aws: Aws, region: str, arn: str) -> str:
    secrets = aws.client("secretsmanager", region)
    described = secrets.call("describe_secret", SecretId=arn)
    if replicas := [one["Region"] for one in described.get("ReplicationStatus", ())]:
        secrets.call("remove_regions_from_replication", SecretId=arn, RemoveReplicaRegions=replicas)
    secrets.call("delete_secret", SecretId=arn, ForceDeleteWithoutRecovery=True)
    return "deleted without recovery"


def _database(aws: Aws, region: str, name: str) -> str:
    _unprotect_database(aws, region, name)
    aws.client("rds", region).call(
        "delete_db_instance", DBInstanceIdentifier=name, SkipFinalSnapshot=True
    )
    return "being deleted without a final snapshot"


def _cluster(aws: Aws, region: str, name: str) -> str:
    _unprotect_cluster(aws, region, name)
    aws.client("rds", region).call(
        "delete_db_cluster", DBClusterIdentifier=name, SkipFinalSnapshot=True
    )
    return "being deleted without a final snapshot"


def _database_snapshot(aws: Aws, region: str, name: str) -> str:
    aws.client("rds", region).call("delete_db_snapshot", DBSnapshotIdentifier=name)
    return "deleted"


def _cluster_snapshot(aws: Aws, region: str, name: str) -> str:
    aws.client("rds", region).call("delete_db_cluster_snapshot", DBClusterSnapshotIdentifier=name)
    return "deleted"


def _cache_snapshot(aws: Aws, region: str, name: str) -> str:
    aws.client("elasticache", region).call("delete_snapshot", SnapshotName=name)
    return "deleted"


def _unprotect_database(aws: Aws, region: str, name: str) -> None:
    aws.client("rds", region).call(
        "modify_db_instance",
        DBInstanceIdentifier=name,
        DeletionProtection=False,
        ApplyImmediately=True,
    )


def _unprotect_cluster(aws: Aws, region: str, name: str) -> None:
    aws.client("rds", region).call(
        "modify_db_cluster", DBClusterIdentifier=name, DeletionProtection=False
    )


def _unprotect_global_cluster(aws: Aws, region: str, name: str) -> None:
    aws.client("rds", region).call(
        "modify_global_cluster", GlobalClusterIdentifier=name, DeletionProtection=False
    )


def _unprotect_load_balancer(aws: Aws, region: str, arn: str) -> None:
    aws.client("elbv2", region).call(
        "modify_load_balancer_attributes",
        LoadBalancerArn=arn,
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
    )


def purgeable(type: str) -> bool:
    """Whether what a DeletionPolicy keeps of a type can be purged."""
    return type in _DELETIONS


_DELETIONS: Mapping[str, Deletion] = {
    "AWS::Backup::BackupVault": _vault,
    "AWS::DynamoDB::GlobalTable": _table,
    "AWS::DynamoDB::Table": _table,
    "AWS::ElastiCache::Snapshot": _cache_snapshot,
    "AWS::KMS::Key": _key,
    "AWS::KMS::ReplicaKey": _key,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::RDS::DBCluster": _cluster,
    "AWS::RDS::DBClusterSnapshot": _cluster_snapshot,
    "AWS::RDS::DBInstance": _database,
    "AWS::RDS::DBSnapshot": _database_snapshot,
    "AWS::S3::Bucket": _bucket,
    "AWS::SecretsManager::Secret": _secret,
}

_PROTECTIONS: Mapping[str, Callable[[Aws, str, str], None]] = {
    "AWS::DynamoDB::GlobalTable": _unprotect_table,
    "AWS::DynamoDB::Table": _unprotect_table,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _unprotect_load_balancer,
    "AWS::RDS::DBCluster": _unprotect_cluster,
    "AWS::RDS::DBInstance": _unprotect_database,
    "AWS::RDS::GlobalCluster": _unprotect_global_cluster,
}
