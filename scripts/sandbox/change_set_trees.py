"""Change sets over a tree of stacks: created, executed and deleted as one.

    change set of the root            _nested: logical id -> change set of the child
    ├── change set of a new child     CREATE, on a stack in REVIEW_IN_PROGRESS that execution uses
    ├── change set of a changed child UPDATE
    └── change set of an unchanged one  FAILED "didn't contain changes", which fails nothing

The children's change sets name their parent's and the root's (ParentChangeSetId, RootChangeSetId).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.sandbox import seams, stack_api
from scripts.sandbox.change_set_values import UNKNOWN, Values
from scripts.sandbox.children import STACK, child_name, child_request, numbered, root_of

NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)

ChangeSet = dict[str, Any]


def install() -> None:
    """Have no change set of a tree outlive its root's."""
    seams.DROP_OTHER_CHANGE_SETS.replace(_dropping_trees(seams.DROP_OTHER_CHANGE_SETS.value))


def grow(change_set: ChangeSet, create: stack_api.Handler) -> None:
    """Create the change sets of all nested stacks below this one. `create` is CreateChangeSet.

    A child that cannot be planned fails this change set, as AWS does; children planned before it keep
    theirs, so that their reasons can be read.
    """
    change_set["IncludeNestedStacks"] = True
    change_set["_nested"] = {}
    stack = _stack(change_set)
    values = Values(change_set, stack)
    updated = change_set["ChangeSetType"] == "UPDATE"
    for logical_id, resource in values.in_order():
        change = change_of(change_set, logical_id)
        made = not updated or logical_id not in stack["_resources"]
        if made or (change or {}).get("Replacement") in ("True", "Conditional"):
            values.unknown.add(logical_id)
        elif change is not None and resource["Type"] != STACK:
            values.moving.add(logical_id)
        if resource["Type"] != STACK:
            continue
        try:
            child = _plan(change_set, stack, logical_id, resource, values, create)
        except ValueError as problem:
            _fail(change_set, str(problem))
            return
        if child["Status"] == "FAILED" and child["StatusReason"] != NO_CHANGES:
            _fail(
                change_set,
                f"Nested change set {child['ChangeSetId']} was not successfully created: "
                "Currently in FAILED.",
            )
            return
        if child["Status"] != "FAILED" and logical_id not in values.unknown:
            values.moving.add(logical_id)
            if change is None:
                _add_automatic(change_set, stack, logical_id)


def add_automatic_changes(change_set: ChangeSet) -> None:
    """List the nested stacks that a change set does not look into.

    "Automatic entities are AWS::CloudFormation::Stack resource types [...] If you made no changes to
    the AWS::CloudFormation::Stack resource, CloudFormation sets the ChangeSource to Automatic because
    the nested stack's template might have changed." (API reference, ResourceChangeDetail)
    """
    if change_set["ChangeSetType"] != "UPDATE" or _failed_for_a_reason(change_set):
        return
    stack = _stack(change_set)
    for logical_id, resource in Values(change_set, stack).in_order():
        nested = resource["Type"] == STACK and logical_id in stack["_resources"]
        if nested and change_of(change_set, logical_id) is None:
            _add_automatic(change_set, stack, logical_id)


def descendants(change_set: ChangeSet) -> Iterator[ChangeSet]:
    """The change sets below this one, children before grandchildren."""
    for change_set_id in (change_set.get("_nested") or {}).values():
        child = seams.CHANGE_SETS.value.get(change_set_id)
        if child is not None:
            yield child
            yield from descendants(child)


def discard_below(change_set: ChangeSet) -> None:
    """Delete the change sets below this one, and the stacks in review that they made."""
    for child in list(descendants(change_set)):
        seams.CHANGE_SETS.value.pop(child["ChangeSetId"], None)
        discard_shell(child)


def of_stack(stack_id: str) -> list[ChangeSet]:
    """The change sets of one stack."""
    return [held for held in seams.CHANGE_SETS.value.values() if held["StackId"] == stack_id]


def change_of(change_set: ChangeSet, logical_id: str) -> dict[str, Any] | None:
    """A change set's entry of a resource."""
    for entry in change_set["Changes"]:
        change: dict[str, Any] = entry["ResourceChange"]
        if change["LogicalResourceId"] == logical_id:
            return change
    return None


def is_unchanged(change_set: ChangeSet) -> bool:
    """Whether a change set failed for want of changes alone."""
    return bool(change_set["Status"] == "FAILED" and change_set["StatusReason"] == NO_CHANGES)


