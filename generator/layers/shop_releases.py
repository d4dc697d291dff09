"""How a revision of the shop reaches the fleet: in place, a few instances at a time, and back at an alarm."""

from __future__ import annotations

from troposphere import Ref

from generator import grants
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.front_door import FrontDoor
from generator.layers.golden_signals import GoldenSignals
from generator.layers.storefront import Storefront
from generator.revisions import Traffic, revision_key, revisions


class ShopReleases(Layer):
    """CodeDeploy's application and deployment group for the shop's fleet."""

    alerts_key_arn = Handoff(Foundation.logs_key_arn)
    fleet_name = Input(Storefront.fleet_name)
    target_group_arn = Input(FrontDoor.target_group_arn)
    target_group_name = Input(FrontDoor.target_group_name)
    latency_alarm = Input(GoldenSignals.latency_alarm)
    error_rate_alarm = Input(GoldenSignals.error_rate_alarm)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    shop_application = Output(
        example="tradewind-dev-shop",
        handed_on=True,
        help="CodeDeploy's application of the shop, for its deployments.",
    )
    shop_deployment_group = Output(
        example="tradewind-dev-shop",
        handed_on=True,
        help="CodeDeploy's group of the shop's fleet, for its deployments.",
    )
    shop_revision_key = Output(
        example="releases/0123456789abcdef/shop.zip",
        handed_on=True,
        help="The shop's revision of this release, in the artifacts bucket.",
    )

    def build(self) -> None:
        application = revisions(
            self,
            "shop",
            fleet_name=self.fleet_name,
            traffic=Traffic(self.target_group_arn, self.target_group_name),
            healthy_percent=self.settings.deploy_minimum_healthy_percent,
            alarms=[self.latency_alarm, self.error_rate_alarm],
            topic=grants.Topic(self.alerts_topic_arn, self.alerts_key_arn),
        )
        self.shop_application = Ref(application)
        self.shop_deployment_group = self.named_everywhere("shop")
        self.shop_revision_key = revision_key("shop")
