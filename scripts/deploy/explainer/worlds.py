"""The two worlds that are compared: the stacks as they stand, and as they are wanted; trees, both of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Standing:
    """A stack as it was deployed, with the stacks nested in it by logical id.

    `resources` are the physical ids of what it holds, by logical id. `resolved` are the values of parameters
    that name an SSM parameter, where CloudFormation tells them.
    """

    template: Mapping[str, Any]
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, Standing] = field(default_factory=dict)
    resolved: Mapping[str, str] = field(default_factory=dict)
    id: str = ""

    def below(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Standing]]:
        """This stack and all below it, by path."""
        yield path, self
        for logical_id, child in self.nested.items():
            yield from child.below((*path, logical_id))


@dataclass(frozen=True)
class Wanted:
    """A stack as the change set has it. Only a root is given parameters: the others get them from above."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, Wanted] = field(default_factory=dict)
    resolved: Mapping[str, str] = field(default_factory=dict)
