"""The events of a stack's resources, with the physical ids that AWS gives them."""

from __future__ import annotations

from typing import Any

from scripts.sandbox import seams, stack_api


def install() -> None:
    """Have events carry physical ids."""
    seams.ADD_EVENT.replace(_with_physical_id(seams.ADD_EVENT.value))


def _with_physical_id(add_event: Any) -> Any:
    """Give a resource's event the physical id that the stack already knows, as AWS does."""

    def add(
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        detailed_status: str = "",
    ) -> None:
        if not physical_id and logical_id != stack_name:
            held = (stack_api.stack_of(stack_name) or {}).get("_resources", {}).get(logical_id, {})
            physical_id = held.get("PhysicalResourceId", "")
        add_event(
            stack_id,
            stack_name,
            logical_id,
            resource_type,
            status,
            reason,
            physical_id,
            detailed_status,
        )

    return add
