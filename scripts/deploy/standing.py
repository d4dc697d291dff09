"""What differs between what is wanted and what stands, without a change set.

A stack stands as wanted when it rests, its template is the release's and its parameters are those that the
planner gives. The template is asked of CloudFormation itself: a tag or a note could lie, and a nested
template is covered by its address, which its parent names. Whatever differs goes through its change set,
which decides what that means; only what is the same is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from generator.naming import stack_name
from scripts import inventory
from scripts.aws import Aws
from scripts.deploy.plan import Awaiting
from scripts.deploy.planner import Planner
from scripts.deploy.waves import Wave
from scripts.inventory import Stack

if TYPE_CHECKING:
    from scripts.deploy.release import Release

#: Calls that are made side by side.
AT_ONCE = 8

Place: TypeAlias = tuple[str, str]

#: In these a stack rests and is whole. What was rolled back is as it was before.
_WHOLE = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)


@dataclass(frozen=True)
class Standing:
    """The root stacks of some places as they were at one moment, with the templates they were made of."""

    stacks: Mapping[Place, Stack | None]
    templates: Mapping[Place, Any] = field(default_factory=dict)

    def stack(self, root: str, region: str) -> Stack | None:
        """A root's stack. Raises KeyError for a place that was not looked at."""
        return self.stacks[root, region]


@dataclass(frozen=True)
class Look:
    """A wave held against what stands: `what` says in which respect it differs, "" where it does not.

    `left_out` are the types that its settings want and its region does not offer; `stack` is what stands.
    """

    wave: Wave
    what: str = ""
    left_out: tuple[str, ...] = ()
    stack: Stack | None = None

    @property
    def differs(self) -> bool:
        """Whether it has to be planned."""
        return bool(self.what)


def read(aws: Aws, environment: str, places: Sequence[Place]) -> Standing:
    """Look at every place, side by side: two calls for a stack that stands, one for a stack that does not."""

    def look(place: Place) -> tuple[Stack | None, Any]:
        root, region = place
        found = inventory.stack(aws, region, stack_name(environment, root))
        if found is None or not found.stands:
            return found, None
        return found, inventory.template(aws, region, found.id)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip(places, pool.map(look, places), strict=True))
    return Standing(
        {place: stack for place, (stack, _) in found.items()},
        {place: template for place, (_, template) in found.items()},
    )


def looks(planner: Planner, standing: Standing, waves: Sequence[Wave]) -> tuple[Look, ...]:
    """Every wave held against what stands, in their order; `planner` plans from `standing`."""
    once = {(one.root, one.region): one for one in waves}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        held = pool.map(lambda wave: _look(planner, standing, wave), once.values())
        found = dict(zip(once, held, strict=True))
    return tuple(replace(found[wave.root, wave.region], wave=wave) for wave in waves)


def unlike(aws: Aws, environment: str, release: Release, waves: Sequence[Wave]) -> tuple[Wave, ...]:
    """The waves whose stacks were made of other templates than a release's, or are not there."""
    there = read(aws, environment, [(wave.root, wave.region) for wave in waves]).templates
    return tuple(
        wave for wave in waves if not _same_template(release, wave, there[wave.root, wave.region])
    )


def _look(planner: Planner, standing: Standing, wave: Wave) -> Look:
    there = standing.stack(wave.root, wave.region)
    if there is None:
        return Look(wave, "it is not there")
    if there.status not in _WHOLE:
        return Look(wave, f"its stack is {there.status}", stack=there)
    if not _same_template(planner.release, wave, standing.templates[wave.root, wave.region]):
        return Look(wave, "its template is another", stack=there)
    wanted = planner.inputs(wave)
    if isinstance(wanted, Awaiting):
        return Look(wave, f"it waits for {wanted.awaited}", stack=there)
    moved = sorted(
        name
        for name in {*there.parameters, *wanted.parameters}
        if there.parameters.get(name) != wanted.parameters.get(name)
    )
    what = f"its parameters differ ({', '.join(moved)})" if moved else ""
    return Look(wave, what, wanted.left_out, there)


def _same_template(release: Release, wave: Wave, deployed: Any) -> bool:
    """Whether a stack was made of the release's template; white space and the order of keys are no matter."""
    wanted: Any = json.loads(release.roots[wave.root].template.body)
    return bool(deployed == wanted)
