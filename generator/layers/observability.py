"""What people look at in a region: its dashboard, and the one alarm above all tiers."""

from __future__ import annotations

from troposphere import GetAtt, Join, Ref, Sub
from troposphere.cloudwatch import Dashboard
from troposphere.logs import QueryDefinition

from generator import region_charts
from generator.alarms import alarm_above
from generator.backup_jobs import backup_chart, restore_chart
from generator.conditions import Condition, Conditions
from generator.dashboards import AlarmList, Row, body
from generator.insight_charts import exports_chart, learning_chart, warehouse_chart
from generator.layer import Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.backup import Backup
from generator.layers.cache import Cache
from generator.layers.cache_alarms import session_chart
from generator.layers.catalog import Catalog
from generator.layers.events import Events
from generator.layers.firewall import Firewall
from generator.layers.fleet_scaling import FleetScaling
from generator.layers.front_door import FrontDoor
from generator.layers.golden_signals import GoldenSignals
from generator.layers.interactions import Interactions
from generator.layers.network import Network
from generator.layers.order_exports import OrderExports
from generator.layers.order_intake import OrderIntake
from generator.layers.order_workflow import OrderWorkflow
from generator.layers.orders import Orders
from generator.layers.payment_firewall import PaymentFirewall
from generator.layers.payment_requests import PaymentRequests
from generator.layers.payments import Payments
from generator.layers.prices import Prices, price_chart
from generator.layers.recommendation_model import RecommendationModel
from generator.layers.recommendation_training import RecommendationTraining
from generator.layers.search import Search
from generator.layers.search_metrics import search_chart
from generator.layers.secrets import Secrets
from generator.layers.storefront import Storefront
from generator.layers.takeover import Takeover
from generator.layers.top_products import TopProducts
from generator.layers.warehouse import Warehouse
from generator.layers.worker_scaling import WorkerScaling
from generator.naming import kebab
from generator.order_charts import intake_chart, payment_chart, workflow_chart

#: Where people look after the alarm: Logs Insights queries over the VPC's flow records, which are in the
#: default format and so have no direction.
#: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
REJECTED = (
    "filter action = 'REJECT' | stats count(*) as refused by srcAddr, dstPort"
    " | sort refused desc | limit 20"
)
LEAVING = (
    "filter isIpv4InSubnet(srcAddr, '${Vpc}') and not isIpv4InSubnet(dstAddr, '${Vpc}')"
    " | stats sum(bytes) as sent by srcAddr, dstAddr | sort sent desc | limit 20"
)


