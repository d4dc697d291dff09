"""What CloudFormation may do as the execution role of a root: no more than its types' handlers call.

The actions come from the provider schemas (`handler_permissions`) of the types that the root's templates
hold, and from the few things that CloudFormation does besides. On what they act IAM's data say (`reach`):
what the environment owns wherever ARNs carry names, else what is of the type in the account.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    Bool,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from awacs.sts import AssumeRole
from troposphere import AWSObject, Ref
from troposphere.iam import Role

from generator.boundaries import in_our_regions, makes_roles, under_our_keys
from generator.conditions import Condition as RegionsWhere
from generator.conditions import Conditions
from generator.errors import BuildError
from generator.grants import boundary_arn
from generator.handler_permissions import handler_permissions
from generator.iam_reference import service_of
from generator.naming import pascal
from generator.policy_size import POLICY_LIMIT, size
from generator.reach import reaches
from generator.territory import arn

if TYPE_CHECKING:
    from generator.layer import Layer

#: The roots that have an execution role, and the regions that need it; None is every region.
ROOTS: Mapping[str, RegionsWhere | None] = {
    "account": None,
    "pipeline": Conditions.primary,
    "platform": Conditions.pair,
    "edge": Conditions.holds_edge,
    "load-test": Conditions.pair,
}

STACK, CUSTOM = "AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource"

#: What CloudFormation does as the role without any handler saying so.
BESIDES: Mapping[str, tuple[str, ...]] = {
    # Nested change sets, and reading the nested templates.
    STACK: (
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStackResources",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:TagResource",
        "cloudformation:UntagResource",
        "s3:GetObject",
    ),
    # The call of the function behind a ServiceToken.
    CUSTOM: ("lambda:InvokeFunction",),
    # A group with a launch template: the caller is checked for what the instances will be made with.
    # https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
    "AWS::AutoScaling::AutoScalingGroup": (
        "ec2:CreateTags",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeImages",
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplates",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:RunInstances",
    ),
    # Types whose schema is silent: the calls of the service that make, change and remove them.
    "AWS::CloudWatch::AnomalyDetector": (
        "cloudwatch:DeleteAnomalyDetector",
        "cloudwatch:DescribeAnomalyDetectors",
        "cloudwatch:PutAnomalyDetector",
    ),
    "AWS::CodeBuild::Project": (
        "codebuild:BatchGetProjects",
        "codebuild:CreateProject",
        "codebuild:DeleteProject",
        "codebuild:UpdateProject",
    ),
    "AWS::ElasticLoadBalancingV2::ListenerCertificate": (
        "elasticloadbalancing:AddListenerCertificates",
        "elasticloadbalancing:DescribeListenerCertificates",
        "elasticloadbalancing:RemoveListenerCertificates",
    ),
    # The origin header's secret, by dynamic reference; and that its logs may be delivered, which is asked of
    # the distribution and not of the delivery.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    "AWS::CloudFront::Distribution": (
        "cloudfront:AllowVendedLogDeliveryForResource",
        "secretsmanager:GetSecretValue",
    ),
    # That a bus's log may be delivered is asked of the bus, too.
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html
    "AWS::Events::EventBus": ("events:AllowVendedLogDeliveryForResource",),
    # What the type's page asks for beyond its schema.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
    "AWS::DynamoDB::GlobalTable": (
        "dynamodb:CreateGlobalTableWitness",
        "dynamodb:DeleteGlobalTableWitness",
        "dynamodb:DescribeTableReplicaAutoScaling",
    ),
    # The schema calls it by the name of the API, es:UpdateDomain, which IAM does not know.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonopensearchservice.html
    "AWS::OpenSearchService::Domain": ("es:UpdateDomainConfig",),
    # A replica, a copy of backups or a secondary cluster whose source lies in the peer region.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
    "AWS::RDS::DBCluster": ("rds:CrossRegionCommunication",),
    "AWS::RDS::DBInstance": ("rds:CrossRegionCommunication",),
    # `{{resolve:secretsmanager:...}}` in a property is resolved as the role.
    "AWS::SecretsManager::Secret": ("secretsmanager:GetSecretValue",),
}

#: What encrypting under a key asks of whoever makes the encrypted resource.
KEY_USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)

#: What the handlers ask of IAM and KMS and no deployer gets; all else that they ask is granted below.
REFUSED: Mapping[str, str] = {
    "iam:AttachGroupPolicy": "the shop has no groups",
    "iam:AttachUserPolicy": "the shop has no users",
    "iam:DeleteGroupPolicy": "the shop has no groups",
    "iam:DeleteRolePermissionsBoundary": "no role loses its boundary",
    "iam:DeleteUserPolicy": "the shop has no users",
    "iam:DetachGroupPolicy": "the shop has no groups",
    "iam:DetachUserPolicy": "the shop has no users",
    "iam:GetGroupPolicy": "the shop has no groups",
    "iam:GetUserPolicy": "the shop has no users",
    "iam:ListInstanceProfiles": "only the list handler calls it, which no deployment does",
    "iam:ListPolicies": "only the list handler calls it, which no deployment does",
    "iam:ListRoles": "only list handlers call it, which no deployment does",
    "iam:PutGroupPolicy": "the shop has no groups",
    "iam:PutUserPolicy": "the shop has no users",
    "kms:CancelKeyDeletion": "keys are foundation's",
    "kms:GenerateDataKeyPair": "nothing in the shop encrypts with key pairs",
    "kms:RetireGrant": "the service retires its grants",
    "kms:ScheduleKeyDeletion": "keys are foundation's",
    "kms:TagResource": "keys are foundation's",
    "kms:UntagResource": "keys are foundation's",
}

#: Grants that a service holds on a key for a resource that we made.
GRANTS = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")

#: Services whose endpoint is not in the stack's region.
GLOBAL = ("cloudfront", "route53", "shield")


def provided(types: Collection[str]) -> set[str]:
    """The types with a provider: a custom resource has none."""
    return {type for type in types if type != CUSTOM and not type.startswith("Custom::")}


def needed(types: Collection[str]) -> list[str]:
    """The actions for these types. IAM's and KMS's are written by hand below, so that none slips in."""
    permissions = handler_permissions()
    handled = permissions.actions(provided(types))
    silent = sorted(type for type in provided(types) - set(BESIDES) if not permissions.types[type])
    if silent:
        raise BuildError(
            f"no provider schema says what {', '.join(silent)} needs: name its actions in BESIDES"
        )
    kinds = {type if type in provided(types) else CUSTOM for type in types}
    besides = {action for kind in kinds for action in BESIDES.get(kind, ())}
    return sorted(
        action for action in {*handled, *besides} if service_of(action) not in ("iam", "kms")
    )


def role(layer: Layer, root: str, policies: Sequence[AWSObject]) -> Role:
    """The role of a root, for CloudFormation alone, acting for the environment's stacks of this region.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cross-service-confused-deputy-prevention.html
    """
    ours = [
        StringEquals("aws:SourceAccount", Ref("AWS::AccountId")),
        ArnLike(
            "aws:SourceArn", arn(layer, "cloudformation:${AWS::Region}:{account}:stack/{ours}*")
        ),
    ]
    assumed = Statement(
        Effect=Allow,
        Principal=Principal("Service", "cloudformation.amazonaws.com"),
        Action=[AssumeRole],
        Condition=Condition(ours),
    )
    return Role(
        f"{pascal(root.replace('-', '_'))}Execution",
        RoleName=layer.named(f"{root}-execution"),
        Description=f"Tradewind: what CloudFormation acts as for {root}",
        PermissionsBoundary=boundary_arn(layer, "deployer"),
        ManagedPolicyArns=[Ref(policy) for policy in policies],
        DependsOn="DeployerBoundary",
        **layer.only(ROOTS[root]),
        AssumeRolePolicyDocument=PolicyDocument(Version="2012-10-17", Statement=[assumed]),
    )


def policies(layer: Layer, types: Collection[str]) -> list[PolicyDocument]:
    """The documents that allow it, each within IAM's quota, in a fixed order."""
    return list(_packed([*makes_roles(layer), *_uses_keys(layer), *_acts(layer, needed(types))]))


