"""The shop's event bus: what is said on it, who may say it, and how what was said can be said again."""

from __future__ import annotations

import json
from typing import Any

from awacs import events
from troposphere import GetAtt, Ref, Sub, Tags, encode_to_dict
from troposphere.events import Archive, DeadLetterConfig, EventBus, LogConfig
from troposphere.eventschemas import Registry, Schema

from generator.alarms import tier_alarm
from generator.bus_rules import untold_queue
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.events_log import bus_log
from generator.order_events import ORDER_EVENTS, SCHEMAS, SOURCE, EventSchema, pattern
from generator.queues import dead_letter_alarm
from generator.resource_policies import STRANGERS, policy, refuse

#: The bus and what is on it: what another account may not do here, whatever its own policies say.
USES = [
    events.PutEvents,
    events.PutRule,
    events.PutTargets,
    events.DeleteRule,
    events.RemoveTargets,
]


class Events(Layer):
    """The event bus, its archive, its schemas, its log, and the queue of what it could not deliver.

    `generator.order_events` says what is said on it. Rules stand in the layers that listen: each has a
    dead-letter queue of its own (`generator.bus_rules`).

    A customer key costs the bus schema discovery, and that alone; the schemas are written by hand.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html

    To replay: `aws events start-replay` from the archive, for a span of time, to the bus and the one rule
    that should hear it again (`Destination.FilterArns`). An order that was worked is not worked twice: its
    execution bears its name, and each step knows the order by its id.
    """

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    bus_name = Output(example="tradewind-dev-events-us-east-1")
    bus_arn = Output(
        example="arn:aws:events:us-east-1:111111111111:event-bus/tradewind-dev-events-us-east-1",
        handed_on=True,
        help="The bus of the shop's events, for rules of other teams.",
    )
    archive_arn = Output(
        example="arn:aws:events:us-east-1:111111111111:archive/tradewind-dev-orders-us-east-1",
        handed_on=True,
        help="Where a replay of order events begins.",
    )
    events_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-events-tier-us-east-1",
    )

    def build(self) -> None:
        self.dead_letters()
        self.bus()
        bus_log(self)
        self.archive()
        self.schemas()
        self.alarms()

    def dead_letters(self) -> None:
        self.undelivered = untold_queue(
            self, "UndeliveredEvents", bus=self.named("events"), key_arn=self.data_key_arn
        )

    def bus(self) -> None:
        self.shop_bus = self.add(
            EventBus(
                "Bus",
                Name=self.named("events"),
                Description="What happens in the shop: orders, and what customers look at",
                KmsKeyIdentifier=self.data_key_arn,
                DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(self.undelivered, "Arn")),
                LogConfig=LogConfig(IncludeDetail="NONE", Level="ERROR"),
                Policy=self.only_this_account(),
                Tags=Tags(Name=self.named("events")),
            )
        )
        self.bus_name = Ref(self.shop_bus)
        self.bus_arn = GetAtt(self.shop_bus, "Arn")

    def only_this_account(self) -> dict[str, Any]:
        """The account's own roles are let in by their grants; EventBridge takes no plain text at all."""
        bus = Sub(
            "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${Name}",
            Name=self.named("events"),
        )
        document: dict[str, Any] = encode_to_dict(
            policy(refuse("OnlyThisAccount", USES, [bus], STRANGERS))
        )
        return document

    def archive(self) -> None:
        archive = self.add(
            Archive(
                "OrderArchive",
                ArchiveName=self.named("orders"),
                Description="Order events, for replay",
                SourceArn=GetAtt(self.shop_bus, "Arn"),
                EventPattern=pattern(*ORDER_EVENTS),
                RetentionDays=self.settings.event_archive_days,
                KmsKeyIdentifier=self.data_key_arn,
            )
        )
        self.archive_arn = GetAtt(archive, "Arn")

    def schemas(self) -> None:
        registry = self.add(
            Registry(
                "ShopSchemas",
                RegistryName=self.named("events"),
                Description="What the events of the shop hold",
                **self.only(Conditions.event_schemas_offered),
            )
        )
        for schema in SCHEMAS.values():
            self.schema(registry, schema)

    def schema(self, registry: Registry, schema: EventSchema) -> None:
        self.add(
            Schema(
                schema.detail_type,
                RegistryName=self.named("events"),
                SchemaName=f"{SOURCE}@{schema.detail_type}",
                Type="JSONSchemaDraft4",
                Description=schema.says,
                Content=json.dumps(schema.document(), sort_keys=True),
                DependsOn=[registry.title],
                **self.only(Conditions.event_schemas_offered),
            )
        )

    def alarms(self) -> None:
        """A rule's failures are its own layer's to watch; here is what no rule ever saw."""
        undelivered = dead_letter_alarm(
            self,
            self.undelivered,
            topic=self.alerts_topic_arn,
            says="The bus could not process an event: most likely it may not use the data key. Read the "
            "bus's log, mend the key, and send the events in the queue again.",
        )
        tier = tier_alarm(
            self,
            "EventsTier",
            [undelivered],
            topic=self.alerts_topic_arn,
            says="Events of the shop are not delivered: see which of the tier's alarms fires.",
        )
        self.events_alarm_arn = GetAtt(tier, "Arn")
