"""CloudFront's web ACL, the first that a request meets: a layer that is there by toggle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from troposphere import GetAtt
from troposphere.wafv2 import (
    AWSManagedRulesAntiDDoSRuleSet,
    ClientSideAction,
    ClientSideActionConfig,
    ManagedRuleGroupConfig,
    Regex,
)

from generator import shop_paths
from generator.alarms import Series, above, metric_alarm, tier_alarm
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output
from generator.layers.edge_alerts import EdgeAlerts
from generator.web_acl import COUNTED, managed, rate_limits, web_acl
from generator.web_acl_log import request_log


class EdgeFirewall(Layer):
    """the web ACL of the distribution: floods, addresses of ill repute, injection, cross-site scripting.

    Here the viewer's own address is seen, so what judges addresses stands here. Who hides behind an
    anonymous one is labelled, and not turned away: customers do it as well.
    """

    condition = Conditions.waf

    logs_key_arn = Handoff(Foundation.logs_key_arn)
    edge_alerts_topic_arn = Input(EdgeAlerts.edge_alerts_topic_arn)

    edge_acl_arn = Output(
        example="arn:aws:wafv2:us-east-1:111111111111:global/webacl/tradewind-dev-edge-us-east-1/"
        "11111111-1111-1111-1111-111111111111"
    )
    edge_firewall_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:"
        "tradewind-dev-edge-firewall-tier-us-east-1"
    )

    def build(self) -> None:
        self.web_acl()
        request_log(self, self.acl, "edge", self.logs_key_arn)
        self.alarms()

    def web_acl(self) -> None:
        """AntiDDoS first: it must see all the traffic, to know what is usual.

        https://docs.aws.amazon.com/waf/latest/developerguide/waf-anti-ddos-best-practices.html
        """
        self.acl = web_acl(
            self,
            "EdgeAcl",
            "edge",
            managed("AntiDDoSRuleSet", ManagedRuleGroupConfigs=[challenges()]),
            managed("AmazonIpReputationList"),
            *rate_limits(self, scope="CLOUDFRONT"),
            managed("AnonymousIpList", actions=COUNTED),
            managed("KnownBadInputsRuleSet"),
            managed("SQLiRuleSet"),
            managed("CommonRuleSet"),
            scope="CLOUDFRONT",
        )
        self.edge_acl_arn = GetAtt(self.acl, "Arn")

    def alarms(self) -> None:
        blocked = metric_alarm(
            self,
            "BlockedViewers",
            self.of_rule("BlockedRequests", "ALL"),
            above(5000, breaches=5, periods=5),
            topic=self.edge_alerts_topic_arn,
            says="CloudFront's web ACL has blocked over 5,000 requests a minute for five minutes. Look at "
            "the sampled requests: an attack that is held off, or a rule that hits customers.",
        )
        flood = metric_alarm(
            self,
            "FloodOfRequests",
            self.of_rule("ChallengeRequests", "ALL"),
            above(100),
            topic=self.edge_alerts_topic_arn,
            says="AntiDDoS challenges viewers: it takes what it sees for a flood. Look at orders a minute: "
            "if they fall, lower its sensitivity, else let it work.",
        )
        tier = tier_alarm(
            self,
            "EdgeFirewallTier",
            [blocked, flood],
            topic=self.edge_alerts_topic_arn,
            says="CloudFront's web ACL turns away more than it usually does: see which alarm fired.",
        )
        self.edge_firewall_alarm_arn = GetAtt(tier, "Arn")

    def of_rule(self, name: str, rule: str) -> Series:
        """At CloudFront the metrics have no Region.

        https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
        """
        return Series("AWS/WAFV2", name, {"WebACL": self.named("edge"), "Rule": rule})


def challenges() -> ManagedRuleGroupConfig:
    """During a flood a browser must answer a silent challenge; a script that calls the API, a form that is
    posted and a file of a page cannot.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_ClientSideAction.html
    """
    exempt = (shop_paths.TRANSACTIONS, (shop_paths.IMAGES, shop_paths.STATIC))
    action = ClientSideAction(
        UsageOfAction="ENABLED",
        Sensitivity="HIGH",
        ExemptUriRegularExpressions=[Regex(RegexString=below(paths)) for paths in exempt],
    )
    flood: dict[str, Any] = {
        "ClientSideActionConfig": ClientSideActionConfig(Challenge=action),
        "SensitivityToBlock": "LOW",
    }
    return ManagedRuleGroupConfig(
        AWSManagedRulesAntiDDoSRuleSet=AWSManagedRulesAntiDDoSRuleSet(**flood)
    )


def below(paths: Sequence[str]) -> str:
    """The regular expression of a URI that begins with one of the paths."""
    return f"^({'|'.join(paths)})"
