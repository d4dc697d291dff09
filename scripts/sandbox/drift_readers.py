"""What a drift check reads beyond ministack: clusters, groups that scale, and secrets by their ARN.

CloudFormation's own blind spots are imitated: it takes whichever cluster writes for the source of a global
cluster, and does not see which global cluster a cluster is in.
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1856
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1857
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from scripts.sandbox.resources.api_resources.clusters import CLUSTERS, GLOBAL_CLUSTERS, INSTANCES
from scripts.sandbox.resources.api_resources.secrets import RESOLVE_SECRET
from scripts.sandbox.seams import Kind, Seam

READERS = Seam(
    "ministack.services.cloudformation.drift",
    "_DRIFT_READERS",
    None,
    Kind.MAPPING,
    None,
    "what a drift check reads of each type",
)
GROUPS = Seam(
    "ministack.services.autoscaling", "_asgs", None, Kind.MAPPING, None, "groups that scale"
)
SEAMS = (READERS, GROUPS)

#: The physical id and the template's properties -> the properties as they are; None where it is gone.
Reader: TypeAlias = Callable[[str, Mapping[str, Any]], dict[str, Any] | None]

_CLUSTER = ("BackupRetentionPeriod", "DeletionProtection", "EngineVersion", "StorageEncrypted")
_INSTANCE = (
    "AllocatedStorage",
    "BackupRetentionPeriod",
    "DBInstanceClass",
    "DeletionProtection",
    "EngineVersion",
    "MultiAZ",
    "PubliclyAccessible",
    "StorageEncrypted",
)
_GLOBAL = ("DeletionProtection", "EngineVersion", "StorageEncrypted")
_GROUP = ("DesiredCapacity", "MaxSize", "MinSize")


def install() -> None:
    """Add the readers; what they read is compared where a template sets it."""
    readers = READERS.value
    readers["AWS::RDS::DBCluster"] = (
        _of(CLUSTERS, _CLUSTER),
        frozenset({*_CLUSTER, "GlobalClusterIdentifier"}),
    )
    readers["AWS::RDS::DBInstance"] = (_of(INSTANCES, _INSTANCE), frozenset(_INSTANCE))
    readers["AWS::RDS::GlobalCluster"] = (
        _global_cluster,
        frozenset({*_GLOBAL, "SourceDBClusterIdentifier"}),
    )
    readers["AWS::SecretsManager::Secret"] = (_secret, frozenset({"Description", "Name"}))
    readers["AWS::AutoScaling::AutoScalingGroup"] = (_of(GROUPS, _GROUP), frozenset(_GROUP))


def _of(held: Seam, names: tuple[str, ...]) -> Reader:
    def read(physical_id: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
        record = held.value.get(physical_id)
        if record is None:
            return None
        return {name: record[name] for name in names if name in record}

    return read


def _secret(physical_id: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    """By its ARN, which is what a stack knows; ministack looks for a name."""
    _, record = RESOLVE_SECRET.value(physical_id)
    if record is None or record.get("DeletedDate"):
        return None
    return {"Name": record.get("Name"), "Description": record.get("Description", "")}


def _global_cluster(physical_id: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    record = GLOBAL_CLUSTERS.value.get(physical_id)
    if record is None:
        return None
    read = {name: record[name] for name in _GLOBAL if name in record}
    for member in record.get("GlobalClusterMembers", ()):
        if member.get("IsWriter"):
            read["SourceDBClusterIdentifier"] = member["DBClusterArn"]
    return read
