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
        if changed and (importer := importer_of(name, stack_id)):
            verb = "update" if name in exports else "delete"
            raise ValueError(f"Cannot {verb} export {name} as it is in use by {importer}")
    for name in mine.keys() - exports.keys():
        held.pop(name)


def importer_of(name: str, exporter_id: str) -> str | None:
    """The name of a stack that imports `name`, other than the one that exports it."""
    for record in seams.STACKS.value.values():
        live = record["StackStatus"] not in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
        if live and record["StackId"] != exporter_id:
            imported = seams.IMPORTED_NAMES.value(record, record["StackName"])
            if name in imported:
                importer: str = record["StackName"]
                return importer
    return None
