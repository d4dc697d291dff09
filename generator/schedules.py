"""State machines that run on a schedule, in the shop's time zone: in the primary alone."""

from __future__ import annotations

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
from generator.grants import Key, Queue, StateMachine, service
from generator.naming import kebab

if TYPE_CHECKING:
    from generator.layer import Layer


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
    """Start the machine by a schedule, `<title>`; what could not be started goes to `undelivered`.

    The input is kept under our key, so the role that starts the machine may decrypt it.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html

    The standby has the schedule too, off: what it starts costs money, and after a takeover an operator turns
    it on, or starts the machine by hand.
    """
    starter = layer.role(
        f"{title}Starter",
        trusted=service("scheduler"),
        allows=[
            StateMachine(Ref(machine), data_key_arn).start(),
            Queue(GetAtt(undelivered, "Arn"), data_key_arn).send(),
            Key(data_key_arn, "scheduler").decrypt(),
        ],
        under="service",
    )
    layer.add(
        Schedule(
            title,
            Name=layer.named(kebab(title)),
            Description=says,
            ScheduleExpression=expression,
            ScheduleExpressionTimezone=layer.settings.time_zone,
            KmsKeyArn=data_key_arn,
            State=layer.choose(Conditions.primary, "ENABLED", "DISABLED"),
            FlexibleTimeWindow=FlexibleTimeWindow(Mode="OFF"),
            Target=Target(
                Arn=Ref(machine),
                RoleArn=GetAtt(starter, "Arn"),
                Input="{}",
                RetryPolicy=RetryPolicy(MaximumRetryAttempts=3, MaximumEventAgeInSeconds=3600),
                DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(undelivered, "Arn")),
            ),
        )
    )
