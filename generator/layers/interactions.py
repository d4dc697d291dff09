"""What customers do, from the event bus to Personalize."""

from __future__ import annotations

from troposphere import GetAtt, Ref

from generator import grants
from generator.alarms import Series, above, metric_alarm, tier_alarm
from generator.bus_rules import Patience, bus_rule, untold_queue
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.functions import may_call, python_function
from generator.layer import Handoff, Input, Output
from generator.layers.alerts import Alerts
from generator.layers.catalog import Catalog
from generator.layers.events import Events
from generator.layers.private_tier import PrivateTier
from generator.layers.recommendation_model import RecommendationModel
from generator.order_events import ORDER_CONFIRMED, SHOP_EVENTS, pattern
from generator.queues import dead_letter_alarm
from generator.security import https_leaves

#: An hour: what a customer did is soon no news.
AN_HOUR = Patience(3600, 20)


class Interactions(PrivateTier):
    """the rule and the function that tell Personalize of views, clicks, carts and purchases."""

    condition = Conditions.recommendations

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    bus_name = Input(Events.bus_name)
    tracking_id = Input(RecommendationModel.tracking_id)
    items_dataset_arn = Input(RecommendationModel.items_dataset_arn)
    catalogue_table = Input(Catalog.catalogue_table)
    catalogue_table_arn = Input(Catalog.catalogue_table_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    interactions_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:"
        "tradewind-dev-interactions-tier-us-east-1"
    )

    def build(self) -> None:
        self.dead_letters()
        self.feed()
        self.rule()
        self.alarms()

    def dead_letters(self) -> None:
        self.untold = untold_queue(
            self, "UntoldInteractions", bus=self.bus_name, key_arn=self.data_key_arn
        )

    def feed(self) -> None:
        self.function = python_function(
            self,
            "InteractionFeed",
            source="interactions",
            logs_key_arn=self.logs_key_arn,
            allows=[
                grants.Interactions(self.items_dataset_arn).tell(),
                grants.Table(self.catalogue_table_arn, self.data_key_arn).get(),
            ],
            environment={
                "CATALOGUE_TABLE": self.catalogue_table,
                "ITEMS_DATASET": self.items_dataset_arn,
                "TRACKING_ID": self.tracking_id,
            },
            environment_key_arn=self.data_key_arn,
            placement=self.placed(
                "InteractionFeed",
                https_leaves("Personalize and DynamoDB"),
                says="What tells Personalize of interactions",
            ),
            dead_letters=grants.Queue(GetAtt(self.untold, "Arn"), self.data_key_arn),
            concurrency=20,
        )

    def rule(self) -> None:
        rule = bus_rule(
            self,
            "CustomersDo",
            "interactions",
            says="What customers look at, put into carts and buy",
            bus=self.bus_name,
            hears=pattern(*SHOP_EVENTS, ORDER_CONFIRMED),
            untold=self.untold,
            patience=AN_HOUR,
            Id="feed",
            Arn=GetAtt(self.function, "Arn"),
        )
        may_call(
            self,
            "BusTells",
            Ref(self.function),
            service="events",
            source=GetAtt(rule, "Arn"),
        )

    def alarms(self) -> None:
        errors = metric_alarm(
            self,
            "InteractionsFailing",
            Series("AWS/Lambda", "Errors", {"FunctionName": Ref(self.function)}, period=300),
            above(5),
            topic=self.alerts_topic_arn,
            says="Personalize is not told of what customers do. Read the function's log: a tracker that is "
            "gone, or its quota, is the usual reason.",
        )
        undelivered = dead_letter_alarm(
            self,
            self.untold,
            topic=self.alerts_topic_arn,
            says="Interactions were given up. The loss is small; if it goes on, read the function's log.",
        )
        tier = tier_alarm(
            self,
            "InteractionsTier",
            [errors, undelivered],
            topic=self.alerts_topic_arn,
            says="Recommendations learn less than customers do: see which of the tier's alarms fires.",
        )
        self.interactions_alarm_arn = GetAtt(tier, "Arn")
