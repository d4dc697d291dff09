from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from awacs.aws import Action

from generator import boundaries
from generator.backup_actions import BACKUP_KEYS, BACKUP_SCOPED, BACKUP_UNSCOPED
from generator.deployers import Deployers
from generator.errors import BuildError
from generator.foundation import Foundation
from generator.pipeline_actions import (
    OPERATOR_SCOPED,
    PIPELINE_KEYS,
    PIPELINE_SCOPED,
    PIPELINE_UNSCOPED,
)
from generator.policy_size import POLICY_LIMIT, size
from generator.runtime_actions import RUNTIME_KEYS, RUNTIME_SCOPED, RUNTIME_UNSCOPED
from generator.service_actions import SERVICE_KEYS, SERVICE_SCOPED, SERVICE_UNSCOPED
from generator.stacks import build, resource_types
from tests.unit.generator.iam import allows, statements

ACCOUNT = "111111111111"
RUNTIME = f"arn:aws:iam::{ACCOUNT}:policy/tradewind-dev-runtime-boundary-us-east-1"
SERVICE = f"arn:aws:iam::{ACCOUNT}:policy/tradewind-dev-service-boundary-us-east-1"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:policy/tradewind-dev-deployer-boundary-us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/tradewind-dev-web-us-east-1"
EXECUTION = f"arn:aws:iam::{ACCOUNT}:role/tradewind-dev-platform-execution-us-east-1"

Policy = list[dict[str, Any]]


@pytest.fixture(scope="module")
def foundation() -> Foundation:
    return Foundation()


@pytest.fixture(scope="module")
def deployers() -> Deployers:
    return Deployers(resource_types())


@pytest.fixture(scope="module")
def deployer(deployers: Deployers) -> Policy:
    return statements(deployers.template.resources["DeployerBoundary"].PolicyDocument)


@pytest.fixture(scope="module")
def service(deployers: Deployers) -> Policy:
    return statements(deployers.template.resources["ServiceBoundary"].PolicyDocument)


@pytest.fixture(scope="module")
def runtime(foundation: Foundation) -> Policy:
    return statements(foundation.template.resources["RuntimeBoundary"].PolicyDocument)


@pytest.mark.parametrize(
    "action", ["CreateRole", "PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary"]
)
def test_a_deployer_gives_permissions_only_under_the_runtime_boundary(
    deployer: Policy, action: str
) -> None:
    iam = f"iam:{action}"
    assert allows(deployer, iam, ROLE, iam__PermissionsBoundary=RUNTIME)
    assert not allows(deployer, iam, ROLE)
    assert not allows(deployer, iam, ROLE, iam__PermissionsBoundary=DEPLOYER)


def test_no_role_loses_its_boundary(deployer: Policy) -> None:
    assert not allows(
        deployer, "iam:DeleteRolePermissionsBoundary", ROLE, iam__PermissionsBoundary=RUNTIME
    )


@pytest.mark.parametrize("boundary", [RUNTIME, DEPLOYER])
@pytest.mark.parametrize(
    "action",
    ["CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion"],
)
def test_a_deployer_alters_neither_boundary(deployer: Policy, boundary: str, action: str) -> None:
    assert not allows(deployer, f"iam:{action}", boundary)


@pytest.mark.parametrize("action", ["UpdateAssumeRolePolicy", "PutRolePolicy", "DeleteRole"])
def test_a_deployer_alters_no_deployers_role(deployer: Policy, action: str) -> None:
    assert not allows(deployer, f"iam:{action}", EXECUTION, iam__PermissionsBoundary=RUNTIME)


def test_a_deployer_touches_no_identity_beyond_its_environments_roles(deployer: Policy) -> None:
    another = f"arn:aws:iam::{ACCOUNT}:role/administrator"
    assert not allows(deployer, "iam:UpdateAssumeRolePolicy", another)
    assert not allows(deployer, "iam:CreateRole", another, iam__PermissionsBoundary=RUNTIME)
    for action in ("CreateUser", "CreateAccessKey", "CreatePolicy", "CreateOpenIDConnectProvider"):
        assert not allows(deployer, f"iam:{action}", f"arn:aws:iam::{ACCOUNT}:user/tradewind-dev-x")


