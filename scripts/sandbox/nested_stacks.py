"""AWS::CloudFormation::Stack as real child stacks.

ministack deploys a nested template inside its parent; here the resource's handlers drive CreateStack,
UpdateStack and DeleteStack of a stack of its own, so that rollback, exports, Retain, capabilities and
event streams are those of any stack. What a child needs of its parent travels in its record (ParentId,
RootId) and in two context variables that every step of an operation inherits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from scripts.sandbox import change_set_executions, resource_updates, seams, stack_api, template_urls
from scripts.sandbox.children import STACK, child_name, child_request, root_of
from scripts.sandbox.resource_updates import ResourceUpdate

REVERTING: ContextVar[bool] = ContextVar("reverting", default=False)
"""Whether the operation at hand sends a stack back to what it was."""

NOTHING_TO_DO = "No updates are to be performed."
"""What CloudFormation answers to an update that would change nothing."""

Resource = tuple[str, dict[str, str]]
"""What a handler answers: the physical id, and the attributes for Fn::GetAtt."""


def install() -> None:
    """Replace ministack's nested stacks."""
    seams.NESTED_STACK.replace({"create": create, "update": update, "delete": delete})
    # No property of a nested stack needs its replacement (its provider schema has no createOnly).
    seams.REPLACING_PROPERTIES.value[STACK] = ()
    seams.CAPABILITIES_ENFORCED.replace(lambda: True)
    resource_updates.consult(_visiting_every_child)
    seams.NO_UPDATES.replace(_looking_at_children(seams.NO_UPDATES.value))


def create(logical_id: str, properties: dict[str, Any], parent_name: str) -> Resource:
    """Create a child stack, or execute the change set that its parent's prepared for it."""
    parent = _record(parent_name)
    planned = change_set_executions.planned_child(parent, logical_id)
    if planned is not None:
        child_id = planned["StackId"]
        start = change_set_executions.execution(
            planned, child_request(parent, child_id, properties)
        )
    else:
        child_id = child_name(parent_name, logical_id)
        request = child_request(parent, child_id, properties)
        if parent.get("DisableRollback"):
            request["DisableRollback"] = ["true"]
        start = lambda then: stack_api.call("CreateStack", request, then)  # noqa: E731

    def adopt() -> None:
        child = _record(child_id)
        child["ParentId"] = parent["StackId"]
        child["RootId"] = root_of(parent)
        parent["_resources"][logical_id] = {
            "PhysicalResourceId": child["StackId"],
            "ResourceType": STACK,
            "ResourceStatus": "CREATE_IN_PROGRESS",
            "LogicalResourceId": logical_id,
            "Properties": properties,
            "Attributes": {},
            "Timestamp": child["CreationTime"],
        }
        seams.ADD_EVENT.value(
            parent["StackId"],
            parent_name,
            logical_id,
            STACK,
            "CREATE_IN_PROGRESS",
            "Resource creation Initiated",
            child["StackId"],
        )

    start(adopt)
    child = stack_api.wait(child_id)
    if child["StackStatus"] != "CREATE_COMPLETE":
        parent["_resources"][logical_id]["ResourceStatus"] = "CREATE_FAILED"
        raise ValueError(_embedded_failure(child, "create", 0))
    return child["StackId"], _attributes(child)


def update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], parent_name: str
) -> Resource:
    """Update a child stack to its template and parameters; a child without changes is left alone.

    While its parent is rolled back, the child goes back to what it was before this update.
    """
    del old  # the child's own record says what it is
    parent, child = _record(parent_name), _record(physical_id)
    if REVERTING.get() or "ROLLBACK" in parent["StackStatus"]:
        revert(child)
        return child["StackId"], _attributes(child)
    child.pop("_previous", None)
    before = {
        "body": child["_template_body"],
        "parameters": child["_resolved_params"],
        "tags": child["Tags"],
        "capabilities": child.get("Capabilities", []),
    }
    request = child_request(parent, child["StackId"], new)
    try:
        planned = change_set_executions.planned_update(parent, child)
        if planned is not None:
            change_set_executions.execution(planned, request)(None)
        else:
            stack_api.call("UpdateStack", request)
    except stack_api.ApiError as refusal:
        if refusal.message != NOTHING_TO_DO:
            raise
        return child["StackId"], _attributes(child)
    child = stack_api.wait(child["StackId"])
    if child["StackStatus"] != "UPDATE_COMPLETE":
        raise ValueError(_not_updated(child, "UPDATE_ROLLBACK_IN_PROGRESS"))
    child["_previous"] = before
    return child["StackId"], _attributes(child)


def delete(physical_id: str, properties: dict[str, Any]) -> None:
    """Delete a child stack; its failure is its parent's."""
    del properties
    child = stack_api.stack_of(physical_id)
    if child is None or child["StackStatus"] == "DELETE_COMPLETE":
        return
    seen = len(seams.STACK_EVENTS.value.get(child["StackId"], []))
    stack_api.call("DeleteStack", {"StackName": [child["StackId"]]})
    child = stack_api.wait(child["StackId"])
    if child["StackStatus"] != "DELETE_COMPLETE":
        raise ValueError(_embedded_failure(child, "delete", seen))


