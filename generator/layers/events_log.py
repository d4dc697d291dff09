"""The log of the event bus: what failed on it, without what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import GetAtt, Ref, Sub
from troposphere.logs import Delivery, DeliveryDestination, DeliverySource

from generator.log_groups import bare_arn, log_group

if TYPE_CHECKING:
    from generator.layers.events import Events


def bus_log(layer: Events) -> None:
    """From the bus, as a source of logs, into a group of ours.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html
    """
    group = log_group(
        layer,
        "BusLog",
        Sub("/aws/vendedlogs/events/${Bus}", Bus=layer.named("events")),
        key_arn=layer.logs_key_arn,
    )
    source = layer.add(
        DeliverySource(
            "BusErrors",
            Name=layer.named("bus-errors"),
            LogType="ERROR_LOGS",
            ResourceArn=GetAtt(layer.shop_bus, "Arn"),
        )
    )
    destination = layer.add(
        DeliveryDestination(
            "BusLogDestination",
            Name=layer.named("bus-errors"),
            DeliveryDestinationType="CWL",
            DestinationResourceArn=bare_arn(group),
        )
    )
    layer.add(
        Delivery(
            "BusErrorsToLog",
            DeliverySourceName=Ref(source),
            DeliveryDestinationArn=GetAtt(destination, "Arn"),
        )
    )
