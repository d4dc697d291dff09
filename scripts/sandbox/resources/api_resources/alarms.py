"""CloudWatch alarms on metric math, which ministack's own type refuses."""

from __future__ import annotations

from typing import Any

from scripts.sandbox.resources.handlers import Handler, Properties, generated_name
from scripts.sandbox.resources.schema_resources import Created
from scripts.sandbox.seams import Kind, Seam

ALARMS = Seam("ministack.services.cloudwatch", "_alarms", None, Kind.MAPPING, None, "metric math")
_STANDS_IN = {"MetricName": "MetricMath", "Namespace": "Tradewind/Sandbox", "Statistic": "Average"}
"""What ministack is told instead of metric math; its own evaluation then never finds a datapoint."""
_OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "Period", "Dimensions", "Unit")


def alarm(native: Handler) -> Handler:
    """AWS::CloudWatch::Alarm with its Metrics as DescribeAlarms gives them."""

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        if "Metrics" not in properties:
            created: Created = native["create"](logical_id, properties, stack)
            return created
        named = {"AlarmName": generated_name(stack, logical_id), **properties}
        created = native["create"](logical_id, _without_math(named), stack)
        _put_math(created[0], properties)
        return created

    def update(
        name: str, old: Properties, new: Properties, stack: str, logical_id: str | None
    ) -> Created:
        if "Metrics" not in new:
            updated: Created = native["update"](name, _plain(old), new, stack, logical_id)
            return updated
        updated = native["update"](
            name, _plain(old), _without_math({"AlarmName": name, **new}), stack, logical_id
        )
        _put_math(name, new)
        return updated

    return {**native, "create": create, "update": update, "update_with_logical_id": True}


def _plain(properties: Properties) -> dict[str, Any]:
    return _without_math(properties) if "Metrics" in properties else dict(properties)


def _without_math(properties: Properties) -> dict[str, Any]:
    plain = {name: value for name, value in properties.items() if name != "Metrics"}
    # An anomaly detection alarm compares with a band (ThresholdMetricId) and has no Threshold.
    return {"Threshold": 0, **plain, **_STANDS_IN}


def _put_math(name: str, properties: Properties) -> None:
    record = ALARMS.value[name]
    for field in _OF_ONE_METRIC:
        record.pop(field, None)
    record["Metrics"] = properties["Metrics"]
    if "ThresholdMetricId" in properties:
        record["ThresholdMetricId"] = properties["ThresholdMetricId"]
        record.pop("Threshold", None)
