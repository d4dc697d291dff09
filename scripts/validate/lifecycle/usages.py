"""What the templates use, as every environment and region resolves them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from generator.environments import Environment
from generator.naming import stack_name
from generator.places import stands
from generator.regions import partitions
from generator.settings import TRUE, Settings
from scripts.validate.contract import Root, given, resolve_root
from scripts.validate.intrinsics import Later
from scripts.validate.lifecycle import services
from scripts.validate.lifecycle.reads import Said, in_texts, may_say, read
from scripts.validate.lifecycle.rows import Table
from scripts.validate.resolution import STACK, Place, Resolved, Value

#: The version of what only a deployment knows: no row covers it.
LATER = "known to a deployment only"

#: (environment, region).
Where: TypeAlias = tuple[str, str]


@dataclass(frozen=True, order=True)
class Usage:
    """A version of a kind of thing, named at a path of a template."""

    kind: str
    version: str
    template: str
    path: str


def used(
    roots: Iterable[Root], environments: Iterable[Environment], table: Table
) -> Mapping[Usage, tuple[Where, ...]]:
    """Every usage, and where it stands. Of types and properties only those that the table ends."""
    found: dict[Usage, dict[Where, None]] = {}
    environments, ended = tuple(environments), _Ended.of(table)
    for root in roots:
        for environment in environments:
            for region in environment.regions:
                if stands(root.manifest.root, region, environment.places):
                    where = environment.name, region
                    for usage in _in(root, environment, region, ended):
                        found.setdefault(usage, {})[where] = None
    return {usage: tuple(places) for usage, places in found.items()}


@dataclass(frozen=True)
class _Ended:
    types: frozenset[str]
    properties: Mapping[str, list[list[str]]]

    @classmethod
    def of(cls, table: Table) -> _Ended:
        properties: dict[str, list[list[str]]] = {}
        for version in table.versions(services.PROPERTY):
            type, *keys = version.split("/")
            properties.setdefault(type, []).append(keys)
        return cls(frozenset(table.versions(services.TYPE)), properties)


def _in(root: Root, environment: Environment, region: str, ended: _Ended) -> Iterator[Usage]:
    """What a root and its layers use there, once both regions stand."""
    known = {
        **environment.values(region),
        **environment.facts(region),
        Settings.peer_ready.key: TRUE,
        Settings.template_base_url.key: "https://bucket.s3.amazonaws.com/release",
    }
    name = root.manifest.root
    place = Place(
        region,
        environment.account_id,
        stack_name(environment.name, name),
        partitions().get(region, "aws"),
    )
    own, children = resolve_root(root, {**given(root.manifest, known), **_asked(root)}, place)
    yield from _of_template(root.file, root.template, own, ended)
    for logical_id, (_, child) in children.items():
        file = root.manifest.layers[logical_id]
        yield from _of_template(file, root.layers[logical_id], child, ended)


def _asked(root: Root) -> Mapping[str, str]:
    """A public parameter's name in the place of its answer: an image's id does not tell what it is of."""
    return {
        name: source.subject["path"]
        for name, source in root.manifest.parameters.items()
        if source.question == "PublicParameter"
    }


def _of_template(
    file: str, template: Mapping[str, Any], resolved: Resolved, ended: _Ended
) -> Iterator[Usage]:
    for logical_id, resource in resolved.resources.items():
        written = template["Resources"][logical_id].get("Properties", {})
        for (kind, version), path in _of_resource(resource, written, ended):
            yield Usage(kind, version, file, f"Resources/{logical_id}{path}")


def _of_resource(
    resource: Mapping[str, Value], written: Mapping[str, Any], ended: _Ended
) -> Iterator[tuple[Said, str]]:
    """What a resource uses, and the path below it."""
    type = resource["Type"]
    yield (services.SERVICE, type.rpartition("::")[0]), ""
    if type == STACK:  # its parameters are read where they arrive
        return
    if type in ended.types:
        yield (services.TYPE, type), ""
    properties = resource.get("Properties", {})
    for names in ended.properties.get(type, ()):
        for path in _at(properties, names):
            yield (services.PROPERTY, "/".join([type, *names])), f"/Properties/{path}"
    for keys, value, beside in _versions(properties):
        general = "/".join("*" if isinstance(key, int) else key for key in keys)
        said = read(type, general, LATER if isinstance(value, Later) else str(value), beside)
        if said:
            yield said, "/".join(["/Properties", *map(str, keys)])
    for said, path in in_texts(type, written):
        yield said, f"/Properties/{path}"


Keys: TypeAlias = tuple[str | int, ...]


def _versions(
    value: Value, keys: Keys = (), name: str = "", beside: Mapping[str, Value] | None = None
) -> Iterator[tuple[Keys, Value, Mapping[str, Value]]]:
    """What may say a version: where, what, and the mapping it stands in."""
    if isinstance(value, dict):
        for key, each in value.items():
            if not (key == "Version" and "Statement" in value):  # that is one of IAM's language
                yield from _versions(each, (*keys, key), key, value)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _versions(each, (*keys, number), name, beside)
    elif may_say(name):
        yield keys, value, beside or {}


def _at(value: Value, keys: list[str], path: str = "") -> Iterator[str]:
    """The paths that `keys`, with * for an index, lead to."""
    if not keys:
        yield path.lstrip("/")
    elif keys[0] == "*" and isinstance(value, list):
        for number, each in enumerate(value):
            yield from _at(each, keys[1:], f"{path}/{number}")
    elif isinstance(value, dict) and keys[0] in value:
        yield from _at(value[keys[0]], keys[1:], f"{path}/{keys[0]}")
