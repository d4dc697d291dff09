"""How many readers the Aurora cluster of Orders has: as many as keep their CPU near its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject, Ref, Sub
from troposphere.applicationautoscaling import (
    PredefinedMetricSpecification,
    ScalableTarget,
    ScalingPolicy,
    TargetTrackingScalingPolicyConfiguration,
)

from generator.conditions import Conditions

if TYPE_CHECKING:
    from generator.layers.orders import Orders

#: Percent of the readers' CPU that auto scaling aims at, and seconds it waits before it takes one away.
READER_CPU, READER_PATIENCE = 60, 600


def reader_scaling(layer: Orders, cluster: AWSObject, reader: AWSObject) -> None:
    """In the primary alone: Aurora scales no secondary cluster of a global database.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html
    """
    primary = layer.only(Conditions.aurora_primary)
    target = layer.add(
        ScalableTarget(
            "ReaderCount",
            ServiceNamespace="rds",
            ScalableDimension="rds:cluster:ReadReplicaCount",
            ResourceId=Sub("cluster:${Cluster}", Cluster=Ref(cluster)),
            MinCapacity=layer.settings.orders_replicas,
            MaxCapacity=layer.settings.orders_replica_ceiling,
            DependsOn=reader.title,
            **primary,
        )
    )
    layer.add(
        ScalingPolicy(
            "ReaderScaling",
            PolicyName=layer.named("orders-readers"),
            PolicyType="TargetTrackingScaling",
            ScalingTargetId=Ref(target),
            TargetTrackingScalingPolicyConfiguration=TargetTrackingScalingPolicyConfiguration(
                PredefinedMetricSpecification=PredefinedMetricSpecification(
                    PredefinedMetricType="RDSReaderAverageCPUUtilization"
                ),
                TargetValue=READER_CPU,
                ScaleInCooldown=READER_PATIENCE,
            ),
            **primary,
        )
    )
