"""What of it stands already: such a resource needs no quota any more, and its name is its own."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts import inventory
from scripts.aws import Aws
from scripts.preflight.wanted import Resource

#: Root and path of logical ids.
Place = tuple[str, tuple[str, ...]]

#: A resource that was not made, or is gone.
_ABSENT = ("CREATE_FAILED", "DELETE_COMPLETE")


@dataclass
class Standing:
    """The environment's own stacks, read once a region and only where somebody asks."""

    aws: Aws
    _read: dict[str, Mapping[Place, str]] = field(default_factory=dict, init=False)
    _reading: dict[str, threading.Lock] = field(default_factory=dict, init=False)
    _guard: threading.Lock = field(default_factory=threading.Lock, init=False)

    def identifier(self, resource: Resource) -> str:
        """Its physical id; empty where it does not stand."""
        return self._in(resource.region).get((resource.root, resource.path), "")

    def holds(self, resource: Resource) -> bool:
        """Whether a stack of ours has it."""
        return bool(self.identifier(resource))

    def _in(self, region: str) -> Mapping[Place, str]:
        with self._guard:
            reading = self._reading.setdefault(region, threading.Lock())
        with reading:
            if region not in self._read:
                self._read[region] = self._stacks(region)
            return self._read[region]

    def _stacks(self, region: str) -> Mapping[Place, str]:
        held: dict[Place, str] = {}
        for stack in inventory.roots(self.aws, region):
            held[(stack.root, ())] = stack.id
            for one in inventory.resources(self.aws, region, stack.id):
                if one.physical_id and one.status not in _ABSENT:
                    held[(stack.root, one.path)] = one.physical_id
        return held
