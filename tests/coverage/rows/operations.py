"""O1 to O4: releases, scaling, alarms, audit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.coverage.claims import EDGE, ON_RDS, PAIR, Claim, Complaint, Every, Law, Look
from tests.coverage.claims import No, Some, row
from tests.coverage.expectations import Absent, AtLeast, Given, Holds, Item, Refers
from tests.coverage.platform import Standing
from tests.coverage.rows.types import ALARM, COMPOSITE_ALARM, FLEET, LOGS_KEY, SCALING_POLICY
from tests.coverage.rows.types import TARGET_GROUP, TOPIC

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
        "a deployment never drops below the healthy share",
        Every(
            DEPLOYMENT_GROUP,
            {
                "DeploymentConfigName->MinimumHealthyHosts.Type": "FLEET_PERCENT",
                "DeploymentConfigName->MinimumHealthyHosts.Value": AtLeast(75),
            },
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


def series(namespace: str, metric: str, **more: Any) -> dict[str, Any]:
    """An alarm on one series."""
    return {"Namespace": namespace, "MetricName": metric, **more}


def formula(namespace: str, metric: str, statistic: str = "Sum") -> Item:
    """An ingredient of an alarm's formula."""
    return Item(
        {
            "MetricStat.Metric.Namespace": namespace,
            "MetricStat.Metric.MetricName": metric,
            "MetricStat.Stat": statistic,
        }
    )


def in_some_tier(look: Look) -> Iterator[Complaint]:
    """Every alarm that calls somebody is in the rule of a composite."""
    rules = [each.properties.get("AlarmRule") for each in look.of_type(COMPOSITE_ALARM)]
    listed = {str(found) for rule in rules for found in look.platform.references(rule)}
    for alarm in look.of_type(ALARM):
        actions = look.platform.references(alarm.properties.get("AlarmActions"))
        if str(alarm) not in listed and any(action.type == TOPIC for action in actions):
            yield Complaint(str(alarm), "AlarmRule", "of no composite alarm names it")


O3 = row(
    "O3",
    "CloudWatch alarms for latency, error rates, traffic",
    Claim(
        "the 99th percentile of the response time",
        Some(ALARM, {"Metrics": formula("AWS/ApplicationELB", "TargetResponseTime", "p99")}),
    ),
    Claim(
        "the rate of 5XX, by metric math over the requests",
        Some(
            ALARM,
            {
                "Metrics[Id=result].Expression": Holds("100 *", "by_target", "requests"),
                "Metrics[Id=requests].MetricStat.Metric.MetricName": "RequestCount",
                "Metrics[Id=by_target].MetricStat.Metric.MetricName": "HTTPCode_Target_5XX_Count",
                "Metrics[Id=by_balancer].MetricStat.Metric.MetricName": "HTTPCode_ELB_5XX_Count",
            },
        ),
    ),
    Claim(
        "traffic outside the band that CloudWatch learnt",
        Some(
            ALARM,
            {
                "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
                "ThresholdMetricId": "band",
                "Metrics[Id=band].Expression": Holds("ANOMALY_DETECTION_BAND"),
                "Metrics[Id=seen].MetricStat.Metric.MetricName": "RequestCount",
            },
        ),
    ),
    Claim(
        "the database's CPU and memory, on Aurora",
        Some(
            ALARM,
            series(
                "AWS/RDS",
                "CPUUtilization",
                Dimensions=Item({"Name": "DBClusterIdentifier", "Value": Given()}),
            ),
        ),
    ),
    Claim(
        "the database's storage, on RDS",
        Some(
            ALARM,
            series(
                "AWS/RDS",
                "FreeStorageSpace",
                Dimensions=Item({"Name": "DBInstanceIdentifier", "Value": Given()}),
            ),
        ),
        ON_RDS,
    ),
    Claim(
        "the lag of the other region's database",
        Some(ALARM, series("AWS/RDS", "AuroraGlobalDBReplicationLag")),
        PAIR,
    ),
    Claim(
        "the lag of replicas, on RDS: in the region",
        Some(ALARM, series("AWS/RDS", "ReplicaLag")),
        ON_RDS,
    ),
    Claim(
        "the lag of each replicated table",
        Some(
            ALARM,
            series(
                "AWS/DynamoDB",
                "ReplicationLatency",
                Dimensions=Item({"Name": "ReceivingRegion", "Value": "{peer}"}),
            ),
            times=3,
        ),
    ),
    Claim(
        "queues: the age of what waits",
        Some(
            ALARM,
            series(
                "AWS/SQS",
                "ApproximateAgeOfOldestMessage",
                ComparisonOperator="GreaterThanThreshold",
            ),
        ),
    ),
    Claim(
        "dead letters",
        Some(
            ALARM,
            series(
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                ComparisonOperator="GreaterThanThreshold",
                Threshold=0,
            ),
        ),
    ),
    Claim(
        "the cache",
        Some(ALARM, series("AWS/ElastiCache", "EngineCPUUtilization")),
    ),
    Claim(
        "a certificate that ends",
        Some(
            ALARM,
            series(
                "AWS/CertificateManager",
                "DaysToExpiry",
                ComparisonOperator="LessThanThreshold",
                Threshold=AtLeast(14),
            ),
        ),
    ),
    Claim(
        "the health checks, where Route 53 publishes them",
        Some(
            ALARM,
            series(
                "AWS/Route53",
                "HealthCheckStatus",
                ComparisonOperator="LessThanThreshold",
                Dimensions=Item({"Name": "HealthCheckId", "Value": Given()}),
            ),
        ),
        EDGE,
    ),
    Claim("one composite alarm a tier", Law(in_some_tier, [(COMPOSITE_ALARM, "AlarmRule")])),
    Claim("the topic is encrypted", Every(TOPIC, {"KmsMasterKeyId": LOGS_KEY})),
    Claim(
        "every alarm acts (it calls somebody, or it scales), and says what to do",
        Every(
            ALARM,
            {
                "AlarmActions": Refers(TOPIC, SCALING_POLICY),
                "AlarmDescription": Given(40),
                "ActionsEnabled": Absent(False),
            },
        ),
    ),
    Claim(
        "every composite alarm acts, and says what to do",
        Every(
            COMPOSITE_ALARM,
            {
                "AlarmActions": Refers(TOPIC),
                "AlarmDescription": Given(40),
                "ActionsEnabled": Absent(False),
            },
        ),
    ),
)
