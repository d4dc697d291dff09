"""The order in which roots go to regions.

A wave is one root in one region. Of an environment's pair the primary goes first, since the standby's stacks
receive what it hands on. foundation goes to the primary twice: replication needs the standby's foundation,
which needs the primary's keys. Where us-east-1 is neither of the pair it is a region apart, with what
edge.json stands on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from generator.places import Places
from generator.problems import nearest
from scripts.errors import UsageError

#: Where a wave goes: "apart" is the edge's region where it is neither of the pair, and nowhere else.
Goal: TypeAlias = Literal["primary", "standby", "apart", "edge"]


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
ROLL_OUT: tuple[tuple[str, Goal, bool], ...] = (
    (ARTIFACTS, "primary", False),
    (ARTIFACTS, "standby", False),
    (ARTIFACTS, "apart", False),
    (ARTIFACTS, "primary", True),
    ("deployers", "primary", False),
    ("deployers", "standby", False),
    ("deployers", "apart", False),
    ("account", "primary", False),
    ("account", "standby", False),
    ("account", "apart", False),
    ("pipeline", "primary", False),
    ("platform", "primary", False),
    ("platform", "standby", False),
    ("edge", "edge", False),
)

#: Roots that are deployed when somebody names them, after all others.
ON_DEMAND: tuple[tuple[str, Goal], ...] = (("load-test", "primary"),)


def roll_out(roots: Collection[str], places: Places) -> tuple[Wave, ...]:
    """The waves of these roots, in order. Raises UsageError for a root that no wave carries."""
    carried = {root for root, *_ in (*ROLL_OUT, *ON_DEMAND)}
    for root in sorted(roots):
        if root not in carried:
            raise UsageError(
                f"No wave deploys the root {root}.",
                fix=f"Deploy it by itself: tradewind changeset create ENV --root {root} --region REGION",
            )
    return tuple(
        Wave(root, region, settles)
        for root, goal, settles in ROLL_OUT
        if root in roots and (region := _region(goal, places))
    )


def named(order: Sequence[Wave], roots: Collection[str], places: Places) -> tuple[Wave, ...]:
    """Of a roll-out, the waves of the roots that somebody named, or all; and what waits to be named.

    Raises UsageError for a root that has no wave.
    """
    if not roots:
        return tuple(order)
    on_demand = [
        Wave(root, region) for root, goal in ON_DEMAND if (region := _region(goal, places))
    ]
    every = (*order, *on_demand)
    for root in roots:
        if root not in {wave.root for wave in every}:
            known = list(dict.fromkeys(wave.root for wave in every))
            raise UsageError(
                f"There is no root {root}.",
                fix=f"{nearest(root, known)} There are {', '.join(known)}.".strip(),
            )
    return tuple(wave for wave in every if wave.root in roots)


def tear_down(standing: Sequence[tuple[str, str]], places: Places) -> tuple[Wave, ...]:
    """The waves of a destroy: what stands, as (root, region), in the reverse order.

    What no wave carries was deployed by itself, on top of the others: it goes first.
    """
    order = [(wave.root, wave.region) for wave in _first_visits(places)]
    apart = [Wave(*place) for place in standing if place not in order]
    carried = [Wave(*place) for place in reversed(order) if place in standing]
    return (*apart, *carried)


def _first_visits(places: Places) -> Iterator[Wave]:
    every = {root for root, _, _ in ROLL_OUT}
    return (wave for wave in roll_out(every, places) if not wave.settles)


def _region(goal: Goal, places: Places) -> str | None:
    """The region of a goal; None for a region apart that there is not."""
    if goal != "apart":
        return places[goal]
    edge = places["edge"]
    return None if edge in (places["primary"], places["standby"]) else edge
