"""What RDS itself tells of the orders database: a failover is over before a metric has shown it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from troposphere import NoValue, Ref
from troposphere.rds import EventSubscription

from generator.conditions import Condition, Conditions

if TYPE_CHECKING:
    from generator.layers.orders import Orders

#: What an operator wants to hear of; backups and creations are not among it.
INSTANCE_EVENTS = (
    "availability",
    "configuration change",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "read replica",
    "recovery",
)
CLUSTER_EVENTS = (
    "configuration change",
    "deletion",
    "failover",
    "failure",
    "global-failover",
    "maintenance",
    "notification",
)
PARAMETER_EVENTS = ("configuration change",)


def events(layer: Orders) -> None:
    """To the alerts topic, from whichever instances, cluster and parameters there are."""

    def subscribe(
        title: str,
        kind: str,
        sources: Sequence[object],
        categories: Sequence[str],
        condition: Condition,
    ) -> None:
        layer.add(
            EventSubscription(
                title,
                SnsTopicArn=layer.alerts_topic_arn,
                SourceType=kind,
                SourceIds=sources,
                EventCategories=list(categories),
                Enabled=True,
                **layer.only(condition),
            )
        )

    instances = [
        layer.choose(condition, Ref(instance), NoValue)
        for instance, condition in (*layer.rds.members(), *layer.aurora.members())
    ]
    cluster, parameters = [Ref(layer.aurora.cluster)], [Ref(layer.rds.parameters)]
    in_region, aurora, rds = (
        Conditions.orders_in_region,
        Conditions.aurora_global,
        Conditions.rds_in_region,
    )
    subscribe("InstanceEvents", "db-instance", instances, INSTANCE_EVENTS, in_region)
    subscribe("ClusterEvents", "db-cluster", cluster, CLUSTER_EVENTS, aurora)
    subscribe("ParameterEvents", "db-parameter-group", parameters, PARAMETER_EVENTS, rds)
