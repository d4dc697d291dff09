"""Grants for what runs on machines and in networks: instances, fleets, network interfaces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from awacs import (
    autoscaling,
    cloudwatch,
    codebuild,
    ec2,
    elasticloadbalancing,
    ssm,
    ssmmessages,
    tag,
)
from awacs.aws import ArnEquals, Statement, StringEquals
from troposphere import Sub

from generator.grants.statements import Arn, allow, unscoped


@dataclass(frozen=True)
class Fleet:
    """An Auto Scaling group, by its name, and the target group that it stands in, if it does."""

    name: Arn
    target_group_arn: Arn | None = None

    def deploy_in_place(self) -> list[Statement]:
        """Take its instances out of traffic in turn, and hold a new one until it has the revision.

        AWS's managed AWSCodeDeployRole, less what only blue/green deployments and other targets need.
        https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRole.html
        """
        hold = [
            autoscaling.PutLifecycleHook,
            autoscaling.DeleteLifecycleHook,
            autoscaling.RecordLifecycleActionHeartbeat,
            autoscaling.CompleteLifecycleAction,
            autoscaling.SuspendProcesses,
            autoscaling.ResumeProcesses,
        ]
        look = [
            autoscaling.DescribeAutoScalingGroups,
            autoscaling.DescribeLifecycleHooks,
            ec2.DescribeInstances,
            ec2.DescribeInstanceStatus,
            elasticloadbalancing.DescribeLoadBalancers,
            elasticloadbalancing.DescribeTargetGroups,
            elasticloadbalancing.DescribeTargetGroupAttributes,
            elasticloadbalancing.DescribeTargetHealth,
            tag.GetResources,
        ]
        shift = [elasticloadbalancing.RegisterTargets, elasticloadbalancing.DeregisterTargets]
        return [
            allow(hold, [self._group()]),
            *([allow(shift, [self.target_group_arn])] if self.target_group_arn else []),
            unscoped(look, because="none of these lists by resource"),
            unscoped(
                [cloudwatch.DescribeAlarms], because="composite alarms are described under * only"
            ),
        ]

    def leave_in_order(self) -> Statement:
        """An instance that is to end says how long it still needs, and when it is done."""
        actions = [
            autoscaling.RecordLifecycleActionHeartbeat,
            autoscaling.CompleteLifecycleAction,
        ]
        return allow(actions, [self._group()])

    def _group(self) -> Sub:
        return Sub(
            "arn:${AWS::Partition}:autoscaling:${AWS::Region}:${AWS::AccountId}"
            ":autoScalingGroup:*:autoScalingGroupName/${Name}",
            Name=self.name,
        )


def session_manager() -> list[Statement]:
    """What the SSM agent needs to open a shell on its instance: no SSH, no key, no open port.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
    """
    instance = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*")
    channels = [
        ssmmessages.CreateControlChannel,
        ssmmessages.CreateDataChannel,
        ssmmessages.OpenControlChannel,
        ssmmessages.OpenDataChannel,
    ]
    return [
        allow([ssm.UpdateInstanceInformation], [instance]),
        unscoped(channels, because="a channel has no ARN"),
    ]


def join_vpc() -> list[Statement]:
    """What a Lambda function needs to have its network interfaces in a VPC.

    Lambda wants to be allowed every interface, for it asks before there is one.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    interfaces = [
        ec2.CreateNetworkInterface,
        ec2.DeleteNetworkInterface,
        ec2.AssignPrivateIpAddresses,
        ec2.UnassignPrivateIpAddresses,
    ]
    ours = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*")
    return [
        allow(interfaces, [ours]),
        unscoped(
            [ec2.DescribeNetworkInterfaces, ec2.DescribeSubnets], because="they list by no resource"
        ),
    ]


def build_in_vpc(subnet_ids: Iterable[Arn]) -> list[Statement]:
    """What CodeBuild needs to run builds in subnets of ours.

    https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html
    """
    subnets = [
        Sub(
            "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:subnet/${Subnet}",
            Subnet=subnet,
        )
        for subnet in subnet_ids
    ]
    interfaces = Sub(
        "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:network-interface/*"
    )
    ours = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*")
    look = [
        ec2.DescribeDhcpOptions,
        ec2.DescribeNetworkInterfaces,
        ec2.DescribeSecurityGroups,
        ec2.DescribeSubnets,
        ec2.DescribeVpcs,
    ]
    return [
        allow([ec2.CreateNetworkInterface, ec2.DeleteNetworkInterface], [ours]),
        allow(
            [ec2.CreateNetworkInterfacePermission],
            [interfaces],
            StringEquals("ec2:AuthorizedService", "codebuild.amazonaws.com"),
            ArnEquals("ec2:Subnet", subnets),
        ),
        unscoped(look, because="they list by no resource"),
    ]


@dataclass(frozen=True)
class BuildProject:
    """A CodeBuild project, by its name."""

    name: Arn

    def run_batch(self) -> Statement:
        """Start the builds of a batch, and stop or repeat one."""
        return allow(
            [codebuild.StartBuild, codebuild.StopBuild, codebuild.RetryBuild], [self._arn()]
        )

    def start(self) -> Statement:
        """Start a build."""
        return allow([codebuild.StartBuild], [self._arn()])

    def run(self) -> Statement:
        """Start a build, look how it goes, and stop it, as an action of CodePipeline does.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
        """
        return allow(
            [codebuild.BatchGetBuilds, codebuild.StartBuild, codebuild.StopBuild], [self._arn()]
        )

    def _arn(self) -> Sub:
        return Sub(
            "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:project/${Project}",
            Project=self.name,
        )


def close_security_group(group_id: Arn) -> list[Statement]:
    """Take the rules out of one security group."""
    group = Sub(
        "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:security-group/${Group}",
        Group=group_id,
    )
    return [
        allow([ec2.RevokeSecurityGroupIngress, ec2.RevokeSecurityGroupEgress], [group]),
        unscoped([ec2.DescribeSecurityGroups], because="DescribeSecurityGroups names no group"),
    ]
