"""Catalogue, carts and order intake: global tables that the primary region declares for both."""

from __future__ import annotations

from troposphere import GetAtt, NoValue
from troposphere.dynamodb import GlobalTableWitness

from generator.alarms import tier_alarm
from generator.conditions import Conditions
from generator.layer import Input, Lookup, Output, TableStream
from generator.layers.alerts import Alerts
from generator.layers.global_tables import (
    Index,
    TableDesign,
    TableHolder,
    global_table,
    table_arn,
)
from generator.layers.table_alarms import table_alarms
from generator.naming import PREFIX

CATALOGUE = TableDesign(
    "catalogue", key="product_id", index=Index("by-category", "category", "product_id")
)
CARTS = TableDesign("carts", key="cart_id", expires_by="expires_at")

#: Designed for strong consistency, which takes neither TTL, nor local indexes, nor transactions.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-global-table-design.html
ORDER_INTAKE = TableDesign("order-intake", key="order_id")

TABLE = "arn:aws:dynamodb:us-east-1:111111111111:table/tradewind-dev-"
STREAM = f"{TABLE}catalogue/stream/2026-11-01T00:00:00.000"
INTAKE_STREAM = f"{TABLE}order-intake/stream/2026-11-01T00:00:00.000"


class Catalog(TableHolder):
    """The global tables: the catalogue and its stream, carts, and acknowledged orders."""

    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    standby_stream_arn = Lookup(
        TableStream(f"{PREFIX}-{{environment}}-{CATALOGUE.purpose}"), example=STREAM
    )
    standby_intake_stream_arn = Lookup(
        TableStream(f"{PREFIX}-{{environment}}-{ORDER_INTAKE.purpose}"), example=INTAKE_STREAM
    )

    catalogue_table = Output(
        example="tradewind-dev-catalogue",
        handed_on=True,
        help="The catalogue, for tools and drills.",
    )
    carts_table = Output(
        example="tradewind-dev-carts",
        handed_on=True,
        help="The carts, for tools and drills.",
    )
    order_intake_table = Output(
        example="tradewind-dev-order-intake",
        handed_on=True,
        help="The orders that were taken, for tools and drills.",
    )
    catalogue_table_arn = Output(example=f"{TABLE}catalogue")
    carts_table_arn = Output(example=f"{TABLE}carts")
    order_intake_table_arn = Output(example=f"{TABLE}order-intake")
    catalogue_stream_arn = Output(example=STREAM, help="The stream of this region's replica.")
    order_intake_stream_arn = Output(
        example=INTAKE_STREAM, help="The stream of this region's replica."
    )
    catalog_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-catalog-tier-us-east-1",
    )

    def build(self) -> None:
        self.catalogue()
        self.carts()
        self.order_intake()
        self.watch()

    def catalogue(self) -> None:
        table = global_table(self, CATALOGUE)
        self.catalogue_table = self.named_everywhere(CATALOGUE.purpose)
        self.catalogue_table_arn = table_arn(self, CATALOGUE)
        self.catalogue_stream_arn = self.choose(
            Conditions.primary, GetAtt(table, "StreamArn"), self.standby_stream_arn
        )

    def carts(self) -> None:
        global_table(self, CARTS)
        self.carts_table = self.named_everywhere(CARTS.purpose)
        self.carts_table_arn = table_arn(self, CARTS)

    def order_intake(self) -> None:
        """An acknowledged order is in this table. Strong consistency makes that true of both regions.

        DynamoDB fixes the mode when it makes the table, and refuses to change it on the one that stands:
        the setting decides for a table that is not there yet.
        """
        strong = Conditions.strong_order_intake
        table = global_table(self, ORDER_INTAKE)
        table.MultiRegionConsistency = self.choose(strong, "STRONG", NoValue)
        table.GlobalTableWitnesses = self.choose(
            strong, [GlobalTableWitness(Region=self.settings.witness_region)], NoValue
        )
        self.order_intake_table = self.named_everywhere(ORDER_INTAKE.purpose)
        self.order_intake_table_arn = table_arn(self, ORDER_INTAKE)
        self.order_intake_stream_arn = self.choose(
            Conditions.primary, GetAtt(table, "StreamArn"), self.standby_intake_stream_arn
        )

    def watch(self) -> None:
        alarms = [
            alarm
            for design in (CATALOGUE, CARTS, ORDER_INTAKE)
            for alarm in table_alarms(self, design)
        ]
        tier = tier_alarm(
            self,
            "CatalogTier",
            alarms,
            topic=self.alerts_topic_arn,
            says="A global table throttles, fails or lags: see which of the tier's alarms fires.",
        )
        self.catalog_alarm_arn = GetAtt(tier, "Arn")
