"""What is drawn: the roots, their layers, what these hold, and the wiring between them.

Read from the templates alone: a root's manifest names its layers and where its parameters come from, a nested
stack's Parameters say which layer feeds which.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.manifest import KEY, Manifest
from generator.naming import kebab
from scripts.errors import UsageError
from scripts.graph.conditions import Conditions
from scripts.graph.kinds import Family, Kind, kind_of, words

_OUTPUT = "Outputs."
_VARIABLE = re.compile(r"\$\{(\w+)(?:\.[\w.]+)?\}")
_REBUILD = "Build the templates again: tradewind build"

#: Of more stores of one kind only the number is said.
MOST_NAMED = 6

Facts = Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Resource:
    """A resource of a template. `condition` is the name of the condition it stands under, or empty."""

    id: str
    type: str
    condition: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What it is in plain words."""
        return kind_of(self.type)


@dataclass(frozen=True)
class Holding:
    """All resources of one kind in a layer; `certain` of them stand under no condition."""

    kind: Kind
    resources: tuple[Resource, ...]
    certain: int
    condition: str = ""

    @property
    def optional(self) -> bool:
        """Whether none of them is there for sure."""
        return self.certain == 0

    @property
    def names(self) -> str:
        """What several stores of a kind are called: `carts, catalogue, order intake`."""
        if not self.kind.store or not 1 < len(self.resources) <= MOST_NAMED:
            return ""
        return ", ".join(_named(resource, self.kind) for resource in self.resources)

    def __str__(self) -> str:
        """`3 buckets`, `1 to 3 NAT gateways`, `up to 7 database instances`."""
        count = len(self.resources)
        if self.certain == count or (self.optional and self.condition):
            return self.kind.counted(count)
        if self.optional:
            return self.kind.counted(f"up to {count}")
        return self.kind.counted(f"{self.certain} to {count}")


def _named(resource: Resource, kind: Kind) -> str:
    """A logical id without the words that its kind says already: `CartsTable` -> `carts`."""
    said = kind.one.lower().split()
    parts = [part for part in words(resource.id).split() if part.lower() not in said]
    name = " ".join(parts) or words(resource.id)
    return name if name.isupper() else f"{name[:1].lower()}{name[1:]}"


@dataclass(frozen=True, eq=False)
class Layer:
    """One box: a nested stack, or in a root without any, the resources of one family.

    `condition` says in words when it is there: empty for always.
    """

    name: str
    title: str
    purpose: str
    resources: tuple[Resource, ...]
    conditions: Conditions = field(default_factory=Conditions)
    condition: str = ""
    exists: str = ""

    @cached_property
    def holdings(self) -> tuple[Holding, ...]:
        """What it holds, the weightiest first."""
        return self.holding(self.resources)

    def holding(self, resources: Iterable[Resource]) -> tuple[Holding, ...]:
        """These of its resources by kind, the weightiest first."""
        groups: dict[Kind, list[Resource]] = {}
        for resource in resources:
            groups.setdefault(resource.kind, []).append(resource)
        ordered = sorted(groups.items(), key=lambda group: (-group[0].weight, group[0].one))
        return tuple(self._held(kind, tuple(found)) for kind, found in ordered)

    def _held(self, kind: Kind, resources: tuple[Resource, ...]) -> Holding:
        asked = {self.conditions.words(resource.condition) for resource in resources}
        certain = sum(not resource.condition for resource in resources)
        return Holding(kind, resources, certain, asked.pop() if len(asked) == 1 else "")

    @cached_property
    def shared(self) -> str:
        """In words the condition that all it holds stands under; empty where there is no such one."""
        asked = {self.conditions.words(resource.condition) for resource in self.resources}
        return asked.pop() if len(asked) == 1 else ""

    @property
    def family(self) -> Family:
        """The family of what weighs most in it."""
        weights = Counter[Family]()
        for holding in self.holdings:
            weights[holding.kind.family] += holding.kind.weight**2
        return max(weights, key=lambda family: weights[family]) if weights else Family.OPERATION


@dataclass(frozen=True)
class Wire:
    """What one layer's Parameters take of another's Outputs."""

    producer: str
    consumer: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Handed:
    """What a root receives of a root's stack; `where` that stack is: own, peer, primary, standby or edge."""

    giver: str
    receiver: str
    where: str
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Root:
    """A template that is deployed by itself. `conditions` are those it decides by which layers it nests."""

    name: str
    purpose: str
    layers: tuple[Layer, ...]
    wires: tuple[Wire, ...]
    received: tuple[Handed, ...]
    nested: bool
    conditions: Conditions = field(default_factory=Conditions)

    def layer(self, name: str) -> Layer:
        """One of its layers."""
        return next(layer for layer in self.layers if layer.name == name)

    @property
    def resources(self) -> int:
        """How many resources it declares, its nested stacks not counted."""
        return sum(len(layer.resources) for layer in self.layers)


@dataclass(frozen=True)
class Architecture:
    """All roots, in the order of their names."""

    roots: tuple[Root, ...]

    def root(self, name: str) -> Root | None:
        """One root, or None."""
        return next((root for root in self.roots if root.name == name), None)


