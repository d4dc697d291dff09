"""The words in which a row of the coverage is claimed: which resources, which property, what must hold.

    Claim("the database is encrypted with our key", Every(CLUSTER, {
        "StorageEncrypted": True,
        "KmsKeyId": DATA_KEY,
    }))

A claim is data. Its complaints name the property that does not hold, and `mutants` breaks every property that
it names, to see that it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.coverage.expectations import Expectation, expectation
from tests.coverage.paths import MISSING, Node, find
from tests.coverage.platform import Platform, Resource, Standing, platform

#: Path -> what must hold of the value there; a plain value stands for itself.
Having: TypeAlias = Mapping[str, Any]

#: What prod must have switched on: the full architecture.
FULL = {
    "analytics": "true",
    "backups": "true",
    "commitment_budgets": "true",
    "interface_endpoints": "true",
    "off_peak_scaling": "true",
    "payment_api": "true",
    "predictive_scaling": "true",
    "price_cache": "true",
    "product_search": "true",
    "recommendations": "true",
    "restore_testing": "true",
    "session_cache": "true",
    "waf": "true",
    "worker_fleet": "true",
}

PAIR = Standing().having(**FULL)
#: The same with whatever can be left out left out: each toggle's off state.
LEAN = Standing().having(
    audit_trail="false",
    config_recorder="false",
    config_rules="false",
    **dict.fromkeys(FULL, "false"),
)
PRIMARY, STANDBY = PAIR.at("primary"), PAIR.at("standby")
EDGE = PAIR.at("edge")
ON_RDS = PAIR.having(orders_engine="rds-multi-az")
EVERYWHERE = PAIR.at("primary", "standby", "edge")


@dataclass(frozen=True)
class Look:
    """Where a claim is looked at: a platform, and one region of it."""

    platform: Platform
    region: str
    role: str

    def of_type(self, type: str) -> list[Resource]:
        """The region's resources of a type."""
        return self.platform.of_type(type, self.region)

    def names(self) -> dict[str, str]:
        """What may stand in braces in a claim's texts."""
        environment = self.platform.environment
        return {
            "environment": environment.name,
            "account": environment.account_id,
            "region": self.region,
            "peer": environment.peer(self.region),
            "primary": environment.primary_region,
            "standby": environment.standby_region,
            "domain": environment.hosted_zone[1],
        }


@dataclass(frozen=True)
class Complaint:
    """What does not hold: of which resource (or type), under which path."""

    of: str
    path: str
    says: str

    def __str__(self) -> str:
        return f"{self.of}: {self.path} {self.says}" if self.path else f"{self.of}: {self.says}"


@dataclass(frozen=True)
class Every:
    """Every resource of a type (and of `where`) has all of this, and there is at least one."""

    type: str
    has: Having
    where: Having = field(default_factory=dict)

    def selected(self, look: Look) -> list[Resource]:
        """The resources that it speaks of."""
        return [resource for resource in look.of_type(self.type) if self.speaks_of(resource, look)]

    def speaks_of(self, resource: Resource, look: Look) -> bool:
        """Whether it speaks of this resource."""
        return has(self.where, resource, look)

    def complaints(self, look: Look) -> Iterator[Complaint]:
        """What does not hold in a region."""
        selected = self.selected(look)
        if not selected:
            yield Complaint(f"{look.region} {self.type}", ", ".join(self.where), "there is none")
        for resource in selected:
            yield from failing(self.has, resource, look)

    def complaints_of(self, resource: Resource, path: str, look: Look) -> Iterator[Complaint]:
        """Whether one property of one resource holds: each is looked at by itself."""
        yield from failing({path: self.has[path]}, resource, look)


