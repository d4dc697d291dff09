"""The KMS keys of a region: one for each domain of data, elsewhere a replica of the primary's.

A domain's key policy lets the account's own IAM policies administer and use the key, and names the services
that use it by themselves. No statement names a role: a key whose policy names a principal that does not exist
yet cannot be made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from awacs import kms
from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    Bool,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import GetAtt, If, Ref, Sub, encode_to_dict
from troposphere.kms import Alias, Key, ReplicaKey

from generator.conditions import Conditions
from generator.naming import pascal
from generator.suppressions import accepted
from generator.territory import NAMES

if TYPE_CHECKING:
    from generator.layer import Layer

#: Days between the request to delete a key and its end: the longest that KMS offers.
DELETION_WINDOW = 30

ADMINISTRATION = [
    kms.CancelKeyDeletion,
    kms.CreateAlias,
    kms.DeleteAlias,
    kms.DescribeKey,
    kms.DisableKey,
    kms.DisableKeyRotation,
    kms.EnableKey,
    kms.EnableKeyRotation,
    kms.GetKeyPolicy,
    kms.GetKeyRotationStatus,
    kms.ListAliases,
    kms.ListGrants,
    kms.ListKeyPolicies,
    kms.ListResourceTags,
    kms.PutKeyPolicy,
    kms.ReplicateKey,
    kms.RetireGrant,
    kms.RevokeGrant,
    kms.ScheduleKeyDeletion,
    kms.TagResource,
    kms.UntagResource,
    kms.UpdateAlias,
    kms.UpdateKeyDescription,
]

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


def data_services() -> list[Statement]:
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
        Statement(
            Sid="CloudFrontReadsImages",
            Effect=Allow,
            Principal=Principal("Service", "cloudfront.amazonaws.com"),
            Action=[kms.Decrypt],
            Resource=["*"],
            Condition=Condition(ArnLike("aws:SourceArn", distributions())),
        ),
        *_auto_scaling(),
    ]


def logs_services() -> list[Statement]:
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
        Statement(
            Sid="TrailIsDelivered",
            Effect=Allow,
            Principal=Principal("Service", "cloudtrail.amazonaws.com"),
            Action=[kms.DescribeKey, *ENVELOPE],
            Resource=["*"],
            Condition=Condition(ArnLike("aws:SourceArn", trails())),
        ),
    ]


def no_services() -> list[Statement]:
    """Nobody but the account's own principals."""
    return []


@dataclass(frozen=True)
class Domain:
    """A kind of data with a key of its own; `services` are those that use the key by themselves."""

    purpose: str
    services: Callable[[], list[Statement]]
    accepted: Mapping[str, Any] = field(default_factory=dict)


DOMAINS = (
    Domain(
        "data",
        data_services,
        accepted(
            "the condition names one role, which may not exist yet",
            checkov="CKV_AWS_33",
            cfn_nag="F76",
        ),
    ),
    Domain("logs", logs_services),
    Domain("secrets", no_services),
    Domain("artifacts", no_services),
)


def domain_key(layer: Layer, domain: Domain, primary_key_arn: Ref) -> If:
    """The domain's key with its alias; gives the ARN of the key that this region has.

    A replica shares the primary's key material and rotates with it, so a replica has no rotation to set.
    https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
    """
    policy = PolicyDocument(Version="2012-10-17", Statement=[*_account(), *domain.services()])
    title = pascal(domain.purpose)
    kept: dict[str, Any] = {
        "KeyPolicy": encode_to_dict(policy),
        "PendingWindowInDays": DELETION_WINDOW,
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
    }
    if domain.accepted:
        kept["Metadata"] = dict(domain.accepted)
    key = layer.add(
        Key(
            f"{title}Key",
            Description=f"Tradewind {domain.purpose}",
            MultiRegion=True,
            EnableKeyRotation=True,
            **kept,
            **layer.only(Conditions.primary),
        )
    )
    replica = layer.add(
        ReplicaKey(
            f"{title}ReplicaKey",
            Description=f"Tradewind {domain.purpose}, a replica of the primary's",
            PrimaryKeyArn=primary_key_arn,
            **kept,
            **layer.only(Conditions.has_replica_keys),
        )
    )
    layer.add(
        Alias(
            f"{title}KeyAlias",
            AliasName=alias(domain.purpose),
            TargetKeyId=layer.choose(Conditions.primary, Ref(key), Ref(replica)),
        )
    )
    return layer.choose(Conditions.primary, GetAtt(key, "Arn"), GetAtt(replica, "Arn"))


def alias(purpose: str) -> Sub:
    """The alias of a domain's key, the same in both regions."""
    return Sub(f"alias/{NAMES}{purpose}")


def distributions() -> Sub:
    """Any CloudFront distribution of the account: edge comes later, so its id cannot be named here."""
    return Sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*")


def trails() -> Sub:
    """The environment's trail: the account root makes it later.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    return Sub(f"arn:${{AWS::Partition}}:cloudtrail:*:${{AWS::AccountId}}:trail/{NAMES}*")


def _account() -> list[Statement]:
    """The account's IAM policies decide who administers and who uses the key.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    account = Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))
    return [
        Statement(
            Sid="AccountAdministersAndUses",
            Effect=Allow,
            Principal=account,
            Action=sorted({*ADMINISTRATION, *USE}, key=lambda action: action.JSONrepr()),
            Resource=["*"],
        ),
        Statement(
            Sid="AccountGrantsToServices",
            Effect=Allow,
            Principal=account,
            Action=[kms.CreateGrant],
            Resource=["*"],
            Condition=Condition(Bool("kms:GrantIsForAWSResource", "true")),
        ),
    ]


def _services(sid: str, services: list[str], actions: Sequence[Action]) -> Statement:
    """Services that act for this account only."""
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=Principal("Service", [f"{name}.amazonaws.com" for name in services]),
        Action=list(actions),
        Resource=["*"],
        Condition=Condition(StringEquals("aws:SourceAccount", Ref("AWS::AccountId"))),
    )


def _encrypting(
    sid: str, services: object, actions: Sequence[Action], what: str, ours: Sub
) -> Statement:
    """Services that use the key for one kind of resource: `what` names its ARN in the encryption context."""
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=Principal("Service", services),
        Action=list(actions),
        Resource=["*"],
        Condition=Condition(ArnLike(f"kms:EncryptionContext:{what}", ours)),
    )


def _auto_scaling() -> list[Statement]:
    """The service-linked role of Auto Scaling starts instances with encrypted disks.

    It is named by a condition and not as the principal, for it may not exist when the key is made.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    linked = Sub(
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/"
        "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling*"
    )
    is_linked_role = [
        StringEquals("kms:CallerAccount", Ref("AWS::AccountId")),
        ArnLike("aws:PrincipalArn", linked),
    ]
    return [
        Statement(
            Sid="AutoScalingUses",
            Effect=Allow,
            Principal=Principal("AWS", "*"),
            Action=USE,
            Resource=["*"],
            Condition=Condition(is_linked_role),
        ),
        Statement(
            Sid="AutoScalingGrantsToDisks",
            Effect=Allow,
            Principal=Principal("AWS", "*"),
            Action=[kms.CreateGrant],
            Resource=["*"],
            Condition=Condition([*is_linked_role, Bool("kms:GrantIsForAWSResource", "true")]),
        ),
    ]