def read(directory: Path) -> Architecture:
    """Read the built templates. Raises UsageError where they are not whole."""
    templates = {path.name: _parsed(path) for path in sorted(directory.glob("*.json"))}
    manifests = {
        name: Manifest.of(template)
        for name, template in templates.items()
        if KEY in template.get("Metadata", {})
    }
    if not manifests:
        raise UsageError(f"There are no built templates in {directory}.", fix=_REBUILD)
    for name, manifest in manifests.items():
        if missing := sorted(set(manifest.layers.values()) - templates.keys()):
            raise UsageError(f"{name} nests {missing[0]}, which is not there.", fix=_REBUILD)
    return Architecture(
        tuple(_root(manifest, templates[name], templates) for name, manifest in manifests.items())
    )


def _parsed(path: Path) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError as error:
        raise UsageError(f"{path.name} is no template: {error}.", fix=_REBUILD) from error
    return said


def _root(
    manifest: Manifest, template: Mapping[str, Any], templates: Mapping[str, Mapping[str, Any]]
) -> Root:
    keys = {name: source.key for name, source in manifest.parameters.items() if source.key}
    conditions = Conditions(template.get("Conditions", {}), keys)
    if manifest.layers:
        layers = tuple(
            _layer(name, template["Resources"][name], templates[file], conditions)
            for name, file in sorted(manifest.layers.items())
        )
        wires = tuple(_wires(template["Resources"], manifest.layers))
    else:
        resources = tuple(_resources(template))
        layers = tuple(_families(resources, conditions))
        wires = tuple(_references(layers))
    return Root(
        name=manifest.root,
        purpose=_purpose(template),
        layers=layers,
        wires=wires,
        received=tuple(_received(manifest)),
        nested=bool(manifest.layers),
        conditions=conditions,
    )


def _layer(
    name: str, stack: Mapping[str, Any], template: Mapping[str, Any], root: Conditions
) -> Layer:
    condition = stack.get("Condition", "")
    return Layer(
        name=name,
        title=words(name),
        purpose=_purpose(template),
        resources=tuple(_resources(template)),
        conditions=Conditions(template.get("Conditions", {}), root.keys),
        condition=root.words(condition),
        exists=condition,
    )


def _purpose(template: Mapping[str, Any]) -> str:
    """What the Description says after the template's own name."""
    description: str = template.get("Description", "")
    return description.partition(": ")[2] or description


def _resources(template: Mapping[str, Any]) -> Iterator[Resource]:
    for id, said in sorted(template["Resources"].items()):
        yield Resource(id, said["Type"], said.get("Condition", ""), said.get("Properties", {}))


def _wires(stacks: Mapping[str, Any], layers: Iterable[str]) -> Iterator[Wire]:
    for consumer in sorted(layers):
        taken: dict[str, set[str]] = {}
        for value in stacks[consumer].get("Properties", {}).get("Parameters", {}).values():
            for producer, attribute in _read(value):
                if attribute.startswith(_OUTPUT):
                    taken.setdefault(producer, set()).add(attribute.removeprefix(_OUTPUT))
        for producer, values in sorted(taken.items()):
            yield Wire(producer, consumer, tuple(sorted(values)))


def _families(resources: Iterable[Resource], conditions: Conditions) -> Iterator[Layer]:
    """A root without layers, by the services of its resources: keys, buckets, roles."""
    groups: dict[str, list[Resource]] = {}
    for resource in resources:
        groups.setdefault(resource.type.split("::")[1], []).append(resource)
    for service, found in sorted(groups.items()):
        yield Layer(service, service, "", tuple(found), conditions)


def _references(layers: Iterable[Layer]) -> Iterator[Wire]:
    """What the groups of one template read of one another."""
    owner = {resource.id: layer.name for layer in layers for resource in layer.resources}
    for layer in layers:
        taken: dict[str, set[str]] = {}
        for resource in layer.resources:
            for id, _ in _read(resource.properties):
                if owner.get(id, layer.name) != layer.name:
                    taken.setdefault(owner[id], set()).add(id)
        for producer, ids in sorted(taken.items()):
            yield Wire(producer, layer.name, tuple(sorted(ids)))


def _read(value: object) -> Iterator[tuple[str, str]]:
    """Every resource that a value reads, with the attribute; a Ref's is empty."""
    match value:
        case {"Ref": str(id)}:
            yield id, ""
        case {"Fn::GetAtt": [str(id), str(attribute)]}:
            yield id, attribute
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), _]}:
            yield from ((id, "") for id in _VARIABLE.findall(text))
            if isinstance(value, Mapping) and not isinstance(value["Fn::Sub"], str):
                yield from _read(value["Fn::Sub"][1])
        case Mapping():
            for inner in value.values():
                yield from _read(inner)
        case list():
            for inner in value:
                yield from _read(inner)


def _received(manifest: Manifest) -> Iterator[Handed]:
    taken: dict[tuple[str, str], set[str]] = {}
    for source in manifest.parameters.values():
        if source.kind == "handoff":
            taken.setdefault((source.root, source.region), set()).add(source.output)
    for (giver, where), values in sorted(taken.items()):
        yield Handed(giver, manifest.root, where, tuple(sorted(values)))


def file_name(layer: str) -> str:
    """A layer's name as a file or an identifier spells it."""
    return kebab(layer)
