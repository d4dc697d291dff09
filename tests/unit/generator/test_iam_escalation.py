"""Nobody in an environment climbs over the boundary that he is under: the known ways of doing so are closed.

The ways are those that researchers have collected (Rhino Security's list, as cloudsplaining and pmapper know
it), and a few of our own. Each is a request that the ceiling has to refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from generator.boundaries import CEILINGS, RESERVED
from generator.deployers import Deployers
from generator.foundation import Foundation
from generator.stacks import resource_types
from tests.unit.generator.iam import allows, statements

ACCOUNT = "111111111111"
IAM = f"arn:aws:iam::{ACCOUNT}"
POLICY = f"{IAM}:policy/tradewind-dev"
RUNTIME = f"{POLICY}-runtime-boundary-us-east-1"
SERVICE = f"{POLICY}-service-boundary-us-east-1"
DEPLOYER = f"{POLICY}-deployer-boundary-us-east-1"
ROLE = f"{IAM}:role/tradewind-dev-web-us-east-1"
ADMINISTRATOR = f"{IAM}:role/administrator"
EXECUTION = f"{IAM}:role/tradewind-dev-{{}}-execution-us-east-1"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:tradewind-dev-takeover-us-east-1"
INSTANCE = f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1"
STACK = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/tradewind-dev-platform/1"
PIPELINE = f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:tradewind-dev"
OPERATOR = f"{IAM}:role/tradewind-dev-operator-us-east-1"

Policy = list[dict[str, Any]]


@dataclass(frozen=True)
class Attack:
    """A request that would give more than the ceiling gives."""

    action: str
    resource: str
    context: dict[str, str] = field(default_factory=dict)

    def succeeds(self, policy: Policy) -> bool:
        """Whether the ceiling lets it through."""
        return allows(policy, self.action, self.resource, **self.context)

    def __str__(self) -> str:
        context = " ".join(self.context.values())
        return " ".join(filter(None, [self.action, self.resource.rpartition(":")[2], context]))


def passing(service: str, role: str = ROLE) -> Attack:
    """A role is handed to a service, which then acts as the role."""
    return Attack("iam:PassRole", role, {"iam__PassedToService": f"{service}.amazonaws.com"})


def under(action: str, boundary: str, role: str = ROLE) -> Attack:
    """A change of a role that stands, or will stand, under a boundary."""
    return Attack(f"iam:{action}", role, {"iam__PermissionsBoundary": boundary})


#: What neither our code nor a service of AWS may do, whatever is granted to its role.
BY_WHAT_RUNS = [
    *(
        Attack(f"iam:{action}", policy)
        for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion")
        for policy in (RUNTIME, SERVICE, DEPLOYER)
    ),
    *(
        under(action, boundary)
        for action in (
            "AttachRolePolicy",
            "CreateRole",
            "PutRolePermissionsBoundary",
            "PutRolePolicy",
        )
        for boundary in (RUNTIME, SERVICE)
    ),
    Attack("iam:DeleteRolePermissionsBoundary", ROLE),
    Attack("iam:UpdateAssumeRolePolicy", ROLE),
    Attack("iam:CreateUser", f"{IAM}:user/x"),
    Attack("iam:CreateAccessKey", f"{IAM}:user/x"),
    Attack("iam:CreateLoginProfile", f"{IAM}:user/x"),
    Attack("iam:AddUserToGroup", f"{IAM}:group/administrators"),
    Attack("iam:CreateInstanceProfile", f"{IAM}:instance-profile/tradewind-dev-x"),
    Attack("iam:CreateServiceLinkedRole", f"{IAM}:role/aws-service-role/x"),
    *(passing(service) for service in ("lambda", "ec2", "cloudformation", "codebuild", "states")),
    Attack("sts:AssumeRole", ADMINISTRATOR),
    Attack("sts:AssumeRole", ROLE),
    *(Attack(f"kms:{a}", KEY) for a in ("PutKeyPolicy", "CreateGrant", "ScheduleKeyDeletion")),
    *(
        Attack(f"kms:{action}", KEY, {"kms__ResourceAliases": "alias/tradewind-dev-data"})
        for action in ("PutKeyPolicy", "CreateGrant")
    ),
    Attack("lambda:CreateFunction", FUNCTION),
    Attack("lambda:UpdateFunctionCode", FUNCTION),
    Attack("lambda:UpdateFunctionConfiguration", FUNCTION),
    Attack("lambda:AddPermission", FUNCTION),
    Attack("ec2:RunInstances", INSTANCE),
    Attack("ec2:ModifyInstanceAttribute", INSTANCE),
    Attack("ec2:AssociateIamInstanceProfile", INSTANCE),
    Attack("ssm:SendCommand", INSTANCE),
    Attack("ssm:StartSession", INSTANCE),
    Attack("cloudformation:CreateStack", STACK),
    Attack("cloudformation:UpdateStack", STACK),
    Attack("cloudformation:ExecuteChangeSet", STACK),
    Attack(
        "codebuild:UpdateProject", f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/tradewind-dev-x"
    ),
    Attack(
        "states:UpdateStateMachine",
        f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:tradewind-dev-x",
    ),
    Attack("glue:CreateDevEndpoint", "*"),
    Attack("codepipeline:PutApprovalResult", f"{PIPELINE}/ChangePrimary/Approve"),
    Attack("codepipeline:OverrideStageCondition", f"{PIPELINE}/ChangePrimary"),
    Attack("codepipeline:UpdatePipeline", PIPELINE),
    Attack("codepipeline:PutApprovalResult", f"{PIPELINE.replace('-dev', '-prod')}/Change/Approve"),
    Attack("sts:AssumeRole", OPERATOR),
    *(
        passing("cloudformation", EXECUTION.format(root))
        for root in ("account", "pipeline", "load-test")
    ),
    *(passing("lambda", EXECUTION.format(root)) for root in ("platform", "edge")),
    Attack("iam:UpdateAssumeRolePolicy", EXECUTION.format("platform")),
    Attack("s3:PutBucketPolicy", "arn:aws:s3:::tradewind-dev-artifacts"),
    Attack(
        "secretsmanager:PutResourcePolicy",
        f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:tradewind-dev-x",
    ),
    Attack(
        "cloudtrail:StopLogging", f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/tradewind-dev-x"
    ),
    Attack("organizations:LeaveOrganization", "*"),
]

#: What looks like an attack, and is what a ceiling is for.
DUTIES = {
    "pipeline": [Attack("cloudformation:ExecuteChangeSet", STACK)],
    "operator": [
        Attack("codepipeline:PutApprovalResult", f"{PIPELINE}/ChangePrimary/Approve"),
    ],
}

#: What CloudFormation may not do as a deployer.
BY_A_DEPLOYER = [
    *(
        Attack(f"iam:{action}", policy)
        for action in (
            "CreatePolicyVersion",
            "SetDefaultPolicyVersion",
            "DeletePolicyVersion",
            "DeletePolicy",
        )
        for policy in (RUNTIME, SERVICE, DEPLOYER, f"{POLICY}-platform-execution-1-us-east-1")
    ),
    *(
        Attack(f"iam:{action}", ROLE)
        for action in (
            "AttachRolePolicy",
            "CreateRole",
            "PutRolePermissionsBoundary",
            "PutRolePolicy",
        )
    ),
    *(
        under(action, boundary)
        for action in ("CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy")
        for boundary in (DEPLOYER, "arn:aws:iam::aws:policy/AdministratorAccess")
    ),
    *(
        under(action, RUNTIME, EXECUTION.format(root))
        for action in (
            "AttachRolePolicy",
            "PutRolePolicy",
            "PutRolePermissionsBoundary",
            "DeleteRole",
        )
        for root in ("account", "platform", "edge", "load-test", "pipeline")
    ),
    *(
        Attack("iam:UpdateAssumeRolePolicy", role)
        for role in (ADMINISTRATOR, EXECUTION.format("platform"))
    ),
    under("DeleteRolePermissionsBoundary", RUNTIME),
    under("PutRolePolicy", RUNTIME, ADMINISTRATOR),
    under("PutRolePolicy", RUNTIME, f"{IAM}:role/tradewind-prod-web-eu-west-1"),
    passing("cloudformation"),
    passing("cloudformation", EXECUTION.format("platform")),
    passing("lambda", EXECUTION.format("platform")),
    passing("lambda", ADMINISTRATOR),
    passing("glue"),
    passing("sagemaker"),
    Attack("iam:CreateUser", f"{IAM}:user/tradewind-dev-x"),
    Attack("iam:CreateAccessKey", f"{IAM}:user/tradewind-dev-x"),
    *(
        Attack(f"iam:{action}", policy)
        for action in ("CreatePolicy", "CreatePolicyVersion")
        for policy in (
            f"{POLICY}-x",
            f"{IAM}:policy/administrators",
            f"{IAM}:policy/grants/tradewind-prod-web-grants-us-east-1",
        )
    ),
    Attack("sts:AssumeRole", ADMINISTRATOR),
    Attack("sts:AssumeRole", OPERATOR),
    Attack("codepipeline:PutApprovalResult", f"{PIPELINE}/ChangePrimary/Approve"),
    Attack("codepipeline:OverrideStageCondition", f"{PIPELINE}/ChangePrimary"),
    *(
        Attack(
            f"iam:{action}",
            ROLE,
            {
                "iam__PermissionsBoundary": f"{POLICY}-{reserved}-boundary-us-east-1",
                "aws__PrincipalArn": EXECUTION.format("platform"),
            },
        )
        for action in ("CreateRole", "PutRolePolicy", "PutRolePermissionsBoundary")
        for reserved in RESERVED
    ),
    Attack("kms:PutKeyPolicy", KEY, {"kms__ResourceAliases": "alias/tradewind-dev-data"}),
    Attack("organizations:LeaveOrganization", "*"),
]


def escalations(policy: Policy, attacks: list[Attack]) -> list[str]:
    """The attacks that get through."""
    return [str(attack) for attack in attacks if attack.succeeds(policy)]


@pytest.fixture(scope="module")
def ceilings() -> dict[str, Policy]:
    """The boundaries, by kind."""
    deployers = Deployers(resource_types()).template.resources
    resources = {**Foundation().template.resources, **deployers}
    return {
        kind: statements(resources[f"{kind.title()}Boundary"].PolicyDocument)
        for kind in (*CEILINGS, "deployer")
    }


@pytest.mark.parametrize("kind", CEILINGS)
def test_what_runs_climbs_by_no_known_way(ceilings: dict[str, Policy], kind: str) -> None:
    assert escalations(ceilings[kind], BY_WHAT_RUNS) == [str(it) for it in DUTIES.get(kind, [])]


def test_a_deployer_climbs_by_no_known_way(ceilings: dict[str, Policy]) -> None:
    assert not escalations(ceilings["deployer"], BY_A_DEPLOYER)


def test_what_a_deployer_is_for_it_may_do(ceilings: dict[str, Policy]) -> None:
    """Else the test above would hold for a boundary that allows nothing."""
    duties = [
        *(under("CreateRole", boundary) for boundary in (RUNTIME, SERVICE)),
        Attack("iam:CreatePolicy", f"{IAM}:policy/grants/tradewind-dev-web-grants-us-east-1"),
        under("PutRolePolicy", RUNTIME),
        Attack("iam:UpdateAssumeRolePolicy", ROLE),
        passing("lambda"),
        passing("ec2"),
        Attack("lambda:UpdateFunctionCode", FUNCTION),
        Attack("cloudformation:CreateStack", STACK),
        *(
            Attack(
                "iam:CreateRole",
                ROLE,
                {
                    "iam__PermissionsBoundary": f"{POLICY}-{reserved}-boundary-us-east-1",
                    "aws__PrincipalArn": EXECUTION.format("pipeline"),
                },
            )
            for reserved in RESERVED
        ),
    ]
    assert len(escalations(ceilings["deployer"], duties)) == len(duties)


def test_the_pipeline_hands_stacks_their_roles_and_acts_as_its_actions(
    ceilings: dict[str, Policy],
) -> None:
    duties = [
        *(passing("cloudformation", EXECUTION.format(root)) for root in ("platform", "edge")),
        Attack("sts:AssumeRole", f"{IAM}:role/tradewind-dev-release-plan-us-east-1"),
        *DUTIES["pipeline"],
    ]
    assert len(escalations(ceilings["pipeline"], duties)) == len(duties)


def also(*actions: str, on: str = "*") -> Callable[[Policy], Policy]:
    """A boundary that allows these, too."""
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": [on]}
    return lambda policy: [*policy, allow]


def undenied(policy: Policy) -> Policy:
    """A boundary without its Denies, in an account whose resource policies allow everything."""
    return [s for s in also("*")(policy) if s["Effect"] == "Allow"]


def without(sid: str) -> Callable[[Policy], Policy]:
    """A boundary without one of its statements."""
    return lambda policy: [s for s in policy if s.get("Sid") != sid]


def unconditioned(sid: str) -> Callable[[Policy], Policy]:
    """A boundary one of whose statements holds in every case."""
    return lambda policy: [
        {key: value for key, value in s.items() if key != "Condition" or s.get("Sid") != sid}
        for s in policy
    ]


@pytest.mark.parametrize(
    ("kind", "mutation"),
    [
        ("runtime", undenied),
        ("service", undenied),
        ("runtime", also("lambda:UpdateFunctionCode")),
        ("runtime", also("ssm:SendCommand", on=INSTANCE)),
        ("runtime", also("kms:CreateGrant", on=KEY)),
        ("service", also("cloudformation:*")),
        ("service", also("codebuild:UpdateProject")),
        ("deployer", without("RolesOfThePipelineAreItsDeployers")),
        ("deployer", also("codepipeline:PutApprovalResult")),
        ("deployer", without("NeitherABoundaryNorADeployer")),
        ("deployer", unconditioned("RolesUnderABoundary")),
        ("deployer", unconditioned("RolesForServices")),
        ("deployer", also("iam:CreateUser")),
        ("deployer", also("sts:AssumeRole")),
    ],
)
def test_a_boundary_that_lets_a_role_widen_itself_is_seen(
    ceilings: dict[str, Policy], kind: str, mutation: Callable[[Policy], Policy]
) -> None:
    attacks = BY_A_DEPLOYER if kind == "deployer" else BY_WHAT_RUNS
    assert escalations(mutation(ceilings[kind]), attacks)


@pytest.mark.parametrize("kind", CEILINGS)
def test_not_even_a_permissive_resource_policy_changes_identities_or_keys(
    ceilings: dict[str, Policy], kind: str
) -> None:
    """An Allow that a resource's own policy adds is stopped by nothing but a Deny."""
    attacks = [
        attack
        for attack in BY_WHAT_RUNS
        if attack.action.startswith(("iam:", "sts:", "organizations:"))
        or attack.action in ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
    ]
    assert attacks
    assert not escalations(also("*")(ceilings[kind]), attacks)


@pytest.mark.parametrize("kind", CEILINGS)
def test_what_runs_reaches_no_other_environment_and_no_other_account(
    ceilings: dict[str, Policy], kind: str
) -> None:
    """Every name that the ceiling lets be is ours; what has no name is in our account."""
    for statement in ceilings[kind]:
        if statement["Effect"] != "Allow" or statement["Resource"] == ["*"]:
            continue
        for arn in statement["Resource"]:
            assert "tradewind-prod-" not in arn
            account = arn.split(":")[4]
            nameless = arn.startswith(("arn:aws:apigateway:", "arn:aws:route53:"))  # have neither
            assert account == ACCOUNT or arn.startswith("arn:aws:s3:::tradewind-dev-") or nameless
