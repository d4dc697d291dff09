"""How the standby asks to take over: a switch, and who tells Route 53. Nothing of the impaired region."""

from __future__ import annotations

from troposphere import GetAtt, Ref, Sub, Tags
from troposphere.dynamodb import (
    AttributeDefinition,
    KeySchema,
    PointInTimeRecoverySpecification,
    SSESpecification,
    Table,
)
from troposphere.ec2 import SecurityGroupRule
from troposphere.elasticloadbalancingv2 import (
    ListenerRule,
    ListenerRuleAction,
    TargetDescription,
    TargetGroup,
)
from troposphere.logs import MetricFilter, MetricTransformation

from generator import grants
from generator.alarms import Series, above, metric_alarm, tier_alarm
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.functions import FunctionHolder, may_call, python_function
from generator.layer import Handoff, Input, Lookup, ManagedPrefixList, Output
from generator.layers.alerts import Alerts
from generator.layers.front_door import FrontDoor
from generator.layers.front_door_rules import TAKEOVER_PATH, TAKEOVER_PROBE
from generator.layers.private_tier import PrivateTier
from generator.load_balancing import path_is
from generator.queues import dead_letter_alarm, dead_letter_queue
from generator.security import HTTPS, over_tcp

#: Where the responder's log filter counts what it could not read.
METRICS = "Tradewind/Takeover"


class Takeover(FunctionHolder, PrivateTier):
    """the switch in the standby, and the function that shows it to Route 53 on /takeover.

    To request a takeover, put the item {"Switch": "takeover", "Requested": true} into the table; to take it
    back, put false. It holds until it is taken back, and needs no control plane.
    """

    condition = Conditions.standby

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    listener_arn = Input(FrontDoor.listener_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    dynamodb_addresses = Lookup(
        ManagedPrefixList("com.amazonaws.{region}.dynamodb"), example="pl-0123456789abcdef3"
    )

    takeover_table = Output(
        example="tradewind-dev-platform-Takeover-SwitchTable-0123456789AB",
        handed_on=True,
        help="The switch that has customers leave the primary; drills set it.",
    )

    takeover_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-takeover-path-us-west-2"
    )

    def build(self) -> None:
        self.switch()
        self.responder()
        self.path()
        self.alarms()

    def switch(self) -> None:
        """A table of this region alone: replication must not be what a takeover waits for."""
        self.table = self.add(
            Table(
                "SwitchTable",
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[
                    AttributeDefinition(AttributeName="Switch", AttributeType="S")
                ],
                KeySchema=[KeySchema(AttributeName="Switch", KeyType="HASH")],
                SSESpecification=SSESpecification(
                    SSEEnabled=True, SSEType="KMS", KMSMasterKeyId=self.data_key_arn
                ),
                PointInTimeRecoverySpecification=PointInTimeRecoverySpecification(
                    PointInTimeRecoveryEnabled=True
                ),
                DeletionProtectionEnabled=self.choose(Conditions.deletion_protection, True, False),
                Tags=Tags(Name=self.named("takeover"), Backup="daily"),
                DeletionPolicy="RetainExceptOnCreate",
                UpdateReplacePolicy="Retain",
            )
        )
        self.takeover_table = Ref(self.table)

    def responder(self) -> None:
        """It reaches DynamoDB and nothing else, by the gateway endpoint, and has capacity of its own.

        So neither NAT nor a busy account may silence it: what else it does, Lambda does from outside the VPC.
        Nothing of ours calls it and goes away; what does, and fails, is kept to be looked at.
        https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html
        """
        self.unanswered = dead_letter_queue(self, "UnansweredCalls", key_arn=self.data_key_arn)
        self.function = python_function(
            self,
            "TakeoverResponder",
            source="takeover_responder",
            logs_key_arn=self.logs_key_arn,
            allows=[grants.Table(GetAtt(self.table, "Arn"), self.data_key_arn).get()],
            environment={"SWITCH_TABLE": Ref(self.table)},
            environment_key_arn=self.data_key_arn,
            timeout=5,
            memory=512,
            concurrency=20,
            placement=self.placed(
                "TakeoverResponder",
                SecurityGroupRule(
                    DestinationPrefixListId=self.dynamodb_addresses,
                    **over_tcp(HTTPS, "The switch, by the gateway endpoint"),
                ),
                says="The responder, which the load balancer calls by way of Lambda",
            ),
            dead_letters=grants.Queue(GetAtt(self.unanswered, "Arn"), self.data_key_arn),
        )

    def path(self) -> None:
        """The load balancer may call the function before the target group is made, so its name is derived."""
        name = self.named_everywhere("takeover")
        permission = may_call(
            self,
            "LoadBalancerAsks",
            GetAtt(self.function, "Arn"),
            service="elasticloadbalancing",
            source=Sub(
                "arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}"
                ":targetgroup/${Name}/*",
                Name=name,
            ),
        )
        targets = self.add(
            TargetGroup(
                "TakeoverTarget",
                Name=name,
                TargetType="lambda",
                Targets=[TargetDescription(Id=GetAtt(self.function, "Arn"))],
                Tags=Tags(Name=self.named("takeover")),
                DependsOn=[permission.title],
            )
        )
        self.add(
            ListenerRule(
                "TakeoverProbePasses",
                ListenerArn=self.listener_arn,
                Priority=TAKEOVER_PROBE,
                Conditions=[path_is(TAKEOVER_PATH)],
                Actions=[ListenerRuleAction(Type="forward", TargetGroupArn=Ref(targets))],
            )
        )

    def alarms(self) -> None:
        """A read that fails is no error of the function, which answers all the same: its log tells."""
        unread = self.named("unread-switch")
        self.add(
            MetricFilter(
                "UnreadSwitch",
                LogGroupName=Ref("TakeoverResponderLogs"),
                FilterPattern='{ $.level = "ERROR" }',
                MetricTransformations=[
                    MetricTransformation(
                        MetricNamespace=METRICS, MetricName=unread, MetricValue="1"
                    )
                ],
            )
        )
        blind = metric_alarm(
            self,
            "TakeoverBlind",
            Series(METRICS, unread, {}),
            above(0),
            topic=self.alerts_topic_arn,
            says="The takeover responder cannot read its switch: a request to take over, or to give back, "
            "would not be seen. Look at DynamoDB and at the data key in this region.",
        )
        failing = metric_alarm(
            self,
            "TakeoverFailing",
            self.responder_series("Errors"),
            above(0),
            topic=self.alerts_topic_arn,
            says="The takeover responder fails: a takeover would not be seen, and one under way would end. "
            "Read its log.",
        )
        throttled = metric_alarm(
            self,
            "TakeoverThrottled",
            self.responder_series("Throttles"),
            above(0),
            topic=self.alerts_topic_arn,
            says="The takeover responder is throttled: somebody floods /takeover, or its reserved "
            "concurrency is too low. Look at the load balancer's request logs.",
        )
        unanswered = dead_letter_alarm(
            self,
            self.unanswered,
            topic=self.alerts_topic_arn,
            says="Somebody called the takeover responder without waiting for its answer, and it failed. "
            "Nothing of ours does: see in CloudTrail who it was.",
        )
        tier = tier_alarm(
            self,
            "TakeoverPath",
            [blind, failing, throttled, unanswered],
            topic=self.alerts_topic_arn,
            says="The standby could not tell Route 53 of a takeover: see which alarm of the tier fired.",
        )
        self.takeover_alarm_arn = GetAtt(tier, "Arn")

    def responder_series(self, name: str) -> Series:
        return Series("AWS/Lambda", name, {"FunctionName": Ref(self.function)})
