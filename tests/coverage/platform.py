"""An environment as it would stand: every root in every region, in one collection that can be asked.

Conditions are evaluated and every value is resolved across nested stacks, roots and regions, by the
resolution that `tradewind lint` uses. What only a deployment could know is a reference, written into the
value: `<eu-central-1/foundation/DataKey.Arn>` is the ARN of that very resource, wherever it was handed on to,
and also in the middle of a text. So "is this log group's key our key for logs?" is a question about a value.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from generator.environments import Environment, read
from generator.places import stands
from generator.settings import TRUE, Settings
from generator.stacks import build
from scripts.validate.contract import Root, given, resolve_root, roots
from scripts.validate.resolution import STACK, Place, Resolved
from tests.coverage.marking import marked, minted, stem

PARAMS = Path(__file__).parents[2] / "params"

#: Attributes of a resource beside its properties; a path names them with an "@".
ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy", "DependsOn")

#: Properties that hold a document as text: they are read as what they say.
JSON_TEXTS = ("DashboardBody", "DefinitionString", "BackupPolicy", "Body", "Schema")


@dataclass(frozen=True)
class Standing:
    """Which platform a claim speaks of: an environment, roles of regions, and settings chosen differently."""

    environment: str = "prod"
    roles: tuple[str, ...] = ("primary", "standby")
    settings: tuple[tuple[str, str], ...] = ()

    def having(self, **settings: str) -> Standing:
        """The same with these settings."""
        return replace(self, settings=(*self.settings, *settings.items()))

    def at(self, *roles: str) -> Standing:
        """The same in these regions alone."""
        return replace(self, roles=roles)

    def __str__(self) -> str:
        chosen = "".join(f" {key}={value}" for key, value in self.settings)
        return f"{self.environment}{chosen}"


@dataclass(eq=False)
class Resource:
    """One resource that stands; `said` holds its Properties and attributes, resolved."""

    region: str
    root: str
    layer: str
    logical_id: str
    type: str
    said: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        """Its properties."""
        held: dict[str, Any] = self.said["Properties"]
        return held

    def __str__(self) -> str:
        return f"{self.region} {self.layer}/{self.logical_id}"


@dataclass
class Platform:
    """Everything that stands of an environment."""

    environment: Environment
    resources: list[Resource]
    index: dict[tuple[str, str, str], Resource] = field(default_factory=dict)
    by_type: dict[tuple[str, str], list[Resource]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for resource in self.resources:
            self.index[resource.region, resource.layer, resource.logical_id] = resource
            self.by_type.setdefault((resource.region, resource.type), []).append(resource)

    def of_type(self, type: str, *regions: str) -> list[Resource]:
        """The resources of a type, in these regions or in all."""
        return [
            resource
            for region in regions or self.environment.regions
            for resource in self.by_type.get((region, type), ())
        ]

    def references(self, value: Any) -> list[Resource]:
        """The resources that a value refers to, wherever in it."""
        return [self.index[key] for key in minted(value) if key in self.index]

    def drop(self, resource: Resource) -> None:
        """Take a resource away."""
        self.resources.remove(resource)
        del self.index[resource.region, resource.layer, resource.logical_id]
        self.by_type[resource.region, resource.type].remove(resource)

    def put(self, resource: Resource) -> None:
        """Add a resource, or put back what was taken away."""
        self.resources.append(resource)
        self.index[resource.region, resource.layer, resource.logical_id] = resource
        self.by_type.setdefault((resource.region, resource.type), []).append(resource)


@cache
def environment(standing: Standing) -> Environment:
    """The environment with the settings that the standing chooses."""
    found = read(PARAMS, standing.environment)
    chosen = dict(standing.settings)
    return replace(found, settings={r: {**held, **chosen} for r, held in found.settings.items()})


def platform(standing: Standing) -> Platform:
    """The environment of a standing, resolved once a session."""
    return _platform(replace(standing, roles=()))


@cache
def _platform(standing: Standing) -> Platform:
    found = environment(standing)
    return Platform(found, list(_Deployment(found, dict(standing.settings)).resources()))


@cache
def _roots() -> tuple[Root, ...]:
    order = [*roots(build().files)]
    from generator.roots import ROOTS

    return tuple(sorted(order, key=lambda root: [*ROOTS].index(root.manifest.root)))


@dataclass
class _Deployment:
    """All roots in the order of a roll-out. What refers to a region yet to come is resolved once more."""

    environment: Environment
    chosen: Mapping[str, str]
    outputs: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    early: set[tuple[str, str]] = field(default_factory=set)

    def resources(self) -> Iterator[Resource]:
        for root in _roots():
            regions = [
                region
                for region in self.environment.regions
                if stands(root.manifest.root, region, self.environment.places)
            ]
            found = {region: self.resolve(root, region) for region in regions}
            for region in regions:
                if (root.file, region) in self.early:
                    found[region] = self.resolve(root, region)
                yield from found[region]

    def resolve(self, root: Root, region: str) -> list[Resource]:
        root = marked(root, region, self.environment.account_id)
        values = self.values(root, region)
        found, children = resolve_root(root, values, self.place(root, region))
        problems = [*found.problems, *(p for _, child in children.values() for p in child.problems)]
        assert not problems, (root.file, region, problems)
        self.outputs[root.manifest.root, region] = found.outputs
        held = [*_standing(root, stem(root.file), root.template, found, region)]
        for logical_id, (_, child) in children.items():
            layer = stem(root.manifest.layers[logical_id])
            held += _standing(root, layer, root.layers[logical_id], child, region)
        return held

    def values(self, root: Root, region: str) -> dict[str, Any]:
        known = {
            **self.environment.values(region),
            **self.environment.facts(region),
            **self.chosen,
            Settings.peer_ready.key: TRUE,
            Settings.template_base_url.key: "https://bucket.s3.amazonaws.com/release",
        }
        values: dict[str, Any] = given(root.manifest, known)
        for name, source in root.manifest.parameters.items():
            if source.kind == "handoff" and values[name]:
                giver = source.root, self.region_of(source.region, region)
                if giver not in self.outputs:
                    self.early.add((root.file, region))
                handed = self.outputs.get(giver, {})
                values[name] = handed.get(source.output, "")
        return values

    def region_of(self, where: str, own: str) -> str:
        match where:
            case "own":
                return own
            case "peer":
                return self.environment.peer(own)
        return {str(role): place for role, place in self.environment.places.items()}[where]

    def place(self, root: Root, region: str) -> Place:
        stack = f"tradewind-{self.environment.name}-{root.manifest.root}"
        return Place(region, self.environment.account_id, stack)


def _standing(
    root: Root, layer: str, template: Mapping[str, Any], found: Resolved, region: str
) -> Iterator[Resource]:
    for logical_id, resolved in found.resources.items():
        if resolved["Type"] == STACK:
            continue
        declared = template["Resources"][logical_id]
        attributes = {name: declared[name] for name in ATTRIBUTES if name in declared}
        said = _read({"Properties": {}, **resolved, **attributes})
        yield Resource(region, root.manifest.root, layer, logical_id, resolved["Type"], said)


def _read(value: Any, name: str = "") -> Any:
    """A value of one's own, with documents that stand in it as text read."""
    match value:
        case dict():
            return {key: _read(item, key) for key, item in value.items()}
        case list():
            return [_read(item) for item in value]
        case str() if name == "UserData":
            return base64.b64decode(value).decode()
        case str() if name in JSON_TEXTS and value.lstrip().startswith(("{", "[")):
            return json.loads(value)
    return value
