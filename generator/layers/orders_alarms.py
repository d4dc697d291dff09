"""The alarms of Orders: those of the engine that is there, under the names that both regions use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from generator.alarms import (
    Series,
    Watched,
    above,
    anomaly_alarm,
    below,
    tier_alarm,
    watched_alarms,
)
from generator.conditions import Condition, Conditions

if TYPE_CHECKING:
    from troposphere import AWSObject

    from generator.layers.orders import Orders

BY_INSTANCE, BY_CLUSTER = "DBInstanceIdentifier", "DBClusterIdentifier"

MIB, GIB = 1024**2, 1024**3


def _load(engine: str, there: Condition) -> tuple[Watched, ...]:
    """What an instance and a cluster run out of alike."""
    return (
        Watched(
            f"{engine}Cpu",
            "CPUUtilization",
            above(80, breaches=5, periods=5),
            "The orders database is out of CPU. See Performance Insights for the query; then its class.",
            statistic="Average",
            when=there,
        ),
        Watched(
            f"{engine}Memory",
            "FreeableMemory",
            below(256 * MIB),
            "The orders database is short of memory and will swap. See its connections; then its class.",
            statistic="Average",
            when=there,
        ),
    )


INSTANCE = (
    *_load("Instance", Conditions.rds_in_region),
    Watched(
        "InstanceStorage",
        "FreeStorageSpace",
        below(5 * GIB),
        "The orders database runs out of storage faster than it grows. Raise orders_storage_ceiling_gib.",
        statistic="Minimum",
        when=Conditions.rds_in_region,
    ),
)

REMOTE_LAG = Watched(
    "RemoteReplicaLag",
    "ReplicaLag",
    above(300, breaches=5, periods=5),
    "The replica in this region is more than five minutes behind the primary: promoting it now would lose "
    "that much. Order intake keeps what it has acknowledged.",
    when=Conditions.rds_remote_replica,
)

CLUSTER = (
    *_load("Cluster", Conditions.aurora_global),
    Watched(
        "ClusterDeadlocks",
        "Deadlocks",
        above(1),
        "Transactions of orders lock each other out. Read the log for the two statements.",
        statistic="Average",
        when=Conditions.aurora_global,
    ),
    Watched(
        "ClusterReaderLag",
        "AuroraReplicaLagMaximum",
        above(1000, breaches=5, periods=5),
        "A reader is more than a second behind: catalogue views are stale. Look for long queries.",
        when=Conditions.aurora_global,
    ),
    Watched(
        "GlobalLag",
        "AuroraGlobalDBReplicationLag",
        above(5000, breaches=5, periods=5),
        "The secondary cluster is more than five seconds behind: an unplanned failover now would lose "
        "that much. Order intake keeps what it has acknowledged.",
        when=Conditions.aurora_global,
    ),
)


def watch(layer: Orders) -> AWSObject:
    """Every alarm of both engines, and one for the tier."""
    alarms = [
        *_alarms(layer, INSTANCE, BY_INSTANCE),
        *_reader_lag(layer, 1, Conditions.rds_replica),
        *_reader_lag(layer, 2, Conditions.rds_second_replica),
        *_alarms(layer, [REMOTE_LAG], BY_INSTANCE),
        *_alarms(layer, CLUSTER, BY_CLUSTER),
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


def _alarms(
    layer: Orders, table: Iterable[Watched], dimension: str, purpose: str = "orders"
) -> Iterator[AWSObject]:
    """The table's alarms, of the instance or cluster that bears the purpose's name."""
    series = partial(_series, {dimension: layer.named(purpose)})
    return watched_alarms(layer, table, series, topic=layer.alerts_topic_arn)


def _reader_lag(layer: Orders, number: int, there: Condition) -> Iterator[AWSObject]:
    lag = Watched(
        f"Reader{number}Lag",
        "ReplicaLag",
        above(60, breaches=5, periods=5),
        "A read replica is more than a minute behind: catalogue views are stale. Look for long "
        "queries on it.",
        when=there,
    )
    return _alarms(layer, [lag], BY_INSTANCE, f"orders-reader-{number}")


def _series(dimensions: Mapping[str, object], metric: str, statistic: str) -> Series:
    return Series("AWS/RDS", metric, dimensions, statistic)


def _connections(layer: Orders, title: str, dimension: str, condition: Condition) -> AWSObject:
    """How many are right depends on the class and the fleet, so CloudWatch learns it."""
    return anomaly_alarm(
        layer,
        title,
        _series({dimension: layer.named("orders")}, "DatabaseConnections", "Average"),
        width=4,
        topic=layer.alerts_topic_arn,
        says="Unusually many or few connections to the orders database. See whether the fleet "
        "scaled, or leaks them.",
        **layer.only(condition),
    )
