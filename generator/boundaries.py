"""The permissions boundaries: the most that anything in an environment can ever be allowed.

A role may do what both its policies and its boundary allow, so whoever can write policies still cannot climb
over the boundary.

**runtime**, for our code that runs: every action that the platform's roles may be granted, named one by one,
on what the environment owns. A grant of an action that is not here has no effect, and a test says so. And it
denies all of IAM, and what would undo it, even where a resource's own policy allowed it.

**service**, for the roles that AWS's own services assume to do their work: the same, with other actions.

**backup**, for AWS Backup, which copies all that the environment keeps, and tries to restore it.

**drill**, for the failover drills of a routine: it reads both regions and writes items (`drill_boundary`).

**response**, for the Shield Response Team, whom a toggle lets in: what an attack calls for.

**pipeline**, for what brings releases: it hands platform's and edge's execution roles to CloudFormation, and
acts as the roles of its own actions; of IAM and STS no more than that. Only the pipeline's own deployer makes
roles under it (`release_boundaries`).

**operator**, for people who start, approve and stop: the one ceiling under which an approval can be answered.

**deployer**, for what CloudFormation deploys with: it may make roles, but only under one of the others,
hand only the environment's roles, only to services that run them, and alter no boundary and no deployer's
own role. What it may do in other services its role's own policies say, action by action (`execution`): that
list takes four times the 6,144 characters that IAM gives one policy, and a role has one boundary. So here,
and nowhere else, an Allow speaks by NotAction: it names the services and actions that no deployer may use at
all, and the regions outside which it may do nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awacs import codepipeline, iam, kms
from awacs.aws import (
    Action,
    Allow,
    ArnNotLike,
    Bool,
    Condition,
    Deny,
    ForAnyValueStringLike,
    PolicyDocument,
    Statement,
    StringEquals,
    StringLike,
)
from troposphere import AWSObject, Ref, Sub
from troposphere.iam import ManagedPolicy

from generator import fleet_role
from generator.backup_actions import BACKED_UP, BACKUP_KEYS, BACKUP_SCOPED, BACKUP_UNSCOPED
from generator.errors import BuildError
from generator.grants import GRANTS, all_of, boundary_arn
from generator.naming import kebab
from generator.policy_size import POLICY_LIMIT, size
from generator.reach import acts_on, of_the_account, of_the_environment
from generator.response_actions import RESPONSE_UNSCOPED
from generator.runtime_actions import (
    MONITORING,
    RUNTIME_KEYS,
    RUNTIME_SCOPED,
    RUNTIME_UNSCOPED,
)
from generator.service_actions import (
    SERVICE_KEYS,
    SERVICE_SCOPED,
    SERVICE_UNSCOPED,
)
from generator.suppressions import accepted
from generator.territory import NAMES, arn, arns

if TYPE_CHECKING:
    from generator.layer import Layer

#: The roots that CloudFormation deploys by a role of their own; foundation is the operator's to deploy.
DEPLOYED = ("account", "pipeline", "platform", "edge", "load-test")

#: The kinds of boundary under which a deployer may make roles.
CEILINGS = ("runtime", "service", "backup", "response", "drill", "pipeline", "operator")

#: The ceilings under which one deployer alone makes roles, for they reach the deployers themselves.
RESERVED = ("pipeline", "operator")

#: The services to which a role of the environment may be handed.
PASSED_TO = (
    "apigateway",
    "application-autoscaling",
    "autoscaling",
    "backup",
    "cloudtrail",
    "codebuild",
    "codedeploy",
    "codepipeline",
    "config",
    "drt.shield",
    "dynamodb",
    "ec2",
    "es",
    "events",
    "firehose",
    "lambda",
    "monitoring.rds",
    "personalize",
    "pipes",
    "rds",
    "redshift",
    "redshift-serverless",
    "s3",
    "scheduler",
    "states",
    "vpc-flow-logs",
)

#: The services that may have their service-linked role made for them.
LINKED = (
    "access-analyzer",
    "autoscaling",
    "backup",
    "config",
    "contributorinsights.dynamodb",
    "dynamodb.application-autoscaling",
    "elasticache",
    "elasticloadbalancing",
    "es",
    "guardduty",
    "malware-protection.guardduty",
    "opensearchservice",
    "ops.apigateway",
    "rds",
    "rds.application-autoscaling",
    "redshift",
    "replication.dynamodb",
    "restore-testing.backup",
    "securityhub",
    "shield",
    "spot",
    "wafv2",
)

#: The service-linked roles that templates make themselves, for no call of their services does.
FLEET_ROLE = f"iam::{{account}}:{fleet_role.RESOURCE}"
CONFIG_ROLE = "iam::{account}:role/aws-service-role/config.amazonaws.com/*"
SEARCH_ROLE = "iam::{account}:role/aws-service-role/opensearchservice.amazonaws.com/*"

#: A policy that asks for one of these condition keys can be written for these actions only.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
UNDER_BOUNDARY = [
    iam.AttachRolePolicy,
    iam.CreateRole,
    iam.DeleteRolePolicy,
    iam.DetachRolePolicy,
    iam.PutRolePermissionsBoundary,
    iam.PutRolePolicy,
]

#: What a role is kept by: nothing here gives it a permission.
UPKEEP = [
    iam.AddRoleToInstanceProfile,
    iam.CreateInstanceProfile,
    iam.DeleteInstanceProfile,
    iam.DeleteRole,
    iam.GetInstanceProfile,
    iam.GetRole,
    iam.GetRolePolicy,
    iam.ListAttachedRolePolicies,
    iam.ListInstanceProfilesForRole,
    iam.ListRolePolicies,
    iam.RemoveRoleFromInstanceProfile,
    iam.TagInstanceProfile,
    iam.TagRole,
    iam.UntagInstanceProfile,
    iam.UntagRole,
    iam.UpdateAssumeRolePolicy,
    iam.UpdateRole,
    iam.UpdateRoleDescription,
]

#: What the grants of roles are kept by; a role that they are attached to is under a boundary.
GRANTING = [
    iam.CreatePolicy,
    iam.CreatePolicyVersion,
    iam.DeletePolicy,
    iam.DeletePolicyVersion,
    iam.GetPolicy,
    iam.GetPolicyVersion,
    iam.ListEntitiesForPolicy,
    iam.ListPolicyVersions,
]

#: Who may use a key, and whether there is one: foundation's, and nobody else's, to change.
KEY_CHANGES = [
    kms.CreateKey,
    kms.DeleteImportedKeyMaterial,
    kms.DisableKey,
    kms.DisableKeyRotation,
    kms.PutKeyPolicy,
    kms.ReplicateKey,
    kms.ScheduleKeyDeletion,
    kms.UpdatePrimaryRegion,
]

#: Services that govern the account: no part of the shop.
GOVERNANCE = [Action(service, "*") for service in ("account", "organizations", "sso", "sts")]

#: What binds a release to the person who read its plan: no machine answers for him.
APPROVALS = [codepipeline.PutApprovalResult, codepipeline.OverrideStageCondition]


def runtime_boundary(layer: Layer) -> AWSObject:
    """The ceiling of our code that runs."""
    return ceiling(
        layer,
        "RuntimeBoundary",
        RUNTIME_SCOPED,
        RUNTIME_UNSCOPED,
        RUNTIME_KEYS,
        besides=[arn(layer, MONITORING)],
    )


def service_boundary(layer: Layer) -> AWSObject:
    """The ceiling of what AWS's services do under roles of ours."""
    return ceiling(layer, "ServiceBoundary", SERVICE_SCOPED, SERVICE_UNSCOPED, SERVICE_KEYS)


