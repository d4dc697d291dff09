"""Rules on the shop's event bus: what each hears, whom it tells, and where it puts what it could not tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from awacs import sqs
from awacs.aws import Allow, ArnLike, Condition, Principal, Statement, StringEquals
from troposphere import AWSObject, GetAtt, Ref, Sub
from troposphere.events import DeadLetterConfig, RetryPolicy, Rule, Target

from generator.naming import kebab
from generator.queues import dead_letter_queue, job_queue

if TYPE_CHECKING:
    from generator.layer import Layer


@dataclass(frozen=True)
class Patience:
    """How long EventBridge tries to tell a target: so many seconds, and not more than so many tries."""

    seconds: int
    tries: int


#: The longest that there is.
A_DAY = Patience(24 * 3600, 185)


def bus_rule(
    layer: Layer,
    title: str,
    purpose: str,
    *,
    says: str,
    bus: object,
    hears: object,
    untold: AWSObject,
    patience: Patience = A_DAY,
    **target: Any,
) -> AWSObject:
    """A rule with one target, whose properties `target` are; `untold` is the queue of what it did not get."""
    return layer.add(
        Rule(
            title,
            Name=layer.named(purpose),
            Description=says,
            EventBusName=bus,
            EventPattern=hears,
            Targets=[
                Target(
                    RetryPolicy=RetryPolicy(
                        MaximumEventAgeInSeconds=patience.seconds,
                        MaximumRetryAttempts=patience.tries,
                    ),
                    DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(untold, "Arn")),
                    **target,
                )
            ],
        )
    )


def untold_queue(layer: Layer, title: str, *, bus: object, key_arn: object) -> AWSObject:
    """A dead-letter queue that EventBridge may put into what a bus, or a rule on it, could not deliver.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    let_in = _let_in(layer, title, bus)
    return dead_letter_queue(layer, title, key_arn=key_arn, lets_in=[let_in])


def told_queue(
    layer: Layer, title: str, *, bus: object, key_arn: object, untold: AWSObject, visibility: int
) -> AWSObject:
    """A queue that is a rule's target: whoever takes its events takes many at once.

    `visibility`: seconds that a taker has for them. What it gives back too often goes to `untold`.
    """
    let_in = _let_in(layer, title, bus, "EventsOfTheBus")
    return job_queue(
        layer,
        title,
        key_arn=key_arn,
        dead_letters=untold,
        visibility=visibility,
        lets_in=[let_in],
    )


def _let_in(
    layer: Layer, title: str, bus: object, says: str = "EventsThatFoundNoTarget"
) -> Statement:
    """EventBridge may send for a bus and its rules.

    The names are derived, for a rule that names its queue cannot be named by it.
    """
    events = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}"
    sources = [
        Sub(f"{events}:event-bus/${{Bus}}", Bus=bus),
        Sub(f"{events}:rule/${{Bus}}/*", Bus=bus),
    ]
    ours = StringEquals("aws:SourceAccount", Ref("AWS::AccountId"))
    return Statement(
        Sid=says,
        Effect=Allow,
        Principal=Principal("Service", "events.amazonaws.com"),
        Action=[sqs.SendMessage],
        Resource=[
            Sub(
                "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Name}",
                Name=layer.named(kebab(title)),
            )
        ],
        Condition=Condition([ArnLike("aws:SourceArn", sources), ours]),
    )
