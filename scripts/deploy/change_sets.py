"""Change sets: made with their nested ones, waited for, read as a tree, removed without a trace."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from generator.naming import PREFIX
from scripts import failpoints, inventory
from scripts.aws import Aws, AwsSaidNo
from scripts.changes import NESTED_STACK, Change
from scripts.deploy import validations
from scripts.errors import Failed, Refused, UsageError

Kind: TypeAlias = Literal["CREATE", "UPDATE"]

#: What CloudFormation says of a change set that would change nothing (StatusReason of a FAILED one).
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")

_NOT_FOUND = ("ChangeSetNotFound", "ChangeSetNotFoundException")
_UNEXECUTED = ("AVAILABLE", "UNAVAILABLE", "OBSOLETE")


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
        Capabilities=["CAPABILITY_NAMED_IAM"],
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
        if error.code in _NOT_FOUND or "does not exist" in error.detail:
            raise UsageError(
                f"There is no change set {name} on {stack_name} in {region}.",
                fix="Make one: tradewind changeset create",
            ) from error
        raise
    return ChangeSet(
        region, said["StackId"], stack_name, said["ChangeSetId"], said["ChangeSetName"]
    ), said


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


def read(aws: Aws, made: ChangeSet) -> tuple[Change, ...]:
    """The changes, with those inside nested stacks; of a nested stack that goes, everything it holds."""
    return tuple(_read(aws, made.region, made.id))


def delete(aws: Aws, made: ChangeSet) -> None:
    """Remove the change set with its nested ones, and the shell that a CREATE leaves. Repeatable."""
    cloudformation = aws.client("cloudformation", made.region)
    try:
        cloudformation.call("delete_change_set", ChangeSetName=made.id)
    except AwsSaidNo as error:
        if error.code not in _NOT_FOUND:
            raise
    remove_shell(aws, made.region, made.stack_name)


def leftovers(aws: Aws, region: str, stack_name: str) -> tuple[ChangeSet, ...]:
    """The change sets of ours that stand on a stack, unexecuted."""
    return tuple(
        ChangeSet(
            region, said["StackId"], said["StackName"], said["ChangeSetId"], said["ChangeSetName"]
        )
        for said in _listed(aws, region, stack_name)
        if _is_ours(said) and said["ExecutionStatus"] in _UNEXECUTED
    )


def remove_shell(aws: Aws, region: str, stack_name: str) -> bool:
    """Delete a stack that never was more than the place of a change set; whether there was one.

    Raises Refused where somebody else's change set waits on it.
    """
    shell = inventory.stack(aws, region, stack_name)
    if shell is None or shell.status != "REVIEW_IN_PROGRESS":
        return False
    foreign = [
        said["ChangeSetName"] for said in _listed(aws, region, stack_name) if not _is_ours(said)
    ]
    if foreign:
        raise Refused(
            f"The change set {foreign[0]}, which is not of this tool, waits on {stack_name} in {region}.",
            fix=f"Execute or delete it first: aws cloudformation delete-change-set --region {region} "
            f"--stack-name {stack_name} --change-set-name {foreign[0]}",
        )
    aws.client("cloudformation", region).call("delete_stack", StackName=shell.id)
    while (standing := inventory.stack(aws, region, shell.id)) is not None:
        if standing.status == "DELETE_COMPLETE":
            break
        aws.clock.pause()
    return True


def _is_ours(said: Mapping[str, Any]) -> bool:
    return bool(said["ChangeSetName"].startswith(f"{PREFIX}-")) and not said.get(
        "ParentChangeSetId"
    )


def _listed(aws: Aws, region: str, stack_name: str) -> list[Any]:
    listed = aws.client("cloudformation", region).pages(
        "list_change_sets", "Summaries", StackName=stack_name
    )
    return list(listed)


def _read(aws: Aws, region: str, change_set_id: str) -> Iterator[Change]:
    described = aws.client("cloudformation", region).pages(
        "describe_change_set", "Changes", ChangeSetName=change_set_id
    )
    for said in list(described):
        resource = said["ResourceChange"]
        yield Change(
            action=resource["Action"],
            logical_id=resource["LogicalResourceId"],
            type=resource["ResourceType"],
            physical_id=resource.get("PhysicalResourceId", ""),
            replacement=resource.get("Replacement", ""),
            because=_because(resource),
            inside=tuple(_inside(aws, region, resource)),
        )


def _inside(aws: Aws, region: str, resource: Mapping[str, Any]) -> Iterator[Change]:
    if resource["ResourceType"] != NESTED_STACK:
        return
    if resource["Action"] == "Remove":
        yield from _everything(aws, region, resource["PhysicalResourceId"])
    elif nested := resource.get("ChangeSetId"):
        yield from _read(aws, region, nested)


def _everything(aws: Aws, region: str, stack_id: str) -> Iterator[Change]:
    """A nested stack that goes has no change set of its own: what it holds goes with it."""
    for held in inventory.children(aws, region, stack_id):
        nested = _everything(aws, region, held.physical_id) if held.type == NESTED_STACK else ()
        yield Change("Remove", held.path[-1], held.type, held.physical_id, inside=tuple(nested))


def _because(resource: Mapping[str, Any]) -> tuple[str, ...]:
    targets = (detail.get("Target", {}) for detail in resource.get("Details", ()))
    return tuple(
        dict.fromkeys(target.get("Name") or target.get("Attribute", "") for target in targets)
    )


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
