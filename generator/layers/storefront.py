"""The shop's fleet: what an instance is, what it may do, and how the group keeps enough of them."""

from __future__ import annotations

from troposphere import AWSProperty, GetAtt, NoValue, Ref, Sub
from troposphere.autoscaling import (
    AutoScalingGroup,
    AvailabilityZoneImpairmentPolicy,
    InstanceMaintenancePolicy,
    InstanceReusePolicy,
    LaunchTemplateSpecification,
    MetricsCollection,
    WarmPool,
)
from troposphere.events import Rule, Target
from troposphere.iam import InstanceProfile
from troposphere.logs import LogGroup
from troposphere.policies import AutoScalingScheduledAction, UpdatePolicy

from generator import grants
from generator.conditions import Conditions
from generator.first_boot import shop_stub, user_data
from generator.foundation import Foundation
from generator.instances import AMAZON_LINUX, instance_template
from generator.layer import Handoff, Input, Layer, Lookup, Output
from generator.layers.alerts import Alerts
from generator.layers.catalog import Catalog
from generator.layers.events import Events
from generator.layers.front_door import FrontDoor
from generator.layers.golden_signals import GoldenSignals
from generator.layers.network import Network
from generator.layers.orders import Orders
from generator.layers.payment_requests import PaymentRequests
from generator.layers.secrets import Secrets
from generator.order_events import SHOP_EVENTS, SOURCE
from generator.payment_api import AUTHORIZE
from generator.revisions import RELEASES

