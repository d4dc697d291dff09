"""Grants for a failover drill by takeover: what it changes, what it measures, and what it looks at before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from awacs import (
    acm,
    autoscaling,
    awslambda,
    backup,
    cloudformation,
    cloudwatch,
    codedeploy,
    codepipeline,
    dynamodb,
    ec2,
    elasticache,
    elasticloadbalancing,
    es,
    iam,
    kms,
    logs,
    rds,
    route53,
    secretsmanager,
    servicequotas,
    states,
)
from awacs.aws import Statement

from generator.grants.keys import Key
from generator.grants.statements import Arn, allow, unscoped


@dataclass(frozen=True)
class Switch:
    """The table in which a takeover is asked for, and the key that it is encrypted with."""

    arn: Arn
    key: Key

    def turn(self) -> list[Statement]:
        """Ask for a takeover, see who did, and take it back."""
        turns = [dynamodb.GetItem, dynamodb.PutItem, dynamodb.DeleteItem]
        return [allow(turns, [self.arn]), self.key.encrypt()]


def hold_leases(tables: Iterable[Arn]) -> Statement:
    """Make the table of leases, hold one, and keep the item of the open drill."""
    holds = [
        dynamodb.CreateTable,
        dynamodb.DeleteItem,
        dynamodb.DescribeTable,
        dynamodb.GetItem,
        dynamodb.PutItem,
        dynamodb.TagResource,
        dynamodb.UpdateItem,
    ]
    return allow(holds, tables)


def follow_orders(
    tables: Iterable[Arn], executions: Iterable[Arn], keys: Iterable[Key]
) -> list[Statement]:
    """Find every order again that was acknowledged to a drill, and see what became of it."""
    return [
        allow([dynamodb.BatchGetItem, dynamodb.GetItem, dynamodb.DescribeTable], tables),
        allow([states.DescribeExecution], executions),
        *(key.decrypt() for key in keys),
    ]


def hand_back_orders(
    tables: Iterable[Arn], workflows: Iterable[Arn], executions: Iterable[Arn]
) -> list[Statement]:
    """Find the orders that wait here, have the other region work them, and end what waited for them."""
    return [
        allow([dynamodb.GetItem, dynamodb.UpdateItem], tables),
        allow([states.ListExecutions], workflows),
        allow([states.StopExecution], executions),
    ]


def leave_markers(tables: Iterable[Arn], keys: Iterable[Key]) -> list[Statement]:
    """Write a cart that nobody buys, and see when the other region has it."""
    marks = [dynamodb.GetItem, dynamodb.PutItem, dynamodb.DeleteItem]
    return [allow(marks, tables), *(key.encrypt() for key in keys)]


def find_a_product(tables: Iterable[Arn]) -> Statement:
    """Something in stock, for drills to order."""
    return allow([dynamodb.GetItem, dynamodb.Scan], tables)


def watch_health_checks(checks: Iterable[Arn], zones: Iterable[Arn]) -> list[Statement]:
    """What each checker sees, and which records follow it."""
    return [
        allow([route53.GetHealthCheck, route53.GetHealthCheckStatus], checks),
        allow([route53.ListResourceRecordSets], zones),
    ]


def know_itself(roles: Iterable[Arn]) -> Statement:
    """Whether it may undo what it is about to do."""
    return allow([iam.GetRole, iam.SimulatePrincipalPolicy], roles)


@dataclass(frozen=True)
class Surroundings:
    """What bears the environment's names, in both regions: service -> ARNs."""

    stacks: list[Arn]
    deployments: list[Arn]
    pipelines: list[Arn]
    vaults: list[Arn]
    databases: list[Arn]
    secrets: list[Arn]
    functions: list[Arn]
    domains: list[Arn]
    keys: list[Arn]
    certificates: list[Arn]
    caches: list[Arn]
    quotas: list[Arn]

    def look(self) -> list[Statement]:
        """Whether the two regions are alike, and nothing goes on there: a drill's preflight."""
        return [
            allow(
                [
                    cloudformation.DescribeStacks,
                    cloudformation.GetTemplate,
                    cloudformation.ListStackResources,
                ],
                self.stacks,
            ),
            allow(
                [
                    codedeploy.BatchGetDeployments,
                    codedeploy.GetDeployment,
                    codedeploy.GetDeploymentGroup,
                    codedeploy.ListDeployments,
                ],
                self.deployments,
            ),
            allow([codepipeline.ListPipelineExecutions], self.pipelines),
            allow(
                [backup.DescribeBackupVault, backup.ListRecoveryPointsByBackupVault], self.vaults
            ),
            allow([rds.DescribeDBClusters, rds.DescribeDBInstances], self.databases),
            allow([secretsmanager.DescribeSecret], self.secrets),
            allow([awslambda.GetFunctionConcurrency], self.functions),
            allow([es.DescribeDomain], self.domains),
            allow([kms.DescribeKey], self.keys),
            allow([acm.DescribeCertificate], self.certificates),
            allow(
                [elasticache.DescribeCacheClusters, elasticache.DescribeReplicationGroups],
                self.caches,
            ),
            allow([servicequotas.GetServiceQuota], self.quotas),
            *_look_where_nothing_has_a_name(),
        ]


def _look_where_nothing_has_a_name() -> list[Statement]:
    return [
        unscoped(
            [
                autoscaling.DescribeAutoScalingGroups,
                ec2.DescribeImages,
                ec2.DescribeInstanceTypeOfferings,
                ec2.DescribeInstanceTypes,
                ec2.DescribeLaunchTemplateVersions,
                ec2.DescribeManagedPrefixLists,
                elasticloadbalancing.DescribeAccountLimits,
                elasticloadbalancing.DescribeLoadBalancerAttributes,
                elasticloadbalancing.DescribeLoadBalancers,
            ],
            because="none of these lists by resource",
        ),
        unscoped(
            [cloudwatch.GetMetricData, cloudwatch.GetMetricStatistics],
            because="a metric has no ARN",
        ),
        unscoped(
            [cloudwatch.DescribeAlarms], because="composite alarms are described under * only"
        ),
        unscoped(
            [awslambda.GetAccountSettings, servicequotas.GetAWSDefaultServiceQuota],
            because="they tell of the account, and of AWS",
        ),
        unscoped([logs.DescribeLogGroups], because="it lists by no resource"),
    ]
