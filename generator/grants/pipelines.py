"""Grants for what brings releases: stacks and their change sets, deployments, pipelines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from awacs import (
    application_autoscaling,
    autoscaling,
    cloudformation,
    codedeploy,
    codepipeline,
    dynamodb,
    ec2,
    iam,
    rds,
    sts,
)
from awacs.aws import Statement, StringEquals
from troposphere import Sub

from generator.grants.statements import Arn, allow, unscoped


@dataclass(frozen=True)
class Stack:
    """A root's stack, by its name; the names of those that it nests begin with its own."""

    name: Arn
    region: Arn

    def read(self) -> Statement:
        """What stands, of what template, and what has happened to it."""
        actions = [
            cloudformation.DescribeEvents,
            cloudformation.DescribeStackEvents,
            cloudformation.DescribeStackResources,
            cloudformation.DescribeStacks,
            cloudformation.GetTemplate,
            cloudformation.ListStackResources,
        ]
        return allow(actions, [self._with_nested()])

    def look_for_drift(self) -> Statement:
        """Compare single resources with what their template says."""
        actions = [
            cloudformation.DescribeStackResourceDrifts,
            cloudformation.DetectStackResourceDrift,
        ]
        return allow(actions, [self._with_nested()])

    def read_changes(self) -> Statement:
        """What change sets say, the nested ones too."""
        return allow(
            [cloudformation.DescribeChangeSet, cloudformation.ListChangeSets],
            [self._with_nested()],
        )

    def plan(self) -> Statement:
        """Make change sets, and take them away: nothing that is changes by it."""
        actions = [
            cloudformation.CreateChangeSet,
            cloudformation.DeleteChangeSet,
            cloudformation.TagResource,
        ]
        return allow(actions, [self._with_nested()])

    def execute(self) -> Statement:
        """Execute a change set of the root, as an action of CodePipeline does, and see how it ends.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
        """
        actions = [
            cloudformation.DescribeChangeSet,
            cloudformation.DescribeStacks,
            cloudformation.ExecuteChangeSet,
        ]
        return allow(actions, [self._arn("/*")])

    def _with_nested(self) -> Sub:
        return self._arn("*")

    def _arn(self, rest: str) -> Sub:
        return Sub(
            "arn:${AWS::Partition}:cloudformation:${Region}:${AWS::AccountId}:stack/${Stack}"
            + rest,
            Region=self.region,
            Stack=self.name,
        )


def hand_to_stacks(roles: Iterable[Arn]) -> Statement:
    """Hand CloudFormation the roles that it acts as."""
    return allow(
        [iam.PassRole],
        roles,
        StringEquals("iam:PassedToService", "cloudformation.amazonaws.com"),
    )


def act_as(roles: Iterable[Arn]) -> Statement:
    """Act as other roles, which must trust whoever does."""
    return allow([sts.AssumeRole], roles)


@dataclass(frozen=True)
class Deployments:
    """A deployment group of CodeDeploy, and its application, which bear one name.

    `pace` is how the names of its deployment configuration begin, for CloudFormation makes them up.
    """

    name: Arn
    pace: Arn
    region: Arn

    def look(self) -> Statement:
        """What it deployed last."""
        return allow([codedeploy.GetDeploymentGroup], [self._group()])

    def deploy(self) -> list[Statement]:
        """Register a revision and deploy it, as an action of CodePipeline does.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeDeploy.html
        """
        registering = [
            codedeploy.GetApplication,
            codedeploy.GetApplicationRevision,
            codedeploy.RegisterApplicationRevision,
        ]
        return [
            allow(registering, [self._arn("application:${Name}", self.name)]),
            allow([codedeploy.CreateDeployment, codedeploy.GetDeployment], [self._group()]),
            allow(
                [codedeploy.GetDeploymentConfig], [self._arn("deploymentconfig:${Name}", self.pace)]
            ),
        ]

    def _group(self) -> Sub:
        return self._arn("deploymentgroup:${Name}/${Name}", self.name)

    def _arn(self, what: str, name: Arn) -> Sub:
        return Sub(
            "arn:${AWS::Partition}:codedeploy:${Region}:${AWS::AccountId}:" + what,
            Region=self.region,
            Name=name,
        )


@dataclass(frozen=True)
class Pipeline:
    """A pipeline of this region, by its name; its stages and actions are resources below it."""

    name: Arn

    def read(self) -> Statement:
        """How an execution stands, who approved what, and with which words."""
        actions = [
            codepipeline.GetPipelineExecution,
            codepipeline.GetPipelineState,
            codepipeline.ListActionExecutions,
        ]
        return allow(actions, [self._arn()])

    def operate(self) -> list[Statement]:
        """Start, stop, approve, repeat: what a person does with it."""
        stages = [
            codepipeline.DisableStageTransition,
            codepipeline.EnableStageTransition,
            codepipeline.RetryStageExecution,
            codepipeline.RollbackStage,
        ]
        whole = [
            codepipeline.ListPipelineExecutions,
            codepipeline.StartPipelineExecution,
            codepipeline.StopPipelineExecution,
        ]
        return [
            self.read(),
            allow(whole, [self._arn()]),
            allow([*stages, codepipeline.PutApprovalResult], [self._arn("/*")]),
        ]

    def _arn(self, below: str = "") -> Sub:
        return Sub(
            "arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:${Pipeline}"
            + below,
            Pipeline=self.name,
        )


def find_prefix_lists() -> Statement:
    """Ask which ids AWS's own prefix lists have."""
    return unscoped([ec2.DescribeManagedPrefixLists], because="it lists by no resource")


def find_tables(tables: Iterable[Arn]) -> Statement:
    """See which streams tables have."""
    return allow([dynamodb.DescribeTable], tables)


def find_leftovers() -> Statement:
    """Find the empty stacks that change sets left."""
    return unscoped([cloudformation.ListStacks], because="it lists by no stack")


def tell_drift_from_service() -> list[Statement]:
    """Know what services change by themselves: sizes of fleets, capacities, who leads a global database."""
    return [
        unscoped(
            [
                application_autoscaling.DescribeScalableTargets,
                autoscaling.DescribeAutoScalingGroups,
                autoscaling.DescribeScheduledActions,
            ],
            because="they list by no resource",
        ),
        allow(
            [rds.DescribeGlobalClusters],
            [Sub("arn:${AWS::Partition}:rds::${AWS::AccountId}:global-cluster:*")],
        ),
        allow(
            [codedeploy.ListDeployments],
            [Sub("arn:${AWS::Partition}:codedeploy:*:${AWS::AccountId}:deploymentgroup:*")],
        ),
    ]
