"""Most popular products: ranked in the warehouse every morning, written where the shop reads."""

from __future__ import annotations

from troposphere import GetAtt

from generator import grants
from generator.alarms import tier_alarm
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.functions import FunctionHolder, python_function
from generator.layer import Handoff, Input, Output
from generator.layers.alerts import Alerts
from generator.layers.catalog import Catalog
from generator.layers.order_exports import ORDERS
from generator.layers.private_tier import PrivateTier
from generator.layers.warehouse import DATABASE, Warehouse
from generator.queues import dead_letter_alarm, dead_letter_queue
from generator.schedules import run_by_schedule
from generator.security import https_leaves
from generator.state_machines import executions_failing, state_machine
from generator.top_products import ranking

#: The item of the catalogue that holds them, by its product_id: no product is named so.
ITEM = "top-products"


class TopProducts(FunctionHolder, PrivateTier):
    """the state machine that loads orders, ranks products and publishes the list, and its schedule.

    The list is one item of the catalogue, a global table: either region's shop reads it, and it stays as it
    was when the ranking fails.
    """

    condition = Conditions.analytics

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    secrets_key_arn = Handoff(Foundation.secrets_key_arn)
    exports_bucket = Handoff(Foundation.exports_bucket)
    workgroup_name = Input(Warehouse.workgroup_name)
    workgroup_arn = Input(Warehouse.workgroup_arn)
    warehouse_login = Input(Warehouse.warehouse_login)
    catalogue_table = Input(Catalog.catalogue_table)
    catalogue_table_arn = Input(Catalog.catalogue_table_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    ranking_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-ranking-tier-us-east-1"
    )

    def build(self) -> None:
        self.dead_letters()
        self.writer()
        self.machine()
        self.schedule()
        self.alarms()

    def dead_letters(self) -> None:
        self.unranked = dead_letter_queue(self, "UnrankedProducts", key_arn=self.data_key_arn)

    def writer(self) -> None:
        self.function = python_function(
            self,
            "TopProductsWriter",
            source="top_products_writer",
            logs_key_arn=self.logs_key_arn,
            allows=[grants.Table(self.catalogue_table_arn, self.data_key_arn).put()],
            environment={"CATALOGUE_TABLE": self.catalogue_table, "ITEM": ITEM},
            environment_key_arn=self.data_key_arn,
            placement=self.placed(
                "Publisher", https_leaves("DynamoDB"), says="What publishes the top products"
            ),
            dead_letters=grants.Queue(GetAtt(self.unranked, "Arn"), self.data_key_arn),
            concurrency=1,
        )

    def machine(self) -> None:
        login = grants.Secret.named(self.warehouse_login, self.secrets_key_arn)
        exports = grants.Bucket.named(self.exports_bucket, self.data_key_arn)
        self.ranking = state_machine(
            self,
            "Ranking",
            definition=ranking(),
            substitutions={
                "Bucket": self.exports_bucket,
                "Database": DATABASE,
                "Login": self.warehouse_login,
                "Publisher": GetAtt(self.function, "Arn"),
                "Workgroup": self.workgroup_name,
            },
            allows=[
                grants.Warehouse(self.workgroup_arn, login).run_sql(),
                exports.look(ORDERS),
                grants.Function(GetAtt(self.function, "Arn")).invoke(),
            ],
            data_key_arn=self.data_key_arn,
            logs_key_arn=self.logs_key_arn,
            under="service",
        )

    def schedule(self) -> None:
        """Before the day begins: the warehouse works for minutes, and sleeps again."""
        run_by_schedule(
            self,
            "RankDaily",
            self.ranking,
            "cron(30 4 * * ? *)",
            says="Ranks the most popular products",
            undelivered=self.unranked,
            data_key_arn=self.data_key_arn,
        )

    def alarms(self) -> None:
        failing = executions_failing(
            self,
            self.ranking,
            topic=self.alerts_topic_arn,
            says="The most popular products were not ranked; the shop shows the last list. Read the "
            "execution's failed state. A file that COPY refuses is named in SYS_LOAD_ERROR_DETAIL.",
        )
        undelivered = dead_letter_alarm(
            self,
            self.unranked,
            topic=self.alerts_topic_arn,
            says="The ranking could not be started. Mend the cause, then start the state machine.",
        )
        tier = tier_alarm(
            self,
            "RankingTier",
            [failing, undelivered],
            topic=self.alerts_topic_arn,
            says="Products are not ranked: see which of the tier's alarms fires.",
        )
        self.ranking_alarm_arn = GetAtt(tier, "Arn")
