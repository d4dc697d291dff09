"""Who is told of what happens at the edge, and of what it all costs."""

from __future__ import annotations

from troposphere import Ref

from generator.alert_topic import alert_topic
from generator.foundation import Foundation
from generator.layer import Handoff, Layer, Output


class EdgeAlerts(Layer):
    """the topic of the edge's alarms, budgets and cost anomalies.

    It is not the region's own: where us-east-1 is neither of the pair there is none.
    """

    logs_key_arn = Handoff(Foundation.logs_key_arn)

    edge_alerts_topic_arn = Output(
        example="arn:aws:sns:us-east-1:111111111111:tradewind-dev-edge-alerts-us-east-1",
        handed_on=True,
        help="Where alarms of the edge go; others may subscribe.",
    )

    def build(self) -> None:
        topic = alert_topic(
            self,
            "edge-alerts",
            key_arn=self.logs_key_arn,
            publishers=["cloudwatch", "budgets", "costalerts"],
        )
        self.edge_alerts_topic_arn = Ref(topic)
