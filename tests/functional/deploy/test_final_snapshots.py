"""A final snapshot is told from every other one by what it is of, and since when it is there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.deploy import final_snapshots, purge
from scripts.events import ResourcePurged, ResourceRetained
from tests.functional.stubbed import StubbedSession

TEMPLATES = sorted((Path(__file__).parents[3] / "templates" / "out").glob("*.json"))
BEGAN = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
LATER, EARLIER = BEGAN + timedelta(minutes=5), BEGAN - timedelta(days=1)
PATH = ("Orders", "OrdersCluster")


def clusters(*said: tuple[str, str, datetime]) -> dict[str, Any]:
    """DescribeDBClusterSnapshots of (snapshot, cluster, when)."""
    return {
        "DBClusterSnapshots": [
            {
                "DBClusterSnapshotIdentifier": name,
                "DBClusterIdentifier": cluster,
                "SnapshotCreateTime": when,
            }
            for name, cluster, when in said
        ]
    }


def found(session: StubbedSession, type: str, physical_id: str) -> list[ResourceRetained]:
    return list(
        final_snapshots.of(session.aws(), "us-east-1", PATH, type, physical_id, began=BEGAN)
    )


def test_what_somebody_else_took_earlier_or_of_another_cluster_is_not_ours() -> None:
    session = StubbedSession()
    session.stub("rds").add_response(
        "describe_db_cluster_snapshots",
        clusters(("final", "orders", LATER), ("by-hand", "orders", EARLIER), ("x", "y", LATER)),
        {"SnapshotType": "manual"},
    )

    assert found(session, "AWS::RDS::DBCluster", "orders") == [
        ResourceRetained("us-east-1", PATH, "AWS::RDS::DBClusterSnapshot", "final")
    ]


def test_a_cache_tells_when_at_its_nodes() -> None:
    session = StubbedSession()
    snapshots = [
        {
            "SnapshotName": name,
            "ReplicationGroupId": "sessions",
            "NodeSnapshots": [{"SnapshotCreateTime": when}] if when else [],
        }
        for name, when in (("final", LATER), ("by-hand", EARLIER), ("unfinished", None))
    ]
    session.stub("elasticache").add_response(
        "describe_snapshots", {"Snapshots": snapshots}, {"SnapshotSource": "user"}
    )

    kept = found(session, "AWS::ElastiCache::ReplicationGroup", "sessions")

    assert [one.physical_id for one in kept] == ["final"]


def test_of_what_has_no_snapshots_nobody_is_asked() -> None:
    assert found(StubbedSession(), "AWS::SQS::Queue", "orders") == []


def test_each_type_that_the_templates_take_a_final_snapshot_of_is_looked_for() -> None:
    taken = {
        resource["Type"]
        for file in TEMPLATES
        for resource in json.loads(file.read_text())["Resources"].values()
        if resource.get("DeletionPolicy") == "Snapshot"
    }

    assert taken
    assert taken <= final_snapshots.SOURCES


@pytest.mark.parametrize(
    ("type", "service", "operation", "named"),
    [
        ("AWS::RDS::DBSnapshot", "rds", "delete_db_snapshot", "DBSnapshotIdentifier"),
        (
            "AWS::RDS::DBClusterSnapshot",
            "rds",
            "delete_db_cluster_snapshot",
            "DBClusterSnapshotIdentifier",
        ),
        ("AWS::ElastiCache::Snapshot", "elasticache", "delete_snapshot", "SnapshotName"),
    ],
)
def test_a_purge_deletes_it(type: str, service: str, operation: str, named: str) -> None:
    session = StubbedSession()
    session.stub(service).add_response(operation, {}, {named: "final"})

    kept = ResourceRetained("us-east-1", PATH, type, "final")
    assert list(purge.delete(session.aws(), kept)) == [
        ResourcePurged("us-east-1", type, "final", "deleted")
    ]
    session.assert_all_asked()
