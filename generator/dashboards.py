"""CloudWatch dashboards: rows of charts, written as data; the layout follows from the order.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from troposphere import AWSHelperFn, Sub

from generator.alarms import Series
from generator.naming import PREFIX
from generator.settings import Settings

#: A search's term for what this environment has: its names contain these words, side by side.
OURS = f"{PREFIX}-${{{Settings.environment.name}}}"

#: A dashboard is 24 units wide.
WIDTH, HEIGHT, HEADING = 24, 6, 1


@dataclass(frozen=True)
class Line:
    """One metric in a chart."""

    series: Series
    label: str


@dataclass(frozen=True)
class Found:
    """Every metric that a search finds: for what another region's stacks have named.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
    """

    schema: str
    search: str
    statistic: str
    label: str
    period: int = 60


@dataclass(frozen=True)
class Level:
    """A value that does not change: what is aimed at. As an annotation it would have to be no variable.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """

    value: object
    label: str


@dataclass(frozen=True)
class Chart:
    """A graph of lines over time, in the dashboard's region or another."""

    title: str
    lines: tuple[Line | Found | Level, ...]
    region: object = "${AWS::Region}"
    stacked: bool = False


@dataclass(frozen=True)
class AlarmList:
    """The state of some alarms, by ARN."""

    title: str
    arns: tuple[object, ...]


Widget: TypeAlias = Chart | AlarmList


@dataclass(frozen=True)
class Row:
    """What belongs together, under a heading that says what question it answers."""

    heading: str
    widgets: tuple[Widget, ...]


class Ink:
    """Intrinsics cannot stand in a JSON string: each becomes a variable of the Sub around it."""

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}

    def __call__(self, value: object) -> object:
        """The value itself, or the variable that stands for it."""
        if not isinstance(value, AWSHelperFn):
            return value
        for name, known in self.variables.items():
            if known.to_dict() == value.to_dict():
                return f"${{{name}}}"
        name = f"V{len(self.variables)}"
        self.variables[name] = value
        return f"${{{name}}}"


def body(rows: Sequence[Row]) -> Sub:
    """The DashboardBody."""
    ink = Ink()
    widgets = list(_laid_out(rows, ink))
    return Sub(json.dumps({"widgets": widgets}, separators=(",", ":")), **ink.variables)


def _laid_out(rows: Sequence[Row], ink: Ink) -> Iterator[dict[str, Any]]:
    top = 0
    for row in rows:
        yield {
            "type": "text",
            "x": 0,
            "y": top,
            "width": WIDTH,
            "height": HEADING,
            "properties": {"markdown": f"## {row.heading}"},
        }
        width = WIDTH // len(row.widgets)
        for column, widget in enumerate(row.widgets):
            yield {
                "type": "metric" if isinstance(widget, Chart) else "alarm",
                "x": column * width,
                "y": top + HEADING,
                "width": width,
                "height": HEIGHT,
                "properties": _properties(widget, ink),
            }
        top += HEADING + HEIGHT


def _properties(widget: Widget, ink: Ink) -> dict[str, Any]:
    match widget:
        case Chart():
            return {
                "title": widget.title,
                "region": ink(widget.region),
                "view": "timeSeries",
                "stacked": widget.stacked,
                "metrics": [_metric(line, ink) for line in widget.lines],
            }
        case AlarmList():
            return {"title": widget.title, "alarms": [ink(arn) for arn in widget.arns]}


def _metric(line: Line | Found | Level, ink: Ink) -> list[Any]:
    match line:
        case Line(series, label):
            dimensions = [ink(part) for pair in series.dimensions.items() for part in pair]
            options = {"label": label, "stat": series.statistic, "period": series.period}
            return [series.namespace, ink(series.name), *dimensions, options]
        case Found():
            query = f"SEARCH('{{{line.schema}}} {line.search}', '{line.statistic}', {line.period})"
            return [{"expression": query, "label": line.label}]
        case Level(value, label):
            return [{"expression": f"TIME_SERIES({ink(value)})", "label": label}]
