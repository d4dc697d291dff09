"""Grants, boundaries, rotation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.boundaries import RESERVED
from tests.coverage.claims import Complaint
from tests.coverage.laws import Defect, Law, named
from tests.coverage.laws.protection import documents
from tests.coverage.mutants import REMOVED, Edit
from tests.coverage.paths import Node, find
from tests.coverage.platform import Platform, Resource
from tests.coverage.rows.names import KEY, MANAGED_POLICY, ROLE, SECRET
from tests.unit.generator.iam import allows

#: The one Allow that speaks by NotAction: its list is longer than IAM gives one policy.
BY_NOT_ACTION = "deployers/DeployerBoundary"


def wildcards(platform: Platform) -> Iterator[Complaint]:
    """No Allow, in whichever policy, has an action with a wildcard, or says what it does not allow."""
    for resource in platform.resources:
        for document, path in documents(resource):
            for statement in named(document["Statement"]):
                if statement["Effect"] != "Allow":
                    continue
                wide = [each for each in named(statement.get("Action", ())) if "*" in each]
                for action in wide:
                    yield Complaint(str(resource), path, f"allows {action}")
                where = f"{resource.layer}/{resource.logical_id}"
                if "NotAction" in statement and where != BY_NOT_ACTION:
                    yield Complaint(str(resource), path, "allows by NotAction")


def wildcard_grants(platform: Platform) -> Iterator[Defect]:
    """In the first policy of each type: a service's actions, everything, everything but."""
    seen = set()
    for resource in platform.resources:
        for document, path in documents(resource):
            if resource.type in seen:
                continue
            seen.add(resource.type)
            for wide in (
                {"Action": ["s3:*"]},
                {"Action": "*"},
                {"NotAction": ["iam:*"]},
                {"Action": ["sqs:Send*"]},
            ):
                grant = {"Effect": "Allow", "Resource": ["*"], **wide}
                node = Node(document, "Statement", document["Statement"])
                edit = Edit(node, [*named(document["Statement"]), grant])
                yield Defect(f"{path} with {wide}", resource, (edit,))


ROLE_ARN = "arn:aws:iam::{account}:role/tradewind-{environment}-web-{region}"
EXECUTION = "arn:aws:iam::{account}:role/tradewind-{environment}-platform-execution-{region}"
ACTING = "arn:aws:iam::{account}:role/tradewind-{environment}-release-plan-{region}"
BOUNDARY = "arn:aws:iam::{account}:policy/tradewind-{environment}-{kind}-boundary-{region}"

