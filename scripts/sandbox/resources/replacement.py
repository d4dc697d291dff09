"""When an update replaces a resource: create-only properties, read from the provider schemas.

ministack keeps tables of them for some of its own types; here they answer for every type, and a
create-only property inside another (`HealthCheckConfig.Type`) counts too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scripts.sandbox.resources.schemas import PropertyPath, ResourceSchema

SchemaOf = Callable[[str], ResourceSchema | None]


class FromSchema(dict[str, Any]):
    """One of ministack's tables by type; what it lacks is derived on first use.

    ministack reads its tables by `get`, and by `[]` only after a `get`.
    """

    def __init__(self, table: Mapping[str, Any], derive: Callable[[str], Any]) -> None:
        super().__init__(table)
        self._derive = derive

    def get(self, key: str, default: Any = None) -> Any:
        """The entry of a type, derived if need be."""
        if key not in self:
            derived = self._derive(key)
            if derived is None:
                return default
            self[key] = derived
        return self[key]


def always(schema: ResourceSchema) -> tuple[str, ...]:
    """The top-level properties whose change always replaces the resource."""
    return tuple(path[0] for path in schema.create_only if len(path) == 1)


def conditionally(schema: ResourceSchema) -> tuple[str, ...]:
    """The top-level properties that hold a create-only one: a change may replace the resource."""
    return tuple(dict.fromkeys(path[0] for path in schema.create_only if len(path) > 1))


def nested_change(schema: ResourceSchema, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a create-only property inside another differs.

    A property that one side leaves out may stand for its default: that is no change.
    """
    for path in schema.create_only:
        if len(path) > 1 and "*" not in path:
            before, after = value_at(old, path), value_at(new, path)
            if before is not None and after is not None and str(before) != str(after):
                return True
    return False


def value_at(properties: Mapping[str, Any], path: PropertyPath) -> Any:
    """The value at a path, None where the properties have none."""
    value: Any = properties
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
