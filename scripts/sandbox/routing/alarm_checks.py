"""A check that follows an alarm: judged from the metric's data, and never from the alarm's state.

SetAlarmState therefore changes nothing. How missing data are treated is said by the check and not by the
alarm, and M of N is not known here:
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scripts.sandbox.alarm_states import BESIDES, breaching, state
from scripts.sandbox.routing.health_checks import Alarm, Stream


def healthy(alarm: Alarm, values: Sequence[float | None], last: bool) -> bool:
    """Whether a check is healthy by the data of periods, the newest last; None stands for a period without.

    `last` is what it was when there were data enough.
    """
    said = _says(alarm.stream, values)
    if said is not None:
        return said
    return {"Healthy": True, "Unhealthy": False}.get(alarm.insufficient, last)


def last_known(alarm: Alarm, values: Sequence[float | None], last: bool) -> bool:
    """What is to be remembered of such data: what they say, or what was known before."""
    said = _says(alarm.stream, values)
    return last if said is None else said


def _says(stream: Stream, values: Sequence[float | None]) -> bool | None:
    """Whether data are well; None where they are not enough to say."""
    judged = state(
        breaching(values, stream.operator, stream.threshold),
        periods=stream.periods,
        enough=stream.periods,
        missing="missing",
        before="INSUFFICIENT_DATA",
    )
    return {"OK": True, "ALARM": False}.get(judged)


def question(stream: Stream, now: float) -> dict[str, Any]:
    """What to ask GetMetricStatistics for the periods that are over by `now`, seconds since the epoch."""
    from datetime import UTC, datetime

    end = now - now % stream.period
    begin = end - stream.period * (stream.periods + BESIDES)
    return {
        "Namespace": stream.namespace,
        "MetricName": stream.metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in stream.dimensions],
        "StartTime": datetime.fromtimestamp(begin, UTC),
        "EndTime": datetime.fromtimestamp(end, UTC),
        "Period": stream.period,
        "Statistics": [stream.statistic],
    }


def values(stream: Stream, asked: Mapping[str, Any], told: Mapping[str, Any]) -> list[float | None]:
    """What GetMetricStatistics told, a value a period, the newest last."""
    begin, end = asked["StartTime"].timestamp(), asked["EndTime"].timestamp()
    found = {
        int((one["Timestamp"].timestamp() - begin) // stream.period): float(one[stream.statistic])
        for one in told["Datapoints"]
    }
    return [found.get(number) for number in range(int((end - begin) // stream.period))]
