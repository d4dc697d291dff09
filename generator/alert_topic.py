"""Topics that AWS's services publish to, encrypted; the one that alarms act on is read by a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from awacs import sns
from awacs.aws import Allow, Condition, Principal, Statement, StringEquals
from troposphere import AWSObject, Ref
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy

from generator.conditions import Conditions
from generator.resource_policies import IN_THE_CLEAR, policy, refuse

if TYPE_CHECKING:
    from generator.layer import Layer


def alert_topic(
    layer: Layer,
    purpose: str,
    *,
    key_arn: Ref,
    publishers: Sequence[str],
    allows: Sequence[Statement] = (),
) -> AWSObject:
    """The topic, its policy, and the address in `alarm_email`; `publishers` are services, by name.

    The key must let the publishers in as well (`key_services.logs_services`). `allows` are added to the
    policy as they are, but for their resource.
    """
    topic = service_topic(
        layer, "AlertsTopic", purpose, key_arn=key_arn, publishers=publishers, allows=allows
    )
    layer.add(
        SubscriptionResource(
            "OnCallEmail",
            TopicArn=Ref(topic),
            Protocol="email",
            Endpoint=layer.settings.alarm_email,
            Condition=layer.when(Conditions.alarm_email),
        )
    )
    return topic


def events_publish() -> Statement:
    """EventBridge's statement has no condition, since an SNS topic's policy may have none for it.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
    """
    return Statement(
        Sid="EventBridgePublishes",
        Effect=Allow,
        Principal=Principal("Service", "events.amazonaws.com"),
        Action=[sns.Publish],
    )


def service_topic(
    layer: Layer,
    title: str,
    purpose: str,
    *,
    key_arn: Ref,
    publishers: Sequence[str],
    allows: Sequence[Statement] = (),
) -> AWSObject:
    """The topic and its policy (`<title>Policy`), subscribed to by nobody yet."""
    topic = layer.add(Topic(title, TopicName=layer.named(purpose), KmsMasterKeyId=key_arn))
    for_this_account = Condition(StringEquals("aws:SourceAccount", Ref("AWS::AccountId")))
    statements = [
        Statement(
            Sid="OurServicesPublish",
            Effect=Allow,
            Principal=Principal("Service", [f"{name}.amazonaws.com" for name in publishers]),
            Action=[sns.Publish],
            Condition=for_this_account,
        ),
        *allows,
        refuse("NothingInTheClear", [sns.Publish], [], IN_THE_CLEAR),
    ]
    for statement in statements:
        statement.Resource = [Ref(topic)]
    layer.add(
        TopicPolicy(
            f"{title}Policy",
            Topics=[Ref(topic)],
            PolicyDocument=policy(*statements),
        )
    )
    return topic