class Observability(Layer):
    """the dashboard, the alarm above all tiers, and saved questions to the logs."""

    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    flow_log_group = Input(Network.flow_log_group)
    alb_label = Input(FrontDoor.alb_label)
    fleet_name = Input(Storefront.fleet_name)
    orders_database_id = Input(Orders.orders_database_id)
    orders_dimension = Input(Orders.orders_dimension)
    catalogue_table = Input(Catalog.catalogue_table)
    carts_table = Input(Catalog.carts_table)
    order_intake_table = Input(Catalog.order_intake_table)

    traffic_alarm_arn = Input(GoldenSignals.traffic_alarm_arn)
    fleet_alarm_arn = Input(FleetScaling.fleet_alarm_arn)
    orders_alarm_arn = Input(Orders.orders_alarm_arn)
    catalog_alarm_arn = Input(Catalog.catalog_alarm_arn)
    secrets_alarm_arn = Input(Secrets.secrets_alarm_arn)
    cache_alarm_arn = Input(Cache.cache_alarm_arn)
    prices_alarm_arn = Input(Prices.prices_alarm_arn)
    search_alarm_arn = Input(Search.search_alarm_arn)
    events_alarm_arn = Input(Events.events_alarm_arn)
    intake_alarm_arn = Input(OrderIntake.intake_alarm_arn)
    workflow_alarm_arn = Input(OrderWorkflow.workflow_alarm_arn)
    payments_alarm_arn = Input(Payments.payments_alarm_arn)
    payment_requests_alarm_arn = Input(PaymentRequests.payment_requests_alarm_arn)
    firewall_alarm_arn = Input(Firewall.firewall_alarm_arn)
    payment_firewall_alarm_arn = Input(PaymentFirewall.payment_firewall_alarm_arn)
    workers_alarm_arn = Input(WorkerScaling.workers_alarm_arn)
    takeover_alarm_arn = Input(Takeover.takeover_alarm_arn)
    backup_alarm_arn = Input(Backup.backup_alarm_arn)
    exports_alarm_arn = Input(OrderExports.exports_alarm_arn)
    warehouse_alarm_arn = Input(Warehouse.warehouse_alarm_arn)
    ranking_alarm_arn = Input(TopProducts.ranking_alarm_arn)
    recommendations_alarm_arn = Input(RecommendationModel.recommendations_alarm_arn)
    training_alarm_arn = Input(RecommendationTraining.training_alarm_arn)
    interactions_alarm_arn = Input(Interactions.interactions_alarm_arn)

    region_dashboard = Output(
        example="tradewind-dev-shop-us-east-1",
        handed_on=True,
        help="The dashboard of this region.",
    )
    region_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-region-us-east-1",
        handed_on=True,
        help="Off while this region serves; to be watched from elsewhere.",
    )

    def build(self) -> None:
        self.region_alarm()
        self.regional_dashboard()
        self.saved_questions()

    def region_alarm(self) -> None:
        """Fires when any tier does: what a status page, and a drill's preflight, ask."""
        alarm = alarm_above(
            self,
            "RegionUnwell",
            self.tiers(),
            name=self.named("region"),
            topic=self.alerts_topic_arn,
            says="Some tier of the shop in this region is not well: see which one fired.",
        )
        self.region_alarm_arn = GetAtt(alarm, "Arn")

    def tiers(self) -> list[tuple[object, Condition | None]]:
        """Every tier's alarm, and where it is: with its layer, but for two that some regions lack."""
        somewhere = {
            Orders.orders_alarm_arn: Conditions.orders_in_region,
            Secrets.secrets_alarm_arn: Conditions.primary,
        }
        return [
            (self.receive(port), somewhere.get(port.source, port.source.owner.condition))
            for port in self.ports()
            if isinstance(port, Input) and port.attribute.endswith("_alarm_arn")
        ]

    def regional_dashboard(self) -> None:
        dashboard = self.add(
            Dashboard(
                "RegionDashboard",
                DashboardName=self.named("shop"),
                DashboardBody=body(
                    [
                        Row(
                            "Is the shop selling?",
                            (region_charts.orders_placed(self), region_charts.revenue(self)),
                        ),
                        Row(
                            "Do customers get answers?",
                            (region_charts.answers(self), region_charts.latency(self)),
                        ),
                        Row(
                            "Is there room?",
                            (
                                region_charts.fleet(self),
                                region_charts.database(self),
                                region_charts.waiting(self),
                            ),
                        ),
                        Row("Does work that can wait get done?", (region_charts.jobs(self),)),
                        Row(
                            "What becomes of orders?",
                            (intake_chart(self), workflow_chart(self), payment_chart(self)),
                        ),
                        Row(
                            "Is the shop quick?",
                            (session_chart(self), price_chart(self), search_chart(self)),
                        ),
                        Row(
                            "Is the other region up to date?",
                            (region_charts.table_lag(self), region_charts.bucket_lag()),
                        ),
                        Row(
                            "What do we learn from it?",
                            (exports_chart(self), warehouse_chart(self), learning_chart(self)),
                        ),
                        Row("Could we go back?", (backup_chart(self), restore_chart(self))),
                        Row("What is wrong?", (self.alarms(),)),
                    ]
                ),
            )
        )
        self.region_dashboard = Ref(dashboard)

    def saved_questions(self) -> None:
        self.question("RejectedConnections", REJECTED)
        self.question("BusiestEgress", Sub(LEAVING, Vpc=self.settings.vpc_cidr))

    def question(self, title: str, query: object) -> None:
        self.add(
            QueryDefinition(
                title,
                Name=Join("/", [self.named_everywhere("network"), kebab(title)]),
                LogGroupNames=[self.flow_log_group],
                QueryString=query,
            )
        )

    def alarms(self) -> AlarmList:
        always = tuple(arn for arn, there in self.tiers() if there is None)
        return AlarmList("Tiers", (self.region_alarm_arn, *always))
