"""O1 and O2: releases and scaling."""

from __future__ import annotations

from typing import Any

from tests.coverage.claims import (
    PAIR,
    PRIMARY,
    Claim,
    Every,
    No,
    Some,
    row,
)
from tests.coverage.contents import Holds, Item, Refers
from tests.coverage.expectations import AtLeast, AtMost
from tests.coverage.platform import Standing
from tests.coverage.rows.names import (
    ALARM,
    ARTIFACTS_KEY,
    FLEET,
    SCALING_POLICY,
    TARGET_GROUP,
    key,
)

DEPLOYMENT_GROUP = "AWS::CodeDeploy::DeploymentGroup"
TRACKING = "TargetTrackingConfiguration"

SHOP = {"AutoScalingGroups": Refers("storefront/Fleet")}

PIPELINE = "AWS::CodePipeline::Pipeline"


def changed(wave: str) -> dict[str, Any]:
    """How a wave's change goes: each step after the one before, and none without a plan that has changes."""
    stage = f"Stages[Name=Change{wave}]"
    rule = f"{stage}.BeforeEntry.Conditions[*]"
    steps = {
        "Approve": "Manual",
        "Gate": "CodeBuild",
        "Execute": "CloudFormation",
        "Verify": "CodeBuild",
    }
    return {
        f"{rule}.Result": "SKIP",
        f"{rule}.Rules[*].Configuration.Variable": f"#{{Plan{wave}.HasChanges}}",
        f"{stage}.Actions[Name=Approve].Configuration.CustomData": Holds(f"Plan{wave}.PlanHash"),
        f"{stage}.Actions[Name=Execute].Configuration.ActionMode": "CHANGE_SET_EXECUTE",
        **{
            f"{stage}.Actions[Name={step}].ActionTypeId.Provider": provider
            for step, provider in steps.items()
        },
        **{
            f"{stage}.Actions[Name={step}].RunOrder": number
            for number, step in enumerate(steps, start=1)
        },
    }


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
    Claim(
        "CodePipeline ships releases, one after the other, to the standby in either order",
        Every(
            PIPELINE,
            {
                "PipelineType": "V2",
                "ExecutionMode": "QUEUED",
                "Stages[Name=Source].Actions[*].Configuration.AllowOverrideForS3ObjectKey": "true",
                "Stages[Name=PlanStandbyFirst].Actions[Name=Plan].Configuration.EnvironmentVariables": Holds(
                    '"standby-first"', "variables.WaveOrder"
                ),
                "Stages[Name=PlanStandby].Actions[Name=Plan].Configuration.EnvironmentVariables": Holds(
                    '"primary-first"', "variables.WaveOrder"
                ),
                "Variables[Name=WaveOrder].DefaultValue": "primary-first",
            },
        ),
        PRIMARY,
    ),
    *(
        Claim(
            f"{wave} is planned, approved, looked at again, executed and verified",
            Every(PIPELINE, changed(wave)),
            PRIMARY,
        )
        for wave in ("StandbyFirst", "Primary", "Standby", "Edge")
    ),
    Claim(
        "a revision that fails in one region goes back in both",
        Every(
            PIPELINE,
            {
                "Stages[Name=Shop].OnFailure.Result": "ROLLBACK",
                "Stages[Name=Shop].Actions[Name=ShopStandby].RunOrder": 1,
                "Stages[Name=Shop].Actions[Name=ShopPrimary].RunOrder": 2,
                "Stages[Name=Shop].Actions[*].ActionTypeId.Provider": "CodeDeploy",
            },
        ),
        PRIMARY,
    ),
    Claim(
        "artifacts lie in every region that an action works in, under our keys",
        Every(
            PIPELINE,
            {
                f"ArtifactStores[Region={region}].ArtifactStore.EncryptionKey.Id": key(
                    "Artifacts", region
                )
                for region in ("{region}", "{peer}", "us-east-1")
            },
        ),
        PRIMARY,
    ),
    Claim(
        "its builds run what the release brings, without privileges, and log under our key",
        Every(
            "AWS::CodeBuild::Project",
            {
                "Source.BuildSpec": Holds("python3 -m scripts.cli", "PYTHONPATH: tool:tool/lib"),
                "Environment.PrivilegedMode": False,
                "EncryptionKey": ARTIFACTS_KEY,
                "LogsConfig.CloudWatchLogs.GroupName": Refers("pipeline/Runs"),
                "TimeoutInMinutes": AtMost(60),
            },
            where={"Source.Type": "CODEPIPELINE"},
        ),
        PRIMARY,
    ),
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
