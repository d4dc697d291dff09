"""The order of a roll-out: which root goes where, and when.

A wave is one root in one region. An environment is a pair of regions: the primary goes first, since the
standby's stacks receive what it hands on. foundation goes to the primary twice: replication needs the
standby's foundation, which needs the primary's keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scripts.errors import UsageError

Role: TypeAlias = Literal["primary", "standby"]
#: The primary, then the standby.
Regions: TypeAlias = tuple[str, str]

_ROLES = ("primary", "standby")


@dataclass(frozen=True)
class Wave:
    """One root in one region. `settles` marks a second visit that only completes what the first began."""

    root: str
    region: str
    settles: bool = False

    def __str__(self) -> str:
        return f"{self.root} in {self.region}"


#: The root that makes a region's artifact bucket: it is sent with the call, the others lie in that bucket.
ARTIFACTS = "foundation"

#: The first roll-out. A later one takes the same way; a wave that is as it should be costs nothing.
ROLL_OUT: tuple[tuple[str, Role, bool], ...] = (
    (ARTIFACTS, "primary", False),
    (ARTIFACTS, "standby", False),
    (ARTIFACTS, "primary", True),
    ("deployers", "primary", False),
    ("deployers", "standby", False),
    ("platform", "primary", False),
    ("platform", "standby", False),
)


def roll_out(roots: Collection[str], regions: Regions) -> tuple[Wave, ...]:
    """The waves of these roots, in order. Raises UsageError for a root that no wave carries."""
    carried = {root for root, _, _ in ROLL_OUT}
    for root in sorted(roots):
        if root not in carried:
            raise UsageError(
                f"No wave deploys the root {root}.",
                fix=f"Deploy it by itself: tradewind changeset create ENV --root {root} --region REGION",
            )
    return tuple(
        Wave(root, regions[_ROLES.index(role)], settles)
        for root, role, settles in ROLL_OUT
        if root in roots
    )


def tear_down(standing: Sequence[tuple[str, str]], regions: Regions) -> tuple[Wave, ...]:
    """The waves of a destroy: what stands, as (root, region), in the reverse order.

    What no wave carries was deployed by itself, on top of the others: it goes first.
    """
    order = [(wave.root, wave.region) for wave in _first_visits(regions)]
    apart = [Wave(*place) for place in standing if place not in order]
    carried = [Wave(*place) for place in reversed(order) if place in standing]
    return (*apart, *carried)


def _first_visits(regions: Regions) -> Iterator[Wave]:
    every = {root for root, _, _ in ROLL_OUT}
    return (wave for wave in roll_out(every, regions) if not wave.settles)
