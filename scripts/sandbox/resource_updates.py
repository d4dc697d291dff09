"""An update of one resource, as ministack asks for it, and how several parts have a say in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from scripts.sandbox import seams


@dataclass(frozen=True)
class ResourceUpdate:
    """The arguments of ministack's `_update_resource`, in its order."""

    resource_type: str
    physical_id: str
    old_props: dict[str, Any]
    new_props: dict[str, Any]
    stack_name: str
    logical_id: str | None = None
    old_attrs: dict[str, Any] | None = None


#: Gives the resource's physical id and attributes; the second argument goes on with the update.
Say: TypeAlias = Callable[[ResourceUpdate, Callable[[], Any]], Any]


def consult(say: Say) -> None:
    """Have `say` deal with every update of a resource before whoever did so until now."""
    until_now = seams.UPDATE_RESOURCE.value

    def updated(*arguments: Any, **named: Any) -> Any:
        return say(ResourceUpdate(*arguments, **named), lambda: until_now(*arguments, **named))

    seams.UPDATE_RESOURCE.replace(updated)
