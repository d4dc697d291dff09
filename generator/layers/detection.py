"""Who watches the account for us: Access Analyzer, GuardDuty, Security Hub, each by toggle."""

from __future__ import annotations

from troposphere import Sub, Tags
from troposphere.accessanalyzer import Analyzer, AnalyzerConfiguration, UnusedAccessConfiguration
from troposphere.guardduty import CFNFeatureConfiguration, Detector, TagItem
from troposphere.securityhub import Hub, Standard

from generator.announcements import Announcement, announce
from generator.conditions import Conditions
from generator.layer import Input, Layer
from generator.layers.account_alerts import AccountAlerts

#: Days after which a permission that nobody used is a finding.
UNUSED_AFTER = 90

#: What GuardDuty looks at besides its three foundations (the trail, flow logs, DNS). Runtime monitoring is
#: not among it: with managed agents it makes endpoints in the VPC that CloudFormation knows nothing of, and
#: that keep the VPC from being deleted.
#: https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html
FEATURES = (
    "S3_DATA_EVENTS",
    "EBS_MALWARE_PROTECTION",
    "RDS_LOGIN_EVENTS",
    "LAMBDA_NETWORK_LOGS",
)

#: Security Hub's standards: logical id -> what follows `standards/`.
STANDARDS = {
    "AwsStandard": "aws-foundational-security-best-practices/v/1.0.0",
    "CisStandard": "cis-aws-foundations-benchmark/v/3.0.0",
}

SHARED = Announcement(
    "SharedBeyondTheAccount",
    {
        "source": ["aws.access-analyzer"],
        "detail-type": ["Access Analyzer Finding"],
        "detail": {"status": ["ACTIVE"]},
    },
    "IAM Access Analyzer in <region>: <resource> can be reached from outside of the account. If nobody meant "
    "that, take the grant away; else archive the finding.",
    {"region": "$.region", "resource": "$.detail.resource"},
)

#: GuardDuty calls 7 and more high. https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
THREAT = Announcement(
    "ThreatFound",
    {
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"severity": [{"numeric": [">=", 7]}]},
    },
    "GuardDuty in <region>: <title> (<type>). Treat it as an incident: isolate what it names, then look.",
    {"region": "$.region", "title": "$.detail.title", "type": "$.detail.type"},
)


class Detection(Layer):
    """the services that watch what is shared, what attacks, and what is not as standards have it."""

    account_topic_arn = Input(AccountAlerts.account_topic_arn)

    def build(self) -> None:
        self.shared_resources()
        self.unused_access()
        self.threats()
        self.standards()

    def shared_resources(self) -> None:
        there = self.only(Conditions.access_analyzer)
        self.add(
            Analyzer(
                "ExternalAccess",
                AnalyzerName=self.named("external-access"),
                Type="ACCOUNT",
                Tags=Tags(Name=self.named("external-access")),
                **there,
            )
        )
        announce(self, SHARED, self.account_topic_arn, **there)

    def unused_access(self) -> None:
        """IAM is global: one analyzer sees every role."""
        self.add(
            Analyzer(
                "UnusedAccess",
                AnalyzerName=self.named("unused-access"),
                Type="ACCOUNT_UNUSED_ACCESS",
                AnalyzerConfiguration=AnalyzerConfiguration(
                    UnusedAccessConfiguration=UnusedAccessConfiguration(
                        UnusedAccessAge=UNUSED_AFTER
                    )
                ),
                Tags=Tags(Name=self.named("unused-access")),
                **self.only(Conditions.unused_access_analyzer),
            )
        )

    def threats(self) -> None:
        there = self.only(Conditions.guardduty)
        self.add(
            Detector(
                "ThreatDetector",
                Enable=True,
                FindingPublishingFrequency="FIFTEEN_MINUTES",
                Features=[
                    CFNFeatureConfiguration(Name=name, Status="ENABLED") for name in FEATURES
                ],
                Tags=[TagItem(Key="Name", Value=self.named("threats"))],
                **there,
            )
        )
        announce(self, THREAT, self.account_topic_arn, **there)

    def standards(self) -> None:
        """The hub first, then what it checks; the two standards are chosen here, and not by default."""
        there = self.only(Conditions.security_hub)
        hub = self.add(
            Hub(
                "FindingsHub",
                EnableDefaultStandards=False,
                AutoEnableControls=True,
                ControlFindingGenerator="SECURITY_CONTROL",
                Tags={"Name": self.named("findings")},
                **there,
            )
        )
        after = hub.title
        for title, path in STANDARDS.items():
            standard = self.add(
                Standard(
                    title,
                    StandardsArn=Sub(
                        f"arn:${{AWS::Partition}}:securityhub:${{AWS::Region}}::standards/{path}"
                    ),
                    DependsOn=after,
                    **there,
                )
            )
            after = standard.title
