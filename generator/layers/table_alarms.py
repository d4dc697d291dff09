"""What tells that a global table throttles, fails or lags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject

from generator.alarms import Formula, Series, above, formula_alarm, metric_alarm

if TYPE_CHECKING:
    from generator.layers.catalog import Catalog
    from generator.layers.global_tables import TableDesign
    from generator.layers.payments import Payments

#: DynamoDB reports its own errors by operation; these are the ones the shop uses.
OPERATIONS = ("GetItem", "PutItem", "UpdateItem", "Query")


def table_alarms(layer: Catalog | Payments, design: TableDesign) -> list[AWSObject]:
    """All that is watched of a table, in this region's replica."""
    return [_throttled(layer, design), _failing(layer, design), _lagging(layer, design)]


def _throttled(layer: Catalog | Payments, design: TableDesign) -> AWSObject:
    table = {"TableName": layer.named_everywhere(design.purpose)}
    return formula_alarm(
        layer,
        f"{design.title}TableThrottled",
        Formula(
            "FILL(reads, 0) + FILL(writes, 0)",
            {
                "reads": Series("AWS/DynamoDB", "ReadThrottleEvents", table),
                "writes": Series("AWS/DynamoDB", "WriteThrottleEvents", table),
            },
        ),
        above(10),
        topic=layer.alerts_topic_arn,
        says=f"DynamoDB throttles {design.purpose}. Contributor Insights names the hot keys; "
        "raise table_capacity_ceiling if it is all of them.",
    )


def _failing(layer: Catalog | Payments, design: TableDesign) -> AWSObject:
    name = layer.named_everywhere(design.purpose)
    series = {
        operation.lower(): Series(
            "AWS/DynamoDB", "SystemErrors", {"TableName": name, "Operation": operation}
        )
        for operation in OPERATIONS
    }
    return formula_alarm(
        layer,
        f"{design.title}TableFailing",
        Formula(" + ".join(f"FILL({operation}, 0)" for operation in series), series),
        above(5),
        topic=layer.alerts_topic_arn,
        says=f"DynamoDB answers {design.purpose} with its own errors. Look at the AWS Health "
        "Dashboard; if it is this region alone, consider a takeover.",
    )


def _lagging(layer: Catalog | Payments, design: TableDesign) -> AWSObject:
    """In milliseconds. A strongly consistent table replicates before it answers: it never lags."""
    return metric_alarm(
        layer,
        f"{design.title}TableLagging",
        Series(
            "AWS/DynamoDB",
            "ReplicationLatency",
            {
                "TableName": layer.named_everywhere(design.purpose),
                "ReceivingRegion": layer.settings.peer_region,
            },
            statistic="Average",
        ),
        above(5000, breaches=5, periods=5),
        topic=layer.alerts_topic_arn,
        says=f"{design.purpose} reaches the other region late: losing this region now would "
        "strand what it has not sent. Do not fail over for convenience until it recovers.",
    )
