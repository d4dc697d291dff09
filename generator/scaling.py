"""How many instances a fleet has: by a target, and by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import AWSObject
from troposphere.autoscaling import (
    CustomizedMetricSpecification,
    Metric,
    MetricDimension,
    ScalingPolicy,
    ScheduledAction,
    TargetTrackingConfiguration,
    TargetTrackingMetricDataQuery,
    TargetTrackingMetricStat,
)

from generator.alarms import Formula, Series
from generator.conditions import Conditions

if TYPE_CHECKING:
    from generator.layer import Layer

#: Auto Scaling's own count of a group's instances that are in service.
IN_SERVICE = "GroupInServiceInstances"


def in_service(fleet: object, statistic: str = "Average") -> Series:
    """How many instances of a fleet serve."""
    return Series("AWS/AutoScaling", IN_SERVICE, {"AutoScalingGroupName": fleet}, statistic)


def track(layer: Layer, title: str, fleet: object, target: object, **metric: Any) -> AWSObject:
    """Keep a metric near its target; `metric` is a PredefinedMetricSpecification, or a customized one."""
    return layer.add(
        ScalingPolicy(
            title,
            AutoScalingGroupName=fleet,
            PolicyType="TargetTrackingScaling",
            TargetTrackingConfiguration=TargetTrackingConfiguration(TargetValue=target, **metric),
        )
    )


def computed(formula: Formula) -> CustomizedMetricSpecification:
    """Metric math as the metric to track."""
    result = TargetTrackingMetricDataQuery(
        Id="result", Expression=formula.expression, ReturnData=True
    )
    series = [_ingredient(name, series) for name, series in formula.series.items()]
    return CustomizedMetricSpecification(Metrics=[result, *series])


def at(
    layer: Layer, title: str, fleet: object, recurrence: object, floor: object, capacity: object
) -> AWSObject:
    """Move the fewest instances by the shop's clock, where the environment scales by it."""
    return layer.add(
        ScheduledAction(
            title,
            AutoScalingGroupName=fleet,
            MinSize=floor,
            DesiredCapacity=capacity,
            Recurrence=recurrence,
            TimeZone=layer.settings.time_zone,
            Condition=layer.when(Conditions.off_peak_scaling),
        )
    )


def _ingredient(identifier: str, series: Series) -> TargetTrackingMetricDataQuery:
    return TargetTrackingMetricDataQuery(
        Id=identifier,
        ReturnData=False,
        MetricStat=TargetTrackingMetricStat(
            Stat=series.statistic,
            Metric=Metric(
                Namespace=series.namespace,
                MetricName=series.name,
                Dimensions=[
                    MetricDimension(Name=name, Value=value)
                    for name, value in series.dimensions.items()
                ],
            ),
        ),
    )
