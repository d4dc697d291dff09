"""What would be deployed: every resource of an environment in every region, as far as values are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource. `path` is the logical ids from the root's stack down to it.

    Of `properties` a value that only a deployment knows is neither text nor a number; what it refers to is
    its `of`.
    """

    region: str
    root: str
    path: tuple[str, ...]
    file: str
    type: str
    properties: Mapping[str, Any]

    @property
    def logical_id(self) -> str:
        """Its own."""
        return self.path[-1]

    def text(self, name: str) -> str:
        """A property that is known now; empty where it is not, or is not given. `/` leads into one."""
        value: Any = self.properties
        for member in name.split("/"):
            value = value.get(member) if isinstance(value, Mapping) else None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return ""
        return str(value)

    def number(self, name: str) -> int:
        """A property that counts something; 0 where it is not known."""
        text = self.text(name)
        return int(float(text)) if text.replace(".", "", 1).isdigit() else 0


@dataclass(frozen=True)
class Wanted:
    """All of it."""

    resources: tuple[Resource, ...]

    def of(self, types: Iterable[str], region: str = "") -> tuple[Resource, ...]:
        """Those of these types, in a region or in all."""
        kinds = frozenset(types)
        return tuple(
            one
            for one in self.resources
            if one.type in kinds and (not region or one.region == region)
        )

    def beside(self, resource: Resource, logical_id: str) -> Resource | None:
        """The resource of the same stack that has this logical id."""
        path = (*resource.path[:-1], logical_id)
        return next(
            (
                one
                for one in self.resources
                if (one.region, one.root, one.path) == (resource.region, resource.root, path)
            ),
            None,
        )


def told(resources: Iterable[Resource], name: str) -> Iterator[str]:
    """A property of each that is known, once."""
    yield from dict.fromkeys(text for one in resources if (text := one.text(name)))