def backup_boundary(layer: Layer) -> AWSObject:
    """The ceiling of AWS Backup."""
    return ceiling(
        layer,
        "BackupBoundary",
        BACKUP_SCOPED,
        BACKUP_UNSCOPED,
        BACKUP_KEYS,
        besides=[arn(layer, pattern) for pattern in BACKED_UP],
    )


def response_boundary(layer: Layer) -> AWSObject:
    """The ceiling of the Shield Response Team, whose role carries a policy of AWS's, with wildcards."""
    return ceiling(layer, "ResponseBoundary", {}, RESPONSE_UNSCOPED, [], globally=True)


def execution_role_arn(layer: Layer, root: str, region: str = "*") -> Sub:
    """The role that CloudFormation acts as for a root in a region, or those of all regions."""
    return arn(layer, f"iam::{{account}}:role/{{ours}}{root}-execution-{region}")


def ceiling(
    layer: Layer,
    title: str,
    by_service: Mapping[str, Sequence[Action]],
    unscoped: Sequence[Action],
    keys: Sequence[Action],
    besides: Iterable[Sub] = (),
    *,
    globally: bool = False,
    never: Sequence[Statement] = (),
    **properties: Any,
) -> AWSObject:
    """What may be granted, action by action, and never what would raise the ceiling.

    `never` says that otherwise, where a ceiling has something to do with identities.
    """
    scoped = [action for actions in by_service.values() for action in actions]
    anywhere = [action for action in unscoped if not acts_on(action.JSONrepr())]
    granted = (
        Statement(
            Sid="OnWhatTheEnvironmentOwns",
            Effect=Allow,
            Action=scoped,
            Resource=[*(arn(layer, p) for p in of_the_environment(scoped)), *besides],
        ),
        Statement(
            Sid="OnWhatHasNoName",
            Effect=Allow,
            Action=[action for action in unscoped if action not in anywhere],
            Resource=[arn(layer, p) for p in of_the_account(unscoped)],
        ),
        Statement(
            Sid="WhereAWSOffersNoScope",
            Effect=Allow,
            Action=anywhere,
            Resource=["*"],
            Condition=Condition(in_our_regions(layer, globally=globally)),
        ),
        *_under_keys(layer, keys),
    )
    statements = [each for each in granted if each.Action]
    return _boundary(
        layer, title, [*statements, *(never or _identities_are_left_alone())], **properties
    )


