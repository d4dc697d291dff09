"""Change sets that go: deleted with their nested ones, and the empty stacks that they leave."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from generator.naming import PREFIX
from scripts import inventory
from scripts.aws import Aws, AwsSaidNo
from scripts.deploy.change_sets.making import NOT_FOUND, ChangeSet
from scripts.errors import Failed, Refused, TradewindError

#: Seconds within which a change set goes that was deleted.
PATIENCE = 120

_UNEXECUTED = ("AVAILABLE", "UNAVAILABLE", "OBSOLETE")


def delete(aws: Aws, made: ChangeSet) -> None:
    """Remove the change set with its nested ones, and the shells that they leave. Repeatable.

    CloudFormation takes its time over nested ones, and may fail at them: then it is asked once more.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-delete.html
    """
    said = _deleted(aws, made)
    if said.get("Status") == "DELETE_FAILED":
        said = _deleted(aws, made)
    if said:
        raise Failed(
            f"The change set {made.name} on {made.stack_name} in {made.region} could not be deleted: "
            f"{said.get('StatusReason') or said['Status']}.",
            fix="Nothing was changed. Run the same command again.",
        )
    try:
        _remove_nested_shells(aws, made)
        remove_shell(aws, made.region, made.stack_name)
    except AwsSaidNo as error:
        # The pipeline may plan and delete no stack; the next change set to create it takes the shell over.
        if not error.denied:
            raise


def discard(aws: Aws, made: ChangeSet) -> None:
    """Delete a change set on the way out of something that failed: that is what is told, not this.

    What cannot be deleted now, the next run removes.
    """
    with suppress(TradewindError):
        delete(aws, made)


def _deleted(aws: Aws, made: ChangeSet) -> Mapping[str, Any]:
    """Have it deleted, to the end; what is told of one that failed to go, or that did not go in time."""
    _unless_gone(aws, made, "delete_change_set")
    deadline = aws.clock.monotonic() + PATIENCE
    while said := _unless_gone(aws, made, "describe_change_set"):
        if said["Status"] == "DELETE_FAILED" or aws.clock.monotonic() > deadline:
            return said
        aws.clock.pause()
    return {}


def _unless_gone(aws: Aws, made: ChangeSet, operation: str) -> Mapping[str, Any]:
    """What a call on a change set answers; nothing where there is none any more."""
    try:
        return aws.client("cloudformation", made.region).call(operation, ChangeSetName=made.id)
    except AwsSaidNo as error:
        if error.code not in NOT_FOUND:
            raise
        return {}


def _remove_nested_shells(aws: Aws, made: ChangeSet) -> None:
    """Delete the empty stacks that nested change sets of this stack's left, where no other one waits."""
    cloudformation = aws.client("cloudformation", made.region)
    in_review = cloudformation.pages(
        "list_stacks", "StackSummaries", StackStatusFilter=["REVIEW_IN_PROGRESS"]
    )
    for shell in list(in_review):
        below = shell.get("RootId") == made.stack_id != shell["StackId"]
        if below and not _listed(aws, made.region, shell["StackId"]):
            cloudformation.call("delete_stack", StackName=shell["StackId"])


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
