"""How a revision of the shop reaches the fleet: in place, a few instances at a time, and back at an alarm."""

from __future__ import annotations

from troposphere import GetAtt, Ref, Tags
from troposphere.codedeploy import (
    Alarm,
    AlarmConfiguration,
    Application,
    AutoRollbackConfiguration,
    DeploymentConfig,
    DeploymentGroup,
    DeploymentStyle,
    LoadBalancerInfo,
    MinimumHealthyHosts,
    TargetGroupInfo,
    TriggerConfig,
)

from generator import grants
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.front_door import FrontDoor
from generator.layers.golden_signals import GoldenSignals
from generator.layers.storefront import Storefront


class ShopReleases(Layer):
    """CodeDeploy's application and deployment group for the shop's fleet.

    In place, not blue/green: blue/green copies the Auto Scaling group and leaves the copy outside
    CloudFormation. Both names are derived, so that the pipeline, which is older, knows them.
    """

    alerts_key_arn = Handoff(Foundation.logs_key_arn)
    fleet_name = Input(Storefront.fleet_name)
    target_group_arn = Input(FrontDoor.target_group_arn)
    target_group_name = Input(FrontDoor.target_group_name)
    latency_alarm = Input(GoldenSignals.latency_alarm)
    error_rate_alarm = Input(GoldenSignals.error_rate_alarm)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    shop_application = Output(example="tradewind-dev-shop", handed_on=True)
    shop_deployment_group = Output(example="tradewind-dev-shop", handed_on=True)

    def build(self) -> None:
        self.application()
        self.pace()
        self.deployer()
        self.deployment_group()

    def application(self) -> None:
        self.shop = self.add(
            Application(
                "Shop",
                ApplicationName=self.named_everywhere("shop"),
                ComputePlatform="Server",
                Tags=Tags(Name=self.named("shop")),
            )
        )
        self.shop_application = Ref(self.shop)

    def pace(self) -> None:
        """A config never changes, so it has no name of ours: another share is another config."""
        self.config = self.add(
            DeploymentConfig(
                "Pace",
                ComputePlatform="Server",
                MinimumHealthyHosts=MinimumHealthyHosts(
                    Type="FLEET_PERCENT", Value=self.settings.deploy_minimum_healthy_percent
                ),
            )
        )

    def deployer(self) -> None:
        self.service_role = self.role(
            "ShopDeployer",
            trusted=grants.service("codedeploy"),
            allows=[
                grants.Fleet(self.fleet_name, self.target_group_arn).deploy_in_place(),
                grants.Topic(self.alerts_topic_arn, self.alerts_key_arn).publish(),
            ],
        )

    def deployment_group(self) -> None:
        """Each instance leaves the target group before it is touched, and returns when it is healthy."""
        self.add(
            DeploymentGroup(
                "ShopDeployments",
                ApplicationName=Ref(self.shop),
                DeploymentGroupName=self.named_everywhere("shop"),
                DeploymentConfigName=Ref(self.config),
                ServiceRoleArn=GetAtt(self.service_role, "Arn"),
                AutoScalingGroups=[self.fleet_name],
                DeploymentStyle=DeploymentStyle(
                    DeploymentType="IN_PLACE", DeploymentOption="WITH_TRAFFIC_CONTROL"
                ),
                LoadBalancerInfo=LoadBalancerInfo(
                    TargetGroupInfoList=[TargetGroupInfo(Name=self.target_group_name)]
                ),
                OutdatedInstancesStrategy="UPDATE",
                TerminationHookEnabled=True,
                AlarmConfiguration=AlarmConfiguration(
                    Enabled=True,
                    IgnorePollAlarmFailure=False,
                    Alarms=[Alarm(Name=self.latency_alarm), Alarm(Name=self.error_rate_alarm)],
                ),
                AutoRollbackConfiguration=AutoRollbackConfiguration(
                    Enabled=True, Events=["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
                ),
                TriggerConfigurations=[
                    TriggerConfig(
                        TriggerName="alerts",
                        TriggerTargetArn=self.alerts_topic_arn,
                        TriggerEvents=["DeploymentFailure", "DeploymentRollback"],
                    )
                ],
                Tags=Tags(Name=self.named("shop")),
            )
        )
        self.shop_deployment_group = self.named_everywhere("shop")