def test_a_deployer_hands_its_roles_to_named_services_only(deployer: Policy) -> None:
    assert allows(deployer, "iam:PassRole", ROLE, iam__PassedToService="lambda.amazonaws.com")
    assert not allows(
        deployer, "iam:PassRole", ROLE, iam__PassedToService="cloudformation.amazonaws.com"
    )
    assert not allows(
        deployer,
        "iam:PassRole",
        f"arn:aws:iam::{ACCOUNT}:role/administrator",
        iam__PassedToService="lambda.amazonaws.com",
    )


def test_a_deployer_governs_neither_keys_nor_the_account(deployer: Policy) -> None:
    for action in (
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "sts:AssumeRole",
        "organizations:LeaveOrganization",
        "account:PutContactInformation",
    ):
        assert not allows(deployer, action)
    assert allows(deployer, "ec2:CreateVpc")


def test_a_deployer_acts_in_its_pair_of_regions(deployer: Policy) -> None:
    assert allows(deployer, "ec2:RunInstances", aws__RequestedRegion="eu-central-1")
    assert not allows(deployer, "ec2:RunInstances", aws__RequestedRegion="ap-south-1")


def test_a_deployer_may_make_the_witness_of_a_table_where_it_is(deployer: Policy) -> None:
    """DynamoDB asks for leave in the witness's region, too."""
    assert allows(deployer, "dynamodb:CreateGlobalTableWitness", aws__RequestedRegion="eu-west-2")


@pytest.mark.parametrize(
    "service", ["replication.dynamodb", "contributorinsights.dynamodb", "autoscaling", "rds"]
)
def test_a_deployer_may_have_the_linked_roles_made_that_a_new_account_lacks(
    deployer: Policy, service: str
) -> None:
    name = f"{service}.amazonaws.com"
    linked = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{name}/AWSServiceRoleForIt"
    assert allows(deployer, "iam:CreateServiceLinkedRole", linked, iam__AWSServiceName=name)


@pytest.mark.parametrize("service", ["config", "opensearchservice"])
def test_a_deployer_takes_away_the_linked_roles_that_templates_make(
    deployer: Policy, service: str
) -> None:
    linked = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{service}.amazonaws.com/AWSServiceRole"
    assert allows(deployer, "iam:DeleteServiceLinkedRole", linked)


@pytest.mark.parametrize(
    "action",
    [
        "iam:CreateRole",
        "iam:PassRole",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "sts:AssumeRole",
        "kms:PutKeyPolicy",
        "kms:CreateGrant",
        "organizations:LeaveOrganization",
        "cloudformation:CreateStack",
        "lambda:UpdateFunctionCode",
        "s3:PutBucketPolicy",
        "cloudtrail:StopLogging",
    ],
)
def test_what_runs_changes_neither_permissions_nor_infrastructure(
    runtime: Policy, action: str
) -> None:
    assert not allows(runtime, action, ROLE, iam__PermissionsBoundary=RUNTIME)
    assert not allows(runtime, action)


