"""What each build of a release is for, and the least that it needs for it.

No build changes a stack: a plan makes change sets, and CodePipeline's own action executes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator import grants
from generator.boundaries import execution_role_arn
from generator.bundles import RELEASES
from generator.drill_records import ROUTINE
from generator.grants import Bucket, Deployments, Stack
from generator.pipeline_builds import Duty
from generator.pipeline_stages import FLEETS, REGIONS, region
from generator.places import Role
from generator.release_stages import (
    GATE,
    HISTORY,
    KEPT,
    PLAN,
    PLANS,
    RECORD,
    SHIPMENTS,
    VALIDATE,
    VERIFY,
    WAVES,
)
from generator.territory import NAMES, arn

if TYPE_CHECKING:
    from generator.layer import Layer

#: The duties that there are, by the names of the actions that do them.
BUILDS = (VALIDATE, PLAN, GATE, VERIFY, RECORD)

#: The root of each wave, and the role of its region.
PLACES: tuple[tuple[str, Role], ...] = tuple(dict.fromkeys((w.root, w.role) for w in WAVES))


def duties(layer: Layer, bucket: Bucket, others: Sequence[Bucket], pipeline: object) -> list[Duty]:
    """One for each kind of build. `bucket` is the primary's, `others` are those of the other regions."""
    unpacks = bucket.get(KEPT)
    releases = [each.read(RELEASES) for each in (bucket, *others)]
    remembers = [bucket.get(HISTORY), bucket.put(HISTORY), bucket.miss()]
    standby = others[0]
    hands_on = [
        *(bucket.get(prefix) for prefix in (RELEASES, SHIPMENTS)),
        *(standby.get(ROUTINE), standby.put(ROUTINE)),
    ]
    follows = grants.Pipeline(pipeline).read()
    standing = [stack(layer, "", role) for role in REGIONS]  # plans take what earlier roots hand on
    released = [stack(layer, root, role) for root, role in PLACES]
    sees = [each.read() for each in standing]
    judges = [
        *sees,
        *(each.read_changes() for each in released),
        *(each.look_for_drift() for each in released),
        grants.tell_drift_from_service(),
    ]
    tables = arn(layer, f"dynamodb:{REGIONS['standby']}:{{account}}:table/{{ours}}*")
    asks = [grants.find_prefix_lists(), grants.find_tables([tables])]
    plans = [
        *(each.plan() for each in released),
        grants.hand_to_stacks(
            execution_role_arn(layer, root, REGIONS[role]) for root, role in PLACES
        ),
        *(fleet.look() for fleet in _fleets(layer)),
        grants.find_leftovers(),
        bucket.put(PLANS),
    ]
    return [
        Duty(VALIDATE, "Whether a release is whole, and its shipment fits it", [unpacks]),
        Duty(
            PLAN,
            "Makes the change set of a root in a region; explains and judges it",
            [unpacks, *releases, *asks, *judges, *plans, follows],
        ),
        Duty(
            GATE,
            "Whether a change set is what an operator approved, and may still be executed",
            [unpacks, *judges, follows, *remembers],
        ),
        Duty(
            VERIFY,
            "Whether what stands is what was released, and is whole",
            [unpacks, *asks, *sees],
        ),
        Duty(
            RECORD,
            "Writes into the history what stands from now on, and has drills run it",
            [unpacks, *remembers, *hands_on],
        ),
    ]


def _fleets(layer: Layer) -> Iterator[Deployments]:
    """The deployment groups of the fleets, in both regions."""
    for fleet in FLEETS:
        yield deployments(layer, fleet, "primary")
        yield deployments(layer, fleet, "standby")


def stack(layer: Layer, root: str, role: Role) -> Stack:
    """A root's, in a region; without a root, every stack of the environment there."""
    return Stack(layer.sub(f"{NAMES}{root}"), region(layer, role))


def deployments(layer: Layer, fleet: str, role: Role) -> Deployments:
    """A fleet's, in a region."""
    return Deployments(layer.named_everywhere(fleet), layer.sub(f"{NAMES}*"), region(layer, role))
