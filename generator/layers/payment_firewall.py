"""The web ACL of the payments API, which puts itself behind it: there where the API and web ACLs are."""

from __future__ import annotations

from troposphere import GetAtt, Ref

from generator.alarms import Series, above, metric_alarm
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.web_acl import BY_ADDRESS, limited, managed, web_acl
from generator.web_acl_log import request_log

#: Requests of one instance of the fleet in five minutes: many customers pay through it.
ONE_INSTANCE = 20_000


class PaymentFirewall(Layer):
    """the web ACL on the payments API: injection, known bad inputs, an instance gone wild."""

    condition = Conditions.payment_api_behind_waf

    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    payments_acl_arn = Output(
        example="arn:aws:wafv2:us-east-1:111111111111:regional/webacl/tradewind-dev-payments-us-east-1/"
        "11111111-1111-1111-1111-111111111111",
        help="Empty without web ACLs.",
    )
    payment_firewall_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-blocked-payments-us-east-1",
        help="The one alarm of this tier.",
    )

    def build(self) -> None:
        self.web_acl()
        request_log(self, self.acl, "payments", self.logs_key_arn)
        self.alarm()

    def web_acl(self) -> None:
        self.acl = web_acl(
            self,
            "PaymentsAcl",
            "payments",
            limited("InstanceRate", ONE_INSTANCE, BY_ADDRESS),
            managed("KnownBadInputsRuleSet"),
            managed("SQLiRuleSet"),
            managed("CommonRuleSet"),
        )
        self.payments_acl_arn = GetAtt(self.acl, "Arn")

    def alarm(self) -> None:
        blocked = metric_alarm(
            self,
            "BlockedPayments",
            Series(
                "AWS/WAFV2",
                "BlockedRequests",
                {"WebACL": self.named("payments"), "Region": Ref("AWS::Region"), "Rule": "ALL"},
            ),
            above(0),
            topic=self.alerts_topic_arn,
            says="The web ACL blocks requests for payments, which the fleet alone can send: an instance that "
            "is not ours any more, or a rule that hits customers. Look at the sampled requests.",
        )
        self.payment_firewall_alarm_arn = GetAtt(blocked, "Arn")
