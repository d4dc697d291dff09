"""Whether a wave stands as its release says, once CloudFormation is done with it. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scripts import inventory
from scripts.aws import Aws
from scripts.changes import NESTED_STACK
from scripts.deploy import standing
from scripts.deploy.planner import Planner
from scripts.deploy.waves import Wave
from scripts.errors import Failed

#: How the status of a resource ends that is not as its template wants it. What an earlier, rolled-back
#: update has left says so for as long as nothing touches it, and is whole.
_TORN = ("_FAILED", "_IN_PROGRESS")


@dataclass(frozen=True)
class Verified:
    """What was found whole."""

    wave: Wave
    status: str
    nested: int
    resources: int

    def __str__(self) -> str:
        return (
            f"{self.wave} stands as planned ({self.status}): "
            f"{self.nested} nested stacks, {self.resources} resources"
        )

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "root": self.wave.root,
            "region": self.wave.region,
            "status": self.status,
            "nested": self.nested,
            "resources": self.resources,
        }


def verify(aws: Aws, planner: Planner, wave: Wave) -> Verified:
    """Look at the stack, at every nested one and their resources. Raises Failed where one is not whole."""
    name = planner.environment.name
    back = f"Go back with: tradewind rollback {name}. Or correct the cause: tradewind deploy {name}"
    place = (wave.root, wave.region)
    now = standing.read(aws, name, [place])
    (look,) = standing.looks(planner, now, [wave])
    if look.differs:
        raise Failed(f"{wave} does not stand as planned: {look.what}.", fix=back)
    stack = now.stack(*place)
    assert stack is not None
    found = list(inventory.resources(aws, wave.region, stack.id))
    torn = [one for one in found if one.status.endswith(_TORN)]
    if torn:
        first = torn[0]
        raise Failed(
            f"{wave} does not stand as planned: {'/'.join(first.path)} ({first.type}) is {first.status}"
            f"{f', and {len(torn) - 1} more' if len(torn) > 1 else ''}.",
            fix=back,
        )
    nested = sum(one.type == NESTED_STACK for one in found)
    return Verified(wave, stack.status, nested, len(found) - nested)
