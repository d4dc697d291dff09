"""The events of a stack as AWS tells them, over what ministack tells.

Recorded from AWS (localstack/localstack, tests/aws/services/cloudformation): a resource that is created
is told of twice before it is complete, at first without a physical id, then with it and `Resource
creation Initiated`; a stack's operation begins `User Initiated`; an update ends with a cleanup, whether
or not there is anything to clean; a stack's StackStatusReason is that of its own last event.
"""

from __future__ import annotations

import re
from typing import Any

from scripts.sandbox import seams, stack_api
from scripts.sandbox.children import STACK
from scripts.sandbox.nested_stacks import REVERTING

INITIATED = "Resource creation Initiated"
_REPLACING = "Requested update requires the creation of a new physical resource"
_BEGINNINGS = frozenset(
    {"REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"}
)
_CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
_NO_EXPORT = re.compile(r"Export '(.+)' not found")
_OF_STACKS = (
    (re.compile(r"Rollback complete"), ""),
    (
        re.compile(r"Resource (\w+) failed: .*", re.DOTALL),
        r"The following resource(s) failed to create: [\1]. ",
    ),
    (re.compile(r"(failed to (?:create|delete|update): \[.*\]\.)$"), r"\1 "),
)


def install() -> None:
    """Tell events as AWS does, and have an update's removals told as its cleanup."""
    seams.ADD_EVENT.replace(_told(seams.ADD_EVENT.value))
    for seam in (seams.ADD_EVENT_OF_REQUESTS, seams.ADD_EVENT_OF_CHANGE_SETS):
        seam.replace(_as_operations_tell)
    seams.DELETE_RESOURCE.replace(_as_cleanup(seams.DELETE_RESOURCE.value))


def _as_operations_tell(*event: Any, **more: Any) -> None:
    """Requests and change sets have names of their own for what adds an event."""
    seams.ADD_EVENT.value(*event, **more)  # as it stands once everything is installed


def _told(add_event: Any) -> Any:
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
        stack = stack_api.stack_of(stack_id) or {}
        if logical_id == stack_name:
            for pattern, said in _OF_STACKS:
                reason = pattern.sub(said, reason)
        reason = _NO_EXPORT.sub(r"No export named \1 found", reason)

        def tell(status: str, reason: str, physical_id: str, detailed_status: str = "") -> None:
            add_event(
                stack_id,
                stack_name,
                logical_id,
                resource_type,
                status,
                reason,
                physical_id,
                detailed_status,
            )

        if logical_id == stack_name:
            if status in _BEGINNINGS and not reason:
                reason = "User Initiated"
            if status == "UPDATE_COMPLETE" and not is_cleaning(stack_id, stack_name):
                tell(_CLEANUP, "", stack_id)
            tell(status, reason, physical_id or stack_id, detailed_status)
            stack["StackStatusReason"] = reason
            if status in ("DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"):
                stack["DeletionTime"] = seams.STACK_EVENTS.value[stack_id][-1]["Timestamp"]
            return
        held = stack.get("_resources", {}).get(logical_id, {})
        physical_id = physical_id or held.get("PhysicalResourceId", "")
        last = latest(stack_id, logical_id)
        if resource_type != STACK and status == "CREATE_COMPLETE" and not last[1]:
            tell("CREATE_IN_PROGRESS", INITIATED, physical_id)
        elif status == "UPDATE_COMPLETE" and last[1].startswith(_REPLACING):
            tell("UPDATE_IN_PROGRESS", INITIATED, physical_id)
        tell(status, reason, physical_id, detailed_status)

    return add


def latest(stack_id: str, logical_id: str) -> tuple[str, str]:
    """Status and reason of the last event of a resource, or of the stack by its name."""
    for event in reversed(seams.STACK_EVENTS.value.get(stack_id, [])):
        if event["LogicalResourceId"] == logical_id:
            return event["ResourceStatus"], event["ResourceStatusReason"]
    return "", ""


def is_cleaning(stack_id: str, stack_name: str) -> bool:
    """Whether a stack's update, or its rollback, is removing what is not needed any more."""
    return latest(stack_id, stack_name)[0].endswith("_COMPLETE_CLEANUP_IN_PROGRESS")


def _as_cleanup(delete_resource: Any) -> Any:
    """What an update deletes, it deletes once everything else is done."""

    def deleted(
        resource_type: str,
        physical_id: str,
        props: dict[str, Any],
        stack_name: str | None = None,
        logical_id: str | None = None,
    ) -> None:
        stack = stack_api.stack_of(stack_name or "") or {}
        if not stack.get("StackStatus", "").startswith("UPDATE_") or (
            "ROLLBACK" in stack["StackStatus"] and not REVERTING.get()
        ):
            delete_resource(resource_type, physical_id, props, stack_name, logical_id)
            return
        place = (stack["StackId"], stack_name)
        if not is_cleaning(stack["StackId"], stack["StackName"]):
            stack["StackStatus"] = _CLEANUP
            seams.ADD_EVENT.value(*place, stack_name, STACK, _CLEANUP, "", stack["StackId"])
        event = (*place, logical_id, resource_type)
        seams.ADD_EVENT.value(*event, "DELETE_IN_PROGRESS", "", physical_id)
        delete_resource(resource_type, physical_id, props, stack_name, logical_id)
        seams.ADD_EVENT.value(*event, "DELETE_COMPLETE", "", physical_id)

    return deleted
