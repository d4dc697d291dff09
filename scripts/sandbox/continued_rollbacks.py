"""UPDATE_ROLLBACK_FAILED, and ContinueUpdateRollback over a tree of nested stacks.

A child fails to go back in one of two ways: its own update failed and its rollback too (ministack then
keeps what it could not undo), or its update went well and its parent cannot send it back
(`nested_stacks.revert`). Either way its parent's rollback has failed, up to the root; the root's is
continued, and that of each child within it. `ResourcesToSkip` names what is inside a child as
`NestedStackName.LogicalId`, by the child's own name and not by its logical id.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeAlias

from scripts.sandbox import resource_updates, seams, stack_api, stack_events
from scripts.sandbox.children import STACK
from scripts.sandbox.nested_stacks import REVERTING
from scripts.sandbox.resource_updates import ResourceUpdate
from scripts.sandbox.stack_api import Answer, Request, first, refused

#: A stack's name, and a logical id in it.
Place: TypeAlias = tuple[str, str]

_SKIPPED: ContextVar[frozenset[Place]] = ContextVar("skipped", default=frozenset())
"""What the rollback at hand leaves as it is."""

_FAILED_TO_REVERT = "_failed_to_revert"
"""Of a child that could not be sent back: the resource that it came to an end at."""

_BACKWARDS = {
    "UPDATE_IN_PROGRESS": "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_COMPLETE": "UPDATE_ROLLBACK_COMPLETE",
}
"""What an update is called that sends a stack back."""


def install() -> None:
    """Let a rollback fail, and be continued. After whatever refuses an update."""
    for seam in (seams.ROLL_BACK_OPERATION, seams.ROLL_BACK_OPERATION_ON_REQUEST):
        seam.replace(_ending_a_reversal(seam.value))
    seams.CONTINUE_UPDATE_ROLLBACK.replace(_continued(seams.CONTINUE_UPDATE_ROLLBACK.value))
    seams.UPDATE_STACK.replace(_reversing(seams.UPDATE_STACK.value))
    seams.ADD_EVENT.replace(_told_backwards(seams.ADD_EVENT.value))
    resource_updates.consult(_leaving_skipped)


def failed(stack: dict[str, Any]) -> set[str]:
    """The logical ids at which a stack's rollback failed."""
    stopped = {stack[_FAILED_TO_REVERT]} if _FAILED_TO_REVERT in stack else set()
    return stopped | set(stack.get("_rollback_failed", {}))


def _continued(carry_on: stack_api.Handler) -> stack_api.Handler:
    def continued(params: Request) -> Answer:
        stack = stack_api.stack_of(first(params, "StackName"))
        if stack is None or stack["StackStatus"] == "DELETE_COMPLETE":
            name = first(params, "StackName")
            return refused("ValidationError", f"Stack [{name}] does not exist")
        if REVERTING.get():  # a child's, within its parent's
            skipped = {name for held, name in _SKIPPED.get() if held == stack["StackName"]}
            local = stack_api.strings("ResourcesToSkip", sorted(skipped & failed(stack)))
            return carry_on({**params, **local})
        if stack.get("ParentId"):
            return refused(
                "ValidationError", "RollbackUpdatedStack cannot be invoked on child stacks"
            )
        if stack["StackStatus"] != "UPDATE_ROLLBACK_FAILED":
            return refused(
                "ValidationError",
                f"Stack:{stack['StackId']} is in {stack['StackStatus']} state and can not "
                "continue to update rollback.",
            )
        places = [_place(stack, named) for named in _named(params)]
        for place in places:
            if refusal := _refusal(stack, place):
                return refusal
        own = [name for held, name in places if held == stack["StackName"]]
        kept = {key: value for key, value in params.items() if "ResourcesToSkip" not in key}
        token = _SKIPPED.set(frozenset(places))
        try:
            return carry_on({**kept, **stack_api.strings("ResourcesToSkip", own)})
        finally:
            _SKIPPED.reset(token)  # what the call began has it in a context of its own

    return continued


def _named(params: Request) -> Iterator[str]:
    index = 1
    while named := first(params, f"ResourcesToSkip.member.{index}"):
        yield named
        index += 1


def _place(root: dict[str, Any], named: str) -> Place:
    stack_name, _, logical_id = named.rpartition(".")
    return stack_name or root["StackName"], logical_id


