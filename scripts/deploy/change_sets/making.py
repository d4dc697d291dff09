"""A change set is made, found again, and waited for until CloudFormation knows the changes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from generator.naming import PREFIX
from scripts import failpoints
from scripts.aws import Aws, AwsSaidNo
from scripts.deploy import validations
from scripts.errors import Failed, UsageError

Kind: TypeAlias = Literal["CREATE", "UPDATE"]

#: What CloudFormation says of a change set that would change nothing (StatusReason of a FAILED one).
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")

#: What precedes the root's digest in a change set's description.
DESCRIBED = "templates "

#: What is acknowledged with every one: stacks make roles, and name them.
CAPABILITIES = ("CAPABILITY_NAMED_IAM",)

#: The error codes of a change set that is not there.
NOT_FOUND = ("ChangeSetNotFound", "ChangeSetNotFoundException")


@dataclass(frozen=True)
class Request:
    """What a stack is to become."""

    region: str
    stack_name: str
    kind: Kind
    template: Mapping[str, str]
    parameters: Mapping[str, str]
    tags: Mapping[str, str] = field(default_factory=dict)
    role_arn: str = ""
    description: str = ""


@dataclass(frozen=True)
class ChangeSet:
    """A change set of ours on a stack; `id` is its ARN."""

    region: str
    stack_id: str
    stack_name: str
    id: str
    name: str


def create(aws: Aws, request: Request) -> ChangeSet:
    """Ask CloudFormation to work out the changes, those of nested stacks too."""
    name = f"{PREFIX}-{uuid.uuid4().hex[:12]}"
    failpoints.reach("change-set.requested")
    answer = aws.client("cloudformation", request.region).call(
        "create_change_set",
        StackName=request.stack_name,
        ChangeSetName=name,
        ChangeSetType=request.kind,
        IncludeNestedStacks=True,
        Capabilities=list(CAPABILITIES),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in sorted(request.parameters.items())
        ],
        Tags=[{"Key": key, "Value": value} for key, value in sorted(request.tags.items())],
        ClientToken=name,
        Description=request.description,
        **request.template,
        **({"RoleARN": request.role_arn} if request.role_arn else {}),
    )
    failpoints.reach("change-set.created")
    return ChangeSet(request.region, answer["StackId"], request.stack_name, answer["Id"], name)


def find(aws: Aws, region: str, stack_name: str, name: str) -> tuple[ChangeSet, Mapping[str, Any]]:
    """A change set that stands, with what CloudFormation says of it. Raises UsageError where it does not."""
    try:
        said = aws.client("cloudformation", region).call(
            "describe_change_set", StackName=stack_name, ChangeSetName=name
        )
    except AwsSaidNo as error:
        if error.code in NOT_FOUND or "does not exist" in error.detail:
            raise UsageError(
                f"There is no change set {name} on {stack_name} in {region}.",
                fix="Make one: tradewind changeset create",
            ) from error
        raise
    return ChangeSet(
        region, said["StackId"], stack_name, said["ChangeSetId"], said["ChangeSetName"]
    ), said


def described(said: Mapping[str, Any]) -> str:
    """The digest of the root's templates that a change set was made of; empty where it is not ours."""
    description = str(said.get("Description", ""))
    return description.removeprefix(DESCRIBED) if description.startswith(DESCRIBED) else ""


def wait(aws: Aws, made: ChangeSet) -> bool:
    """Wait until the changes are known; whether there are any. Raises Failed where CloudFormation cannot."""
    cloudformation = aws.client("cloudformation", made.region)
    while True:
        said = cloudformation.call("describe_change_set", ChangeSetName=made.id)
        match said["Status"]:
            case "CREATE_COMPLETE":
                return True
            case "FAILED":
                if _says_no_changes(said):
                    return False
                raise Failed(
                    f"CloudFormation cannot plan {made.stack_name} in {made.region}: "
                    f"{_root_reason(aws, made.region, said)}",
                    fix="Nothing was changed. Correct the cause and run the command again.",
                )
        aws.clock.pause()


def _root_reason(aws: Aws, region: str, said: Mapping[str, Any]) -> str:
    """Why a change set failed, from the nested change set where it began, if one is to blame."""
    reason = str(said.get("StatusReason", "no reason was given"))
    if validations.refers_to(reason):
        found = validations.of_change_set(aws, region, said["ChangeSetId"])
        return f"{found.logical_id} ({found.type}): {found.reason}" if found else reason
    for change in said.get("Changes", ()):
        nested = change["ResourceChange"].get("ChangeSetId")
        if not nested:
            continue
        inner = aws.client("cloudformation", region).call(
            "describe_change_set", ChangeSetName=nested
        )
        if inner["Status"] == "FAILED" and not _says_no_changes(inner):
            where = change["ResourceChange"]["LogicalResourceId"]
            return f"{where}: {_root_reason(aws, region, inner)}"
    return reason


def _says_no_changes(said: Mapping[str, Any]) -> bool:
    return any(words in said.get("StatusReason", "") for words in _NO_CHANGES)