def _identities_are_left_alone() -> list[Statement]:
    denied = [iam.Action("*"), *KEY_CHANGES, *GOVERNANCE]
    return [Statement(Sid="NeverItsOwnMaker", Effect=Deny, Action=denied, Resource=["*"])]


def _under_keys(layer: Layer, keys: Sequence[Action]) -> list[Statement]:
    """What may be done under the environment's keys; a grant, only for the service that asked for it."""
    ours = under_our_keys(layer)
    granted = [ours, Bool("kms:GrantIsForAWSResource", "true")]
    used = [action for action in keys if action != kms.CreateGrant]
    return [
        Statement(
            Sid=sid,
            Effect=Allow,
            Action=actions,
            Resource=[arn(layer, "kms:*:{account}:key/*")],
            Condition=Condition(conditions),
        )
        for sid, actions, conditions in (
            ("UnderTheEnvironmentsKeys", used, ours),
            ("GrantsOfServices", [kms.CreateGrant], granted),
        )
        if set(actions) <= set(keys)
    ]


def deployer_boundary(layer: Layer) -> AWSObject:
    """The ceiling of what deploys."""
    return _boundary(
        layer,
        "DeployerBoundary",
        [
            Statement(
                Sid="WhatItsOwnPoliciesName",
                Effect=Allow,
                NotAction=[iam.Action("*"), *KEY_CHANGES, *GOVERNANCE, *APPROVALS],
                Resource=["*"],
                Condition=Condition(in_our_regions(layer, globally=True)),
            ),
            *makes_roles(layer),
            Statement(
                Sid="NeitherABoundaryNorADeployer",
                Effect=Deny,
                Action=[iam.Action("*")],
                Resource=[
                    arn(layer, "iam::{account}:policy/{ours}*"),
                    *(execution_role_arn(layer, root) for root in DEPLOYED),
                ],
            ),
            Statement(
                Sid="RolesOfThePipelineAreItsDeployers",
                Effect=Deny,
                Action=UNDER_BOUNDARY,
                Resource=["*"],
                Condition=all_of(
                    StringEquals(
                        "iam:PermissionsBoundary", [boundary_arn(layer, kind) for kind in RESERVED]
                    ),
                    ArnNotLike("aws:PrincipalArn", execution_role_arn(layer, "pipeline")),
                ),
            ),
            Statement(
                Sid="NoRoleLosesItsBoundary",
                Effect=Deny,
                Action=[iam.DeleteRolePermissionsBoundary],
                Resource=["*"],
            ),
        ],
        Metadata=accepted(
            "what a deployer may do takes four policies, a boundary is one: it says what it may not",
            cfn_nag="W17",
        ),
    )


