"""What holds data is not replaced because a sibling changed."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.deploy.gates import STATEFUL
from tests.coverage.claims import Complaint
from tests.coverage.laws import Defect, Law, schemas
from tests.coverage.mutants import Edit
from tests.coverage.paths import find
from tests.coverage.platform import Platform, Resource
from tests.coverage.rows.names import DB_CLUSTER, DB_INSTANCE


def swayed(platform: Platform) -> Iterator[Complaint]:
    """A change set does not know what a changing sibling will hand on, and counts it as another value.

    In a property that cannot change otherwise it announces a replacement, which the gate has to refuse: then
    no NAT gateway could be added without a promise to lose the orders.
    """
    for resource in platform.resources:
        if resource.type in STATEFUL:
            for name, giver in _takings(platform, resource, frozenset()):
                yield Complaint(str(resource), name, f"is taken from {giver}, a sibling's")


def _takings(
    platform: Platform, resource: Resource, seen: frozenset[Resource]
) -> Iterator[tuple[str, Resource]]:
    """What of other nested stacks of the same root stands in fixed properties, by way of its own or not."""
    for name in sorted(schemas.fixed(resource.type)):
        for giver in platform.references(resource.properties.get(name)):
            if (giver.region, giver.root) != (resource.region, resource.root) or giver in seen:
                continue
            if giver.layer != resource.layer:
                yield name, giver
            else:
                onward = _takings(platform, giver, seen | {resource})
                yield from ((name, beyond) for _, beyond in onward)


def tied_to_a_sibling(platform: Platform) -> Iterator[Defect]:
    """Each name of a database's owner, taken by the secret's ARN as the password is."""
    for database in (*platform.of_type(DB_CLUSTER), *platform.of_type(DB_INSTANCE)):
        if "MasterUsername" in database.properties:
            (owner,) = find("MasterUsername", database, platform).nodes
            by_arn = database.properties["MasterUserPassword"]
            yield Defect("its owner's name comes from a sibling", database, (Edit(owner, by_arn),))


STEADINESS = Law("data is not replaced for a sibling", swayed, tied_to_a_sibling)
