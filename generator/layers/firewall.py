"""The regional web ACL, behind CloudFront's own: a layer that is there by toggle."""

from __future__ import annotations

from troposphere import GetAtt, Ref, Sub, Tags
from troposphere.logs import LogGroup
from troposphere.wafv2 import (
    AllowAction,
    DataProtect,
    DataProtectionConfig,
    DefaultAction,
    FieldToProtect,
    LoggingConfiguration,
    LoggingConfigurationFieldToMatch,
    SingleHeader,
    WebACL,
    WebACLAssociation,
)

from generator.alarms import Series, above, metric_alarm
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer
from generator.layers.alerts import Alerts
from generator.layers.front_door import HEALTH_PATH, ORIGIN_HEADER, TAKEOVER_PATH, FrontDoor
from generator.web_acl import limited_by_forwarded_ip, managed, passing, rules, visible

#: Requests of one viewer in five minutes: to anything, to the login, to the checkout. A person makes a few
#: dozen, an office behind one address some hundreds, a credential-stuffing list thousands.
ANYTHING, LOGINS, CHECKOUTS = 2000, 100, 100
LOGIN_PATHS = ("/login", "/api/login")
CHECKOUT_PATHS = ("/checkout", "/api/checkout")

#: What logs and samples of requests must not show: sessions, credentials, and what opens the front door.
REDACTED = ("cookie", "authorization", ORIGIN_HEADER)


class Firewall(Layer):
    """the regional web ACL on the load balancer: injection, cross-site scripting, floods.

    IP reputation and AntiDDoS stand at CloudFront: here they would judge CloudFront's addresses.
    """

    condition = Conditions.waf

    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alb_arn = Input(FrontDoor.alb_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    def build(self) -> None:
        self.web_acl()
        self.association()
        self.request_log()
        self.alarm()

    def web_acl(self) -> None:
        """The probes pass first: a rule that misjudged Route 53's checkers would be a failover."""
        self.acl = self.add(
            WebACL(
                "ShopAcl",
                Name=self.named("shop"),
                Scope="REGIONAL",
                DefaultAction=DefaultAction(Allow=AllowAction()),
                Rules=rules(
                    passing("Probes", [HEALTH_PATH, TAKEOVER_PATH]),
                    limited_by_forwarded_ip("LoginRate", LOGINS, LOGIN_PATHS),
                    limited_by_forwarded_ip("CheckoutRate", CHECKOUTS, CHECKOUT_PATHS),
                    limited_by_forwarded_ip("ViewerRate", ANYTHING),
                    managed("KnownBadInputsRuleSet"),
                    managed("SQLiRuleSet"),
                    managed("CommonRuleSet"),
                ),
                DataProtectionConfig=secrecy(),
                VisibilityConfig=visible(self.named("shop")),
                Tags=Tags(Name=self.named("shop")),
            )
        )

    def association(self) -> None:
        self.add(
            WebACLAssociation(
                "ShopAclOnLoadBalancer",
                ResourceArn=self.alb_arn,
                WebACLArn=GetAtt(self.acl, "Arn"),
            )
        )

    def request_log(self) -> None:
        """WAF delivers only to a group whose name begins with `aws-waf-logs-`, and wants its ARN bare."""
        requests = self.add(
            LogGroup(
                "RequestLog",
                LogGroupName=Sub("aws-waf-logs-${Name}", Name=self.named("shop")),
                KmsKeyId=self.logs_key_arn,
                RetentionInDays=self.settings.log_retention_days,
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Retain",
            )
        )
        arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}"
        self.add(
            LoggingConfiguration(
                "ShopAclLogging",
                ResourceArn=GetAtt(self.acl, "Arn"),
                LogDestinationConfigs=[Sub(arn, Group=Ref(requests))],
                RedactedFields=[
                    LoggingConfigurationFieldToMatch(SingleHeader=SingleHeader(Name=header))
                    for header in REDACTED
                ],
            )
        )

    def alarm(self) -> None:
        metric_alarm(
            self,
            "BlockedRequests",
            Series(
                "AWS/WAFV2",
                "BlockedRequests",
                {"WebACL": self.named("shop"), "Region": Ref("AWS::Region"), "Rule": "ALL"},
            ),
            above(1000, breaches=5, periods=5),
            topic=self.alerts_topic_arn,
            says="The regional web ACL has blocked over 1,000 requests a minute for five minutes, which "
            "CloudFront's web ACL let through. Look at the sampled requests: an attack, or a rule that "
            "hits customers.",
        )


def secrecy() -> DataProtectionConfig:
    """The log's own redaction reaches neither samples nor rules that look at all headers; this does.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html
    """
    return DataProtectionConfig(
        DataProtections=[
            DataProtect(
                Action="SUBSTITUTION",
                Field=FieldToProtect(FieldType="SINGLE_HEADER", FieldKeys=list(REDACTED)),
            )
        ]
    )
