"""The final snapshots that a DeletionPolicy takes of databases and caches.

CloudFormation chooses their names and tells them nowhere. They are found by what they are of: manual
snapshots of what a stack deleted, taken since it began to.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scripts.aws import Aws
from scripts.events import ResourceRetained


@dataclass(frozen=True)
class _Kind:
    """How a service lists its manual snapshots, and which members tell name and source."""

    type: str
    service: str
    operation: str
    listed: str
    manual: Mapping[str, str]
    name: str
    source: str


#: Type of what was deleted -> its snapshots, called as AWS Config calls them.
_KINDS: Mapping[str, _Kind] = {
    "AWS::ElastiCache::ReplicationGroup": _Kind(
        "AWS::ElastiCache::Snapshot",
        "elasticache",
        "describe_snapshots",
        "Snapshots",
        {"SnapshotSource": "user"},
        "SnapshotName",
        "ReplicationGroupId",
    ),
    "AWS::RDS::DBCluster": _Kind(
        "AWS::RDS::DBClusterSnapshot",
        "rds",
        "describe_db_cluster_snapshots",
        "DBClusterSnapshots",
        {"SnapshotType": "manual"},
        "DBClusterSnapshotIdentifier",
        "DBClusterIdentifier",
    ),
    "AWS::RDS::DBInstance": _Kind(
        "AWS::RDS::DBSnapshot",
        "rds",
        "describe_db_snapshots",
        "DBSnapshots",
        {"SnapshotType": "manual"},
        "DBSnapshotIdentifier",
        "DBInstanceIdentifier",
    ),
}

#: The types that templates let CloudFormation take a final snapshot of.
SOURCES = frozenset(_KINDS)


def of(
    aws: Aws, region: str, path: tuple[str, ...], type: str, physical_id: str, began: datetime
) -> Iterator[ResourceRetained]:
    """The final snapshots of one resource whose deletion began then; none of a type that has none."""
    kind = _KINDS.get(type)
    if kind is None:
        return
    for said in aws.client(kind.service, region).pages(kind.operation, kind.listed, **kind.manual):
        taken = _taken(said)
        if said.get(kind.source) == physical_id and taken is not None and taken >= began:
            yield ResourceRetained(region, path, kind.type, said[kind.name])


def _taken(said: Mapping[str, Any]) -> datetime | None:
    """When; of a cache, when its first node was. None while it is being taken."""
    nodes = said.get("NodeSnapshots", ())
    whens = [one.get("SnapshotCreateTime") for one in (said, *nodes)]
    return min(filter(None, whens), default=None)
