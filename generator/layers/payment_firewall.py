"""The web ACL on the payments API: a layer that is there where the API and web ACLs are."""

from __future__ import annotations

from troposphere import GetAtt, Ref
from troposphere.wafv2 import WebACLAssociation

from generator.alarms import Series, above, metric_alarm
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.payment_requests import PaymentRequests
from generator.web_acl import BY_ADDRESS, limited, managed, web_acl
from generator.web_acl_log import request_log

#: Requests of one instance of the fleet in five minutes: many customers pay through it.
ONE_INSTANCE = 20_000


class PaymentFirewall(Layer):
    """the web ACL on the payments API: injection, known bad inputs, an instance gone wild."""

    condition = Conditions.payment_api_behind_waf

    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    payments_stage_resource = Input(PaymentRequests.payments_stage_resource)

    payment_firewall_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-blocked-payments-us-east-1",
        help="The one alarm of this tier.",
    )

    def build(self) -> None:
        self.web_acl()
        self.association()
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

    def association(self) -> None:
        self.add(
            WebACLAssociation(
                "PaymentsAclOnApi",
                ResourceArn=self.payments_stage_resource,
                WebACLArn=GetAtt(self.acl, "Arn"),
            )
        )

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
