"""What the region's dashboard shows of analytics and recommendations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.alarms import Series
from generator.dashboards import Chart, Line

if TYPE_CHECKING:
    from generator.layer import Layer


def exports_chart(layer: Layer) -> Chart:
    """Orders on their way to the warehouse."""
    stream = {"DeliveryStreamName": layer.named("orders")}
    return Chart(
        "Orders exported",
        (
            Line(Series("AWS/Firehose", "IncomingRecords", stream, period=300), "taken in"),
            Line(Series("AWS/Firehose", "DeliveryToS3.Records", stream, period=300), "written"),
        ),
    )


def warehouse_chart(layer: Layer) -> Chart:
    """What the warehouse costs."""
    workgroup = {"Workgroup": layer.named("warehouse")}
    seconds = Series("AWS/Redshift-Serverless", "ComputeSeconds", workgroup, period=3600)
    return Chart("RPU seconds an hour", (Line(seconds, "warehouse"),))


def learning_chart(layer: Layer) -> Chart:
    """What Personalize is told of; in minutes, for it tells no more than its function."""
    feed = {"FunctionName": layer.named("interaction-feed")}
    return Chart(
        "Interactions told",
        (
            Line(Series("AWS/Lambda", "Invocations", feed), "told"),
            Line(Series("AWS/Lambda", "Errors", feed), "failed"),
        ),
    )