def test_a_permission_that_a_resource_would_give_is_denied_as_well(runtime: Policy) -> None:
    """An Allow that a resource's own policy adds is stopped by nothing but a Deny."""
    permissive = [*runtime, {"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]
    for action in ("iam:CreateRole", "kms:PutKeyPolicy", "sts:AssumeRole"):
        assert not allows(permissive, action)


def test_what_runs_stays_within_its_environment(runtime: Policy) -> None:
    table = "arn:aws:dynamodb:us-east-1:{}:table/tradewind-{}-carts"
    assert allows(runtime, "dynamodb:PutItem", table.format(ACCOUNT, "dev"))
    assert not allows(runtime, "dynamodb:PutItem", table.format(ACCOUNT, "prod"))
    assert not allows(runtime, "dynamodb:PutItem", table.format("222222222222", "dev"))
    assert not allows(runtime, "s3:GetObject", "arn:aws:s3:::somebody-elses/secret")


def test_what_runs_decrypts_under_the_environments_keys_only(runtime: Policy) -> None:
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1"
    assert allows(runtime, "kms:Decrypt", key, kms__ResourceAliases="alias/tradewind-dev-data")
    assert not allows(runtime, "kms:Decrypt", key, kms__ResourceAliases="alias/tradewind-prod-data")
    assert not allows(runtime, "kms:Decrypt", key)


def test_every_grant_fits_under_the_boundary_of_its_role(
    foundation: Foundation, deployers: Deployers
) -> None:
    """A grant beyond it would have no effect on AWS: add the action to the ceiling's list."""
    resources = {**foundation.template.resources, **deployers.template.resources}
    allowed = {
        kind: {
            action
            for s in statements(resources[f"{kind.title()}Boundary"].PolicyDocument)
            if s["Effect"] == "Allow"
            for action in s["Action"]
        }
        for kind in boundaries.CEILINGS
    }
    beyond = {
        f"{where}: {action} under {kind}"
        for where, kind, action in _granted()
        if action not in allowed[kind]
    }
    assert not sorted(beyond)


def test_no_ceiling_has_an_action_that_no_role_is_granted() -> None:
    """What is not needed is not allowed; but for what AWS's own policy gives the Response Team."""
    granted = {(kind, action) for _, kind, action in _granted()}
    ceilings: dict[str, list[list[Action]]] = {
        "runtime": [*RUNTIME_SCOPED.values(), RUNTIME_UNSCOPED, RUNTIME_KEYS],
        "service": [*SERVICE_SCOPED.values(), SERVICE_UNSCOPED, SERVICE_KEYS],
        "backup": [*BACKUP_SCOPED.values(), BACKUP_UNSCOPED, BACKUP_KEYS],
        "pipeline": [*PIPELINE_SCOPED.values(), PIPELINE_UNSCOPED, PIPELINE_KEYS],
        "operator": [*OPERATOR_SCOPED.values()],
    }
    idle = {
        kind: sorted(
            action.JSONrepr()
            for group in groups
            for action in group
            if (kind, action.JSONrepr()) not in granted
        )
        for kind, groups in ceilings.items()
    }
    assert idle == {kind: [] for kind in ceilings}


def test_every_service_that_a_role_trusts_may_be_handed_it() -> None:
    trusted = {
        service
        for file, body in build().files.items()
        for resource in json.loads(body)["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role" and file not in ("deployers.json",)
        for statement in resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        for service in _several(statement["Principal"].get("Service", []))
    }
    assert trusted <= {f"{name}.amazonaws.com" for name in boundaries.PASSED_TO}


def test_no_allow_has_a_wildcard_action(runtime: Policy, deployer: Policy) -> None:
    for statement in (*runtime, *deployer):
        if statement["Effect"] == "Allow":
            assert not [action for action in statement.get("Action", ()) if "*" in action]


def test_a_boundary_within_iams_quota_even_with_the_longest_names(
    foundation: Foundation, deployers: Deployers
) -> None:
    resources = {**foundation.template.resources, **deployers.template.resources}
    for kind in (*boundaries.CEILINGS, "deployer"):
        title = f"{kind.title()}Boundary"
        assert size(resources[title].PolicyDocument) <= POLICY_LIMIT


def test_a_boundary_beyond_iams_quota_fails_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RUNTIME_SCOPED, "sns", [*RUNTIME_SCOPED["sns"]] * 500)
    with pytest.raises(BuildError, match=r"RuntimeBoundary takes .* IAM takes 6144"):
        Foundation()


def _granted() -> Iterator[tuple[str, str, str]]:
    """Where, under which kind of boundary, which action: of every role but the deployers'."""
    for file, body in build().files.items():
        resources = json.loads(body)["Resources"]
        for title, resource in resources.items():
            if resource["Type"] == "AWS::IAM::Role" and file != "deployers.json":
                for policy in _references(resource["Properties"].get("ManagedPolicyArns", [])):
                    for action in _actions(resources[policy]):
                        yield f"{file} {title}", _kind(resource), action


def _references(value: Any) -> Iterator[str]:
    """The resources that a value refers to; some stand under a condition."""
    match value:
        case {"Ref": str(name)} if not name.startswith("AWS::"):
            yield name
        case dict():
            for part in value.values():
                yield from _references(part)
        case list():
            for part in value:
                yield from _references(part)


def _actions(value: Any) -> Iterator[str]:
    """What the statements anywhere in a value allow; some stand under a condition."""
    match value:
        case {"Effect": "Allow", "Action": [*actions]}:
            yield from actions
        case dict():
            for part in value.values():
                yield from _actions(part)
        case list():
            for part in value:
                yield from _actions(part)


def _kind(role: dict[str, Any]) -> str:
    """The kind of the boundary that a role of a template is under."""
    name = role["Properties"]["PermissionsBoundary"]["Fn::Sub"]
    kind = re.search(r"-(\w+)-boundary-", name)
    assert kind, name
    return kind[1]


def _several(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
