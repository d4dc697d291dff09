"""The regional web ACL, behind CloudFront's own: a layer that is there by toggle.

What it stands on puts itself behind it: the load balancer of the front door.
"""

from __future__ import annotations

from troposphere import GetAtt, Ref

from generator.alarms import Series, above, metric_alarm
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.front_door_rules import HEALTH_PATH, TAKEOVER_PATH
from generator.web_acl import (
    managed,
    passing,
    rate_limits,
    web_acl,
)
from generator.web_acl_log import request_log


class Firewall(Layer):
    """the regional web ACL of the load balancer: injection, cross-site scripting, floods.

    IP reputation and AntiDDoS stand at CloudFront: here they would judge CloudFront's addresses.
    """

    condition = Conditions.waf

    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    shop_acl_arn = Output(
        example="arn:aws:wafv2:us-east-1:111111111111:regional/webacl/tradewind-dev-shop-us-east-1/"
        "11111111-1111-1111-1111-111111111111",
        help="Empty without web ACLs.",
    )
    firewall_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-blocked-requests-us-east-1",
        help="The one alarm of this tier.",
    )

    def build(self) -> None:
        self.web_acl()
        request_log(self, self.acl, "shop", self.logs_key_arn)
        self.alarm()

    def web_acl(self) -> None:
        """The probes pass first: a rule that misjudged Route 53's checkers would be a failover."""
        self.acl = web_acl(
            self,
            "ShopAcl",
            "shop",
            passing("Probes", [HEALTH_PATH, TAKEOVER_PATH]),
            *rate_limits(self, scope="REGIONAL"),
            managed("KnownBadInputsRuleSet"),
            managed("SQLiRuleSet"),
            managed("CommonRuleSet"),
        )
        self.shop_acl_arn = GetAtt(self.acl, "Arn")

    def alarm(self) -> None:
        blocked = metric_alarm(
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
        self.firewall_alarm_arn = GetAtt(blocked, "Arn")
