"""Executing a tree of change sets: each child's is executed when its parent's operation comes to it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from scripts.sandbox import seams, stack_api, stack_settings
from scripts.sandbox.change_set_trees import ChangeSet, descendants, discard_shell

Start = Callable[[Callable[[], None] | None], None]
"""Starts an operation; what it is given runs before the operation's first step."""

_EXECUTING: ContextVar[str] = ContextVar("executing", default="")
"""The id of the change set whose stack operation this step belongs to."""

_EXECUTE: list[Any] = []
"""ministack's own ExecuteChangeSet, once installed."""


def install(execute: stack_api.Handler) -> None:
    """Have a root's execution execute its tree. `execute` is ministack's ExecuteChangeSet."""
    _EXECUTE[:] = [execute]
    seams.TRACK_EXECUTION.replace(_executing(seams.TRACK_EXECUTION.value))


def planned_child(parent: dict[str, Any], logical_id: str) -> ChangeSet | None:
    """The change set that creates a child of `parent` in the execution at hand, if there is one."""
    planned = _planned(parent, logical_id)
    if planned is None or planned["ChangeSetType"] != "CREATE":
        return None
    shell = stack_api.stack_of(planned["StackId"])
    return planned if shell and shell["StackStatus"] == "REVIEW_IN_PROGRESS" else None


def planned_update(parent: dict[str, Any], child: dict[str, Any]) -> ChangeSet | None:
    """The change set that updates `child` in the execution at hand; None when it has no changes."""
    for logical_id, record in parent["_resources"].items():
        if record["PhysicalResourceId"] == child["StackId"]:
            planned = _planned(parent, logical_id)
            if planned is not None and planned["ExecutionStatus"] == "AVAILABLE":
                return planned
    return None


def execution(planned: ChangeSet, request: stack_api.Request) -> Start:
    """Execute a child's change set with the parameter values that are known by now."""

    def start(then: Callable[[], None] | None) -> None:
        async def on_the_loop(*_ignored: object) -> stack_api.Answer:
            try:
                _settle_parameters(planned, request)
            except ValueError as problem:
                return stack_api.refused("ValidationError", str(problem))
            answer: stack_api.Answer = _EXECUTE[0]({"ChangeSetName": [planned["ChangeSetId"]]})
            if answer[0] < 400 and then is not None:
                then()
            return answer

        stack_api.raise_if_refused(
            seams.CALL_SERVICE_HANDLER.value(on_the_loop, "POST", "/", {}, b"", {})
        )

    return start


def _planned(parent: dict[str, Any], logical_id: str) -> ChangeSet | None:
    change_sets = seams.CHANGE_SETS.value
    change_set = change_sets.get(_EXECUTING.get())
    if change_set is None or change_set["StackId"] != parent["StackId"]:
        return None
    planned: ChangeSet | None = change_sets.get((change_set.get("_nested") or {}).get(logical_id))
    return planned


def _settle_parameters(planned: ChangeSet, request: stack_api.Request) -> None:
    provided, index = [], 1
    while key := stack_api.first(request, f"Parameters.member.{index}.ParameterKey"):
        value = stack_api.first(request, f"Parameters.member.{index}.ParameterValue")
        provided.append({"Key": key, "Value": value})
        index += 1
    planned["_resolved_params"] = seams.RESOLVE_PARAMETERS.value(planned["_template"], provided, {})
    planned["ExecutionStatus"] = "AVAILABLE"


def _executing(track: Any) -> Any:
    async def tracked(change_set: ChangeSet, stack: dict[str, Any], deploy_coro: Any) -> None:
        _EXECUTING.set(change_set["ChangeSetId"])  # of this task and of all that it starts
        stack["ChangeSetId"] = change_set["ChangeSetId"]
        stack_settings.take(stack, change_set.get("_settings", {}))
        try:
            await track(change_set, stack, deploy_coro)
        finally:
            for child in descendants(change_set):
                discard_shell(child)

    return tracked
