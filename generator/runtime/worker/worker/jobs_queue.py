"""The queue: one message at a time, given back as soon as it is known that it cannot be finished here."""

from __future__ import annotations

import random
from dataclasses import dataclass

import boto3

from .aws import config

#: The longest that a failed job is left alone, in seconds.
LONGEST_PAUSE = 900


@dataclass(frozen=True)
class Message:
    """What was received; `receives` counts this time too."""

    id: str
    handle: str
    body: str
    receives: int


class JobsQueue:
    """By its URL. `attempts`: how often SQS hands a message out."""

    def __init__(self, url: str, *, wait: int, attempts: int, retry_seconds: float) -> None:
        self.sqs = boto3.client("sqs", config=config(waits=wait))
        self.url, self.wait = url, wait
        self.attempts, self.retry_seconds = attempts, retry_seconds

    def check(self) -> None:
        """Raises what boto3 raises unless the queue is there for this worker."""
        self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])

    def receive(self) -> Message | None:
        """The next message, if one comes while we wait."""
        answer = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=self.wait,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        for message in answer.get("Messages", ()):
            receives = int(message["Attributes"]["ApproximateReceiveCount"])
            return Message(
                message["MessageId"], message["ReceiptHandle"], message["Body"], receives
            )
        return None

    def keep(self, message: Message, seconds: float) -> None:
        """Nobody else gets it for so long from now."""
        self.sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message.handle, VisibilityTimeout=round(seconds)
        )

    def done(self, message: Message) -> None:
        """It never comes again."""
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message.handle)

    def hand_back(self, message: Message) -> None:
        """Another gets it at once.

        To be interrupted is no failure, but SQS counts it: what would go to the dead-letter queue next is
        sent anew. Killed between the two calls, this leaves the job twice in the queue, which does no harm.
        """
        if message.receives < self.attempts:
            self.keep(message, 0)
        else:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=message.body)
            self.done(message)

    def put_off(self, message: Message) -> None:
        """It failed: it comes again later, and in the end goes to the dead-letter queue."""
        longest = min(LONGEST_PAUSE, self.retry_seconds * 2**message.receives)
        self.keep(message, random.uniform(longest / 2, longest))  # noqa: S311 - jitter
