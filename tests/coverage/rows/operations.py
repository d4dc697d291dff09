"""O1 and O2: releases and scaling."""

from __future__ import annotations

from typing import Any

from tests.coverage.claims import (
    PAIR,
    Claim,
    Every,
    No,
    Some,
    row,
)
from tests.coverage.contents import Holds, Item, Refers
from tests.coverage.expectations import AtLeast
from tests.coverage.platform import Standing
from tests.coverage.rows.names import (
    ALARM,
    FLEET,
    SCALING_POLICY,
    TARGET_GROUP,
)

DEPLOYMENT_GROUP = "AWS::CodeDeploy::DeploymentGroup"
TRACKING = "TargetTrackingConfiguration"

SHOP = {"AutoScalingGroups": Refers("storefront/Fleet")}

O1 = row(
    "O1",
    "CodePipeline and CodeDeploy for CI/CD, no downtime in high demand",
    Claim(
        "an application and a deployment group for each fleet, in place",
        Every(
            DEPLOYMENT_GROUP,
            {
                "ApplicationName": Refers("AWS::CodeDeploy::Application"),
                "AutoScalingGroups": Refers(FLEET, times=1),
                "DeploymentStyle.DeploymentType": "IN_PLACE",
            },
        ),
    ),
    Claim(
        "the shop's deploys with traffic control behind the load balancer",
        Every(
            DEPLOYMENT_GROUP,
            {
                "DeploymentStyle.DeploymentOption": "WITH_TRAFFIC_CONTROL",
                "LoadBalancerInfo.TargetGroupInfoList[*].Name": Refers(TARGET_GROUP),
                "AlarmConfiguration.Alarms": Refers(
                    "golden-signals/SlowAnswers", "golden-signals/FailedAnswers", times=2
                ),
            },
            where=SHOP,
        ),
    ),
    Claim(
        "every deployment rolls back by itself on failure and on alarms",
        Every(
            DEPLOYMENT_GROUP,
            {
                "AutoRollbackConfiguration.Enabled": True,
                "AutoRollbackConfiguration.Events": Holds(
                    "DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"
                ),
                "AlarmConfiguration.Enabled": True,
                "AlarmConfiguration.IgnorePollAlarmFailure": False,
                "AlarmConfiguration.Alarms": Refers(ALARM),
            },
        ),
    ),
    Claim(
        "a deployment of the shop never drops below the healthy share",
        Every(
            DEPLOYMENT_GROUP,
            {
                "DeploymentConfigName->MinimumHealthyHosts.Type": "FLEET_PERCENT",
                "DeploymentConfigName->MinimumHealthyHosts.Value": AtLeast(66),
            },
            where=SHOP,
        ),
    ),
    later=["CodePipeline V2, its stages and its artifact stores: issue 5"],
)

#: The shop's own group: the one behind the load balancer.
BEHIND = {"TargetGroupARNs": Refers(TARGET_GROUP)}


def tracking(metric: str) -> dict[str, Any]:
    """Target tracking of the fleet on a metric that Auto Scaling knows."""
    return {
        "PolicyType": "TargetTrackingScaling",
        "AutoScalingGroupName": Refers("storefront/Fleet"),
        f"{TRACKING}.PredefinedMetricSpecification.PredefinedMetricType": metric,
        f"{TRACKING}.TargetValue": AtLeast(10),
    }


O2 = row(
    "O2",
    "Auto Scaling policies, by CPU or request count",
    Claim("it tracks CPU", Some(SCALING_POLICY, tracking("ASGAverageCPUUtilization"))),
    Claim(
        "it tracks requests per target, of the shop's own target group",
        Some(
            SCALING_POLICY,
            {
                **tracking("ALBRequestCountPerTarget"),
                f"{TRACKING}.PredefinedMetricSpecification.ResourceLabel": Refers(
                    "front-door/LoadBalancer", "front-door/ShopTargets", times=2
                ),
            },
        ),
    ),
    Claim(
        "it tracks a metric of the application",
        Some(
            SCALING_POLICY,
            {
                "PolicyType": "TargetTrackingScaling",
                "AutoScalingGroupName": Refers("storefront/Fleet"),
                f"{TRACKING}.CustomizedMetricSpecification.Metrics": Item(
                    {
                        "MetricStat.Metric.Namespace": "Tradewind/Shop",
                        "MetricStat.Metric.MetricName": "CheckoutQueueDepth",
                    }
                ),
            },
        ),
    ),
    Claim(
        "it scales ahead of a forecast",
        Some(
            SCALING_POLICY,
            {
                "PolicyType": "PredictiveScaling",
                "PredictiveScalingConfiguration.Mode": "ForecastAndScale",
            },
        ),
    ),
    Claim(
        "the forecast is a toggle, off in dev",
        No(SCALING_POLICY, {"PolicyType": "PredictiveScaling"}, stands=PAIR),
        Standing("dev"),
    ),
    Claim(
        "a new template replaces instances by an instance refresh",
        Every(
            FLEET,
            {
                "@UpdatePolicy.AutoScalingInstanceRefresh.Strategy": "Rolling",
                "@UpdatePolicy.AutoScalingInstanceRefresh.Preferences.MinHealthyPercentage": (
                    AtLeast(90)
                ),
            },
            where=BEHIND,
        ),
    ),
    Claim(
        "the warm-up is set",
        Every(FLEET, {"DefaultInstanceWarmup": AtLeast(60)}, where=BEHIND),
    ),
)
