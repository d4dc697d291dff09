"""Queues, and those for what could not be handled: encrypted, closed to plain text.

Whoever makes one watches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from awacs import sqs
from awacs.aws import Statement
from troposphere import AWSObject, GetAtt, Ref
from troposphere.sqs import Queue, QueuePolicy, RedrivePolicy

from generator.alarms import Series, above, metric_alarm
from generator.conditions import condition_of
from generator.naming import kebab
from generator.resource_policies import IN_THE_CLEAR, policy, refuse

if TYPE_CHECKING:
    from generator.layer import Layer

#: Two weeks, in seconds: the longest that SQS keeps a message.
LONGEST = 14 * 24 * 3600

#: How often a job is tried before it counts as one that cannot be done.
ATTEMPTS = 5


def dead_letter_queue(
    layer: Layer,
    title: str,
    *,
    key_arn: object,
    lets_in: Sequence[Statement] = (),
    **properties: Any,
) -> AWSObject:
    """A dead-letter queue and its policy (`<title>Policy`). Give `Condition=` and it goes to both.

    `lets_in`: who may send besides those whose role says so. That it is a queue of this kind its redrive
    permission says, and changes nothing by it: `allowAll` is what SQS supposes.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    """
    return _queue(
        layer,
        title,
        key_arn,
        lets_in,
        MessageRetentionPeriod=LONGEST,
        RedriveAllowPolicy={"redrivePermission": "allowAll"},
        **properties,
    )


def job_queue(
    layer: Layer,
    title: str,
    *,
    key_arn: object,
    dead_letters: AWSObject,
    visibility: int,
    lets_in: Sequence[Statement] = (),
    **properties: Any,
) -> AWSObject:
    """A queue of jobs and its policy. `visibility`: seconds that whoever takes a job has for it.

    A job that fails `ATTEMPTS` times goes to `dead_letters`. `lets_in`: who may send besides those whose role
    says so.
    """
    given_up = RedrivePolicy(
        deadLetterTargetArn=GetAtt(dead_letters, "Arn"), maxReceiveCount=ATTEMPTS
    )
    return _queue(
        layer,
        title,
        key_arn,
        lets_in,
        MessageRetentionPeriod=LONGEST,
        VisibilityTimeout=visibility,
        ReceiveMessageWaitTimeSeconds=20,
        RedrivePolicy=given_up,
        **properties,
    )


def _queue(
    layer: Layer, title: str, key_arn: object, lets_in: Sequence[Statement], **properties: Any
) -> AWSObject:
    queue = layer.add(
        Queue(
            title,
            QueueName=layer.named(kebab(title)),
            KmsMasterKeyId=key_arn,
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            **properties,
        )
    )
    in_the_clear = refuse(
        "NothingInTheClear", [sqs.Action("*")], [GetAtt(queue, "Arn")], IN_THE_CLEAR
    )
    layer.add(
        QueuePolicy(
            f"{title}Policy",
            Queues=[Ref(queue)],
            PolicyDocument=policy(in_the_clear, *lets_in),
            **condition_of(properties),
        )
    )
    return queue


def waiting(queue_name: object, statistic: str = "Maximum") -> Series:
    """How many messages wait in a queue."""
    dimensions = {"QueueName": queue_name}
    return Series("AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions, statistic)


def dead_letter_alarm(
    layer: Layer,
    queue: AWSObject,
    *,
    topic: object,
    says: str,
    title: str | None = None,
    **properties: Any,
) -> AWSObject:
    """Anything in a dead-letter queue is something that was given up: one is enough to tell somebody."""
    return metric_alarm(
        layer,
        title or f"{queue.title}Waiting",
        waiting(GetAtt(queue, "QueueName")),
        above(0, breaches=1, periods=1),
        topic=topic,
        says=says,
        **properties,
    )
