"""The five actions on change sets, over ministack's: what AWS refuses, trees, and whole descriptions."""

from __future__ import annotations

import re
from typing import Any

from scripts.sandbox import (
    change_set_contexts,
    change_set_executions,
    change_set_trees,
    seams,
    stack_api,
    stack_records,
    stack_settings,
)
from scripts.sandbox.change_set_trees import ChangeSet
from scripts.sandbox.stack_api import Answer, Request, first, refused
from scripts.sandbox.stack_requests import READY_FOR_UPDATE, not_ready

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]*")
_PAGE = 100


def install() -> None:
    """Put the actions in place of ministack's."""
    change_set_trees.install()
    change_set_executions.install(seams.EXECUTE_CHANGE_SET.value)
    seams.PROPERTIES_FOR_DIFF.replace(_where_conditions_hold(seams.PROPERTIES_FOR_DIFF.value))
    seams.CREATE_CHANGE_SET.replace(_create(seams.CREATE_CHANGE_SET.value))
    seams.DESCRIBE_CHANGE_SET.replace(_described(seams.DESCRIBE_CHANGE_SET.value))
    seams.EXECUTE_CHANGE_SET.replace(_execute(seams.EXECUTE_CHANGE_SET.value))
    seams.DELETE_CHANGE_SET.replace(_delete(seams.DELETE_CHANGE_SET.value))
    seams.LIST_CHANGE_SETS.replace(_listed(seams.LIST_CHANGE_SETS.value))
    seams.DELETE_STACK.replace(_with_its_trees(seams.DELETE_STACK.value))
    seams.UPDATE_STACK.replace(_superseding_trees(seams.UPDATE_STACK.value))


def _create(create: stack_api.Handler) -> stack_api.Handler:
    def one(params: Request) -> Answer:
        """Create the change set of one stack, and only that."""
        answer = _keeping_the_stack_in_review(create, params)
        if answer[0] < 400:
            change_set = seams.CHANGE_SETS.value[stack_api.text_of(stack_api.parse(answer), "Id")]
            _count_outputs(change_set)
            change_set_contexts.note(change_set)
        return answer

    def created(params: Request) -> Answer:
        refusal = _refusal(params)
        if refusal is not None:
            return refusal
        answer = one(params)
        if answer[0] < 400:
            change_set = seams.CHANGE_SETS.value[stack_api.text_of(stack_api.parse(answer), "Id")]
            change_set["IncludeNestedStacks"] = first(params, "IncludeNestedStacks") == "true"
            if not change_set["IncludeNestedStacks"]:
                change_set_trees.add_automatic_changes(change_set)
            elif change_set["Status"] != "FAILED" or change_set_trees.is_unchanged(change_set):
                change_set_trees.grow(change_set, one)
        return answer

    return created


def _refusal(params: Request) -> Answer | None:
    name, kind = first(params, "ChangeSetName"), first(params, "ChangeSetType") or "UPDATE"
    if len(name) > 128 or not _NAME.fullmatch(name):
        return refused(
            "ValidationError",
            f"1 validation error detected: Value '{name}' at 'changeSetName' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
        )
    if kind not in ("CREATE", "UPDATE", "IMPORT"):
        return refused(
            "ValidationError",
            f"1 validation error detected: Value '{kind}' at 'changeSetType' failed to satisfy "
            "constraint: Member must satisfy enum value set: [IMPORT, CREATE, UPDATE]",
        )
    if mode := first(params, "DeploymentMode"):
        return refused("ValidationError", f"The sandbox does not have DeploymentMode {mode}.")
    if kind == "IMPORT" and first(params, "IncludeNestedStacks") == "true":
        return refused(
            "ValidationError",
            "IncludeNestedStacks is not supported for change sets of type IMPORT.",
        )
    stack = stack_api.stack_of(first(params, "StackName"))
    if stack is None or stack["StackStatus"] == "DELETE_COMPLETE":
        return None
    status = stack["StackStatus"]
    if kind == "CREATE" and status != "REVIEW_IN_PROGRESS":
        return refused(
            "ValidationError",
            f"Stack [{stack['StackName']}] already exists and cannot be created again with the "
            f"changeSet [{name}].",
        )
    if kind == "UPDATE" and status == "REVIEW_IN_PROGRESS":
        return refused("ValidationError", f"Stack [{stack['StackName']}] does not exist")
    if kind == "UPDATE" and status not in READY_FOR_UPDATE:
        return not_ready(stack)
    return None