def makes_roles(layer: Layer) -> list[Statement]:
    """All that a deployer may do in IAM: its role's own policies say the same."""
    roles, profiles = arns(layer, ["iam"])
    return [
        Statement(
            Sid="RolesUnderABoundary",
            Effect=Allow,
            Action=UNDER_BOUNDARY,
            Resource=[roles],
            Condition=Condition(
                StringEquals(
                    "iam:PermissionsBoundary",
                    [boundary_arn(layer, kind) for kind in CEILINGS],
                )
            ),
        ),
        Statement(Sid="RoleUpkeep", Effect=Allow, Action=UPKEEP, Resource=[roles, profiles]),
        Statement(
            Sid="GrantsOfRoles",
            Effect=Allow,
            Action=GRANTING,
            Resource=[arn(layer, f"iam::{{account}}:policy/{GRANTS}/{{ours}}*")],
        ),
        Statement(
            Sid="RolesForServices",
            Effect=Allow,
            Action=[iam.PassRole],
            Resource=[roles, arn(layer, CONFIG_ROLE), arn(layer, FLEET_ROLE)],
            Condition=Condition(StringEquals("iam:PassedToService", _services(PASSED_TO))),
        ),
        Statement(
            Sid="LinkedRoles",
            Effect=Allow,
            Action=[iam.CreateServiceLinkedRole],
            Resource=[arn(layer, "iam::{account}:role/aws-service-role/*")],
            Condition=Condition(StringLike("iam:AWSServiceName", _services(LINKED))),
        ),
        Statement(
            Sid="LinkedRoleUpkeep",
            Effect=Allow,
            Action=[
                iam.DeleteServiceLinkedRole,
                iam.GetRole,
                iam.GetServiceLinkedRoleDeletionStatus,
                iam.UpdateRole,
            ],
            Resource=[arn(layer, CONFIG_ROLE), arn(layer, SEARCH_ROLE)],
        ),
    ]


def in_our_regions(layer: Layer, *, globally: bool = False) -> StringEquals:
    """This region and its peer; with `globally` also where IAM, Route 53 and Shield answer, and the witness.

    DynamoDB asks for leave in the witness's region as well; where there is no witness it is an empty string.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables.tutorial.html
    """
    regions: list[object] = [Ref("AWS::Region"), layer.settings.peer_region]
    if globally:
        regions += ["us-east-1", layer.settings.witness_region]
    return StringEquals("aws:RequestedRegion", regions)


def under_our_keys(layer: Layer) -> ForAnyValueStringLike:
    """A key that bears one of the environment's aliases, in either region.

    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    return ForAnyValueStringLike("kms:ResourceAliases", layer.sub(f"alias/{NAMES}*"))


def _boundary(
    layer: Layer, title: str, statements: list[Statement], **properties: Any
) -> AWSObject:
    document = PolicyDocument(Version="2012-10-17", Statement=statements)
    if size(document) > POLICY_LIMIT:
        raise BuildError(f"{title} takes {size(document)} characters; IAM takes {POLICY_LIMIT}")
    return layer.add(
        ManagedPolicy(
            title,
            ManagedPolicyName=layer.named(kebab(title)),
            Description="Tradewind: the most that a role under it may do",
            PolicyDocument=document,
            **properties,
        )
    )


def _services(names: tuple[str, ...]) -> list[str]:
    return [f"{name}.amazonaws.com" for name in names]
