"""Grants on what is told or called: queues, topics, delivery streams, functions, state machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from awacs import awslambda as lambda_
from awacs import events, execute_api, firehose, kms, sns, sqs, states
from awacs.aws import ArnLike, Statement, StringEquals
from troposphere import Sub

from generator.grants.keys import Key
from generator.grants.statements import Arn, allow


@dataclass(frozen=True)
class Queue:
    """An SQS queue."""

    arn: Arn
    key_arn: Arn

    def send(self) -> list[Statement]:
        """Put messages in."""
        return [
            allow([sqs.SendMessage, sqs.GetQueueAttributes, sqs.GetQueueUrl], [self.arn]),
            Key(self.key_arn, "sqs").encrypt(),
        ]

    def consume(self) -> list[Statement]:
        """Take messages out, or give them back."""
        actions = [sqs.ReceiveMessage, sqs.DeleteMessage, sqs.ChangeMessageVisibility]
        return [
            allow([*actions, sqs.GetQueueAttributes, sqs.GetQueueUrl], [self.arn]),
            Key(self.key_arn, "sqs").decrypt(),
        ]


@dataclass(frozen=True)
class Topic:
    """An SNS topic."""

    arn: Arn
    key_arn: Arn

    def publish(self) -> list[Statement]:
        """Tell the subscribers."""
        return [allow([sns.Publish], [self.arn]), Key(self.key_arn, "sns").encrypt()]


@dataclass(frozen=True)
class Function:
    """A Lambda function."""

    arn: Arn

    def invoke(self) -> Statement:
        """Call it."""
        return allow([lambda_.InvokeFunction], [self.arn, Sub("${Function}:*", Function=self.arn)])


@dataclass(frozen=True)
class StateMachine:
    """A Step Functions state machine, what it runs through encrypted under a key."""

    arn: Arn
    key_arn: Arn

    def start(self) -> list[Statement]:
        """Start an execution."""
        return [
            allow([states.StartExecution], [self.arn]),
            Key(self.key_arn, "states").encrypt(),
        ]

    def keep_history(self) -> list[Statement]:
        """What its own role needs so that what it runs through is encrypted under a key, its log included.

        https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
        """
        logs = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")
        return [
            allow(
                [kms.Decrypt, kms.GenerateDataKey],
                [self.key_arn],
                StringEquals("kms:EncryptionContext:aws:states:stateMachineArn", self.arn),
            ),
            allow(
                [kms.GenerateDataKey],
                [self.key_arn],
                ArnLike("kms:EncryptionContext:SourceArn", logs),
            ),
        ]


@dataclass(frozen=True)
class EventBus:
    """An EventBridge event bus."""

    arn: Arn

    def put(self, source: str, detail_types: Sequence[str]) -> Statement:
        """Say these things, and nothing else, under one source; the bus uses its key by itself.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
        """
        return allow(
            [events.PutEvents],
            [self.arn],
            StringEquals("events:source", source),
            StringEquals("events:detail-type", list(detail_types)),
        )


@dataclass(frozen=True)
class Api:
    """An API of API Gateway, by the ARN of its stage."""

    stage_arn: Arn

    def invoke(self, method: str, path: str) -> Statement:
        """Call one method."""
        return allow(
            [execute_api.Invoke], [Sub(f"${{Stage}}/{method}/{path}", Stage=self.stage_arn)]
        )


@dataclass(frozen=True)
class DeliveryStream:
    """A Firehose delivery stream."""

    arn: Arn

    def put(self) -> Statement:
        """Put records."""
        return allow([firehose.PutRecord, firehose.PutRecordBatch], [self.arn])