#: What gives a role more than it has.
WIDENING = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
)
#: What makes a boundary another.
REWRITING = (
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
)
EVERYTHING = {"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}


def widening(platform: Platform) -> Iterator[Complaint]:
    """No role is without a boundary, and no boundary lets a role widen itself."""
    boundaries = _boundaries(platform)
    for role in platform.of_type(ROLE):
        arn = str(role.properties.get("PermissionsBoundary"))
        name = arn.rpartition("/")[2]
        if name not in boundaries and not platform.references(arn):
            yield Complaint(str(role), "PermissionsBoundary", f"is {arn}, which is none of ours")
    for name, boundary in boundaries.items():
        statements = boundary.properties["PolicyDocument"]["Statement"]
        judge = _deployers if "-deployer-" in name else _runners
        for said in judge(platform, boundary, statements):
            yield Complaint(str(boundary), "PolicyDocument", said)


def _boundaries(platform: Platform) -> dict[str, Resource]:
    """Every boundary of the environment, by its name."""
    named = (
        (p, p.properties.get("ManagedPolicyName", "")) for p in platform.of_type(MANAGED_POLICY)
    )
    return {name: policy for policy, name in named if "-boundary-" in name}


def _runners(platform: Platform, boundary: Resource, statements: list[Any]) -> Iterator[str]:
    """What runs changes no identity, not even where a resource's own policy allowed it."""
    here = _names(platform, boundary)
    context = {
        "aws__RequestedRegion": boundary.region,
        "iam__PermissionsBoundary": BOUNDARY.format(kind="runtime", **here),
    }
    for action in WIDENING:
        if allows([*statements, EVERYTHING], action, ROLE_ARN.format(**here), **context):
            yield f"lets a role {action}"
    for action in (*REWRITING, "sts:AssumeRole", "kms:PutKeyPolicy"):
        if allows(
            [*statements, EVERYTHING], action, BOUNDARY.format(kind="runtime", **here), **context
        ):
            yield f"lets a role {action}"
    execution, acting = EXECUTION.format(**here), ACTING.format(**here)
    for action in WIDENING:
        if allows([*statements, EVERYTHING], action, execution, **context):
            yield f"lets a role {action} on what deploys"
    handed = {**context, "iam__PassedToService": "lambda.amazonaws.com"}
    if allows([*statements, EVERYTHING], "iam:PassRole", execution, **handed):
        yield "lets a role hand what deploys to a function"
    if allows([*statements, EVERYTHING], "sts:TagSession", acting, **context):
        yield "lets a role choose the tags of another's session"


def _deployers(platform: Platform, boundary: Resource, statements: list[Any]) -> Iterator[str]:
    """What deploys makes roles under a lower boundary only, and alters neither a boundary nor itself."""
    here = _names(platform, boundary)
    region = {"aws__RequestedRegion": boundary.region}
    lower = {**region, "iam__PermissionsBoundary": BOUNDARY.format(kind="runtime", **here)}
    own = {**region, "iam__PermissionsBoundary": BOUNDARY.format(kind="deployer", **here)}
    role = ROLE_ARN.format(**here)
    for action in WIDENING:
        for context in (region, own):
            if allows(statements, action, role, **context):
                yield f"lets a deployer {action} without a lower boundary"
    everything = [*statements, EVERYTHING]
    if allows(everything, "iam:DeleteRolePermissionsBoundary", role, **lower):
        yield "lets a deployer take a boundary away"
    for action in (*WIDENING, "iam:UpdateAssumeRolePolicy"):
        if allows(everything, action, EXECUTION.format(**here), **lower):
            yield f"lets a deployer {action} on itself"
    for name in _boundaries(platform):
        for action in REWRITING:
            arn = f"arn:aws:iam::{here['account']}:policy/{name}"
            if allows(everything, action, arn, **region):
                yield f"lets a deployer {action} on {name}"
    for kind in RESERVED:
        above = {
            **region,
            "iam__PermissionsBoundary": BOUNDARY.format(kind=kind, **here),
            "aws__PrincipalArn": EXECUTION.format(**here),
        }
        if allows(statements, "iam:CreateRole", role, **above):
            yield f"lets the platform's deployer make a role under the {kind} boundary"
    passed = {**region, "iam__PassedToService": "cloudformation.amazonaws.com"}
    if allows(statements, "iam:PassRole", role, **passed):
        yield "lets a deployer hand a role to CloudFormation"


def _names(platform: Platform, of: Resource) -> dict[str, str]:
    found = platform.environment
    return {"account": found.account_id, "environment": found.name, "region": of.region}


def widened(platform: Platform) -> Iterator[Defect]:
    """Each boundary with its denials gone, its conditions gone, or a grant to itself; a role without one."""
    role = platform.of_type(ROLE)[0]
    node = find("PermissionsBoundary", role, platform).nodes[0]
    yield Defect("its boundary removed", role, (Edit(node, REMOVED),))
    yield Defect("another's boundary", role, (Edit(node, "arn:aws:iam::aws:policy/Administrator"),))
    for policy in platform.of_type(MANAGED_POLICY, platform.environment.primary_region):
        if "-boundary-" not in policy.properties["ManagedPolicyName"]:
            continue
        document = policy.properties["PolicyDocument"]
        statements = document["Statement"]
        whole = Node(document, "Statement", statements)
        for number, statement in enumerate(statements):
            without = [*statements[:number], *statements[number + 1 :]]
            if statement["Effect"] == "Deny":
                yield Defect(f"{statement['Sid']} gone", policy, (Edit(whole, without),))
        grant = {"Effect": "Allow", "Action": ["iam:PutRolePolicy"], "Resource": ["*"]}
        allowed = [each for each in statements if each["Effect"] == "Allow"]
        yield Defect("iam:PutRolePolicy allowed", policy, (Edit(whole, [*allowed, grant]),))
        for sid in ("RolesUnderABoundary", "RolesForServices"):
            for statement in statements:
                if statement.get("Sid") == sid:
                    node = Node(statement, "Condition", statement["Condition"])
                    yield Defect(f"{sid} without a condition", policy, (Edit(node, REMOVED),))


#: A secret without a schedule, by the end of its name: why.
UNSCHEDULED = {
    "-origin-header": "rotating it is a release: platforms accept both, then edge sends the new one"
}


def stale(platform: Platform) -> Iterator[Complaint]:
    """Keys rotate, and so do secrets."""
    for key in platform.of_type(KEY):
        if str(key.properties.get("EnableKeyRotation")).lower() != "true":
            yield Complaint(str(key), "EnableKeyRotation", "is off")
    rotated = {
        str(secret)
        for schedule in platform.of_type("AWS::SecretsManager::RotationSchedule")
        for secret in platform.references(schedule.properties.get("SecretId"))
        if platform.references(schedule.properties.get("RotationLambdaARN"))
        and schedule.properties.get("RotationRules")
    }
    for secret in platform.of_type(SECRET):
        name = str(secret.properties.get("Name"))
        if str(secret) not in rotated and not name.endswith((*UNSCHEDULED,)):
            yield Complaint(
                str(secret), "RotationSchedule", "is missing, or has no function or rule"
            )


def without_rotation(platform: Platform) -> Iterator[Defect]:
    """A key that does not rotate; a schedule gone, or without what it needs."""
    for key in platform.of_type(KEY)[:1]:
        node = find("EnableKeyRotation", key, platform).nodes[0]
        yield Defect("rotation off", key, (Edit(node, False),))
        yield Defect("rotation not said", key, (Edit(node, REMOVED),))
    for schedule in platform.of_type("AWS::SecretsManager::RotationSchedule"):
        secret = str(platform.references(schedule.properties["SecretId"])[0])
        yield Defect("taken away", schedule, gone=True, named=secret)
        for name in ("RotationLambdaARN", "RotationRules"):
            node = find(name, schedule, platform).nodes[0]
            yield Defect(f"{name} removed", schedule, (Edit(node, REMOVED),), named=secret)


GRANTS = Law("a wildcard grant", wildcards, wildcard_grants)
BOUNDARIES = Law("a boundary that lets a role widen itself", widening, widened)
ROTATION = Law("a missing rotation", stale, without_rotation)
