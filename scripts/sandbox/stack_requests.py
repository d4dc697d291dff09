"""Requests on stacks that AWS refuses, or puts off, and ministack does not."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from scripts.sandbox import exports, seams, stack_api
from scripts.sandbox.children import STACK
from scripts.sandbox.stack_api import Answer, Request, first, refused

READY_FOR_UPDATE = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)
_STILL_CREATING = ("CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS")
_NOT_ALLOWED = re.compile(r"Parameter '(.+?)' value '.*' is not in AllowedValues", re.DOTALL)
_NOT_A_NUMBER = re.compile(r"Parameter '(.+?)' value '.*' is not a valid (List<)?Number", re.DOTALL)

_NOT_FOUND = re.compile(r"Parameter '.+?' failed to resolve: SSM parameter '(.*)' does not exist")

_DELETIONS: set[asyncio.Task[None]] = set()


def install() -> None:
    """Refuse what AWS refuses."""
    seams.CREATE_STACK.replace(_create(seams.CREATE_STACK.value))
    seams.UPDATE_STACK.replace(_update(seams.UPDATE_STACK.value))
    seams.DELETE_STACK.replace(_delete(seams.DELETE_STACK.value))
    for seam in (seams.PARAMETERS_OF_STACKS, seams.PARAMETERS_OF_CHANGE_SETS):
        seam.replace(_parameters(seam.value))


def not_ready(stack: dict[str, Any]) -> Answer:
    """The refusal to update a stack in the status that it has."""
    return refused(
        "ValidationError",
        f"Stack:{stack['StackId']} is in {stack['StackStatus']} state and can not be updated.",
    )


def _create(create: stack_api.Handler) -> stack_api.Handler:
    """A stack whose creation was rolled back keeps its name until it is deleted."""

    def created(params: Request) -> Answer:
        stack = stack_api.stack_of(first(params, "StackName"))
        if stack is not None and stack["StackStatus"] == "ROLLBACK_COMPLETE":
            message = f"Stack [{stack['StackName']}] already exists"
            return refused("AlreadyExistsException", message)
        return create(params)

    return created


def _update(update: stack_api.Handler) -> stack_api.Handler:
    def updated(params: Request) -> Answer:
        stack = stack_api.stack_of(first(params, "StackName"))
        gone = stack is None or stack["StackStatus"] in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
        if gone or stack is None:
            name = first(params, "StackName")
            return refused("ValidationError", f"Stack [{name}] does not exist")
        if stack["StackStatus"] not in READY_FOR_UPDATE:
            return not_ready(stack)
        return update(params)

    return updated


def _delete(delete: stack_api.Handler) -> stack_api.Handler:
    """Delete a stack once its creation has ended; not while it is updated."""

    def deleted(params: Request) -> Answer:
        stack = stack_api.stack_of(first(params, "StackName"))
        if stack is None or stack["StackStatus"] == "DELETE_IN_PROGRESS":
            return delete({**params, "StackName": ["no-stack-of-that-name"]})
        root = stack_api.stack_of(stack.get("RootId", "")) or stack
        if root.get("EnableTerminationProtection"):
            return refused(
                "ValidationError",
                f"Stack [{stack['StackName']}] cannot be deleted while TerminationProtection is "
                "enabled",
            )
        if stack["StackStatus"] in _STILL_CREATING:
            _delete_later(delete, params, stack)
            return delete({**params, "StackName": ["no-stack-of-that-name"]})
        if stack["StackStatus"].endswith("_IN_PROGRESS") and stack["StackStatus"] != (
            "REVIEW_IN_PROGRESS"
        ):
            return refused(
                "ValidationError",
                f"Stack [{stack['StackId']}] cannot be deleted while in status "
                f"{stack['StackStatus']}",
            )
        if reason := _exports_in_use(stack):
            _cancel(stack, f"Delete canceled. Cannot delete {reason}")
            return delete({**params, "StackName": ["no-stack-of-that-name"]})
        return delete(params)

    return deleted


def _exports_in_use(stack: dict[str, Any]) -> str | None:
    for output in stack["Outputs"]:
        if "ExportName" in output and (
            reason := exports.still_imported(output["ExportName"], stack["StackId"])
        ):
            return reason
    return None


def _cancel(stack: dict[str, Any], reason: str) -> None:
    """AWS takes the request, and leaves the stack in the status that it had, with a reason."""
    place = (stack["StackId"], stack["StackName"], stack["StackName"], STACK)
    seams.ADD_EVENT.value(*place, stack["StackStatus"], reason, stack["StackId"])


def _delete_later(delete: stack_api.Handler, params: Request, stack: dict[str, Any]) -> None:
    async def once_created() -> None:
        while stack["StackStatus"] in _STILL_CREATING:
            await asyncio.sleep(0.02)
        delete({**params, "StackName": [stack["StackId"]]})

    task = asyncio.get_running_loop().create_task(once_created())
    _DELETIONS.add(task)  # the loop itself keeps only a weak reference
    task.add_done_callback(_DELETIONS.discard)


def _parameters(resolve: Any) -> Any:
    """Refuse unknown and missing parameters, and never repeat a value: it may be a secret."""

    def resolved(
        template: dict[str, Any],
        provided_params: list[dict[str, Any]],
        previous_params: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        declared = template.get("Parameters") or {}
        given = {held["Key"] for held in provided_params}
        if unknown := sorted(given - declared.keys()):
            raise ValueError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
        missing = [
            name
            for name, attributes in declared.items()
            if name not in given and "Default" not in attributes
        ]
        if missing:
            raise ValueError(f"Parameters: [{', '.join(missing)}] must have values")
        try:
            values: dict[str, Any] = resolve(template, provided_params, previous_params)
        except ValueError as problem:
            raise ValueError(_in_awss_words(str(problem), declared)) from None
        return values

    return resolved


def _in_awss_words(problem: str, declared: dict[str, Any]) -> str:
    if match := _NOT_FOUND.match(problem):
        return f"Unable to fetch parameters [{match[1]}] from parameter store for this account."
    for pattern, said in (
        (_NOT_ALLOWED, "must be one of AllowedValues"),
        (_NOT_A_NUMBER, "must be a number"),
    ):
        if match := pattern.match(problem):
            description = declared[match[1]].get("ConstraintDescription")
            return f"Parameter '{match[1]}' {description or said}"
    return problem
