"""Whether these credentials may undo what the drill is going to do: who may only begin must not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from generator.naming import PREFIX
from scripts import lease_table
from scripts.aws import AwsSaidNo
from scripts.checks import Answer, judged, passed, unknown
from scripts.drill.calls import Where
from scripts.drill.plan import Trigger
from scripts.drill.preflight.ground import Ground, Question, Questions

#: What undoing and mirroring ask of a table.
TABLE = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem")


def may_undo(ground: Ground) -> Answer:
    """Asked of IAM, policy by policy; what an organization forbids besides is not always known to it.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    expected = "every call that undoes the drill is allowed"
    identity = ground.aws.identity
    if identity.arn.endswith(":root"):
        return passed("the account's root user may do everything", expected)
    try:
        principal = _principal(ground, identity.arn)
        denied = [
            f"{one['EvalActionName']} on {resource}"
            for resource, actions in _needed(ground)
            for one in ground.aws.client("iam", Where.GLOBAL).call(
                "simulate_principal_policy",
                PolicySourceArn=principal,
                ActionNames=list(actions),
                ResourceArns=[resource],
            )["EvaluationResults"]
            if one["EvalDecision"] != "allowed"
        ]
    except AwsSaidNo as error:
        if not error.denied:
            raise
        return unknown(
            f"these credentials may not ask: {error.message}",
            expected,
            "Allow iam:SimulatePrincipalPolicy and iam:GetRole, or look at the policies yourself.",
        )
    return judged(
        not denied,
        f"not allowed: {', '.join(denied)}" if denied else f"{principal} may",
        expected,
        f"Allow them in the policies of {principal}.",
    )


def _principal(ground: Ground, arn: str) -> str:
    """The role of a session; its ARN has a path that the session's leaves out."""
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    if kind != "assumed-role":
        return arn
    role = rest.partition("/")[0]
    told = ground.aws.client("iam", Where.GLOBAL).call("get_role", RoleName=role)
    return str(told["Role"]["Arn"])


def _needed(ground: Ground) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Resource -> what undoing asks of it."""
    theatre = ground.theatre
    partition = ground.aws.identity.arn.split(":")[1]
    here, account = theatre.standby.name, theatre.account

    def table(name: str) -> tuple[str, tuple[str, ...]]:
        return f"arn:{partition}:dynamodb:{here}:{account}:table/{name}", TABLE

    yield table(lease_table.name(ground.environment.name))
    yield (
        f"arn:{partition}:s3:::{theatre.standby.artifacts_bucket}/drills/journal",
        ("s3:PutObject", "s3:GetObject"),
    )
    match ground.plan.trigger:
        case Trigger.TAKEOVER:
            yield table(theatre.switch_table)
        case Trigger.APP_HEALTH:
            yield table(theatre.carts)
        case Trigger.INVERT:
            yield (
                f"arn:{partition}:route53:::healthcheck/{theatre.primary_endpoint.id}",
                ("route53:GetHealthCheck", "route53:UpdateHealthCheck"),
            )
        case Trigger.OUTAGE:
            pass
        case _:
            assert_never(ground.plan.trigger)
    if ground.plan.data:
        yield (
            f"arn:{partition}:rds::{account}:global-cluster:{theatre.global_cluster}",
            ("rds:SwitchoverGlobalCluster", "rds:DescribeGlobalClusters"),
        )
        yield (
            theatre.primary.secrets["orders"],
            ("secretsmanager:RotateSecret", "secretsmanager:CancelRotateSecret"),
        )
        for region in (theatre.primary.name, theatre.standby.name):
            commit = f"{PREFIX}-{theatre.environment}-order-commit-{region}"
            yield (
                f"arn:{partition}:lambda:{region}:{account}:function:{commit}",
                ("lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency"),
            )


CHECKS: Questions = (Question("the way back is allowed", may_undo),)
