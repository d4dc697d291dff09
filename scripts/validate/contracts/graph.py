"""What a contract is given: templates, their roots, and their cases; and how it says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

from generator.environments import Environment
from generator.places import Places
from scripts.validate.contract import Root, roots
from scripts.validate.contracts.cases import Case, Cases, every
from scripts.validate.contracts.longest import stretched
from scripts.validate.findings import Finding

Template: TypeAlias = Mapping[str, Any]

#: The waves of a roll-out, as (root, region), in order; a root that comes twice is visited twice.
Order: TypeAlias = Callable[[Places], Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Deployment:
    """What deploys: in which order, which template it sends with the call, and with which capabilities."""

    order: Order
    inline: str
    capabilities: frozenset[str]


@dataclass(frozen=True)
class Graph:
    """Every template, by its file and by its root, and every environment that it is deployed into."""

    bodies: Mapping[str, bytes]
    environments: tuple[Environment, ...]
    deployment: Deployment

    @cached_property
    def roots(self) -> Mapping[str, Root]:
        """By name, in the order of the files."""
        return {root.manifest.root: root for root in roots(self.bodies)}

    @cached_property
    def templates(self) -> Mapping[str, Template]:
        """File -> template."""
        found: dict[str, Template] = {}
        for root in self.roots.values():
            found[root.file] = root.template
            for logical_id, child in root.layers.items():
                found[root.manifest.layers[logical_id]] = child
        return found

    @cached_property
    def cases(self) -> Cases:
        """Every case; they are resolved as they are asked for."""
        return every(self.roots.values(), self.environments)

    @cached_property
    def longest(self) -> Cases:
        """The same with the longest names."""
        return every(self.roots.values(), stretched(self.environments))


def across(cases: Iterable[Case], found: Callable[[Case], Iterable[Finding]]) -> Iterator[Finding]:
    """What is found in each case, once, with where that was."""
    places: dict[Finding, dict[str, None]] = {}
    for case in cases:
        for finding in found(case):
            places.setdefault(finding, {})[str(case)] = None
    for finding, where in places.items():
        yield replace(finding, message=f"{finding.message} ({', '.join(where)})")
