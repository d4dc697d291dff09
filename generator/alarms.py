"""CloudWatch alarms: beside what they watch, each telling who it wakes what to do.

A layer makes its alarms with `metric_alarm` and `formula_alarm`, and one composite for its tier with
`tier_alarm`. Every alarm acts on the `alerts` topic, when it fires and when it recovers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, If, Join, Sub
from troposphere.cloudwatch import (
    Alarm,
    CompositeAlarm,
    Metric,
    MetricDataQuery,
    MetricDimension,
    MetricStat,
)

from generator.naming import kebab

if TYPE_CHECKING:
    from generator.conditions import Condition
    from generator.layer import Layer


@dataclass(frozen=True)
class Series:
    """A CloudWatch metric, its dimensions, and how a period (in seconds) of it is summed up."""

    namespace: str
    name: object
    dimensions: Mapping[Any, object]
    statistic: str = "Sum"
    period: int = 60

    def dimension_list(self) -> list[MetricDimension]:
        """The dimensions as CloudFormation wants them."""
        return [MetricDimension(Name=name, Value=value) for name, value in self.dimensions.items()]

    def query(self, identifier: str) -> MetricDataQuery:
        """This series as an ingredient of a formula."""
        metric = Metric(
            Namespace=self.namespace, MetricName=self.name, Dimensions=self.dimension_list()
        )
        stat = MetricStat(Metric=metric, Period=self.period, Stat=self.statistic)
        return MetricDataQuery(Id=identifier, MetricStat=stat, ReturnData=False)


@dataclass(frozen=True)
class Formula:
    """Metric math over named series; `expression`, or what chooses between two, speaks of them by name."""

    expression: object
    series: Mapping[str, Series] = field(default_factory=dict)


@dataclass(frozen=True)
class Limit:
    """When it fires: `comparison` with `threshold` in `breaches` of the last `periods`."""

    comparison: str
    threshold: object
    breaches: int = 3
    periods: int = 3


@dataclass(frozen=True)
class Watched:
    """An alarm to be, for a tier that has a table of them: a metric, its limit, what it tells, and when."""

    title: str
    metric: str
    limit: Limit
    says: str
    statistic: str = "Maximum"
    when: Condition | None = None


def above(threshold: object, *, breaches: int = 3, periods: int = 3) -> Limit:
    """More than the threshold."""
    return Limit("GreaterThanThreshold", threshold, breaches, periods)


def at_least(threshold: object, *, breaches: int = 3, periods: int = 3) -> Limit:
    """The threshold, or more."""
    return Limit("GreaterThanOrEqualToThreshold", threshold, breaches, periods)


def below(threshold: object, *, breaches: int = 3, periods: int = 3) -> Limit:
    """Less than the threshold."""
    return Limit("LessThanThreshold", threshold, breaches, periods)


def metric_alarm(
    layer: Layer,
    title: str,
    series: Series,
    limit: Limit,
    *,
    topic: object,
    says: str,
    missing: object = "notBreaching",
    **properties: Any,
) -> AWSObject:
    """An alarm on one series. `says` is read at night: what it means, and what to do first."""
    kind = "ExtendedStatistic" if series.statistic.startswith("p") else "Statistic"
    statistic: dict[str, Any] = {kind: series.statistic}
    return layer.add(
        Alarm(
            title,
            **_common(layer, title, limit, topic, says, missing),
            Namespace=series.namespace,
            MetricName=series.name,
            Dimensions=series.dimension_list(),
            Period=series.period,
            Threshold=limit.threshold,
            **statistic,
            **properties,
        )
    )


def watched_alarms(
    layer: Layer, table: Iterable[Watched], of: Callable[[str, str], Series], *, topic: object
) -> Iterator[AWSObject]:
    """An alarm for each row of a table; `of` gives the series of a metric and a statistic."""
    for watched in table:
        yield metric_alarm(
            layer,
            watched.title,
            of(watched.metric, watched.statistic),
            watched.limit,
            topic=topic,
            says=watched.says,
            **layer.only(watched.when),
        )


def formula_alarm(
    layer: Layer,
    title: str,
    formula: Formula,
    limit: Limit,
    *,
    topic: object,
    says: str,
    missing: object = "notBreaching",
    **properties: Any,
) -> AWSObject:
    """An alarm on a rate or a difference of several series; `properties` win over what is usual."""
    result = MetricDataQuery(Id="result", Expression=formula.expression, ReturnData=True)
    usual = _common(layer, title, limit, topic, says, missing)
    return layer.add(
        Alarm(
            title,
            Metrics=[result, *(series.query(name) for name, series in formula.series.items())],
            Threshold=limit.threshold,
            **{**usual, **properties},
        )
    )


def anomaly_alarm(
    layer: Layer,
    title: str,
    series: Series,
    *,
    width: int,
    topic: object,
    says: str,
    **properties: Any,
) -> AWSObject:
    """An alarm on leaving the band that CloudWatch learnt, `width` standard deviations wide, either way."""
    limit = Limit("LessThanLowerOrGreaterThanUpperThreshold", None, breaches=3, periods=5)
    band = MetricDataQuery(
        Id="band", Expression=f"ANOMALY_DETECTION_BAND(seen, {width})", ReturnData=True
    )
    seen = series.query("seen")
    seen.ReturnData = True
    return layer.add(
        Alarm(
            title,
            **_common(layer, title, limit, topic, says, "missing"),
            Metrics=[seen, band],
            ThresholdMetricId="band",
            **properties,
        )
    )


def tier_alarm(
    layer: Layer,
    title: str,
    alarms: Sequence[AWSObject],
    *,
    topic: object,
    says: str,
    **properties: Any,
) -> AWSObject:
    """One alarm for a tier: it fires when any of its alarms does, those left out by a condition aside."""
    rule = Join(" OR ", [_firing(alarm, properties.get("Condition")) for alarm in alarms])
    return layer.add(
        CompositeAlarm(
            title,
            AlarmName=layer.named(kebab(title)),
            AlarmDescription=says,
            AlarmRule=rule,
            AlarmActions=[topic],
            OKActions=[topic],
            **properties,
        )
    )


def alarm_above(
    layer: Layer,
    title: str,
    tiers: Sequence[tuple[object, Condition | None]],
    *,
    name: object,
    topic: object,
    says: str,
) -> AWSObject:
    """One alarm above tiers, which are given by ARN and the condition under which they are there."""
    firing = [
        layer.choose(there, text, "FALSE") if there else text
        for text, there in ((Sub('ALARM("${Tier}")', Tier=arn), there) for arn, there in tiers)
    ]
    return layer.add(
        CompositeAlarm(
            title,
            AlarmName=name,
            AlarmDescription=says,
            AlarmRule=Join(" OR ", firing),
            AlarmActions=[topic],
            OKActions=[topic],
        )
    )


def _firing(alarm: AWSObject, given: object) -> object:
    """The alarm's part in a tier's rule; `given` is the condition that the tier itself stands under."""
    firing = Sub(f'ALARM("${{{alarm.title}}}")')
    condition = alarm.resource.get("Condition")
    return firing if condition in (None, given) else If(condition, firing, "FALSE")


def _common(
    layer: Layer, title: str, limit: Limit, topic: object, says: str, missing: object
) -> dict[str, Any]:
    return {
        "AlarmName": layer.named(kebab(title)),
        "AlarmDescription": says,
        "ComparisonOperator": limit.comparison,
        "EvaluationPeriods": limit.periods,
        "DatapointsToAlarm": limit.breaches,
        "TreatMissingData": missing,
        "AlarmActions": [topic],
        "OKActions": [topic],
    }