@dataclass(frozen=True)
class Some:
    """There is a resource of a type that has all of this; exactly so many, if `times` says so."""

    type: str
    has: Having
    times: int | None = None

    def selected(self, look: Look) -> list[Resource]:
        """The resources that have it all."""
        return [r for r in look.of_type(self.type) if has(self.has, r, look)]

    def complaints(self, look: Look) -> Iterator[Complaint]:
        """What the nearest resources lack, if not enough have it all."""
        found = len(self.selected(look))
        if found == self.times or (self.times is None and found):
            return
        wanted = "there is none" if self.times is None else f"there are {found}, not {self.times}"
        yield Complaint(f"{look.region} {self.type}", "", wanted)
        yield from self.nearest(look)

    def nearest(self, look: Look) -> Iterator[Complaint]:
        """What those lack that lack least, of all and of those that have the first property."""
        first = next(iter(self.has))
        lacking = [
            held
            for resource in look.of_type(self.type)
            if 0 < len(held := [*failing(self.has, resource, look)]) < max(len(self.has), 2)
        ]
        named = [held for held in lacking if all(said.path != first for said in held)]
        near = [held for group in (lacking, named) for held in group if held in _least(group)]
        yield from dict.fromkeys(said for held in near for said in held)


def _least(lacking: list[list[Complaint]]) -> list[list[Complaint]]:
    fewest = min(map(len, lacking), default=0)
    return [held for held in lacking if len(held) == fewest]


@dataclass(frozen=True)
class No:
    """There is no resource of a type that has all of this; `stands` is a platform that has one."""

    type: str
    has: Having
    stands: Standing

    def selected(self, look: Look) -> list[Resource]:
        """The resources that should not be there."""
        return [r for r in look.of_type(self.type) if has(self.has, r, look)]

    def complaints(self, look: Look) -> Iterator[Complaint]:
        """The resources that are there."""
        for resource in self.selected(look):
            yield Complaint(str(resource), self.type, "should not be there")


@dataclass(frozen=True)
class Law:
    """What takes several resources to say. `rests_on` names its properties: type, path."""

    check: Callable[[Look], Iterable[Complaint]]
    rests_on: Sequence[tuple[str, str]]

    def complaints(self, look: Look) -> Iterator[Complaint]:
        """What does not hold in a region."""
        yield from self.check(look)


@dataclass(frozen=True)
class Claim:
    """One sentence of a row."""

    says: str
    holds: Every | Some | No | Law
    at: Standing | tuple[Standing, ...] = PAIR

    def looks(self) -> Iterator[Look]:
        """Every region of every platform that it speaks of."""
        for standing in self.at if isinstance(self.at, tuple) else (self.at,):
            yield from looks_at(standing)

    def complaints(self) -> Iterator[Complaint]:
        """What does not hold, anywhere."""
        for look in self.looks():
            yield from self.holds.complaints(look)


@dataclass(frozen=True)
class Row:
    """A row of the coverage: its id, the users' words, its claims, and what later issues add to it."""

    id: str
    wish: str
    claims: tuple[Claim, ...]
    later: tuple[str, ...] = ()


def looks_at(standing: Standing) -> Iterator[Look]:
    """Every region of a platform that a standing names."""
    found = platform(standing)
    places = {str(role): place for role, place in found.environment.places.items()}
    for role in standing.roles:
        yield Look(found, places[role], role)


def row(id: str, wish: str, *claims: Claim, later: Sequence[str] = ()) -> Row:
    """A row, its claims one below the other."""
    return Row(id, wish, claims, tuple(later))


def failing(has: Having, of: Resource, look: Look) -> Iterator[Complaint]:
    """Which of these a resource does not have; what lies below a path that fails says nothing more."""
    failed: list[str] = []
    for path, wanted in has.items():
        if any(path.startswith((f"{above}.", f"{above}[", f"{above}->")) for above in failed):
            continue
        for node in nodes(path, of, look) or (Node(None, None, MISSING),):
            if said := wants(wanted).complaint(node.value, look):
                failed.append(path)
                yield Complaint(str(of), path, said)
                break


def has(all_of: Having, resource: Resource, look: Look) -> bool:
    """Whether a resource has all of these."""
    return next(failing(all_of, resource, look), None) is None


def nodes(path: str, of: Resource, look: Look) -> tuple[Node, ...]:
    """The values under a path."""
    return find(path.format(**look.names()) if "{" in path else path, of, look.platform).nodes


def wants(wanted: Any) -> Expectation:
    """What is expected of a value."""
    return expectation(wanted)
