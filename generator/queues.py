"""Queues for what could not be handled: encrypted, closed to plain text, watched by whoever makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awacs import sqs
from awacs.aws import Bool, Condition, Deny, PolicyDocument, Principal, Statement
from troposphere import AWSObject, GetAtt, Ref
from troposphere.sqs import Queue, QueuePolicy

from generator.naming import kebab

if TYPE_CHECKING:
    from generator.layer import Layer

#: Two weeks, in seconds: the longest that SQS keeps a message.
LONGEST = 14 * 24 * 3600


def dead_letter_queue(layer: Layer, title: str, *, key_arn: object, **properties: Any) -> AWSObject:
    """A dead-letter queue and its policy (`<title>Policy`). Give `Condition=` and it goes to both."""
    conditional = {"Condition": properties["Condition"]} if "Condition" in properties else {}
    queue = layer.add(
        Queue(
            title,
            QueueName=layer.named(kebab(title)),
            KmsMasterKeyId=key_arn,
            MessageRetentionPeriod=LONGEST,
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            **properties,
        )
    )
    in_the_clear = Statement(
        Sid="NothingInTheClear",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[sqs.SendMessage, sqs.ReceiveMessage, sqs.DeleteMessage, sqs.PurgeQueue],
        Resource=[GetAtt(queue, "Arn")],
        Condition=Condition(Bool("aws:SecureTransport", "false")),
    )
    layer.add(
        QueuePolicy(
            f"{title}Policy",
            Queues=[Ref(queue)],
            PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=[in_the_clear]),
            **conditional,
        )
    )
    return queue
