"""What customers do, from the event bus through a queue to Personalize."""

from __future__ import annotations

from troposphere import GetAtt, Ref, Tags
from troposphere.awslambda import EventSourceMapping, ScalingConfig

from generator import grants
from generator.alarms import Series, above, metric_alarm, tier_alarm
from generator.bus_rules import Patience, bus_rule, told_queue, untold_queue
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.functions import FunctionHolder, python_function
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

#: Seconds of a run of the function; and for which a message is its own, six times as many.
#: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
RUN, VISIBLE = 60, 360

#: Messages a run, and seconds until fewer are enough. Personalize takes 1,000 calls of PutEvents a second, of
#: one session each: so many runs at a time, of eight calls each, come near to it.
#: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
AT_ONCE, WINDOW, RUNS = 100, 5, 5


class QueueScaling(ScalingConfig):
    """An EventSourceMapping's ScalingConfig; troposphere 4.11.1 has another type's under its name."""

    props = {"MaximumConcurrency": (int, False)}


class Interactions(FunctionHolder, PrivateTier):
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
        self.queues()
        self.feed()
        self.rule()
        self.alarms()

    def queues(self) -> None:
        self.untold = untold_queue(
            self, "UntoldInteractions", bus=self.bus_name, key_arn=self.data_key_arn
        )
        self.waiting = told_queue(
            self,
            "Interactions",
            bus=self.bus_name,
            key_arn=self.data_key_arn,
            untold=self.untold,
            visibility=VISIBLE,
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
                grants.Queue(GetAtt(self.waiting, "Arn"), self.data_key_arn).consume(),
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
            timeout=RUN,
            concurrency=RUNS,
            dead_letters=grants.Queue(GetAtt(self.untold, "Arn"), self.data_key_arn),
        )
        self.add(
            EventSourceMapping(
                "InteractionsTold",
                EventSourceArn=GetAtt(self.waiting, "Arn"),
                FunctionName=GetAtt(self.function, "Arn"),
                BatchSize=AT_ONCE,
                MaximumBatchingWindowInSeconds=WINDOW,
                FunctionResponseTypes=["ReportBatchItemFailures"],
                ScalingConfig=QueueScaling(MaximumConcurrency=RUNS),
                Tags=Tags(Name=self.named("interactions")),
            )
        )

    def rule(self) -> None:
        bus_rule(
            self,
            "CustomersDo",
            "interactions",
            says="What customers look at, put into carts and buy",
            bus=self.bus_name,
            hears=pattern(*SHOP_EVENTS, ORDER_CONFIRMED),
            untold=self.untold,
            patience=AN_HOUR,
            Id="feed",
            Arn=GetAtt(self.waiting, "Arn"),
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
        late = metric_alarm(
            self,
            "InteractionsLate",
            Series(
                "AWS/SQS",
                "ApproximateAgeOfOldestMessage",
                {"QueueName": GetAtt(self.waiting, "QueueName")},
                "Maximum",
                300,
            ),
            above(900),
            topic=self.alerts_topic_arn,
            says="Personalize hears of what customers did a quarter of an hour ago. Read the function's log: "
            "its quota of PutEvents is the usual reason.",
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
            [errors, late, undelivered],
            topic=self.alerts_topic_arn,
            says="Recommendations learn less than customers do: see which of the tier's alarms fires.",
        )
        self.interactions_alarm_arn = GetAtt(tier, "Arn")