def _keeping_the_stack_in_review(create: stack_api.Handler, params: Request) -> Answer:
    """Add a change set to a stack in review; ministack would put another stack in its place."""
    stack = stack_api.stack_of(first(params, "StackName"))
    if stack is None or stack["StackStatus"] != "REVIEW_IN_PROGRESS":
        return create(params)
    events = seams.STACK_EVENTS.value.get(stack["StackId"], [])
    answer = create({**params, "StackName": [stack["StackName"]]})
    made = seams.STACKS.value.get(stack["StackName"]) or stack
    seams.STACK_EVENTS.value.pop(made["StackId"], None)
    seams.STACKS.value[stack["StackName"]] = stack
    seams.STACK_EVENTS.value[stack["StackId"]] = events
    if answer[0] >= 400:
        return answer
    document = stack_api.parse(answer)
    seams.CHANGE_SETS.value[stack_api.text_of(document, "Id")]["StackId"] = stack["StackId"]
    for element in document.iterfind(".//{*}StackId"):
        element.text = stack["StackId"]
    return stack_api.written(answer, document)


def _count_outputs(change_set: ChangeSet) -> None:
    """A change of outputs alone is a change, though it changes no resource."""
    stack = stack_api.stack_of(change_set["StackId"])
    if stack is None or not change_set_trees.is_unchanged(change_set):
        return
    outputs = change_set["_template"].get("Outputs", {})
    changed = {
        name
        for name, held in change_set["_resolved_params"].items()
        if stack["_resolved_params"].get(name, {}).get("Value") != held["Value"]
    }
    read = {name for name, _ in seams.REFERENCES.value(outputs)}
    if outputs != stack["_template"].get("Outputs", {}) or read & changed:
        change_set_trees.make_available(change_set)


def _where_conditions_hold(resolved_for_diff: Any) -> Any:
    """Compare the resources that are there: one whose condition is false is not."""

    def resolved(
        template: dict[str, Any], params: dict[str, Any], stack_name: str, stack_id: str
    ) -> dict[str, Any]:
        answer: dict[str, Any] = resolved_for_diff(template, params, stack_name, stack_id)
        if not template:
            return answer
        conditions = seams.EVALUATE_CONDITIONS.value(template, params)
        held = {
            logical_id: resource
            for logical_id, resource in answer["Resources"].items()
            if conditions.get(resource.get("Condition"), True)
        }
        return {**answer, "Resources": held}

    return resolved


def _only_at_its_root(change_set: ChangeSet, verb: str) -> Answer:
    return refused(
        "ValidationError",
        f"A nested change set cannot be {verb}d on its own: {verb} the root change set "
        f"[{change_set['RootChangeSetId']}].",
    )


def _execute(execute: stack_api.Handler) -> stack_api.Handler:
    def executed(params: Request) -> Answer:
        params = _by_name(params)
        change_set = _found(params)
        if change_set is not None:
            if change_set.get("ParentChangeSetId"):
                return _only_at_its_root(change_set, "execute")
            stack = stack_api.stack_of(change_set["StackId"])
            ready = (*READY_FOR_UPDATE, "REVIEW_IN_PROGRESS")
            if stack is not None and stack["StackStatus"] not in ready:
                return not_ready(stack)
            if change_set["ExecutionStatus"] != "AVAILABLE":
                return refused(
                    "InvalidChangeSetStatus",
                    f"ChangeSet [{change_set['ChangeSetId']}] cannot be executed in its current "
                    f"status of [{change_set['Status']}]",
                )
        return execute(params)

    return executed


def _delete(delete: stack_api.Handler) -> stack_api.Handler:
    def deleted(params: Request) -> Answer:
        params = _by_name(params)
        change_set = _found(params)
        if change_set is not None:
            if change_set.get("ParentChangeSetId"):
                return _only_at_its_root(change_set, "delete")
            if change_set["ExecutionStatus"] == "EXECUTE_IN_PROGRESS":
                return refused(
                    "InvalidChangeSetStatus",
                    f"ChangeSet [{change_set['ChangeSetId']}] cannot be deleted in its current "
                    "execution status of [EXECUTE_IN_PROGRESS]",
                )
            change_set_trees.discard_below(change_set)
        return delete(params)

    return deleted


def _with_its_trees(delete_stack: stack_api.Handler) -> stack_api.Handler:
    def deleted(params: Request) -> Answer:
        stack = stack_api.stack_of(first(params, "StackName"))
        planned = change_set_trees.of_stack(stack["StackId"]) if stack else []
        answer = delete_stack(params)
        if answer[0] < 400:
            for change_set in planned:
                change_set_trees.discard_below(change_set)
        return answer

    return deleted


