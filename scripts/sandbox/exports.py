"""Exports: one name a region, and none changed or removed while another stack imports it.

ministack lets the last export of a name win and keeps the names that an update dropped.
"""

from __future__ import annotations

from typing import Any

from scripts.sandbox import seams


def install() -> None:
    """Check a stack's exports when its outputs are resolved: the operation fails, and rolls back."""
    resolve = seams.RESOLVE_OUTPUTS.value

    def resolved(*arguments: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        outputs, exports = resolve(*arguments)
        settle(arguments[-1], exports)
        return outputs, exports

    seams.RESOLVE_OUTPUTS.replace(resolved)


def settle(stack_id: str, exports: dict[str, Any]) -> None:
    """Release the names that a stack no longer exports. Raises ValueError when it may not."""
    held = seams.EXPORTS.value
    for name in exports:
        owner = held.get(name, {}).get("StackId", stack_id)
        if owner != stack_id:
            raise ValueError(f"Export with name {name} is already exported by stack {owner}")
    mine = {name: export for name, export in held.items() if export["StackId"] == stack_id}
    for name, export in mine.items():
        changed = name not in exports or exports[name]["Value"] != export["Value"]
        if changed and (problem := still_imported(name, stack_id)):
            verb = "update" if name in exports else "delete"
            raise ValueError(f"Cannot {verb} {problem}")
    for name in mine.keys() - exports.keys():
        held.pop(name)


def still_imported(name: str, exporter_id: str) -> str | None:
    """Which other stacks import `name`, as AWS writes it; None when none does."""
    importers = []
    for record in list(seams.STACKS.value.values()):
        live = record["StackStatus"] not in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
        if live and record["StackId"] != exporter_id:
            imported = seams.IMPORTED_NAMES.value(record, record["StackName"])
            if name in imported:
                importers.append(record["StackName"])
    if not importers:
        return None
    *others, last = sorted(importers)
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"export {name} as it is in use by {listed}."