def _refusal(root: dict[str, Any], place: Place) -> Answer | None:
    """Why a resource cannot be skipped."""
    stack_name, logical_id = place
    stack = stack_api.stack_of(stack_name)
    if stack is None or root["StackId"] not in (stack["StackId"], stack.get("RootId")):
        return refused("ValidationError", f"Stack [{stack_name}] does not exist")
    record = stack["_resources"].get(logical_id, {})
    child = stack_api.stack_of(record.get("PhysicalResourceId", ""))
    stands = child is not None and not child["StackStatus"].startswith("DELETE_")
    if logical_id not in failed(stack) or stands:
        return refused(
            "ValidationError",
            f"Resource(s) [{logical_id}] cannot be skipped: only resources whose rollback failed "
            "can be skipped",
        )
    return None


def _ending_a_reversal(roll_back: Any) -> Any:
    """A child that cannot be sent back stays where it came to, and says so: it does not go forward again.

    What was sent back keeps that: the next try compares each resource with what it is by then.
    """

    async def rolled_back(
        stack_name: str,
        stack_id: str,
        stack: dict[str, Any],
        operation: dict[str, Any],
        reason_override: str = "",
    ) -> None:
        if not (REVERTING.get() and operation.get("is_update")):
            await roll_back(stack_name, stack_id, stack, operation, reason_override)
            for logical_id in stack.get("_rollback_failed", {}):
                _note(stack, logical_id, *stack_events.latest(stack_id, logical_id))
            return
        stopped_at = operation.get("failed_logical_id") or stack_name
        stack[_FAILED_TO_REVERT] = stopped_at
        reason = f"The following resource(s) failed to update: [{stopped_at}]. "
        seams.ADD_EVENT.value(
            stack_id, stack_name, stack_name, STACK, "UPDATE_ROLLBACK_FAILED", reason, stack_id
        )
        stack["StackStatus"] = "UPDATE_ROLLBACK_FAILED"  # its parent waits for that, and reads why

    return rolled_back


def _reversing(update_stack: stack_api.Handler) -> stack_api.Handler:
    """A child whose reversal failed is reversed again by the update that refuses anybody else."""

    def updated(params: Request) -> Answer:
        stack = stack_api.stack_of(first(params, "StackName"))
        if stack is None or not (REVERTING.get() and _FAILED_TO_REVERT in stack):
            return update_stack(params)
        stack["StackStatus"] = "UPDATE_COMPLETE"
        answer = update_stack(params)
        if answer[0] >= 400:
            stack["StackStatus"] = "UPDATE_ROLLBACK_FAILED"
        else:
            stack.pop(_FAILED_TO_REVERT)
        return answer

    return updated


def _told_backwards(add_event: Any) -> Any:
    """The events of an update that sends a stack back are those of a rollback."""

    def add(
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        detailed_status: str = "",
    ) -> None:
        place = (stack_id, stack_name, logical_id, resource_type)
        if not (REVERTING.get() and logical_id == stack_name and status in _BACKWARDS):
            add_event(*place, status, reason, physical_id, detailed_status)
            stack = seams.STACKS.value.get(stack_name, {})
            if "_ROLLBACK_" in stack.get("StackStatus", "") and status.startswith("UPDATE_"):
                _note(stack, logical_id, status, reason)
            return
        if status == "UPDATE_COMPLETE" and not stack_events.is_cleaning(stack_id, stack_name):
            add_event(*place, _BACKWARDS["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"], "", stack_id)
        add_event(*place, _BACKWARDS[status], "", stack_id)
        seams.STACKS.value[stack_name]["StackStatus"] = _BACKWARDS[status]

    return add


def _note(stack: dict[str, Any], logical_id: str, status: str, reason: str) -> None:
    """What a rollback came to with a resource is told with the resource, too."""
    if record := stack["_resources"].get(logical_id):
        record.update(ResourceStatus=status, ResourceStatusReason=reason)


def _leaving_skipped(asked: ResourceUpdate, go_on: Callable[[], Any]) -> Any:
    """What is to be skipped counts as sent back, and is not touched."""
    if REVERTING.get() and (asked.stack_name, asked.logical_id) in _SKIPPED.get():
        return asked.physical_id, asked.old_attrs or {}
    return go_on()
