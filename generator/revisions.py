"""How a revision reaches a fleet: CodeDeploy, in place, a few instances at a time, and back at an alarm.

In place, not blue/green: blue/green copies the Auto Scaling group and leaves the copy outside CloudFormation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, GetAtt, Ref, Tags
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
from generator.bundles import fleet_bundle
from generator.naming import pascal

if TYPE_CHECKING:
    from generator.layer import Layer


@dataclass(frozen=True)
class Traffic:
    """The target group that an instance leaves before it is touched, and returns to when it is healthy."""

    target_group_arn: object
    target_group_name: object


def revision_key(purpose: str) -> str:
    """Where in the artifacts bucket the revision lies that belongs to this template.

    CloudFormation deploys no revision: whoever does, after the stack, reads it from the root's outputs.
    """
    return fleet_bundle(purpose).key


def revisions(
    layer: Layer,
    purpose: str,
    *,
    fleet_name: object,
    traffic: Traffic | None,
    healthy_percent: object,
    alarms: Sequence[object],
    topic: grants.Topic,
) -> AWSObject:
    """The application, its pace, its role and the deployment group of a fleet; gives the application.

    Application and group bear the derived name of the purpose, so that the pipeline, which is older, knows
    them. `alarms` stop a deployment by their names; `healthy_percent` of the fleet go on working.
    """
    title = pascal(purpose)
    application = layer.add(
        Application(
            title,
            ApplicationName=layer.named_everywhere(purpose),
            ComputePlatform="Server",
            Tags=Tags(Name=layer.named(purpose)),
        )
    )
    # A config never changes, so it has no name of ours: another share is another config.
    pace = layer.add(
        DeploymentConfig(
            "Pace",
            ComputePlatform="Server",
            MinimumHealthyHosts=MinimumHealthyHosts(Type="FLEET_PERCENT", Value=healthy_percent),
        )
    )
    fleet = grants.Fleet(fleet_name, traffic and traffic.target_group_arn)
    role = layer.role(
        f"{title}Deployer",
        trusted=grants.service("codedeploy"),
        allows=[fleet.deploy_in_place(), topic.publish()],
    )
    layer.add(
        DeploymentGroup(
            f"{title}Deployments",
            ApplicationName=Ref(application),
            DeploymentGroupName=layer.named_everywhere(purpose),
            DeploymentConfigName=Ref(pace),
            ServiceRoleArn=GetAtt(role, "Arn"),
            AutoScalingGroups=[fleet_name],
            **_style(traffic),
            OutdatedInstancesStrategy="UPDATE",
            TerminationHookEnabled=True,
            AlarmConfiguration=AlarmConfiguration(
                Enabled=True,
                IgnorePollAlarmFailure=False,
                Alarms=[Alarm(Name=name) for name in alarms],
            ),
            AutoRollbackConfiguration=AutoRollbackConfiguration(
                Enabled=True, Events=["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
            ),
            TriggerConfigurations=[
                TriggerConfig(
                    TriggerName="alerts",
                    TriggerTargetArn=topic.arn,
                    TriggerEvents=["DeploymentFailure", "DeploymentRollback"],
                )
            ],
            Tags=Tags(Name=layer.named(purpose)),
        )
    )
    return application


def _style(traffic: Traffic | None) -> dict[str, Any]:
    option = "WITH_TRAFFIC_CONTROL" if traffic else "WITHOUT_TRAFFIC_CONTROL"
    style = {"DeploymentStyle": DeploymentStyle(DeploymentType="IN_PLACE", DeploymentOption=option)}
    if traffic is None:
        return style
    behind = LoadBalancerInfo(TargetGroupInfoList=[TargetGroupInfo(Name=traffic.target_group_name)])
    return {**style, "LoadBalancerInfo": behind}
