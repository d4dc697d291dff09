"""Stacks that were deleted: known by their ids alone, and for good.

"If you do not pass the stack's name [...] for deleted stacks, you must use the stack's ID" (API
reference, DescribeStacks), and ListStacks tells of them for 90 days. ministack keeps one record a name,
so that a new stack of that name would make the deleted one unknown.
"""

from __future__ import annotations

from typing import Any

from scripts.sandbox import seams

_NEEDLESS = ("_template", "_conditions", "_failed_operation", "_rollback_failed")
"""What no question about a deleted stack is answered from: a rehearsal leaves hundreds of them."""


def install() -> None:
    """Have a stack give its name free when it is deleted."""
    for seam in (seams.DELETE_ASYNC, seams.DELETE_ASYNC_ON_REQUEST):
        seam.replace(_giving_its_name_free(seam.value))


def _giving_its_name_free(delete: Any) -> Any:
    async def deleted(
        stack_name: str,
        stack_id: str,
        retain_resources: frozenset[str] = frozenset(),
        force: bool = False,
    ) -> None:
        await delete(stack_name, stack_id, retain_resources, force)
        stacks = seams.STACKS.value
        stack = stacks.get(stack_name)
        if stack is None or (stack["StackId"], stack["StackStatus"]) != (
            stack_id,
            "DELETE_COMPLETE",
        ):
            return
        for name in _NEEDLESS:
            stack.pop(name, None)
        stacks[stack_id] = stack  # first: other threads look it up by its id
        del stacks[stack_name]

    return deleted
