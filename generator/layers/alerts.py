"""Who is told when something is wrong: one encrypted topic a region."""

from __future__ import annotations

from troposphere import Ref

from generator.alert_topic import alert_topic, events_publish
from generator.foundation import Foundation
from generator.layer import Handoff, Layer, Output


class Alerts(Layer):
    """The topic of all alarms, its policy, and the person it writes to."""

    logs_key_arn = Handoff(Foundation.logs_key_arn)

    alerts_topic_arn = Output(
        example="arn:aws:sns:us-east-1:111111111111:tradewind-dev-alerts-us-east-1",
        handed_on=True,
        help="Where this region's alarms go; others may subscribe.",
    )

    def build(self) -> None:
        topic = alert_topic(
            self,
            "alerts",
            key_arn=self.logs_key_arn,
            publishers=["cloudwatch", "backup", "events.rds"],
            allows=[events_publish()],
        )
        self.alerts_topic_arn = Ref(topic)
