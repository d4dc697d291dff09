"""What CloudFormation does in AWS to create, read, update, delete and list a resource of a type.

Read from a committed snapshot of the provider schemas, so that a new release of cfn-lint cannot move a
template. `make snapshots` refreshes it (scripts/validate/snapshots.py).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generator.errors import BuildError

SNAPSHOT = Path(__file__).parent / "data" / "handler_permissions.json"


@dataclass(frozen=True)
class HandlerPermissions:
    """Type -> the actions that its handlers call."""

    types: Mapping[str, tuple[str, ...]]

    def actions(self, types: Collection[str]) -> list[str]:
        """All actions of these types, sorted. Raises BuildError for a type that is not in the snapshot."""
        missing = sorted(set(types) - set(self.types))
        if missing:
            raise BuildError(
                f"the snapshot of handler permissions lacks {', '.join(missing)}: run make snapshots"
            )
        return sorted({action for type in types for action in self.types[type]})


@cache
def handler_permissions() -> HandlerPermissions:
    """The snapshot."""
    said = json.loads(SNAPSHOT.read_text())
    return HandlerPermissions({type: tuple(actions) for type, actions in said["types"].items()})
