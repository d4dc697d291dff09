"""From an acknowledged checkout to an event: the stream of order-intake, read by the region that works it."""

from __future__ import annotations

import json

from troposphere import GetAtt, Ref, Sub
from troposphere.awslambda import (
    DestinationConfig,
    EventSourceMapping,
    Filter,
    FilterCriteria,
    OnFailure,
)

from generator import grants
from generator.alarms import Series, above, metric_alarm, tier_alarm
from generator.foundation import Foundation
from generator.functions import FunctionHolder, function_alarms, python_function
from generator.layer import Handoff, Input, Output
from generator.layers.alerts import Alerts
from generator.layers.catalog import Catalog
from generator.layers.events import Events
from generator.layers.private_tier import PrivateTier
from generator.order_events import ORDER_ACKNOWLEDGED, SOURCE
from generator.queues import dead_letter_alarm, dead_letter_queue
from generator.security import https_leaves

#: The attribute of an intake item that names the region which works the order.
WORKED_BY = "worked_by"

#: Records in one call, and seconds for which they are tried again: an acknowledged order waits for its event
#: nearly as long as the stream keeps it, which is a day.
BATCH, PATIENCE = 100, 23 * 3600

#: As often as it takes.
ALWAYS = -1

#: Milliseconds that an acknowledged order may wait for its event before somebody is told.
LATE = 60_000


class OrderIntake(FunctionHolder, PrivateTier):
    """the reader of order-intake's stream, which says OrderAcknowledged on the bus.

    An intake item holds order_id, acknowledged_at, items (product_id, quantity, unit_price), total, currency,
    payment_token, perhaps customer_id, and `worked_by`: the region that works the order. The shop writes its
    own region there when it acknowledges. order-intake is a global table, so the stream of each region shows
    the orders of both; the filter lets through an order that is new and this region's, and one that has just
    become this region's. An order's later changes, which the workflow itself writes, pass by.

    So an order changes hands by that attribute: a failover drill that comes back gives the primary what
    waited in the standby (scripts/drill/hand_back.py). Should both work it for a while, then it is the
    order's id, which the processor, the database and the stock know it by, that keeps it from being done
    twice; and the workflow looks whose the order is before it undoes anything. Nobody takes up the orders of
    a region that does not answer: they go on there.
    """

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    order_intake_stream_arn = Input(Catalog.order_intake_stream_arn)
    bus_arn = Input(Events.bus_arn)
    bus_name = Input(Events.bus_name)

    intake_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-intake-tier-us-east-1",
    )

    def build(self) -> None:
        self.dead_letters()
        self.reader()
        self.mapping()
        self.alarms()

    def dead_letters(self) -> None:
        self.unread = dead_letter_queue(self, "UnreadOrders", key_arn=self.data_key_arn)

    def reader(self) -> None:
        self.function = python_function(
            self,
            "OrderIntake",
            source="order_intake",
            logs_key_arn=self.logs_key_arn,
            allows=[
                grants.TableStream(self.order_intake_stream_arn, self.data_key_arn).consume(),
                grants.EventBus(self.bus_arn).put(SOURCE, [ORDER_ACKNOWLEDGED]),
            ],
            environment={
                "BUS": self.bus_name,
                "SOURCE": SOURCE,
                "DETAIL_TYPE": ORDER_ACKNOWLEDGED,
                "UNREAD": Ref(self.unread),
            },
            environment_key_arn=self.data_key_arn,
            placement=self.placed("OrderIntake", https_leaves("AWS APIs"), says="Tells of orders"),
            dead_letters=grants.Queue(GetAtt(self.unread, "Arn"), self.data_key_arn),
            concurrency=10,
        )

    def mapping(self) -> None:
        """The function puts aside what could never be told; all else passes, and is tried until it does.

        A call that fails is halved, so that one record of many shows.
        """
        self.add(
            EventSourceMapping(
                "IntakeStream",
                EventSourceArn=self.order_intake_stream_arn,
                FunctionName=Ref(self.function),
                StartingPosition="TRIM_HORIZON",
                BatchSize=BATCH,
                MaximumRetryAttempts=ALWAYS,
                MaximumRecordAgeInSeconds=PATIENCE,
                BisectBatchOnFunctionError=True,
                FunctionResponseTypes=["ReportBatchItemFailures"],
                FilterCriteria=FilterCriteria(
                    Filters=[Filter(Pattern=Sub(json.dumps(shown))) for shown in ours()]
                ),
                DestinationConfig=DestinationConfig(
                    OnFailure=OnFailure(Destination=GetAtt(self.unread, "Arn"))
                ),
            )
        )

    def alarms(self) -> None:
        late = metric_alarm(
            self,
            "IntakeLate",
            Series(
                "AWS/Lambda",
                "IteratorAge",
                {"FunctionName": Ref(self.function)},
                statistic="Maximum",
            ),
            above(LATE),
            topic=self.alerts_topic_arn,
            says="Acknowledged orders wait over a minute for their event. Read the function's log; the "
            "stream keeps them for a day.",
        )
        unread = dead_letter_alarm(
            self,
            self.unread,
            topic=self.alerts_topic_arn,
            says="An acknowledged order could not be told on the bus, and nobody works it. The message has "
            "its key, or says where in the stream it lies; the item in order-intake has it all. Mend it, "
            f"then set its {WORKED_BY} to none and back.",
        )
        running = function_alarms(
            self,
            self.function,
            topic=self.alerts_topic_arn,
            failing="The reader of order-intake fails; orders wait in the stream. Read its log.",
            throttled="The reader of order-intake is throttled: raise its reserved concurrency.",
        )
        tier = tier_alarm(
            self,
            "IntakeTier",
            [late, unread, *running],
            topic=self.alerts_topic_arn,
            says="Acknowledged orders do not reach the bus: see which of the tier's alarms fires.",
        )
        self.intake_alarm_arn = GetAtt(tier, "Arn")


def ours() -> list[dict[str, object]]:
    """Stream records of orders that are this region's to work: new ones, and those it has just been given.

    https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
    """
    here = "${AWS::Region}"
    mine = {WORKED_BY: {"S": [here]}}
    others = {WORKED_BY: {"S": [{"anything-but": [here]}]}}
    return [
        {"eventName": ["INSERT"], "dynamodb": {"NewImage": mine}},
        {"eventName": ["MODIFY"], "dynamodb": {"NewImage": mine, "OldImage": others}},
    ]
