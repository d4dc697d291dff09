"""The alarms of Orders: those of the engine that is there, under the names that both regions use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from generator.alarms import (
    Limit,
    Series,
    above,
    anomaly_alarm,
    below,
    metric_alarm,
    tier_alarm,
)
from generator.conditions import Condition, Conditions

if TYPE_CHECKING:
    from troposphere import AWSObject

    from generator.layers.orders import Orders

BY_INSTANCE, BY_CLUSTER = "DBInstanceIdentifier", "DBClusterIdentifier"

MIB, GIB = 1024**2, 1024**3


@dataclass(frozen=True)
class Watched:
    """One series of the database, its limit, and what it tells."""

    title: str
    metric: str
    limit: Limit
    says: str
    when: Condition
    statistic: str = "Average"
    purpose: str = "orders"


Watch: TypeAlias = tuple[Watched, ...]

CPU = "The orders database is out of CPU. See Performance Insights for the query; then its class."
MEMORY = (
    "The orders database is short of memory and will swap. See its connections; then its class."
)

RDS: Watch = (
    Watched(
        "InstanceCpu",
        "CPUUtilization",
        above(80, breaches=5, periods=5),
        CPU,
        Conditions.rds_in_region,
    ),
    Watched("InstanceMemory", "FreeableMemory", below(256 * MIB), MEMORY, Conditions.rds_in_region),
    Watched(
        "InstanceStorage",
        "FreeStorageSpace",
        below(5 * GIB),
        "The orders database runs out of storage faster than it grows. Raise orders_storage_ceiling_gib.",
        Conditions.rds_in_region,
        statistic="Minimum",
    ),
    *(
        Watched(
            f"Reader{number}Lag",
            "ReplicaLag",
            above(60, breaches=5, periods=5),
            "A read replica is more than a minute behind: catalogue views are stale. Look for long "
            "queries on it.",
            condition,
            statistic="Maximum",
            purpose=f"orders-reader-{number}",
        )
        for number, condition in (
            (1, Conditions.rds_replica),
            (2, Conditions.rds_second_replica),
        )
    ),
    Watched(
        "RemoteReplicaLag",
        "ReplicaLag",
        above(300, breaches=5, periods=5),
        "The replica in this region is more than five minutes behind the primary: promoting it now "
        "would lose that much. Order intake keeps what it has acknowledged.",
        Conditions.rds_remote_replica,
        statistic="Maximum",
    ),
)

AURORA: Watch = (
    Watched(
        "ClusterCpu",
        "CPUUtilization",
        above(80, breaches=5, periods=5),
        CPU,
        Conditions.aurora_global,
    ),
    Watched("ClusterMemory", "FreeableMemory", below(256 * MIB), MEMORY, Conditions.aurora_global),
    Watched(
        "ClusterDeadlocks",
        "Deadlocks",
        above(1),
        "Transactions of orders lock each other out. Read the log for the two statements.",
        Conditions.aurora_global,
    ),
    Watched(
        "ClusterReaderLag",
        "AuroraReplicaLagMaximum",
        above(1000, breaches=5, periods=5),
        "A reader is more than a second behind: catalogue views are stale. Look for long queries.",
        Conditions.aurora_global,
        statistic="Maximum",
    ),
    Watched(
        "GlobalLag",
        "AuroraGlobalDBReplicationLag",
        above(5000, breaches=5, periods=5),
        "The secondary cluster is more than five seconds behind: an unplanned failover now would lose "
        "that much. Order intake keeps what it has acknowledged.",
        Conditions.aurora_global,
        statistic="Maximum",
    ),
)


def watch(layer: Orders) -> AWSObject:
    """Every alarm of both engines, and one for the tier."""
    alarms = [
        *_alarms(layer, BY_INSTANCE, RDS),
        *_alarms(layer, BY_CLUSTER, AURORA),
        _connections(layer, "InstanceConnections", BY_INSTANCE, Conditions.rds_in_region),
        _connections(layer, "ClusterConnections", BY_CLUSTER, Conditions.aurora_global),
    ]
    return tier_alarm(
        layer,
        "OrdersTier",
        alarms,
        topic=layer.alerts_topic_arn,
        says="The orders database needs somebody: see which of the tier's alarms fires.",
        **layer.only(Conditions.orders_in_region),
    )


def _connections(layer: Orders, title: str, dimension: str, condition: Condition) -> AWSObject:
    """How many are right depends on the class and the fleet, so CloudWatch learns it."""
    return anomaly_alarm(
        layer,
        title,
        Series("AWS/RDS", "DatabaseConnections", {dimension: layer.named("orders")}, "Average"),
        width=4,
        topic=layer.alerts_topic_arn,
        says="Unusually many or few connections to the orders database. See whether the fleet "
        "scaled, or leaks them.",
        **layer.only(condition),
    )


def _alarms(layer: Orders, dimension: str, watches: Watch) -> Iterator[AWSObject]:
    for watched in watches:
        yield metric_alarm(
            layer,
            watched.title,
            Series(
                "AWS/RDS",
                watched.metric,
                {dimension: layer.named(watched.purpose)},
                watched.statistic,
            ),
            watched.limit,
            topic=layer.alerts_topic_arn,
            says=watched.says,
            **layer.only(watched.when),
        )
