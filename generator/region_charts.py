"""Charts of one region: what it sells, how it answers, what room there is, how far the other is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.alarms import Series
from generator.conditions import Conditions
from generator.dashboards import OURS, Chart, Found, Line
from generator.layers.fleet_scaling import CHECKOUT_QUEUE_DEPTH
from generator.layers.order_steps import committed
from generator.layers.shop_instance import METRICS

if TYPE_CHECKING:
    from generator.layers.observability import Observability


def orders_placed(layer: Observability) -> Chart:
    """What the shop has taken, and what is in the database."""
    acknowledged = _shop(layer, "OrdersAcknowledged")
    return Chart(
        "Orders a minute",
        (Line(acknowledged, "acknowledged"), Line(committed(layer), "committed")),
    )


def revenue(layer: Observability) -> Chart:
    """What it earns."""
    return Chart("Revenue a minute", (Line(_shop(layer, "Revenue"), "revenue"),))


def answers(layer: Observability) -> Chart:
    """Requests, and the answers that are our fault."""
    return Chart(
        "Answers a minute",
        tuple(
            Line(_balancer(layer, name), label)
            for name, label in (
                ("RequestCount", "requests"),
                ("HTTPCode_Target_5XX_Count", "5XX by the shop"),
                ("HTTPCode_ELB_5XX_Count", "5XX by the load balancer"),
            )
        ),
    )


def latency(layer: Observability) -> Chart:
    """How long customers wait."""
    return Chart(
        "Seconds to answer",
        tuple(
            Line(_balancer(layer, "TargetResponseTime", share), share) for share in ("p50", "p99")
        ),
    )


def fleet(layer: Observability) -> Chart:
    """How many instances there are, and how busy."""
    group = {"AutoScalingGroupName": layer.fleet_name}
    return Chart(
        "Fleet",
        (
            Line(
                Series("AWS/AutoScaling", "GroupInServiceInstances", group, "Average"),
                "instances",
            ),
            Line(Series("AWS/EC2", "CPUUtilization", group, "Average"), "CPU %"),
        ),
    )


def database(layer: Observability) -> Chart:
    """How busy the orders database is."""
    return Chart(
        "Orders database",
        (
            Line(_orders(layer, "CPUUtilization"), "CPU %"),
            Line(_orders(layer, "DatabaseConnections"), "connections"),
        ),
    )


def waiting(layer: Observability) -> Chart:
    """Checkouts that are taken and not yet acknowledged."""
    return Chart("Checkouts waiting", (Line(_shop(layer, CHECKOUT_QUEUE_DEPTH), "waiting"),))


def jobs(layer: Observability) -> Chart:
    """Work that can wait, and how long it does; empty where there are no workers."""
    queue = {"QueueName": layer.named("jobs")}
    return Chart(
        "Jobs",
        (
            Line(
                Series("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, "Maximum"), "waiting"
            ),
            Line(Series("AWS/SQS", "ApproximateAgeOfOldestMessage", queue, "Maximum"), "oldest, s"),
        ),
    )


def table_lag(layer: Observability) -> Chart:
    """How far the other region's tables are behind."""
    tables = (layer.catalogue_table, layer.carts_table, layer.order_intake_table)
    labels = ("catalogue", "carts", "order intake")
    return Chart(
        "Replication of tables, ms",
        tuple(
            Line(
                Series(
                    "AWS/DynamoDB",
                    "ReplicationLatency",
                    {"TableName": table, "ReceivingRegion": layer.settings.peer_region},
                    "Average",
                ),
                label,
            )
            for table, label in zip(tables, labels, strict=True)
        ),
    )


def bucket_lag() -> Chart:
    """How far the other region's buckets are behind."""
    return Chart(
        "Replication of buckets, s",
        (
            Found(
                "AWS/S3,DestinationBucket,RuleId,SourceBucket",
                f'MetricName="ReplicationLatency" {OURS}',
                "Maximum",
                "",
            ),
        ),
    )


def _shop(layer: Observability, name: str) -> Series:
    """A metric that the shop itself publishes, summed over its fleet."""
    return Series(METRICS, name, {"AutoScalingGroupName": layer.fleet_name})


def _balancer(layer: Observability, name: str, statistic: str = "Sum") -> Series:
    return Series("AWS/ApplicationELB", name, {"LoadBalancer": layer.alb_label}, statistic)


def _orders(layer: Observability, name: str) -> Series:
    """A standby without a database has an empty chart, not one that CloudWatch refuses."""
    database = layer.choose(Conditions.orders_in_region, layer.orders_database_id, "none")
    return Series("AWS/RDS", name, {layer.orders_dimension: database}, "Average")
