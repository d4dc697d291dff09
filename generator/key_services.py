"""The services that use a domain's key by themselves, each for what is ours alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from awacs import kms
from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    Bool,
    Condition,
    ConditionElement,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import Ref, Sub

from generator.fleet_role import fleet_role_arn
from generator.service_sources import distributions, trails
from generator.territory import NAMES

if TYPE_CHECKING:
    from generator.layer import Layer

#: What a principal does with a key that it may use; a service encrypting at rest asks no more.
USE = [
    kms.Decrypt,
    kms.DescribeKey,
    kms.Encrypt,
    kms.GenerateDataKey,
    kms.GenerateDataKeyWithoutPlaintext,
    kms.ReEncryptFrom,
    kms.ReEncryptTo,
]

#: What a service needs that writes to an encrypted queue, topic or bucket.
ENVELOPE = [kms.Decrypt, kms.GenerateDataKey]

#: What Personalize needs besides: it works on in the background, under grants.
#: https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
GRANTED = [kms.CreateGrant, kms.DescribeKey, kms.ListGrants]

#: What it needs besides that may be given another key later.
RE_ENCRYPTION = [kms.ReEncryptFrom, kms.ReEncryptTo]


def data_services(layer: Layer) -> list[Statement]:
    """Queues and buses of events, logs of what is encrypted here, images of CloudFront, Auto Scaling's disks.

    That EventBridge names the account when it sends to a queue, CDK's key policies show; SNS's own topics are
    another matter (`logs_services`). https://github.com/aws/aws-cdk/pull/22766
    A bus, and its archive, name the bus in the encryption context, except where they look at the key.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html
    Whoever delivers the log of a bus or of a state machine reads it under the key of what is logged.
    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    bus = Sub(
        f"arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:event-bus/{NAMES}*"
    )
    logs = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")
    return [
        _services("EventsReachQueues", ["events", "sns"], [*ENVELOPE, kms.DescribeKey]),
        _encrypting(
            "EventsRest",
            "events.amazonaws.com",
            [*ENVELOPE, *RE_ENCRYPTION],
            "aws:events:event-bus:arn",
            bus,
        ),
        _encrypting("LogsAreDelivered", "delivery.logs.amazonaws.com", ENVELOPE, "SourceArn", logs),
        _services("PersonalizeLearns", ["personalize"], [*ENVELOPE, *GRANTED]),
        _may(
            "CloudFrontReadsImages",
            Principal("Service", "cloudfront.amazonaws.com"),
            [kms.Decrypt],
            ArnLike("aws:SourceArn", distributions()),
        ),
        *_auto_scaling(layer),
    ]


def logs_services(_: Layer) -> list[Statement]:
    """Log groups, what is delivered to the logs bucket, and those who publish to the alerts topic.

    A publisher is held to our topics, for SNS supports no condition on the source where that is EventBridge.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    publishers = [
        "backup",
        "budgets",
        "cloudtrail",
        "cloudwatch",
        "costalerts",
        "events",
        "events.rds",
    ]
    return [
        _encrypting(
            "LogGroups",
            Sub("logs.${AWS::Region}.${AWS::URLSuffix}"),
            USE,
            "aws:logs:arn",
            Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"),
        ),
        _encrypting(
            "AlertsArePublished",
            [f"{name}.amazonaws.com" for name in publishers],
            ENVELOPE,
            "aws:sns:topicArn",
            Sub(f"arn:${{AWS::Partition}}:sns:${{AWS::Region}}:${{AWS::AccountId}}:{NAMES}*"),
        ),
        _services("LogsAreDelivered", ["config", "delivery.logs"], ENVELOPE),
        _may(
            "TrailIsDelivered",
            Principal("Service", "cloudtrail.amazonaws.com"),
            [kms.DescribeKey, *ENVELOPE],
            ArnLike("aws:SourceArn", trails()),
        ),
    ]


def artifacts_services(_: Layer) -> list[Statement]:
    """Lambda keeps the code of our functions under this key, and says which function it is for.

    https://docs.aws.amazon.com/lambda/latest/dg/encrypt-zip-package.html
    """
    functions = Sub(
        f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:{NAMES}*"
    )
    return [
        _encrypting(
            "LambdaKeepsCode",
            "lambda.amazonaws.com",
            ENVELOPE,
            "aws:lambda:FunctionArn",
            functions,
        )
    ]


def _services(sid: str, services: list[str], actions: Sequence[Action]) -> Statement:
    """Services that act for this account only."""
    named = Principal("Service", [f"{name}.amazonaws.com" for name in services])
    return _may(sid, named, actions, StringEquals("aws:SourceAccount", Ref("AWS::AccountId")))


def _encrypting(
    sid: str, services: object, actions: Sequence[Action], what: str, ours: Sub
) -> Statement:
    """Services that use the key for one kind of resource: `what` names its ARN in the encryption context."""
    context = ArnLike(f"kms:EncryptionContext:{what}", ours)
    return _may(sid, Principal("Service", services), actions, context)


def _auto_scaling(layer: Layer) -> list[Statement]:
    """Auto Scaling starts instances with encrypted disks, by the role that the environment's fleets have.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    fleets = Principal("AWS", fleet_role_arn(layer))
    to_disks = Bool("kms:GrantIsForAWSResource", "true")
    return [
        Statement(
            Sid="AutoScalingUses", Effect=Allow, Principal=fleets, Action=USE, Resource=["*"]
        ),
        _may("AutoScalingGrantsToDisks", fleets, [kms.CreateGrant], to_disks),
    ]


def _may(
    sid: str, principal: Principal, actions: Sequence[Action], *conditions: ConditionElement
) -> Statement:
    """In a key's policy `*` is the key itself."""
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=principal,
        Action=list(actions),
        Resource=["*"],
        Condition=Condition(list(conditions)),
    )
