"""Differences that are meant: explained by a row where its proof holds, and drift where it does not."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.deploy.surroundings import Surroundings
from scripts.deploy.topology import KNOWN, Difference, Drifted, explanation_of
from tests.functional.stubbed import StubbedSession

REGION = "us-east-1"
CLUSTER = "arn:aws:rds:{}:111111111111:cluster:{}"
HERE, THERE = CLUSTER.format(REGION, "orders-east"), CLUSTER.format("us-west-2", "orders-west")

GROUP = "AWS::AutoScaling::AutoScalingGroup"


def drifted(type: str, physical_id: str = "it", **expected: Any) -> Drifted:
    return Drifted(
        REGION, "platform", ("Layer", "It"), "s", type, physical_id, "MODIFIED", (), expected, {}
    )


def changed(pointer: str, expected: str, actual: str, kind: Any = "NOT_EQUAL") -> Difference:
    return Difference(pointer, expected, actual, kind)


def reason(session: StubbedSession, one: Drifted, difference: Difference) -> str:
    known = explanation_of(one, difference, Surroundings(session.aws(), REGION))
    return known.reason if known else ""


def with_members(*arns: str) -> StubbedSession:
    session = StubbedSession()
    session.stub("rds").add_response(
        "describe_global_clusters",
        {"GlobalClusters": [{"GlobalClusterMembers": [{"DBClusterArn": arn} for arn in arns]}]},
        {"GlobalClusterIdentifier": "orders"},
    )
    return session


def with_group(**said: Any) -> StubbedSession:
    session = StubbedSession()
    group = {
        "AutoScalingGroupName": "shop",
        "MinSize": 2,
        "MaxSize": 9,
        "DesiredCapacity": 4,
        "DefaultCooldown": 300,
        "AvailabilityZones": ["us-east-1a"],
        "HealthCheckType": "ELB",
        "CreatedTime": "2026-11-27",
        **said,
    }
    session.stub("autoscaling").add_response(
        "describe_auto_scaling_groups",
        {"AutoScalingGroups": [group]},
        {"AutoScalingGroupNames": ["shop"]},
    )
    return session


def with_schedule(**sizes: int) -> StubbedSession:
    session = StubbedSession()
    session.stub("autoscaling").add_response(
        "describe_scheduled_actions",
        {"ScheduledUpdateGroupActions": [{"ScheduledActionName": "night", **sizes}]},
        {"AutoScalingGroupName": "shop"},
    )
    return session


def with_band(resource: str, dimension: str, least: int, most: int) -> StubbedSession:
    session = StubbedSession()
    namespace = dimension.partition(":")[0]
    session.stub("application-autoscaling").add_response(
        "describe_scalable_targets",
        {
            "ScalableTargets": [
                {
                    "ServiceNamespace": namespace,
                    "ResourceId": resource,
                    "ScalableDimension": dimension,
                    "MinCapacity": least,
                    "MaxCapacity": most,
                    "RoleARN": "arn:aws:iam::111111111111:role/r",
                    "CreationTime": "2026-11-27",
                }
            ]
        },
        {
            "ServiceNamespace": namespace,
            "ResourceIds": [resource],
            "ScalableDimension": dimension,
        },
    )
    return session


def with_deployments(*ids: str) -> StubbedSession:
    session = StubbedSession()
    session.stub("codedeploy").add_response("list_deployments", {"deployments": list(ids)})
    return session


SWITCHED = (
    drifted("AWS::RDS::GlobalCluster", "orders"),
    changed("/SourceDBClusterIdentifier", HERE, THERE),
)
UNREAD = (
    drifted("AWS::RDS::DBCluster", "orders-west"),
    changed("/GlobalClusterIdentifier", "orders", "null", "REMOVE"),
)
DESIRED = (drifted(GROUP, "shop"), changed("/DesiredCapacity", "2", "6"))
AT_NIGHT = (drifted(GROUP, "shop"), changed("/MinSize", "6", "3"))
WARMUP = (drifted(GROUP, "shop"), changed("/DefaultInstanceWarmup", "120", "null", "REMOVE"))
TABLE = (
    drifted("AWS::DynamoDB::Table", "carts"),
    changed("/ProvisionedThroughput/ReadCapacityUnits", "5", "40"),
)
SERVICE = (
    drifted("AWS::ECS::Service", "arn:aws:ecs:us-east-1:111111111111:service/c/web"),
    changed("/DesiredCount", "1", "3"),
)
SHIFTING = (
    drifted("AWS::Lambda::Alias"),
    changed("/RoutingConfig", "null", '{"AdditionalVersionWeights": []}', "ADD"),
)
HOOK = changed(
    "/LifecycleHookSpecificationList/0",
    "null",
    '{"LifecycleHookName": "CodeDeploy-managed-automatic-launch-deployment-hook-shop"}',
    "ADD",
)


def grown(actual: str, ceiling: Any = 400) -> tuple[Drifted, Difference]:
    one = drifted("AWS::RDS::DBInstance", MaxAllocatedStorage=ceiling)
    return one, changed("/AllocatedStorage", "100", actual)


def upgraded(actual: str, **expected: Any) -> tuple[Drifted, Difference]:
    one = drifted("AWS::RDS::DBInstance", **expected)
    return one, changed("/EngineVersion", "17.9", actual)


MEANT: list[tuple[StubbedSession | None, tuple[Drifted, Difference], str]] = [
    (with_members(HERE, THERE), SWITCHED, "a switchover or failover made another cluster"),
    (with_members(HERE, THERE), UNREAD, "CloudFormation does not read which global database"),
    (with_group(), DESIRED, "scaling policies move it"),
    (with_schedule(MinSize=3), AT_NIGHT, "a scheduled action of the group"),
    (with_group(DefaultInstanceWarmup=120), WARMUP, "CloudFormation does not read it"),
    (with_band("table/carts", "dynamodb:table:ReadCapacityUnits", 5, 100), TABLE, "auto scaling"),
    (with_band("service/c/web", "ecs:service:DesiredCount", 1, 4), SERVICE, "auto scaling"),
    (with_deployments("d-1"), SHIFTING, "CodeDeploy is shifting traffic"),
    (None, (drifted(GROUP, "shop"), HOOK), "CodeDeploy hooks into the launches"),
    (None, grown("180"), "storage autoscaling added storage"),
    (None, upgraded("17.10"), "RDS upgraded the minor version"),
    (
        None,
        (drifted("AWS::SQS::Queue"), changed("/Tags/3", "null", '{"Key": "aws:x"}', "ADD")),
        "AWS tags its own",
    ),
]

NOT_MEANT: list[tuple[StubbedSession | None, tuple[Drifted, Difference]]] = [
    (with_members(HERE), SWITCHED),
    (with_members(THERE), SWITCHED),
    (with_members(), UNREAD),
    (with_members(HERE), UNREAD),
    (with_group(MaxSize=5), DESIRED),
    (with_group(MinSize=7), DESIRED),
    (with_schedule(MaxSize=3), AT_NIGHT),
    (with_schedule(MinSize=4), AT_NIGHT),
    (with_group(DefaultInstanceWarmup=60), WARMUP),
    (with_group(), WARMUP),
    (with_band("table/carts", "dynamodb:table:ReadCapacityUnits", 5, 39), TABLE),
    (with_band("service/c/web", "ecs:service:DesiredCount", 4, 9), SERVICE),
    (with_deployments(), SHIFTING),
    (
        None,
        (drifted(GROUP, "shop"), changed("/LifecycleHookSpecificationList/0", "null", "{}", "ADD")),
    ),
    (None, grown("401")),
    (None, grown("99")),
    (None, grown("180", ceiling=None)),
    (None, upgraded("18.1")),
    (None, upgraded("17.8")),
    (None, upgraded("17.10", AutoMinorVersionUpgrade=False)),
    (None, (drifted("AWS::SQS::Queue"), changed("/Tags/3", "null", '{"Key": "Owner"}', "ADD"))),
    (None, (drifted("AWS::SQS::Queue"), changed("/Tags/3", '{"Key": "aws:x"}', "null", "REMOVE"))),
    (None, (drifted("AWS::SQS::Queue"), changed("/DesiredCapacity", "2", "6"))),
    (None, (drifted("AWS::RDS::DBInstance"), changed("/DeletionProtection", "true", "false"))),
]


def _id(value: Any) -> str | None:
    return f"{value[0].type} {value[1].pointer}" if isinstance(value, tuple) else None


@pytest.mark.parametrize(("session", "one", "why"), MEANT, ids=_id)
def test_what_aws_changes_because_it_was_told_to_is_explained(
    session: StubbedSession | None, one: tuple[Drifted, Difference], why: str
) -> None:
    assert why in reason(session or StubbedSession(), *one)


@pytest.mark.parametrize(("session", "one"), NOT_MEANT, ids=_id)
def test_without_the_proof_it_is_drift(
    session: StubbedSession | None, one: tuple[Drifted, Difference]
) -> None:
    assert reason(session or StubbedSession(), *one) == ""


def test_every_row_is_tried_both_ways_and_names_its_source() -> None:
    def tried(cases: list[Any]) -> set[tuple[str, str]]:
        from fnmatch import fnmatchcase

        return {
            (known.type, known.pointer)
            for known in KNOWN
            for case in cases
            if fnmatchcase(case[1][0].type, known.type)
            and fnmatchcase(case[1][1].pointer, known.pointer)
        }

    every = {(known.type, known.pointer) for known in KNOWN}
    assert tried(MEANT) == tried(NOT_MEANT) == every
    assert all(known.source.startswith("https://") for known in KNOWN)


def test_a_service_that_does_not_answer_proves_nothing_and_is_asked_once() -> None:
    session = StubbedSession()
    session.stub("rds").add_client_error("describe_global_clusters", "AccessDenied", "no")
    around = Surroundings(session.aws(), REGION)

    assert explanation_of(*SWITCHED, around) is None
    assert explanation_of(*SWITCHED, around) is None
    session.assert_all_asked()