def _acts(layer: Layer, actions: Collection[str]) -> Iterator[Statement]:
    """On what the actions reach; where AWS offers no scope, anywhere in the environment's regions."""
    for reach in reaches(actions):
        guarded: dict[str, Any] = {}
        if reach.everywhere:
            globally = service_of(reach.actions[0]) in GLOBAL
            guarded["Condition"] = Condition(in_our_regions(layer, globally=globally))
        yield Statement(
            Effect=Allow,
            Action=_actions(reach.actions),
            Resource=["*"] if reach.everywhere else [arn(layer, p) for p in reach.patterns],
            **guarded,
        )


def _uses_keys(layer: Layer) -> list[Statement]:
    """The environment's keys, in both regions: a replica is encrypted under the peer's."""
    keys = [arn(layer, "kms:*:{account}:key/*")]
    granted = [Bool("kms:GrantIsForAWSResource", "true"), under_our_keys(layer)]
    return [
        Statement(
            Effect=Allow,
            Action=_actions(KEY_USE),
            Resource=keys,
            Condition=Condition(under_our_keys(layer)),
        ),
        Statement(
            Effect=Allow,
            Action=_actions(GRANTS),
            Resource=keys,
            Condition=Condition(granted),
        ),
        Statement(
            Effect=Allow,
            Action=_actions(["kms:ListAliases"]),
            Resource=["*"],
            Condition=Condition(in_our_regions(layer)),
        ),
    ]


def _packed(statements: Iterable[Statement]) -> Iterator[PolicyDocument]:
    """Documents filled in order. Raises BuildError for a statement that fits into none."""
    held: list[Statement] = []
    empty = filled = size(_document([]))
    for statement in statements:
        added = size(_document([statement])) - empty + len(",")
        if empty + added > POLICY_LIMIT:
            raise BuildError(
                f"the statement of {statement.Action[0].JSONrepr()} exceeds {POLICY_LIMIT} characters"
            )
        if filled + added > POLICY_LIMIT:
            yield _document(held)
            held, filled = [], empty
        held.append(statement)
        filled += added
    if held:
        yield _document(held)


def _document(statements: list[Statement]) -> PolicyDocument:
    return PolicyDocument(Version="2012-10-17", Statement=statements)


def _actions(names: Iterable[str]) -> list[Action]:
    return [Action(*name.split(":", 1)) for name in names]
