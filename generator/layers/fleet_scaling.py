"""How many instances the shop has: by what they do, by what is to come, and by the clock."""

from __future__ import annotations

from troposphere import GetAtt, Join, NoValue
from troposphere.autoscaling import (
    PredefinedMetricSpecification,
    PredictiveScalingConfiguration,
    PredictiveScalingMetricSpecification,
    PredictiveScalingPredefinedMetricPair,
    ScalingPolicy,
)

from generator.alarms import (
    Formula,
    Series,
    above,
    at_least,
    formula_alarm,
    metric_alarm,
    tier_alarm,
)
from generator.conditions import Conditions
from generator.layer import Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.front_door import FrontDoor
from generator.layers.shop_instance import METRICS
from generator.layers.storefront import Storefront
from generator.scaling import at, computed, in_service, track

#: Published by each instance once a minute: the checkouts that it has taken and not yet acknowledged.
CHECKOUT_QUEUE_DEPTH = "CheckoutQueueDepth"

#: Metric math: checkouts waiting in the whole fleet, by instance in service.
BACKLOG = "waiting / instances"


class FleetScaling(Layer):
    """Target tracking by CPU, requests and checkouts, the forecast, the night, and what is out of reach."""

    fleet_name = Input(Storefront.fleet_name)
    alb_label = Input(FrontDoor.alb_label)
    target_group_label = Input(FrontDoor.target_group_label)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    fleet_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-fleet-capacity-us-east-1"
    )

    def build(self) -> None:
        self.by_cpu()
        self.by_requests()
        self.by_checkouts()
        self.by_forecast()
        self.by_night()
        self.alarms()

    def by_cpu(self) -> None:
        track(
            self,
            "CpuTracking",
            self.fleet_name,
            self.settings.shop_cpu_target,
            PredefinedMetricSpecification=PredefinedMetricSpecification(
                PredefinedMetricType="ASGAverageCPUUtilization"
            ),
        )

    def by_requests(self) -> None:
        track(
            self,
            "RequestTracking",
            self.fleet_name,
            self.settings.shop_requests_target,
            PredefinedMetricSpecification=PredefinedMetricSpecification(
                PredefinedMetricType="ALBRequestCountPerTarget", ResourceLabel=self.resource_label()
            ),
        )

    def by_checkouts(self) -> None:
        """What the load balancer cannot see: requests are few while each waits for a checkout to end."""
        track(
            self,
            "CheckoutTracking",
            self.fleet_name,
            self.settings.shop_checkout_backlog_target,
            CustomizedMetricSpecification=computed(self.backlog("Average")),
        )

    def by_forecast(self) -> None:
        """Scale ahead of the hour that two weeks of history expect; target tracking does the rest."""
        self.add(
            ScalingPolicy(
                "Forecast",
                AutoScalingGroupName=self.fleet_name,
                PolicyType="PredictiveScaling",
                PredictiveScalingConfiguration=PredictiveScalingConfiguration(
                    Mode="ForecastAndScale",
                    MaxCapacityBreachBehavior="HonorMaxCapacity",
                    SchedulingBufferTime=300,
                    MetricSpecifications=[
                        PredictiveScalingMetricSpecification(
                            TargetValue=self.settings.shop_requests_target,
                            PredefinedMetricPairSpecification=PredictiveScalingPredefinedMetricPair(
                                PredefinedMetricType="ALBRequestCount",
                                ResourceLabel=self.resource_label(),
                            ),
                        )
                    ],
                ),
                Condition=self.when(Conditions.predictive_scaling),
            )
        )

    def by_night(self) -> None:
        """The night lowers the floor and leaves the ceiling: a busy night is served all the same.

        A floor of nothing also sends the last instances home; scaling would keep one for want of a metric.
        """
        sent_home = self.choose(Conditions.fleet_stops_off_peak, 0, NoValue)
        name, settings = self.fleet_name, self.settings
        at(self, "OffPeak", name, settings.off_peak_start, settings.off_peak_minimum, sent_home)
        at(self, "Peak", name, settings.off_peak_end, settings.shop_minimum, NoValue)

    def alarms(self) -> None:
        """A fleet that cannot grow, and one that grows too slowly for its checkouts."""
        at_ceiling = metric_alarm(
            self,
            "FleetAtCeiling",
            in_service(self.fleet_name, "Maximum"),
            at_least(self.settings.shop_maximum, breaches=10, periods=10),
            topic=self.alerts_topic_arn,
            says="The fleet has had its most instances for ten minutes and cannot grow. Raise shop_maximum "
            "if the traffic is real, and the account's quota of vCPUs with it.",
        )
        waiting = formula_alarm(
            self,
            "CheckoutsWaiting",
            self.backlog("Maximum"),
            above(self.settings.shop_checkout_backlog_target, breaches=10, periods=10),
            topic=self.alerts_topic_arn,
            says="Checkouts have waited for ten minutes and scaling does not catch up. Look at the writes of "
            "order-intake (throttling, latency), then at the fleet's ceiling.",
        )
        tier = tier_alarm(
            self,
            "FleetCapacity",
            [at_ceiling, waiting],
            topic=self.alerts_topic_arn,
            says="The fleet is too small for what is asked of it: see which alarm of the tier fired.",
        )
        self.fleet_alarm_arn = GetAtt(tier, "Arn")

    def backlog(self, statistic: str) -> Formula:
        """`statistic` is that of the instances in service."""
        dimensions = {"AutoScalingGroupName": self.fleet_name}
        return Formula(
            BACKLOG,
            {
                "waiting": Series(METRICS, CHECKOUT_QUEUE_DEPTH, dimensions),
                "instances": in_service(self.fleet_name, statistic),
            },
        )

    def resource_label(self) -> Join:
        """How Auto Scaling names a target group of a load balancer: app/…/…/targetgroup/…/…."""
        return Join("/", [self.alb_label, self.target_group_label])
