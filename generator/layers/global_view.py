"""What people look at first: the whole shop on one page, and the one alarm above what no region owns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from troposphere import AWSHelperFn, GetAtt, Ref
from troposphere.cloudwatch import Dashboard

from generator.alarms import Series, alarm_above
from generator.conditions import Condition, Conditions
from generator.dashboards import OURS, AlarmList, Chart, Found, Level, Line, Row, body
from generator.drill_metrics import measured
from generator.layer import Handoff, Input, Layer, Output, Where
from generator.layers.delivery import Delivery
from generator.layers.delivery_signals import DeliverySignals, delivered
from generator.layers.dns import Dns
from generator.layers.edge_alerts import EdgeAlerts
from generator.layers.edge_firewall import EdgeFirewall
from generator.layers.health_alarms import HealthAlarms, health
from generator.layers.shop_instance import METRICS


class Figure(NamedTuple):
    """A figure that both regions have; `schema` names the dimensions under which its metrics lie."""

    title: str
    metric: str
    schema: str
    statistic: str = "Sum"


ORDERS = Figure("Orders a minute", "OrdersAcknowledged", f'"{METRICS}",AutoScalingGroupName')
REVENUE = Figure("Revenue a minute", "Revenue", f'"{METRICS}",AutoScalingGroupName')
REQUESTS = Figure("Requests a minute", "RequestCount", "AWS/ApplicationELB,LoadBalancer")
TABLES = Figure(
    "Replication of tables, ms",
    "ReplicationLatency",
    "AWS/DynamoDB,ReceivingRegion,TableName",
    "Maximum",
)
BUCKETS = Figure(
    "Replication of buckets, s",
    "ReplicationLatency",
    "AWS/S3,DestinationBucket,RuleId,SourceBucket",
    "Maximum",
)
CLUSTER = Figure(
    "Replication of the Aurora cluster, ms",
    "AuroraGlobalDBReplicationLag",
    "AWS/RDS,DBClusterIdentifier",
    "Maximum",
)
REPLICA = Figure(
    "Replication of the database, s", "ReplicaLag", "AWS/RDS,DBInstanceIdentifier", "Maximum"
)


class GlobalView(Layer):
    """the dashboard of the whole shop, and the alarm above the edge's tiers.

    What stands in the regions is found by search: it may be made anew without this page knowing.
    """

    distribution_id = Input(Delivery.distribution_id)
    edge_alerts_topic_arn = Input(EdgeAlerts.edge_alerts_topic_arn)
    delivery_alarm_arn = Input(DeliverySignals.delivery_alarm_arn)
    health_alarm_arn = Input(HealthAlarms.health_alarm_arn)
    edge_firewall_alarm_arn = Input(EdgeFirewall.edge_firewall_alarm_arn)
    primary_endpoint_id = Handoff(Dns.endpoint_health_check_id, of=Where.PRIMARY)
    standby_endpoint_id = Handoff(Dns.endpoint_health_check_id, of=Where.STANDBY)
    primary_check_id = Handoff(Dns.primary_health_check_id, of=Where.PRIMARY)

    global_dashboard = Output(
        example="tradewind-dev-shop",
        handed_on=True,
        help="The dashboard of both regions and the edge.",
    )
    edge_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-edge-us-east-1",
        handed_on=True,
        help="Off while customers are served; to be watched from elsewhere.",
    )

    def build(self) -> None:
        self.tiers: tuple[tuple[object, Condition | None], ...] = (
            (self.delivery_alarm_arn, None),
            (self.health_alarm_arn, None),
            (self.edge_firewall_alarm_arn, Conditions.waf),
        )
        self.edge_alarm()
        self.dashboard()

    def edge_alarm(self) -> None:
        alarm = alarm_above(
            self,
            "EdgeUnwell",
            self.tiers,
            name=self.named("edge"),
            topic=self.edge_alerts_topic_arn,
            says="Something that both regions stand behind is not well: see which tier fired.",
        )
        self.edge_alarm_arn = GetAtt(alarm, "Arn")

    def dashboard(self) -> None:
        dashboard = self.add(
            Dashboard(
                "GlobalDashboard",
                DashboardName=self.named_everywhere("shop"),
                DashboardBody=body(
                    [
                        Row("Is the shop selling?", (*self.both(ORDERS), *self.both(REVENUE))),
                        Row("Do customers get answers?", (self.answers(), self.latency())),
                        Row("Who serves?", (self.health(), *self.both(REQUESTS))),
                        Row("How far apart are they?", (*self.both(TABLES), *self.both(BUCKETS))),
                        Row("And the database?", (*self.both(CLUSTER), *self.both(REPLICA))),
                        Row("Can a region be left?", self.drills()),
                        Row("What does it cost?", (self.cost(),)),
                        Row("What is wrong at the edge?", (self.alarms(),)),
                    ]
                ),
            )
        )
        self.global_dashboard = Ref(dashboard)

    def answers(self) -> Chart:
        return self.at_the_edge(
            "Answers at the edge",
            {"Requests": "Sum", "4xxErrorRate": "Average", "5xxErrorRate": "Average"},
        )

    def latency(self) -> Chart:
        return self.at_the_edge(
            "Origin's latency, ms, and what is served without it, %",
            {"OriginLatency": "p99", "CacheHitRate": "Average"},
        )

    def at_the_edge(self, title: str, metrics: Mapping[str, str]) -> Chart:
        lines = (
            Line(delivered(self.distribution_id, name, statistic), name)
            for name, statistic in metrics.items()
        )
        return Chart(title, tuple(lines))

    def health(self) -> Chart:
        """1 is healthy; the primary's record follows the last of them."""
        checks = {
            "primary": self.primary_endpoint_id,
            "standby": self.standby_endpoint_id,
            "primary takes orders": self.primary_check_id,
        }
        return Chart("Health", tuple(Line(health(id), label) for label, id in checks.items()))

    def drills(self) -> tuple[Chart, ...]:
        """What the last drills measured, by the routine or by hand; the standby keeps that."""
        settings = self.settings
        aims = {
            "RtoSeconds": ("Recovery time of drills, s", settings.recovery_time_objective_seconds),
            "RpoSeconds": (
                "Recovery point of drills, s",
                settings.recovery_point_objective_seconds,
            ),
            "DaysSinceGoodDrill": ("Days since the last good drill", settings.drill_max_age_days),
        }
        return tuple(
            Chart(
                title,
                (
                    Line(measured(self, metric), "measured"),
                    Level(aim, "at most"),
                    *(
                        (Line(measured(self, "OrdersLost"), "orders lost"),)
                        * (metric == "RpoSeconds")
                    ),
                ),
                region=settings.standby_region,
            )
            for metric, (title, aim) in aims.items()
        )

    def cost(self) -> Chart:
        """Billing publishes in us-east-1 alone, for the account as a whole.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
        """
        charges = Series("AWS/Billing", "EstimatedCharges", {"Currency": "USD"}, "Maximum", 21600)
        return Chart("Charges this month, USD", (Line(charges, "account"),))

    def alarms(self) -> AlarmList:
        always = tuple(arn for arn, there in self.tiers if there is None)
        return AlarmList("Tiers", (self.edge_alarm_arn, *always))

    def both(self, figure: Figure) -> tuple[Chart, Chart]:
        """The figure in the primary and in the standby."""
        return (
            self.found(figure, "primary", self.settings.primary_region),
            self.found(figure, "standby", self.settings.standby_region),
        )

    def found(self, figure: Figure, role: str, region: AWSHelperFn) -> Chart:
        search = f'MetricName="{figure.metric}" {OURS}'
        metrics = Found(figure.schema, search, figure.statistic, "")
        return Chart(f"{figure.title}, {role}", (metrics,), region=region)
