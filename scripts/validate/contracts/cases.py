"""Every root in every region of every environment, resolved, with what earlier roots really hand on to it.

A case is one root at one place and time: `peer_ready` false is the first visit, when the other region holds
nothing yet. A handoff has the value that its giver's template gives there: its example only says what that
looks like.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from generator.environments import Environment
from generator.manifest import ParameterSource
from generator.naming import stack_name
from generator.places import stands
from generator.regions import partitions
from generator.settings import FALSE, TRUE, Settings
from scripts.validate.contract import Root, resolve_root
from scripts.validate.resolution import Place, Resolved, Value

BASE_URL = "https://bucket.s3.amazonaws.com/release"


@dataclass(frozen=True)
class Stack:
    """A template as it stands in a case: the root's own, or that of a layer that it nests.

    `handed` leads to where its parameters are given: below the root's resources, or nowhere for a root.
    """

    file: str
    logical_id: str
    parameters: Mapping[str, Value]
    resolved: Resolved


@dataclass(frozen=True, eq=False)
class Case:
    """A root in a region of an environment, and what came of its template there."""

    root: Root
    environment: Environment
    region: str
    peer_ready: bool
    parameters: Mapping[str, Value]
    resolved: Resolved
    stacks: tuple[Stack, ...]

    def __str__(self) -> str:
        return f"{self.environment.name} in {self.region}"


#: Root, environment, region, and whether the peer stands.
_Key: TypeAlias = tuple[str, str, str, bool]


@dataclass
class Cases:
    """All of them, each resolved once."""

    roots: Mapping[str, Root]
    environments: tuple[Environment, ...]
    _known: dict[_Key, Case] = field(default_factory=dict)
    _waiting: set[_Key] = field(default_factory=set)

    def __iter__(self) -> Iterator[Case]:
        for environment in self.environments:
            for name in self.roots:
                for region in environment.regions:
                    if stands(name, region, environment.places):
                        for peer_ready in (False, True):
                            yield self.of(name, environment, region, peer_ready=peer_ready)

    def of(self, root: str, environment: Environment, region: str, *, peer_ready: bool) -> Case:
        """One of them."""
        key = root, environment.name, region, peer_ready
        if key not in self._known:
            self._waiting.add(key)
            self._known[key] = self._resolved(self.roots[root], environment, region, peer_ready)
            self._waiting.remove(key)
        return self._known[key]

    def _resolved(
        self, root: Root, environment: Environment, region: str, peer_ready: bool
    ) -> Case:
        known = {
            **environment.values(region),
            **environment.facts(region),
            Settings.peer_ready.key: TRUE if peer_ready else FALSE,
            Settings.template_base_url.key: BASE_URL,
        }
        parameters = {
            name: self._given(source, root, environment, region, known)
            for name, source in root.manifest.parameters.items()
        }
        place = Place(
            region,
            environment.account_id,
            stack_name(environment.name, root.manifest.root),
            partitions().get(region, "aws"),
        )
        resolved, children = resolve_root(root, parameters, place)
        nested = (
            Stack(root.manifest.layers[logical_id], logical_id, handed, child)
            for logical_id, (handed, child) in children.items()
        )
        own = Stack(root.file, "", parameters, resolved)
        return Case(root, environment, region, peer_ready, parameters, resolved, (own, *nested))

    def _given(
        self,
        source: ParameterSource,
        root: Root,
        environment: Environment,
        region: str,
        known: Mapping[str, str],
    ) -> Value:
        match source.kind:
            case "setting" | "fact":
                return known.get(source.key, "")
            case "lookup":
                return source.example
        peer_ready = known[Settings.peer_ready.key] == TRUE
        there = giving_region(source, environment, region)
        if not _gives(self.roots, source, environment, there):
            return ""
        if (source.root, there) == (root.manifest.root, region):
            return ""  # its own stack has nothing yet when it asks
        if there != region and there != environment.primary_region:
            if not peer_ready:
                return ""
            peer_ready = False  # what the other region had after its own first visit
        elif source.root == root.manifest.root:
            peer_ready = False
        if (source.root, environment.name, there, peer_ready) in self._waiting:
            return ""  # they wait for each other, which is for `handoffs` to say
        case = self.of(source.root, environment, there, peer_ready=peer_ready)
        return case.resolved.outputs.get(source.output, "")


def giving_region(source: ParameterSource, environment: Environment, region: str) -> str:
    """The region whose stack a handoff is read from."""
    named = {"own": region, "peer": environment.peer(region)}
    return named.get(source.region) or environment.places[source.region]


def _gives(
    roots: Mapping[str, Root], source: ParameterSource, environment: Environment, region: str
) -> bool:
    giver = roots.get(source.root)
    return giver is not None and stands(source.root, region, environment.places)


def every(roots: Iterable[Root], environments: Iterable[Environment]) -> Cases:
    """The cases of these roots in these environments."""
    return Cases({root.manifest.root: root for root in roots}, tuple(environments))