#: Where the shop publishes its own metrics, each by the group that it runs in.
METRICS = "Tradewind/Shop"

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
    """The Auto Scaling group of the shop, its launch template and its instances' role."""

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    secrets_key_arn = Handoff(Foundation.secrets_key_arn)
    artifacts_key_arn = Handoff(Foundation.artifacts_key_arn)
    artifacts_bucket = Handoff(Foundation.artifacts_bucket)
    images_bucket = Handoff(Foundation.images_bucket)
    image_id = Lookup(AMAZON_LINUX, example="ami-0123456789abcdef0", type="AWS::EC2::Image::Id")
    private_subnet_a = Input(Network.private_subnet_a)
    private_subnet_b = Input(Network.private_subnet_b)
    private_subnet_c = Input(Network.private_subnet_c)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    fleet_security_group_id = Input(FrontDoor.fleet_security_group_id)
    target_group_arn = Input(FrontDoor.target_group_arn)
    latency_alarm = Input(GoldenSignals.latency_alarm)
    error_rate_alarm = Input(GoldenSignals.error_rate_alarm)
    orders_secret_arn = Input(Secrets.orders_secret_arn)
    client_security_group_id = Input(Orders.client_security_group_id)
    writer_endpoint = Input(Orders.writer_endpoint)
    reader_endpoint = Input(Orders.reader_endpoint)
    second_reader_endpoint = Input(Orders.second_reader_endpoint)
    database_port = Input(Orders.database_port)
    database_name = Input(Orders.database_name)
    catalogue_table_arn = Input(Catalog.catalogue_table_arn)
    catalogue_table = Input(Catalog.catalogue_table)
    carts_table_arn = Input(Catalog.carts_table_arn)
    carts_table = Input(Catalog.carts_table)
    order_intake_table_arn = Input(Catalog.order_intake_table_arn)
    order_intake_table = Input(Catalog.order_intake_table)
    bus_arn = Input(Events.bus_arn)
    bus_name = Input(Events.bus_name)
    payments_url = Input(PaymentRequests.payments_url)
    payments_stage_arn = Input(PaymentRequests.payments_stage_arn)
    payment_client_group_id = Input(PaymentRequests.payment_client_group_id)

    fleet_name = Output(
        example="tradewind-dev-platform-Storefront-Fleet-0123456789AB",
        handed_on=True,
        help="The Auto Scaling group of the shop.",
    )

    def build(self) -> None:
        self.logs()
        self.instance_role()
        self.launch_template()
        self.fleet()
        self.warm_pool()
        self.trouble()

    def logs(self) -> None:
        self.shop_logs = self.add(
            LogGroup(
                "ShopLogs",
                LogGroupName=Sub("/tradewind/${Name}", Name=self.named("shop")),
                KmsKeyId=self.logs_key_arn,
                RetentionInDays=self.settings.log_retention_days,
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Retain",
            )
        )

    def instance_role(self) -> None:
        """Cards are none of the fleet's business: it passes a token on, and has not the processor's key."""
        role = self.role(
            "ShopInstance",
            trusted=grants.service("ec2"),
            allows=[
                grants.Table(self.catalogue_table_arn, self.data_key_arn).read(),
                grants.Table(self.carts_table_arn, self.data_key_arn).read(),
                grants.Table(self.carts_table_arn, self.data_key_arn).write(),
                grants.Table(self.order_intake_table_arn, self.data_key_arn).read(),
                grants.Table(self.order_intake_table_arn, self.data_key_arn).write(),
                grants.Secret(self.orders_secret_arn, self.secrets_key_arn).read(),
                grants.Bucket.named(self.images_bucket, self.data_key_arn).read(),
                grants.Bucket.named(self.artifacts_bucket, self.artifacts_key_arn).read(RELEASES),
                grants.EventBus(self.bus_arn).put(SOURCE, SHOP_EVENTS),
                grants.Api(self.payments_stage()).invoke("POST", AUTHORIZE.path),
                grants.LogGroup(GetAtt(self.shop_logs, "Arn")).write(),
                grants.publish_metrics(METRICS),
                grants.session_manager(),
            ],
        )
        self.profile = self.add(InstanceProfile("ShopInstanceProfile", Roles=[Ref(role)]))

    def payments_stage(self) -> object:
        """Where there is no such API, its place is taken by a stage that no API has."""
        nowhere = Sub(
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:none/${Stage}",
            Stage=self.named("payments"),
        )
        return self.choose(Conditions.payment_api, self.payments_stage_arn, nowhere)

    def launch_template(self) -> None:
        self.template_of_instance = instance_template(
            self,
            "ShopTemplate",
            name=self.named("shop"),
            image_id=self.image_id,
            profile=self.profile,
            security_groups=[
                self.fleet_security_group_id,
                self.client_security_group_id,
                self.choose(Conditions.payment_api, self.payment_client_group_id, NoValue),
            ],
            key_arn=self.data_key_arn,
            user_data=user_data(
                "shop", self.environment(), logs=Ref(self.shop_logs), own=shop_stub()
            ),
            InstanceType=self.settings.shop_instance_type,
        )

    def environment(self) -> dict[str, object]:
        """What a revision of the shop reads from /etc/tradewind/shop.env; addresses and names, no secret."""
        return {
            "TRADEWIND_ENVIRONMENT": self.settings.environment,
            "TRADEWIND_REGION_ROLE": self.settings.region_role,
            "AWS_DEFAULT_REGION": Ref("AWS::Region"),
            "CATALOGUE_TABLE": self.catalogue_table,
            "CARTS_TABLE": self.carts_table,
            "ORDER_INTAKE_TABLE": self.order_intake_table,
            "ORDERS_WRITER": self.writer_endpoint,
            "ORDERS_READER": self.reader_endpoint,
            "ORDERS_SECOND_READER": self.second_reader_endpoint,
            "ORDERS_PORT": self.database_port,
            "ORDERS_DATABASE": self.database_name,
            "ORDERS_SECRET": self.orders_secret_arn,
            "IMAGES_BUCKET": self.images_bucket,
            "EVENT_BUS": self.bus_name,
            "PAYMENTS_URL": self.payments_url,
            "METRICS_NAMESPACE": METRICS,
        }

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
                LaunchTemplate=LaunchTemplateSpecification(
                    LaunchTemplateId=Ref(self.template_of_instance),
                    Version=GetAtt(self.template_of_instance, "LatestVersionNumber"),
                ),
                TargetGroupARNs=[self.target_group_arn],
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
