"""How the region's resources are configured, from change to change, and whether that is as claimed."""

from __future__ import annotations

from typing import Any

from troposphere import AWSObject, Ref, Sub
from troposphere.config import (
    ConfigRule,
    ConfigSnapshotDeliveryProperties,
    ConfigurationRecorder,
    DeliveryChannel,
    RecordingGroup,
    Source,
)
from troposphere.iam import ServiceLinkedRole

from generator.announcements import Announcement, announce
from generator.conditions import Conditions
from generator.config_rules import Claim, claims
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer
from generator.layers.account_alerts import AccountAlerts
from generator.naming import kebab

#: How long Config keeps its own records is no type of CloudFormation: seven years, unless told otherwise.
#: https://docs.aws.amazon.com/config/latest/developerguide/delete-config-data-with-retention-period.html
LINKED_ROLE = (
    "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/config.amazonaws.com"
)

BROKEN_CLAIM = Announcement(
    "ClaimBroken",
    {
        "source": ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        "detail": {
            "messageType": ["ComplianceChangeNotification"],
            "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
        },
    },
    "AWS Config in <region>: <resource> no longer satisfies <rule>. Find in the trail who changed it, and "
    "deploy again what the templates say.",
    {
        "region": "$.region",
        "resource": "$.detail.resourceId",
        "rule": "$.detail.configRuleName",
    },
)


class Configuration(Layer):
    """AWS Config's recorder, where it delivers to, and the rules on what the templates claim.

    The recorder acts under Config's service-linked role, as AWS recommends: what it must read is every
    service's, and grows with them, beyond what a policy of ours could hold. PutConfigurationRecorder does not
    make the role, so the primary's stack does (`config_linked_role`).
    https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html
    """

    logs_key_arn = Handoff(Foundation.logs_key_arn)
    logs_bucket = Handoff(Foundation.logs_bucket)
    account_topic_arn = Input(AccountAlerts.account_topic_arn)

    def build(self) -> None:
        self.linked_role()
        self.recorder()
        self.delivery()
        self.rules()

    def linked_role(self) -> None:
        """The name is AWS's; what refers to the role, where we make it, waits for it."""
        self.add(
            ServiceLinkedRole(
                "ConfigRole",
                AWSServiceName="config.amazonaws.com",
                Description="Tradewind: what AWS Config reads",
                **self.only(Conditions.config_linked_role),
            )
        )

    def recorder(self) -> None:
        """IAM is recorded in the primary alone: one copy of what is global is enough."""
        self.recorded = self.add(
            ConfigurationRecorder(
                "Recorder",
                Name=self.named("recorder"),
                RoleARN=self.choose(
                    Conditions.config_linked_role,
                    Sub(f"{LINKED_ROLE}/${{ConfigRole}}"),
                    Sub(f"{LINKED_ROLE}/AWSServiceRoleForConfig"),
                ),
                RecordingGroup=RecordingGroup(
                    AllSupported=True,
                    IncludeGlobalResourceTypes=self.choose(Conditions.primary, True, False),
                ),
                **self.only(Conditions.config_recorder),
            )
        )

    def delivery(self) -> None:
        """Neither waits for the other by name: the recorder starts once the channel is there.

        The channel cannot be without a recorder, nor can the recorder start without the channel, so
        CloudFormation makes them at once; DependsOn between them is a deadlock.
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-configurationrecorder.html
        """
        self.add(
            DeliveryChannel(
                "Delivery",
                Name=self.named("delivery"),
                S3BucketName=self.logs_bucket,
                S3KmsKeyArn=self.logs_key_arn,
                ConfigSnapshotDeliveryProperties=ConfigSnapshotDeliveryProperties(
                    DeliveryFrequency="TwentyFour_Hours"
                ),
                **self.only(Conditions.config_recorder),
            )
        )

    def rules(self) -> None:
        for claim in claims():
            self.rule(claim)
        announce(self, BROKEN_CLAIM, self.account_topic_arn, **self.only(Conditions.config_rules))

    def rule(self, claim: Claim) -> AWSObject:
        """A rule needs a recorder, ours or the company's; DependsOn names none that may not be there."""
        given: dict[str, Any] = (
            {"InputParameters": dict(claim.parameters)} if claim.parameters else {}
        )
        return self.add(
            ConfigRule(
                claim.title,
                ConfigRuleName=self.named(kebab(claim.title)),
                Description=claim.says,
                Source=Source(Owner="AWS", SourceIdentifier=claim.identifier),
                Metadata={
                    "Recorder": self.choose(
                        Conditions.config_recorder, Ref(self.recorded), "the company's"
                    )
                },
                **given,
                **self.only(claim.where),
            )
        )
