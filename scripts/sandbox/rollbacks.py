"""Rolling back a stack that has nested stacks.

ministack's rollback undoes what a stack did itself. It reaches neither a child that failed while it was
created, nor one whose template changed behind the same URL, nor what `RetainExceptOnCreate` means once
the operation that made a resource is the root's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from scripts.sandbox import seams, stack_api
from scripts.sandbox.children import STACK

_CHANGED = "(changed behind its URL)"
"""A property that no template can have."""

_UNDONE: ContextVar[frozenset[str]] = ContextVar("undone", default=frozenset())
"""The DeletionPolicy values that do not keep a resource while an operation is rolled back.

`RetainExceptOnCreate` keeps a resource but from the rollback of the operation that made it (AWS's
reference of the DeletionPolicy attribute), and that operation is the root's.
"""


def install() -> None:
    """Extend ministack's rollback."""
    for seam in (seams.ROLL_BACK_OPERATION, seams.ROLL_BACK_OPERATION_ON_REQUEST):
        seam.replace(_roll_back_children_too(seam.value))
    seams.RESOURCE_POLICY.replace(_policy_unless_undone(seams.RESOURCE_POLICY.value))


@contextmanager
def _undoing(policies: frozenset[str]) -> Iterator[None]:
    token = _UNDONE.set(policies)
    try:
        yield
    finally:
        _UNDONE.reset(token)


def _roll_back_children_too(roll_back: Any) -> Any:
    """Roll a stack back with the children that ministack's rollback does not reach.

    A child that failed to be created is deleted; one whose resource did not change, but whose template
    did, is sent back.
    """

    async def rolled_back(
        stack_name: str,
        stack_id: str,
        stack: dict[str, Any],
        operation: dict[str, Any],
        reason_override: str = "",
    ) -> None:
        made = [*operation.get("created", ())]
        failed = operation.get("failed_logical_id")
        if failed in stack.get("_resources", {}) and operation.get("failed_update") is None:
            made.append(failed)
        undone = {"RetainExceptOnCreate"}
        if operation.get("retain_except_on_create"):
            undone.add("Retain")
        if not operation.get("is_update") and not reason_override:
            reason_override = _creation_failed(failed)
        if operation.get("is_update"):
            operation = _with_children_changed(stack, operation)
        with _undoing(frozenset(undone)):
            await roll_back(
                stack_name, stack_id, stack, {**operation, "created": made}, reason_override
            )

    return rolled_back


def _creation_failed(logical_id: str | None) -> str:
    """Why a creation is rolled back. AWS says "requested by user" of every rollback it does itself."""
    failed = f"The following resource(s) failed to create: [{logical_id}]. " if logical_id else ""
    return f"{failed}Rollback requested by user."


def _with_children_changed(stack: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """The operation, with every child that it updated seen to have changed: ministack compares properties."""
    for logical_id in operation.get("created", ()):
        record = stack["_resources"][logical_id]
        child = stack_api.stack_of(record["PhysicalResourceId"])
        if record["ResourceType"] == STACK and child is not None and "_previous" in child:
            record["Properties"] = {**record["Properties"], _CHANGED: True}
    match operation.get("failed_update"):
        case [logical_id, resource_type, physical_id, dict() as applied, *before] if (
            resource_type == STACK
        ):
            changed = [logical_id, resource_type, physical_id, {**applied, _CHANGED: True}, *before]
            return {**operation, "failed_update": changed}
    return operation


def _policy_unless_undone(resource_policy: Any) -> Any:
    def policy(res_def: Any, attribute: str, *rest: Any) -> str:
        value: str = resource_policy(res_def, attribute, *rest)
        return "Delete" if value in _UNDONE.get() else value

    return policy
