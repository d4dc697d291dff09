"""Breaks what a claim names, one property at a time, and asks the claim.

A mutant removes a property, or flips it: yes to no, a number beyond its limit, another text, a list emptied,
a reference led astray. Or it takes the resource away. It is killed when the claim complains, and names it.
What is broken is the resolved platform itself; every mutant is undone before the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tests.coverage.claims import (
    Claim,
    Complaint,
    Every,
    Having,
    Law,
    Look,
    No,
    Row,
    Some,
    looks_at,
    wants,
)
from tests.coverage.paths import MISSING, Node, find
from tests.coverage.platform import Resource


class _Removed:
    def __repr__(self) -> str:
        return "removed"


REMOVED = _Removed()


@dataclass(frozen=True)
class Edit:
    """One value to put in place of another; REMOVED to put none."""

    node: Node
    value: Any


@dataclass(frozen=True)
class Mutant:
    """A platform with one thing wrong; `names` is what a complaint must name."""

    claim: Claim
    look: Look
    names: str
    how: str
    edits: Sequence[Edit] = ()
    without: Sequence[Resource] = ()
    planted: Sequence[Resource] = ()
    of: Resource | None = None

    def __str__(self) -> str:
        where = f"{self.look.platform.environment.name} {self.look.region}"
        return f"{self.claim.says}: {self.names} {self.how} in {where}"

    def killed(self) -> bool:
        """Whether the claim notices, and names it."""
        with self._standing():
            return any(self.names in str(complaint) for complaint in self._complaints())

    def _complaints(self) -> Iterator[Complaint]:
        """The claim's; where it looks at each resource by itself, the broken one's suffice."""
        held = self.claim.holds
        if self.of is None or not isinstance(held, Every):
            yield from held.complaints(self.look)
        elif held.speaks_of(self.of, self.look):
            yield from held.complaints_of(self.of, self.names, self.look)

    @contextmanager
    def _standing(self) -> Iterator[None]:
        platform = self.look.platform
        for resource in self.without:
            platform.drop(resource)
        for resource in self.planted:
            platform.put(resource)
        try:
            with made(self.edits):
                yield
        finally:
            for resource in self.planted:
                platform.drop(resource)
            for resource in self.without:
                platform.put(resource)


@contextmanager
def made(edits: Sequence[Edit]) -> Iterator[None]:
    """The platform with these edits, and as it was afterwards."""
    for edit in edits:
        if edit.value is REMOVED:
            edit.node.holder.pop(edit.node.key)
        else:
            edit.node.holder[edit.node.key] = edit.value
    try:
        yield
    finally:
        for edit in reversed(edits):
            _undo(edit)


def _undo(edit: Edit) -> None:
    node = edit.node
    if node.value is MISSING:
        node.holder.pop(node.key)
    else:
        node.holder[node.key] = node.value


def mutants(row: Row) -> Iterator[Mutant]:
    """Every mutant of a row."""
    for claim in row.claims:
        yield from of_claim(claim)


def of_claim(claim: Claim) -> Iterator[Mutant]:
    """Every mutant of a claim, in each region where it holds: elsewhere there is nothing to break."""
    for look in claim.looks():
        if any(claim.holds.complaints(look)):
            continue
        match claim.holds:
            case Every() as held:
                selected = held.selected(look)
                yield Mutant(claim, look, held.type, "taken away", without=selected)
                for resource in selected:
                    yield from _broken(claim, look, held.has, [resource])
                yield from _broken(claim, look, held.where, selected)
            case Some() as held:
                selected = held.selected(look)
                groups = [[each] for each in selected] if held.times else [selected]
                for group in groups:
                    yield Mutant(claim, look, held.type, "taken away", without=group)
                    yield from _broken(claim, look, held.has, group)
            case No() as held:
                for other in looks_at(held.stands):
                    for resource in held.selected(other) if other.role == look.role else ():
                        title = f"{resource.logical_id}Planted"
                        stray = replace(resource, region=look.region, logical_id=title)
                        yield Mutant(claim, look, held.type, "planted", planted=[stray])
            case Law() as held:
                for type, path in held.rests_on:
                    for resource in look.of_type(type):
                        yield from _broken(claim, look, {path: None}, [resource])


def _broken(claim: Claim, look: Look, has: Having, of: Sequence[Resource]) -> Iterator[Mutant]:
    """Each property broken, in all of these resources at once."""
    one = of[0] if len(of) == 1 and has is not getattr(claim.holds, "where", None) else None
    for path, wanted in has.items():
        filled = path.format(**look.names()) if "{" in path else path
        found = [find(filled, resource, look.platform) for resource in of]
        for how, edits in _edits(look, wanted, [held.nodes for held in found]):
            yield Mutant(claim, look, path, how, edits, of=one)
        for chosen in zip(*(held.chosen for held in found), strict=False):
            nodes = [node for each in chosen for node in each]
            for how, value in (("gone", REMOVED), ("chosen otherwise", "chosen-otherwise")):
                edits = [Edit(node, value) for node in nodes]
                if nodes:
                    yield Mutant(claim, look, path, how, edits, of=one)


def _edits(
    look: Look, wanted: Any, found: Sequence[Sequence[Node]]
) -> Iterator[tuple[str, list[Edit]]]:
    """Each node of the first resource, and those in its place in the others, broken in each way."""
    if not found or not all(found):
        return
    for number in range(max(map(len, found))):
        nodes = [held[min(number, len(held) - 1)] for held in found]
        nodes = [node for node in nodes if node.holder is not None]
        if not nodes:
            continue
        if nodes[0].value is not MISSING and isinstance(nodes[0].holder, dict):
            yield "removed", [Edit(node, REMOVED) for node in nodes]
        expected = wants(nodes[0].value if wanted is None else wanted)
        ways = [dict(expected.flips(node.value, look)) for node in nodes]
        for how, wrong in ways[0].items():
            yield (
                how,
                [Edit(node, each.get(how, wrong)) for node, each in zip(nodes, ways, strict=True)],
            )
