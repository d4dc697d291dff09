"""Who did what in the account: one multi-Region trail in the primary, and the alarms on it."""

from __future__ import annotations

from troposphere import AWSObject, GetAtt, NoValue, Ref, Sub, Tags
from troposphere.cloudtrail import DataResource, EventSelector, InsightSelector, Trail
from troposphere.logs import MetricFilter, MetricTransformation

from generator import grants
from generator.alarms import Series, at_least, metric_alarm, tier_alarm
from generator.alert_topic import service_topic
from generator.audit_events import AUDIT_EVENTS, AuditEvent
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer
from generator.layers.account_alerts import AccountAlerts
from generator.log_groups import log_group, log_name
from generator.naming import PREFIX, kebab

#: Where the filters on the trail's log group count.
METRICS = "Tradewind/Audit"

#: Seconds over which calls are counted.
PERIOD = 300


class AccountTrail(Layer):
    """CloudTrail's trail of all regions, its log group, and alarms on what an attacker would do.

    Only the primary has it: a multi-Region trail records every region. The logs bucket and its key let it in
    by the derived name that it bears (foundation).
    """

    condition = Conditions.audit_trail

    logs_key_arn = Handoff(Foundation.logs_key_arn)
    logs_bucket = Handoff(Foundation.logs_bucket)
    account_topic_arn = Input(AccountAlerts.account_topic_arn)

    def build(self) -> None:
        self.log_group()
        self.deliveries()
        self.trail()
        self.watch()

    def log_group(self) -> None:
        self.events = log_group(
            self,
            "TrailEvents",
            log_name(self, "trail"),
            key_arn=self.logs_key_arn,
            DeletionPolicy="RetainExceptOnCreate",
        )
        self.writer = self.role(
            "TrailWriter",
            trusted=grants.service("cloudtrail"),
            allows=[grants.LogGroup(GetAtt(self.events, "Arn")).write()],
            under="service",
        )

    def deliveries(self) -> None:
        """Says of each file that it lies in the bucket; who reads the files from elsewhere subscribes."""
        self.delivered = service_topic(
            self,
            "TrailDeliveries",
            "trail-deliveries",
            key_arn=self.logs_key_arn,
            publishers=["cloudtrail"],
        )

    def trail(self) -> None:
        """The first copy of management events is free; data events and insights are paid by their number."""
        insights = [
            InsightSelector(InsightType=kind)
            for kind in ("ApiCallRateInsight", "ApiErrorRateInsight")
        ]
        self.add(
            Trail(
                "Trail",
                TrailName=self.named("trail"),
                IsLogging=True,
                IsMultiRegionTrail=True,
                IncludeGlobalServiceEvents=True,
                EnableLogFileValidation=True,
                KMSKeyId=self.logs_key_arn,
                S3BucketName=self.logs_bucket,
                SnsTopicName=GetAtt(self.delivered, "TopicName"),
                CloudWatchLogsLogGroupArn=GetAtt(self.events, "Arn"),
                CloudWatchLogsRoleArn=GetAtt(self.writer, "Arn"),
                EventSelectors=self.choose(
                    Conditions.trail_data_events,
                    [self.objects(), self.orders()],
                    [EventSelector(IncludeManagementEvents=True, ReadWriteType="All")],
                ),
                InsightSelectors=self.choose(Conditions.trail_insights, insights, NoValue),
                Tags=Tags(Name=self.named("trail")),
                DependsOn="TrailDeliveriesPolicy",
            )
        )

    def objects(self) -> EventSelector:
        """Every request for an object in any bucket, as CIS asks (3.8 and 3.9), and all management events."""
        every = DataResource(Type="AWS::S3::Object", Values=[Sub("arn:${AWS::Partition}:s3:::")])
        return EventSelector(
            DataResources=[every], IncludeManagementEvents=True, ReadWriteType="All"
        )

    def orders(self) -> EventSelector:
        """What is written of orders. Reads, and the catalogue's traffic, would cost more than they tell."""
        tables = [
            self.sub(
                f"arn:${{AWS::Partition}}:dynamodb:{region}:${{AWS::AccountId}}:table/"
                f"{PREFIX}-${{Environment}}-order-intake"
            )
            for region in ("${AWS::Region}", "${PeerRegion}")
        ]
        return EventSelector(
            DataResources=[DataResource(Type="AWS::DynamoDB::Table", Values=tables)],
            IncludeManagementEvents=False,
            ReadWriteType="WriteOnly",
        )

    def watch(self) -> None:
        tier_alarm(
            self,
            "AuditTier",
            [self.seen(event) for event in AUDIT_EVENTS],
            topic=self.account_topic_arn,
            says="The trail shows what should not happen unannounced: see which of its alarms fires.",
        )

    def seen(self, event: AuditEvent) -> AWSObject:
        name = self.named(kebab(event.title))
        self.add(
            MetricFilter(
                f"{event.title}Filter",
                FilterName=name,
                LogGroupName=Ref(self.events),
                FilterPattern=event.pattern,
                MetricTransformations=[
                    MetricTransformation(
                        MetricNamespace=METRICS, MetricName=name, MetricValue="1", DefaultValue=0
                    )
                ],
            )
        )
        return metric_alarm(
            self,
            event.title,
            Series(METRICS, name, {}, period=PERIOD),
            at_least(event.often, breaches=1, periods=1),
            topic=self.account_topic_arn,
            says=event.says,
        )
