"""Who is told when something is wrong: one encrypted topic a region."""

from __future__ import annotations

from awacs import sns
from awacs.aws import (
    Allow,
    Bool,
    Condition,
    Deny,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import Ref
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy

from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Layer, Output


class Alerts(Layer):
    """The topic of all alarms, its policy, and the person it writes to."""

    logs_key_arn = Handoff(Foundation.logs_key_arn)

    alerts_topic_arn = Output(
        example="arn:aws:sns:us-east-1:111111111111:tradewind-dev-alerts-us-east-1", handed_on=True
    )

    def build(self) -> None:
        self.topic()
        self.topic_policy()
        self.subscription()

    def topic(self) -> None:
        self.alerts = self.add(
            Topic("AlertsTopic", TopicName=self.named("alerts"), KmsMasterKeyId=self.logs_key_arn)
        )
        self.alerts_topic_arn = Ref(self.alerts)

    def topic_policy(self) -> None:
        """AWS's services publish for this account; nobody does in the clear.

        EventBridge's statement has no condition, since an SNS topic's policy may have none for it.
        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
        """
        publishers = Statement(
            Sid="OurServicesPublish",
            Effect=Allow,
            Principal=Principal(
                "Service",
                [
                    "cloudwatch.amazonaws.com",
                    "backup.amazonaws.com",
                    "events.rds.amazonaws.com",
                ],
            ),
            Action=[sns.Publish],
            Resource=[Ref(self.alerts)],
            Condition=Condition(StringEquals("aws:SourceAccount", Ref("AWS::AccountId"))),
        )
        events = Statement(
            Sid="EventBridgePublishes",
            Effect=Allow,
            Principal=Principal("Service", "events.amazonaws.com"),
            Action=[sns.Publish],
            Resource=[Ref(self.alerts)],
        )
        in_the_clear = Statement(
            Sid="NothingInTheClear",
            Effect=Deny,
            Principal=Principal("*"),
            Action=[sns.Publish],
            Resource=[Ref(self.alerts)],
            Condition=Condition(Bool("aws:SecureTransport", "false")),
        )
        self.add(
            TopicPolicy(
                "AlertsTopicPolicy",
                Topics=[Ref(self.alerts)],
                PolicyDocument=PolicyDocument(
                    Version="2012-10-17", Statement=[publishers, events, in_the_clear]
                ),
            )
        )

    def subscription(self) -> None:
        self.add(
            SubscriptionResource(
                "OnCallEmail",
                TopicArn=Ref(self.alerts),
                Protocol="email",
                Endpoint=self.settings.alarm_email,
                Condition=self.when(Conditions.alarm_email),
            )
        )
