"""Rolling back a stack that has nested stacks.

ministack's rollback undoes what a stack did itself. It reaches neither a child that failed while it was
created, nor one whose template changed behind the same URL, nor what `RetainExceptOnCreate` means once
the operation that made a resource is the root's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from scripts.sandbox import seams, stack_api
from scripts.sandbox.children import STACK
from scripts.sandbox.nested_stacks import revert

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
        with _undoing(frozenset(undone)):
            if operation.get("is_update"):
                previous = (operation.get("previous_stack") or {}).get("_resources", {})
                for logical_id in reversed(made):
                    await _send_back_unseen(
                        stack["_resources"][logical_id], previous.get(logical_id)
                    )
            await roll_back(
                stack_name, stack_id, stack, {**operation, "created": made}, reason_override
            )

    return rolled_back


def _creation_failed(logical_id: str | None) -> str:
    """Why a creation is rolled back. AWS says "requested by user" of every rollback it does itself."""
    failed = f"The following resource(s) failed to create: [{logical_id}]. " if logical_id else ""
    return f"{failed}Rollback requested by user."


async def _send_back_unseen(now: dict[str, Any], before: dict[str, Any] | None) -> None:
    if now["ResourceType"] != STACK or before is None or now["Properties"] != before["Properties"]:
        return
    child = stack_api.stack_of(now["PhysicalResourceId"])
    if child is not None:
        await asyncio.to_thread(revert, child)


def _policy_unless_undone(resource_policy: Any) -> Any:
    def policy(res_def: Any, attribute: str, *rest: Any) -> str:
        value: str = resource_policy(res_def, attribute, *rest)
        return "Delete" if value in _UNDONE.get() else value

    return policy