def _superseding_trees(update_stack: stack_api.Handler) -> stack_api.Handler:
    """An update of the stack makes its change sets obsolete; those below them go with them."""

    def updated(params: Request) -> Answer:
        answer = update_stack(params)
        stack = stack_api.stack_of(first(params, "StackName"))
        if answer[0] < 400 and stack is not None:
            for change_set in change_set_trees.of_stack(stack["StackId"]):
                for child in change_set_trees.descendants(change_set):
                    if child["ExecutionStatus"] == "AVAILABLE":
                        child["ExecutionStatus"] = "OBSOLETE"
        return answer

    return updated


def _described(describe: stack_api.Handler) -> stack_api.Handler:
    def described(params: Request) -> Answer:
        params = _by_name(params)
        change_set = _found(params)
        answer = describe(params)
        if answer[0] >= 400 or change_set is None:
            return answer
        document = stack_api.parse(answer)
        result = document.find("{*}DescribeChangeSetResult")
        assert result is not None, "ministack describes a change set in a result"
        stack_records.drop_empty(result, "Tags")
        stack_records.tell_parameters(result, change_set["_resolved_params"])
        result.extend(stack_settings.described(change_set.get("_settings", {})))
        stack_records.drop(result, "ChangeSetType", "OnStackFailure")
        if change_set.get("OnStackFailure"):
            result.append(stack_api.element("OnStackFailure", change_set["OnStackFailure"]))
        for name in ("ParentChangeSetId", "RootChangeSetId"):
            if change_set.get(name):
                result.append(stack_api.element(name, change_set[name]))
        nested = change_set.get("IncludeNestedStacks", False)
        result.append(stack_api.element("IncludeNestedStacks", str(nested).lower()))
        changes = result.find("{*}Changes")
        assert changes is not None, "a change set has changes, or an empty list of them"
        for change in changes.iterfind(".//{*}ResourceChange"):
            logical_id = change.findtext("{*}LogicalResourceId", "")
            if logical_id in (change_set.get("_nested") or {}):
                change.append(stack_api.element("ChangeSetId", change_set["_nested"][logical_id]))
            if first(params, "IncludePropertyValues") == "true":
                change_set_contexts.add(change_set, logical_id, change)
        members = list(changes)
        start = int(first(params, "NextToken") or 0)
        for member in members[:start] + members[start + _PAGE :]:
            changes.remove(member)
        if start + _PAGE < len(members):
            result.append(stack_api.element("NextToken", str(start + _PAGE)))
        return stack_api.written(answer, document)

    def checked(params: Request) -> Answer:
        token = first(params, "NextToken")
        if token and not token.isdigit():
            return refused("ValidationError", "Invalid NextToken")
        return described(params)

    return checked


def _listed(list_change_sets: stack_api.Handler) -> stack_api.Handler:
    def listed(params: Request) -> Answer:
        params = _by_name(params)
        if stack_api.stack_of(first(params, "StackName")) is None:
            return refused(
                "ValidationError", f"Stack [{first(params, 'StackName')}] does not exist"
            )
        answer = list_change_sets(params)
        if answer[0] >= 400:
            return answer
        document = stack_api.parse(answer)
        for member in document.findall(".//{*}Summaries/{*}member"):
            held = seams.CHANGE_SETS.value[member.findtext("{*}ChangeSetId", "")]
            nested = held.get("IncludeNestedStacks", False)
            member.append(stack_api.element("IncludeNestedStacks", str(nested).lower()))
            for name in ("ParentChangeSetId", "RootChangeSetId"):
                if held.get(name):
                    member.append(stack_api.element(name, held[name]))
        return stack_api.written(answer, document)

    return listed


def _by_name(params: Request) -> Request:
    """The request with its stack by name: ministack looks change sets up by that alone."""
    stack = stack_api.stack_of(first(params, "StackName"))
    return {**params, "StackName": [stack["StackName"]]} if stack else params


def _found(params: Request) -> ChangeSet | None:
    name, stack_name = first(params, "ChangeSetName"), first(params, "StackName")
    for change_set_id, change_set in seams.CHANGE_SETS.value.items():
        named = change_set["ChangeSetName"] == name and change_set["StackName"] == stack_name
        if change_set_id == name or named:
            held: ChangeSet = change_set
            return held
    return None