def _plan(
    parent: ChangeSet,
    stack: dict[str, Any],
    logical_id: str,
    resource: dict[str, Any],
    values: Values,
    create: stack_api.Handler,
) -> ChangeSet:
    properties = values.resolved(resource.get("Properties", {}))
    record = stack["_resources"].get(logical_id) if parent["ChangeSetType"] == "UPDATE" else None
    target = record["PhysicalResourceId"] if record else child_name(stack["StackName"], logical_id)
    name = numbered(f"{parent['ChangeSetName']}-{logical_id}", 12)
    request = child_request(
        {"Capabilities": parent["Capabilities"]},
        target,
        {**properties, "Tags": [*(properties.get("Tags") or []), *_inherited_tags(parent, stack)]},
    )
    answer = create(
        {
            **request,
            "ChangeSetName": [name],
            "ChangeSetType": ["UPDATE" if record else "CREATE"],
            "Description": [parent["Description"]],
        }
    )
    if answer[0] >= 400:
        reason = stack_api.text_of(stack_api.parse(answer), "Message")
        raise ValueError(f"Nested change set {name} was not successfully created: {reason}")
    child: ChangeSet = seams.CHANGE_SETS.value[stack_api.text_of(stack_api.parse(answer), "Id")]
    child["ParentChangeSetId"] = parent["ChangeSetId"]
    child["RootChangeSetId"] = parent.get("RootChangeSetId", parent["ChangeSetId"])
    parent["_nested"][logical_id] = child["ChangeSetId"]
    shell = _stack(child)
    if not record:
        shell["ParentId"] = stack["StackId"]
        shell["RootId"] = root_of(stack)
    _mark_unknown_causes(child)
    try:
        Values(child, shell).require_answerable()
    except ValueError as problem:
        _fail(child, str(problem))
    if not _failed_for_a_reason(child):
        grow(child, create)
    return child


def _inherited_tags(parent: ChangeSet, stack: dict[str, Any]) -> list[dict[str, str]]:
    """The stack-level tags, which reach every nested stack; a template's own tag of that key wins."""
    given: list[dict[str, str]] = parent["Tags"] if parent["_tags_given"] else stack["Tags"]
    return given


def _mark_unknown_causes(change_set: ChangeSet) -> None:
    """What changes because of an unknown parameter may, when it is known, not change at all."""
    unknown = {
        name
        for name, held in change_set["_resolved_params"].items()
        if UNKNOWN in str(held["Value"])
    }
    for entry in change_set["Changes"]:
        change = entry["ResourceChange"]
        caused = {
            detail["Target"].get("Name")
            for detail in change.get("Details", ())
            if detail.get("CausingEntity") in unknown
        }
        dynamic = [d for d in change.get("Details", ()) if d["Target"].get("Name") in caused]
        for detail in dynamic:
            detail["Evaluation"] = "Dynamic"
        certain = any(
            detail["Target"]["RequiresRecreation"] == "Always" and detail["Evaluation"] == "Static"
            for detail in change.get("Details", ())
        )
        if dynamic and change.get("Replacement") == "True" and not certain:
            change["Replacement"] = "Conditional"
            change.pop("PolicyAction", None)


def _add_automatic(change_set: ChangeSet, stack: dict[str, Any], logical_id: str) -> None:
    change_set["Changes"].append(
        {
            "ResourceChange": {
                "Action": "Modify",
                "LogicalResourceId": logical_id,
                "PhysicalResourceId": stack["_resources"][logical_id]["PhysicalResourceId"],
                "ResourceType": STACK,
                "Replacement": "False",
                "Scope": ["Properties"],
                "Details": [
                    {
                        "Target": {"Attribute": "Properties", "RequiresRecreation": "Never"},
                        "Evaluation": "Dynamic",
                        "ChangeSource": "Automatic",
                    }
                ],
            }
        }
    )
    change_set["Changes"].sort(key=lambda entry: entry["ResourceChange"]["LogicalResourceId"])
    if is_unchanged(change_set):
        make_available(change_set)


def make_available(change_set: ChangeSet) -> None:
    """Have a change set that has something to do ready for execution."""
    change_set.update(Status="CREATE_COMPLETE", ExecutionStatus="AVAILABLE", StatusReason="")


def _fail(change_set: ChangeSet, reason: str) -> None:
    change_set.update(Status="FAILED", ExecutionStatus="UNAVAILABLE", StatusReason=reason)


def _failed_for_a_reason(change_set: ChangeSet) -> bool:
    return change_set["Status"] == "FAILED" and not is_unchanged(change_set)


def _stack(change_set: ChangeSet) -> dict[str, Any]:
    stack = stack_api.stack_of(change_set["StackId"])
    assert stack is not None, "a change set has a stack"
    return stack


def discard_shell(change_set: ChangeSet) -> None:
    """Remove the stack that a nested change set made for a child, unless it was used."""
    stack = stack_api.stack_of(change_set["StackId"])
    if stack is None or stack["StackStatus"] != "REVIEW_IN_PROGRESS" or "ParentId" not in stack:
        return
    seams.STACKS.value.pop(stack["StackName"], None)
    seams.STACK_EVENTS.value.pop(stack["StackId"], None)


def _dropping_trees(drop: Any) -> Any:
    def dropped(stack_id: str, executed_cs_id: str) -> None:
        for change_set in of_stack(stack_id):
            if change_set["ChangeSetId"] != executed_cs_id:
                discard_below(change_set)
        drop(stack_id, executed_cs_id)

    return dropped
