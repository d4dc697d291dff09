"""Who is told of what happens to the account: one encrypted topic a region."""

from __future__ import annotations

from troposphere import Ref

from generator.alert_topic import alert_topic, events_publish
from generator.foundation import Foundation
from generator.layer import Handoff, Layer, Output


class AccountAlerts(Layer):
    """the topic of the trail's alarms and of findings; it stands before the shop does."""

    logs_key_arn = Handoff(Foundation.logs_key_arn)

    account_topic_arn = Output(
        example="arn:aws:sns:us-east-1:111111111111:tradewind-dev-account-alerts-us-east-1",
        handed_on=True,
    )

    def build(self) -> None:
        topic = alert_topic(
            self,
            "account-alerts",
            key_arn=self.logs_key_arn,
            publishers=["cloudwatch"],
            allows=[events_publish()],
        )
        self.account_topic_arn = Ref(topic)
