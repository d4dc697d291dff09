"""Alarms on a metric, judged as CloudWatch judges them: the data of its own dimensions, period by period.

ministack judges by every data point of that name, whatever its dimensions, only when one is put, and takes
what is missing for nothing. Here an alarm is judged when data are put and when alarms are looked at. Periods
are as long as the sandbox's clock has them, and end at the moment.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

from scripts.sandbox.alarm_states import BESIDES, BREACHES, State, breaching, state
from scripts.sandbox.clock import CLOCK
from scripts.sandbox.seams import Kind, Seam

_CLOUDWATCH = "ministack.services.cloudwatch"
_USED_BY = "alarms on a metric"


def _function(name: str, parameters: str) -> Seam:
    return Seam(_CLOUDWATCH, name, None, Kind.FUNCTION, tuple(parameters.split()), _USED_BY)


STORE = _function("_store_datum", "namespace name dims ts unit value values counts stat_values")
EVALUATE = _function("_evaluate_alarm", "alarm")
EVALUATE_ALL = _function("_evaluate_all_alarms", "")
DESCRIBE = _function("_describe_alarms", "params cbor_data is_cbor is_json")
STATISTICS = _function("_calc_stats", "points")
STATISTIC = _function("_stat_value", "stats stat_name points")
KEY = _function("_dims_key", "dims")
RECORD = _function(
    "_record_history", "alarm_name old_state new_state reason alarm_type reason_data"
)
ACT = _function("_dispatch_alarm_actions", "alarm old_state new_state reason")
TELL_PARENTS = _function("_evaluate_parent_alarms", "child seen")
METRICS = Seam(_CLOUDWATCH, "_metrics", None, Kind.MAPPING, used_by=_USED_BY)
SEAMS = (
    *(STORE, EVALUATE, EVALUATE_ALL, DESCRIBE, STATISTICS, STATISTIC, KEY),
    *(RECORD, ACT, TELL_PARENTS, METRICS),
)

#: Where a data point keeps its time on the sandbox's clock.
AT = "_at"

#: Of AWS's own metrics those that somebody here tells of: what the others lack is not missing.
TOLD = {
    "AWS/CodeBuild": {"Builds", "Duration", "FailedBuilds", "SucceededBuilds"},
    "AWS/DynamoDB": {"ReplicationLatency"},
    "AWS/Lambda": {"Duration", "Errors", "Invocations", "RecursiveInvocationsDropped", "Throttles"},
    "AWS/Route53": {
        "ChildHealthCheckHealthyCount",
        "HealthCheckPercentageHealthy",
        "HealthCheckStatus",
    },
}

#: Seconds of this machine by which data may be late: on a fast clock they are more than a period.
LATE = 3.0


def install() -> None:
    """Judge in ministack's place."""
    STORE.replace(_timed(STORE.value))
    EVALUATE.replace(judge)
    DESCRIBE.replace(_judged_first(DESCRIBE.value))


def judge(alarm: dict[str, Any]) -> None:
    """Give an alarm the state that its data have, or that their lack has. One on an expression or on a band
    keeps what it has, and so does one without data on a metric of AWS's that nobody tells here.
    """
    namespace, metric = alarm.get("Namespace") or "", alarm.get("MetricName")
    comparison = alarm.get("ComparisonOperator") or ""
    dimensions = {one["Name"]: one["Value"] for one in alarm.get("Dimensions") or ()}
    points = METRICS.value.get((namespace, metric, KEY.value(dimensions))) or ()
    told = not namespace.startswith("AWS/") or metric in TOLD.get(namespace, ())
    if not metric or comparison not in BREACHES or not (points or told):
        return
    values = _values(alarm, points, CLOCK.time())
    old = alarm["StateValue"]
    new = state(
        breaching(values, comparison, float(alarm["Threshold"])),
        periods=int(alarm["EvaluationPeriods"]),
        enough=int(alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"]),
        missing=alarm.get("TreatMissingData") or "missing",
        before=old,
    )
    if new != old:
        _change(alarm, new, _reason(new, values, alarm))


def _values(
    alarm: Mapping[str, Any], points: Sequence[dict[str, Any]], now: float
) -> list[float | None]:
    """The statistic of each period, the newest last."""
    period, statistic = alarm["Period"], alarm.get("ExtendedStatistic") or alarm["Statistic"]
    whole = int(alarm["EvaluationPeriods"]) + max(BESIDES, ceil(LATE * CLOCK.speed / period))
    found: list[list[Mapping[str, Any]]] = [[] for _ in range(whole)]
    for point in reversed(points):
        # What ministack records by itself has no time of the clock's yet.
        at = point.setdefault(AT, now - (time.time() - point["Timestamp"]) * CLOCK.speed)
        age = int((now - at) // period)
        if 0 <= age < whole:
            found[whole - 1 - age].append(point)
    return [
        STATISTIC.value(STATISTICS.value(within), statistic, within) if within else None
        for within in found
    ]


def _change(alarm: dict[str, Any], new: State, reason: str) -> None:
    old = alarm["StateValue"]
    alarm |= {"StateValue": new, "StateReason": reason, "StateUpdatedTimestamp": int(time.time())}
    RECORD.value(alarm["AlarmName"], old, new, reason)
    ACT.value(alarm, old, new, reason)
    TELL_PARENTS.value(alarm)


def _reason(new: State, values: Sequence[float | None], alarm: Mapping[str, Any]) -> str:
    if new == "INSUFFICIENT_DATA":
        return f"Insufficient Data: {alarm['EvaluationPeriods']} datapoints were unknown."
    known = [value for value in values if value is not None]
    if not known:
        lacking = {"ALARM": "Breaching", "OK": "NonBreaching"}[new]
        return (
            f"Threshold Crossed: no datapoints were received for {alarm['EvaluationPeriods']} periods and "
            f"missing datapoints were treated as [{lacking}]."
        )
    verb = {"ALARM": "was", "OK": "was not"}[new]
    return (
        f"Threshold Crossed: {len(known)} datapoints {known} {verb} "
        f"{alarm['ComparisonOperator']} ({alarm['Threshold']})."
    )


def _timed(store: Callable[..., None]) -> Callable[..., None]:
    """Data points that know their time on the sandbox's clock: a change of its speed moves none of them."""

    def stored(
        namespace: str,
        name: str,
        dims: dict[str, str],
        ts: float,
        unit: str,
        value: Any,
        values: Any,
        counts: Any,
        stat_values: Any,
    ) -> None:
        store(namespace, name, dims, ts, unit, value, values, counts, stat_values)
        at = CLOCK.time() - (time.time() - ts) * CLOCK.speed
        for point in reversed(METRICS.value[namespace, name, KEY.value(dims)]):
            if AT in point:
                break
            point[AT] = at

    return stored


def _judged_first(describe: Callable[..., Any]) -> Callable[..., Any]:
    def described(params: Any, cbor_data: Any, is_cbor: bool, is_json: bool = False) -> Any:
        EVALUATE_ALL.value()
        return describe(params, cbor_data, is_cbor, is_json)

    return described
