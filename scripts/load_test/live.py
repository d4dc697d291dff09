"""What the generators publish while they run: the figures of the last whole minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scripts.aws import Aws
from scripts.load_test.batch import Project
from scripts.load_test.plots import number

#: Seconds that a figure is of, and how far back a late one is looked for.
_PERIOD, _BACK = 60, 300

_ASKED = {
    "requests": ("Requests", "Sum"),
    "errors": ("Errors", "Sum"),
    "time": ("ResponseTime", "Average"),
}


@dataclass(frozen=True)
class Live:
    """One minute: requests a second, how many of a hundred failed, and their time in ms on average."""

    at: datetime
    per_second: float
    failed_percent: float
    average: float | None

    def __str__(self) -> str:
        return (
            f"{number(round(self.per_second, 1))} requests/s, {number(round(self.failed_percent, 2))} % "
            f"failed, {number(self.average)} ms on average ({self.at:%H:%M} UTC)"
        )


def look(aws: Aws, project: Project) -> Live | None:
    """The latest minute that somebody published figures of, if it is not long ago."""
    now = aws.clock.now() // _PERIOD * _PERIOD
    answer = aws.client("cloudwatch", project.region).call(
        "get_metric_data",
        StartTime=datetime.fromtimestamp(now - _BACK, UTC),
        EndTime=datetime.fromtimestamp(now, UTC),
        ScanBy="TimestampDescending",
        MetricDataQueries=[
            {
                "Id": id,
                "MetricStat": {
                    "Metric": {
                        "Namespace": project.variables["METRICS_NAMESPACE"],
                        "MetricName": metric,
                        "Dimensions": [{"Name": "Project", "Value": project.name}],
                    },
                    "Period": _PERIOD,
                    "Stat": statistic,
                },
            }
            for id, (metric, statistic) in _ASKED.items()
        ],
    )
    found = {one["Id"]: _by_minute(one) for one in answer["MetricDataResults"]}
    requests = found.get("requests", {})
    if not requests:
        return None
    at = max(requests)
    asked = requests[at]
    failed = found.get("errors", {}).get(at, 0.0)
    return Live(
        at,
        asked / _PERIOD,
        100 * failed / asked if asked else 0.0,
        found.get("time", {}).get(at),
    )


def _by_minute(said: dict[str, Any]) -> dict[datetime, float]:
    return dict(zip(said.get("Timestamps", ()), said.get("Values", ()), strict=False))
