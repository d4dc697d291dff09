"""What happens by the clock, in the shop's time zone: in the primary alone.

The standby has each schedule too, off: what it starts costs money, and after a takeover an operator turns it
on, or starts by hand what it would.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from troposphere import AWSObject, GetAtt, Ref
from troposphere.scheduler import (
    DeadLetterConfig,
    FlexibleTimeWindow,
    RetryPolicy,
    Schedule,
    Target,
)

from generator.conditions import Conditions
from generator.grants import Allowed, Key, Queue, StateMachine, service
from generator.naming import kebab

if TYPE_CHECKING:
    from generator.layer import Layer

#: In what is sent, Scheduler puts the time for which it was planned: the same however often it sends it.
#: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"


@dataclass(frozen=True)
class Sending:
    """A message that a schedule, `title`, sends at times like cron's; `says` what it is for."""

    title: str
    expression: str
    message: Mapping[str, str]
    says: str


def run_by_schedule(
    layer: Layer,
    title: str,
    machine: AWSObject,
    expression: str,
    *,
    says: str,
    undelivered: AWSObject,
    data_key_arn: object,
) -> None:
    """Start the state machine by a schedule, `<title>`; what could not be started goes to `undelivered`."""
    starting = StateMachine(Ref(machine), data_key_arn).start()
    starter = _starter(layer, f"{title}Starter", starting, undelivered, data_key_arn)
    sending = Sending(title, expression, {}, says)
    _schedule(layer, sending, Ref(machine), starter, undelivered, data_key_arn)


def send_by_schedule(
    layer: Layer,
    queue: AWSObject,
    sendings: Sequence[Sending],
    *,
    undelivered: AWSObject,
    data_key_arn: object,
) -> None:
    """Put messages into the queue, each by its schedule; what could not be sent goes to `undelivered`."""
    arn = GetAtt(queue, "Arn")
    sends = Queue(arn, data_key_arn).send()
    sender = _starter(layer, f"{queue.title}Sender", sends, undelivered, data_key_arn)
    for sending in sendings:
        _schedule(layer, sending, arn, sender, undelivered, data_key_arn)


def _starter(
    layer: Layer, title: str, allows: Allowed, undelivered: AWSObject, data_key_arn: object
) -> AWSObject:
    """The role that schedules act as. What they send is kept under our key, so it may decrypt that.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
    """
    return layer.role(
        title,
        trusted=service("scheduler"),
        allows=[
            allows,
            Queue(GetAtt(undelivered, "Arn"), data_key_arn).send(),
            Key(data_key_arn, "scheduler").decrypt(),
        ],
        under="service",
    )


def _schedule(
    layer: Layer,
    sending: Sending,
    target: object,
    starter: AWSObject,
    undelivered: AWSObject,
    data_key_arn: object,
) -> None:
    layer.add(
        Schedule(
            sending.title,
            Name=layer.named(kebab(sending.title)),
            Description=sending.says,
            ScheduleExpression=sending.expression,
            ScheduleExpressionTimezone=layer.settings.time_zone,
            KmsKeyArn=data_key_arn,
            State=layer.choose(Conditions.primary, "ENABLED", "DISABLED"),
            FlexibleTimeWindow=FlexibleTimeWindow(Mode="OFF"),
            Target=Target(
                Arn=target,
                RoleArn=GetAtt(starter, "Arn"),
                Input=json.dumps(sending.message, separators=(",", ":")),
                RetryPolicy=RetryPolicy(MaximumRetryAttempts=3, MaximumEventAgeInSeconds=3600),
                DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(undelivered, "Arn")),
            ),
        )
    )