def revert(child: dict[str, Any]) -> None:
    """Send a child that this operation updated back; one that it did not touch stays as it is.

    A child that had gone back by itself is done, or, where it could not, is made to try again.
    """
    before = child.get("_previous")
    if before is None:
        if child["StackStatus"] == "UPDATE_ROLLBACK_FAILED":
            _settle(child, "ContinueUpdateRollback", {"StackName": [child["StackId"]]})
        return
    request: stack_api.Request = {
        "StackName": [child["StackId"]],
        "TemplateURL": [template_urls.kept(before["body"])],
        **stack_api.members(
            "Parameters",
            "ParameterKey",
            "ParameterValue",
            {
                name: held.get("SsmName", held["Value"])
                for name, held in before["parameters"].items()
            },
        ),
        **stack_api.members("Tags", "Key", "Value", {t["Key"]: t["Value"] for t in before["tags"]}),
        **stack_api.strings("Capabilities", before["capabilities"]),
    }
    if not before["tags"]:
        request["Tags"] = [""]  # an empty list clears the stack's tags
    try:
        _settle(child, "UpdateStack", request)
    except stack_api.ApiError as refusal:
        if refusal.message != NOTHING_TO_DO:  # a change set foresaw changes, and none came of it
            raise
        child["StackStatus"] = "UPDATE_ROLLBACK_COMPLETE"
        place = (child["StackId"], child["StackName"], child["StackName"], STACK)
        seams.ADD_EVENT.value(*place, "UPDATE_ROLLBACK_COMPLETE", "", child["StackId"])
    child.pop("_previous", None)


def _settle(child: dict[str, Any], action: str, request: stack_api.Request) -> None:
    """Have a child go back, to the end. Raises ValueError, AWS's reason for its parent, where it cannot."""
    token = REVERTING.set(True)
    try:
        stack_api.call(action, request)
        # ministack says UPDATE_COMPLETE for the moment in which it tells so of a rollback.
        while stack_api.wait(child["StackId"])["StackStatus"] == "UPDATE_COMPLETE":
            time.sleep(stack_api.POLL_SECONDS)
    finally:
        REVERTING.reset(token)
    if child["StackStatus"] != "UPDATE_ROLLBACK_COMPLETE":
        raise ValueError(_not_updated(child, child["StackStatus"]))


def _record(name_or_id: str) -> dict[str, Any]:
    record = stack_api.stack_of(name_or_id)
    if record is None:
        raise ValueError(f"Stack with id {name_or_id} does not exist")
    return record


def _attributes(child: dict[str, Any]) -> dict[str, str]:
    return {f"Outputs.{held['OutputKey']}": held["OutputValue"] for held in child["Outputs"]}


def _embedded_failure(child: dict[str, Any], verb: str, seen: int) -> str:
    """AWS's reason for a resource that is a stack: which of its resources failed, since event `seen`."""
    events = seams.STACK_EVENTS.value.get(child["StackId"], [])[seen:]
    failed = dict.fromkeys(
        event["LogicalResourceId"]
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
        and event["LogicalResourceId"] != child["StackName"]
    )
    if verb == "delete" and not failed:  # it was not deleted at all: somebody imports its exports
        return (
            f"Embedded stack {child['StackId']} was not successfully deleted: "
            f"{child['StackStatusReason']} "
        )
    past = {"create": "created", "delete": "deleted"}[verb]
    return (
        f"Embedded stack {child['StackId']} was not successfully {past}: "
        f"The following resource(s) failed to {verb}: [{', '.join(failed)}]. "
    )


def _not_updated(child: dict[str, Any], status: str) -> str:
    """AWS's reason for a resource that is a stack whose update, or its rollback, came to `status`."""
    reasons = (
        event["ResourceStatusReason"]
        for event in reversed(seams.STACK_EVENTS.value[child["StackId"]])
        if event["LogicalResourceId"] == child["StackName"] and event["ResourceStatus"] == status
    )
    return (
        f"Embedded stack {child['StackId']} was not successfully updated. "
        f"Currently in {status} with reason: {next(reasons, '')}"
    )


def _visiting_every_child(asked: ResourceUpdate, go_on: Callable[[], Any]) -> Any:
    """Have an update visit every nested stack: its template may have changed behind the same URL."""
    if asked.resource_type == STACK:
        return update(asked.physical_id, asked.old_props, asked.new_props, asked.stack_name)
    return go_on()


def _looking_at_children(no_updates: Any) -> Any:
    """An update has something to do when the template behind a child's URL is another one."""

    def nothing_to_do(stack: dict[str, Any], *arguments: Any) -> bool:
        return no_updates(stack, *arguments) and not _has_stale_child(stack)

    return nothing_to_do


def _has_stale_child(stack: dict[str, Any]) -> bool:
    for record in stack["_resources"].values():
        child = stack_api.stack_of(record["PhysicalResourceId"])
        if record["ResourceType"] != STACK or child is None:
            continue
        url = {"TemplateURL": [record["Properties"]["TemplateURL"]]}
        body, _ = seams.RESOLVE_DOCUMENT.value(url, "TemplateBody", "TemplateURL", "Template")
        if (body is not None and body != child["_template_body"]) or _has_stale_child(child):
            return True
    return False
