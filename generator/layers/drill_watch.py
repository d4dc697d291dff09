"""How long ago the last good drill was, whoever held it: told every few hours, and alarmed when too long."""

from __future__ import annotations

import json

from troposphere import GetAtt
from troposphere.scheduler import (
    DeadLetterConfig,
    FlexibleTimeWindow,
    RetryPolicy,
    Schedule,
    Target,
)

from generator import grants
from generator.alarms import above, metric_alarm, tier_alarm
from generator.conditions import Conditions
from generator.drill_metrics import measured
from generator.drill_records import DRILLS, METRICS
from generator.foundation import Foundation
from generator.functions import FunctionHolder, function_alarms, python_function
from generator.layer import Handoff, Input, Output
from generator.layers.alerts import Alerts
from generator.layers.private_tier import PrivateTier
from generator.queues import dead_letter_alarm, dead_letter_queue
from generator.security import https_leaves


class DrillWatch(FunctionHolder, PrivateTier):
    """the age of the last good failover drill, and the alarm when it is too old.

    It stands in the standby, where reports are kept. Its alarm is not part of the region's: a drill begins
    only while that is quiet, and a drill is what makes this one so.
    """

    condition = Conditions.drills_watched

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    drill_age_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-west-2:111111111111:alarm:tradewind-dev-drill-age-tier-us-west-2",
        handed_on=True,
        help="Off while the last good drill is recent; to be watched from elsewhere.",
    )

    def build(self) -> None:
        self.dead_letters()
        self.reader()
        self.schedule()
        self.alarms()

    def dead_letters(self) -> None:
        self.unread = dead_letter_queue(self, "UnreadDrills", key_arn=self.data_key_arn)

    def reader(self) -> None:
        reports = grants.Bucket.named(self.artifacts_bucket, self.artifacts_key_arn)
        self.function = python_function(
            self,
            "DrillAge",
            source="drill_age",
            logs_key_arn=self.logs_key_arn,
            allows=[reports.read(DRILLS), grants.publish_metrics(METRICS)],
            environment={
                "BUCKET": self.artifacts_bucket,
                "DRILLS": DRILLS,
                "ENVIRONMENT": self.settings.environment,
                "NAMESPACE": METRICS,
            },
            environment_key_arn=self.data_key_arn,
            placement=self.placed(
                "DrillAge", https_leaves("AWS APIs"), says="Reads the reports of drills"
            ),
            dead_letters=grants.Queue(GetAtt(self.unread, "Arn"), self.data_key_arn),
            concurrency=1,
        )

    def schedule(self) -> None:
        """Four times a day, so that one that fails leaves no day without a figure."""
        starter = self.role(
            "DrillAgeStarter",
            trusted=grants.service("scheduler"),
            allows=[
                grants.Function(GetAtt(self.function, "Arn")).invoke(),
                grants.Queue(GetAtt(self.unread, "Arn"), self.data_key_arn).send(),
                grants.Key(self.data_key_arn, "scheduler").decrypt(),
            ],
            under="service",
        )
        self.add(
            Schedule(
                "TellDrillAge",
                Name=self.named("tell-drill-age"),
                Description="Tells how long ago the last good drill was",
                ScheduleExpression="rate(6 hours)",
                KmsKeyArn=self.data_key_arn,
                FlexibleTimeWindow=FlexibleTimeWindow(Mode="OFF"),
                Target=Target(
                    Arn=GetAtt(self.function, "Arn"),
                    RoleArn=GetAtt(starter, "Arn"),
                    Input=json.dumps({}),
                    RetryPolicy=RetryPolicy(MaximumRetryAttempts=3, MaximumEventAgeInSeconds=3600),
                    DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(self.unread, "Arn")),
                ),
            )
        )

    def alarms(self) -> None:
        """No figure at all means that there was no good drill, or that nobody can tell."""
        old = metric_alarm(
            self,
            "DrillTooOld",
            measured(self, "DaysSinceGoodDrill"),
            above(self.settings.drill_max_age_days, breaches=1, periods=1),
            topic=self.alerts_topic_arn,
            says="The last failover drill that met its objectives is older than drill_max_age_days, or there "
            "was none: nobody knows what the loss of the primary would cost. Hold one: tradewind "
            "failover-drill run.",
            missing="breaching",
        )
        reader = function_alarms(
            self,
            self.function,
            topic=self.alerts_topic_arn,
            failing="The age of the last drill cannot be told. Read the function's log.",
            throttled="The age of the last drill is not told: the account's functions are throttled.",
        )
        unread = dead_letter_alarm(
            self,
            self.unread,
            topic=self.alerts_topic_arn,
            says="Nobody asked for the age of the last drill when it was time. Read why in the queue.",
        )
        tier = tier_alarm(
            self,
            "DrillAgeTier",
            [old, *reader, unread],
            topic=self.alerts_topic_arn,
            says="Drills are too long ago, or nobody can tell: see which of the tier's alarms fires.",
        )
        self.drill_age_alarm_arn = GetAtt(tier, "Arn")
