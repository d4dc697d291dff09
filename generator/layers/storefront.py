"""The shop's fleet: how the group keeps enough instances, and replaces them without a gap."""

from __future__ import annotations

from troposphere import AWSProperty, NoValue, Ref
from troposphere.autoscaling import (
    AutoScalingGroup,
    AvailabilityZoneImpairmentPolicy,
    InstanceMaintenancePolicy,
    InstanceReusePolicy,
    InstancesDistribution,
    LaunchTemplate,
    LaunchTemplateOverrides,
    LaunchTemplateSpecification,
    MetricsCollection,
    MixedInstancesPolicy,
    WarmPool,
)
from troposphere.events import Rule, Target
from troposphere.policies import AutoScalingScheduledAction, UpdatePolicy

from generator.conditions import Conditions
from generator.fleet_role import fleet_role_arn
from generator.layer import Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.front_door import FrontDoor
from generator.layers.golden_signals import GoldenSignals
from generator.layers.network import Network
from generator.layers.shop_instance import ShopInstance
from generator.zones import every_zone

#: Seconds until a new instance counts: it boots, gets its revision and fills its caches.
WARMUP = 180


class Refresh(AWSProperty):
    """UpdatePolicy AutoScalingInstanceRefresh; troposphere 4.11.1 does not know it yet.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
    """

    props = {"Strategy": (str, True), "Preferences": (dict, False)}


class FleetUpdatePolicy(UpdatePolicy):
    """UpdatePolicy of a group whose instances are replaced by an instance refresh."""

    props = {**UpdatePolicy.props, "AutoScalingInstanceRefresh": (Refresh, False)}


class Storefront(Layer):
    """the Auto Scaling group of the shop, and who is told when it cannot keep up."""

    private_subnet_a = Input(Network.private_subnet_a)
    private_subnet_b = Input(Network.private_subnet_b)
    private_subnet_c = Input(Network.private_subnet_c)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    target_group_arn = Input(FrontDoor.target_group_arn)
    latency_alarm = Input(GoldenSignals.latency_alarm)
    error_rate_alarm = Input(GoldenSignals.error_rate_alarm)
    shop_template_id = Input(ShopInstance.shop_template_id)
    shop_template_version = Input(ShopInstance.shop_template_version)

    fleet_name = Output(
        example="tradewind-dev-platform-Storefront-Fleet-0123456789AB",
        handed_on=True,
        help="The Auto Scaling group of the shop.",
    )

    def build(self) -> None:
        self.fleet()
        self.warm_pool()
        self.trouble()

    def fleet(self) -> None:
        """No DesiredCapacity: scaling owns it, and a deploy must not set it back in a busy hour."""
        self.group = self.add(
            AutoScalingGroup(
                "Fleet",
                MinSize=self.settings.shop_minimum,
                MaxSize=self.settings.shop_maximum,
                VPCZoneIdentifier=[
                    self.private_subnet_a,
                    self.private_subnet_b,
                    self.choose(Conditions.third_zone, self.private_subnet_c, NoValue),
                ],
                AvailabilityZones=every_zone(self),
                MixedInstancesPolicy=self.kinds(),
                TargetGroupARNs=[self.target_group_arn],
                ServiceLinkedRoleARN=fleet_role_arn(self),
                HealthCheckType="ELB",
                HealthCheckGracePeriod=WARMUP,
                DefaultInstanceWarmup=WARMUP,
                InstanceMaintenancePolicy=InstanceMaintenancePolicy(
                    MinHealthyPercentage=100, MaxHealthyPercentage=150
                ),
                AvailabilityZoneImpairmentPolicy=AvailabilityZoneImpairmentPolicy(
                    ZonalShiftEnabled=True, ImpairedZoneHealthCheckBehavior="IgnoreUnhealthy"
                ),
                TerminationPolicies=["OldestLaunchTemplate", "Default"],
                MetricsCollection=[MetricsCollection(Granularity="1Minute")],
                Tags=[{"Key": "Name", "Value": self.named("shop"), "PropagateAtLaunch": True}],
                UpdatePolicy=self.refresh(),
            )
        )
        self.fleet_name = Ref(self.group)

    def kinds(self) -> MixedInstancesPolicy:
        """On demand, of the first kind, and of the second where EC2 has no more of the first.

        That may be in a rush, or when everybody leaves an impaired region.

        https://docs.aws.amazon.com/autoscaling/ec2/userguide/allocation-strategies.html
        """
        return MixedInstancesPolicy(
            InstancesDistribution=InstancesDistribution(
                OnDemandAllocationStrategy="prioritized",
                OnDemandPercentageAboveBaseCapacity=100,
            ),
            LaunchTemplate=LaunchTemplate(
                LaunchTemplateSpecification=LaunchTemplateSpecification(
                    LaunchTemplateId=self.shop_template_id,
                    Version=self.shop_template_version,
                ),
                Overrides=[
                    LaunchTemplateOverrides(InstanceType=self.settings.shop_instance_type),
                    LaunchTemplateOverrides(InstanceType=self.settings.shop_second_instance_type),
                ],
            ),
        )

    def refresh(self) -> FleetUpdatePolicy:
        """A new template replaces instances one after another, new before old, and stops at an alarm.

        A scheduled action's sizes stay: an update of the stack at night does not wake the fleet.
        """
        preferences = {
            "MinHealthyPercentage": 100,
            "MaxHealthyPercentage": 110,
            "AlarmSpecification": {"Alarms": [self.latency_alarm, self.error_rate_alarm]},
        }
        return FleetUpdatePolicy(
            AutoScalingInstanceRefresh=Refresh(Strategy="Rolling", Preferences=preferences),
            AutoScalingScheduledAction=AutoScalingScheduledAction(
                IgnoreUnmodifiedGroupSizeProperties=True
            ),
        )

    def warm_pool(self) -> None:
        """Instances that have booted once and wait, stopped, for a rush."""
        self.add(
            WarmPool(
                "ReadyInstances",
                AutoScalingGroupName=Ref(self.group),
                MinSize=self.settings.warm_pool_minimum,
                PoolState="Stopped",
                InstanceReusePolicy=InstanceReusePolicy(ReuseOnScaleIn=False),
                Condition=self.when(Conditions.warm_pool),
            )
        )

    def trouble(self) -> None:
        """The group cannot launch, terminate or refresh: somebody is told."""
        self.add(
            Rule(
                "FleetInTrouble",
                Description="The shop's fleet could not launch or replace an instance",
                EventPattern={
                    "source": ["aws.autoscaling"],
                    "detail-type": [
                        "EC2 Instance Launch Unsuccessful",
                        "EC2 Instance Terminate Unsuccessful",
                        "EC2 Auto Scaling Instance Refresh Failed",
                    ],
                    "detail": {"AutoScalingGroupName": [Ref(self.group)]},
                },
                Targets=[Target(Id="alerts", Arn=self.alerts_topic_arn)],
            )
        )
