"""What neither variant of a root shows cfn-lint: that every value handed to a child is one the child takes.

Once for each root, by its wiring: every parameter handed down exists in the child and has no Default there,
none is missing, every output read exists, and the child at the address is the file that lies here. And once
for every environment, region and state of the peer, by the values: each is resolved as far as it can be
without AWS, and must fit in type, range, allowed values and length.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.environments import Environment
from generator.manifest import Manifest, ParameterSource
from generator.naming import stack_name
from generator.places import stands
from generator.regions import partitions
from generator.render import address
from generator.settings import FALSE, TRUE, Settings
from scripts.validate import local_urls
from scripts.validate.findings import Finding
from scripts.validate.parameters import complaints
from scripts.validate.resolution import Place, Resolved, Value, resolve

ADDRESS = "contract-address"
HANDOFF = "contract-handoff"
PARAMETERS = "contract-parameters"
OUTPUTS = "contract-outputs"
VALUE = "contract-value"
REFERENCE = "contract-reference"


@dataclass(frozen=True)
class Root:
    """A root and the layers it nests: parsed templates by logical id, and the bytes of their files."""

    file: str
    template: Mapping[str, Any]
    manifest: Manifest
    layers: Mapping[str, Mapping[str, Any]]
    bodies: Mapping[str, bytes]

    def stacks(self) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
        """Each nested stack that has its template here: logical id, properties, the child's template."""
        for logical_id, child in self.layers.items():
            yield logical_id, self.template["Resources"][logical_id]["Properties"], child


def check(
    templates: Mapping[str, bytes], environments: Iterable[Environment]
) -> tuple[Finding, ...]:
    """Everything that is wrong between roots and their children; file name -> bytes."""
    every = tuple(roots(templates))
    by_name = {root.manifest.root: root for root in every}
    said: dict[Finding, list[str]] = {}
    for root in every:
        for finding in wiring(root, by_name):
            said.setdefault(finding, [])
        for environment in environments:
            for region in environment.regions:
                if not stands(root.manifest.root, region, environment.places):
                    continue
                for finding in _in_environment(root, environment, region):
                    said.setdefault(finding, []).append(f"{environment.name} in {region}")
    return tuple(_where(finding, places) for finding, places in said.items())


def given(root: Manifest, known: Mapping[str, str]) -> dict[str, str]:
    """The parameters a planner would give a root, from settings and facts by key.

    Handoffs and lookups have the value of their example; a handoff is empty where there is nothing yet to
    hand on: of the peer before it is ready, of the primary's own stack in the primary.
    """

    def value(source: ParameterSource) -> str:
        match source.kind:
            case "setting" | "fact":
                return known.get(source.key, "")
            case "handoff" if source.region == "peer" and known["peer_ready"] == FALSE:
                return ""
            case "handoff" if source.region == "primary" and source.root == root.root:
                return "" if known["region_role"] == "primary" else source.example
            case _:
                return source.example

    return {name: value(source) for name, source in root.parameters.items()}


def values_fit(root: Root, known: Mapping[str, str], place: Place) -> Iterator[Finding]:
    """What goes wrong in a root and its children under these settings and facts."""
    parameters = given(root.manifest, known)
    yield from _unfit(root.file, "Parameters/{}", root.template, parameters)
    resolved, children = resolve_root(root, parameters, place)
    for problem in resolved.problems:
        yield Finding(root.file, problem.path, REFERENCE, problem.message)
    for logical_id, (handed, child) in children.items():
        path = f"Resources/{logical_id}/Properties/Parameters/{{}}"
        yield from _unfit(root.file, path, root.layers[logical_id], handed)
        for problem in child.problems:
            file = root.manifest.layers[logical_id]
            yield Finding(file, problem.path, REFERENCE, problem.message)


def resolve_root(
    root: Root, parameters: Mapping[str, Value], place: Place
) -> tuple[Resolved, Mapping[str, tuple[Mapping[str, Value], Resolved]]]:
    """A root and every child that stands under these parameters: logical id -> what it was given, and it."""
    children: dict[str, tuple[Mapping[str, Value], Resolved]] = {}

    def nest(logical_id: str, handed: Mapping[str, Value]) -> Mapping[str, Value]:
        if logical_id not in children and logical_id in root.layers:
            children[logical_id] = handed, resolve(root.layers[logical_id], handed, place)
        return children[logical_id][1].outputs if logical_id in children else {}

    resolved = resolve(root.template, parameters, place, nest)
    for logical_id, resource in resolved.resources.items():
        if logical_id in root.layers:
            nest(logical_id, resource["Properties"].get("Parameters", {}))
    return resolved, {name: child for name, child in children.items() if name in resolved.resources}


def roots(templates: Mapping[str, bytes]) -> Iterator[Root]:
    """Every root among the templates; file name -> bytes."""
    for file, body in templates.items():
        manifest = local_urls.manifest_of(body)
        if manifest is not None:
            held = {name: file for name, file in manifest.layers.items() if file in templates}
            yield Root(
                file=file,
                template=json.loads(body),
                manifest=manifest,
                layers={name: json.loads(templates[file]) for name, file in held.items()},
                bodies={name: templates[file] for name, file in held.items()},
            )


def wiring(root: Root, known: Mapping[str, Root]) -> Iterator[Finding]:
    """What does not meet between a root and its children, whatever the environment."""
    for logical_id in root.manifest.layers.keys() - root.layers.keys():
        file = root.manifest.layers[logical_id]
        yield Finding(root.file, f"Resources/{logical_id}", ADDRESS, f"{file} is not there")
    for logical_id, properties, child in root.stacks():
        path = f"Resources/{logical_id}/Properties"
        file = root.manifest.layers[logical_id]
        expected = f"/{address(root.bodies[logical_id])}/{file}"
        url = properties.get("TemplateURL")
        if not (isinstance(url, dict) and str(url.get("Fn::Sub")).endswith(expected)):
            message = f"the URL does not end in {expected}, the address of the child that lies here"
            yield Finding(root.file, f"{path}/TemplateURL", ADDRESS, message, fix="build again")
        declared, handed = child.get("Parameters", {}), properties.get("Parameters", {})
        for name in sorted(handed.keys() - declared.keys()):
            message = f"{file} has no parameter {name}"
            yield Finding(root.file, f"{path}/Parameters/{name}", PARAMETERS, message)
        for name in sorted(declared.keys() - handed.keys()):
            message = f"{file} is not handed its parameter {name}"
            yield Finding(root.file, f"{path}/Parameters", PARAMETERS, message)
        for name in sorted(name for name, said in declared.items() if "Default" in said):
            message = "a child's parameter has no Default: whoever nests it must say"
            yield Finding(file, f"Parameters/{name}/Default", PARAMETERS, message)
        yield from _types(root, path, handed, declared)
    yield from _outputs(root, root.template, "")
    for name, source in root.manifest.parameters.items():
        giver = known.get(source.root)
        if source.kind == "handoff" and (
            giver is None or source.output not in giver.template.get("Outputs", {})
        ):
            message = f"the root {source.root} has no output {source.output} to hand on"
            yield Finding(root.file, f"Parameters/{name}", HANDOFF, message)


def _types(
    root: Root, path: str, handed: Mapping[str, Any], declared: Mapping[str, Any]
) -> Iterator[Finding]:
    """A parameter that is passed on as it is has the same type on both sides."""
    for name, value in handed.items():
        match value:
            case {"Ref": str(own)} if (
                own in root.template.get("Parameters", {}) and name in declared
            ):
                there, here = declared[name]["Type"], root.template["Parameters"][own]["Type"]
                if there != here:
                    message = f"{own} is a {here} here and a {there} in the child"
                    yield Finding(root.file, f"{path}/Parameters/{name}", PARAMETERS, message)


def _outputs(root: Root, said: Any, path: str) -> Iterator[Finding]:
    """Every output of a child that the root reads, in whichever environment, exists."""
    match said:
        case {"Fn::GetAtt": [str(logical_id), str(attribute)]} if logical_id in root.layers:
            name = attribute.removeprefix("Outputs.")
            if name not in root.layers[logical_id].get("Outputs", {}):
                message = f"{root.manifest.layers[logical_id]} has no output {name}"
                yield Finding(root.file, path, OUTPUTS, message)
        case dict():
            for key, value in said.items():
                yield from _outputs(root, value, f"{path}/{key}".lstrip("/"))
        case list():
            for number, value in enumerate(said):
                yield from _outputs(root, value, f"{path}/{number}")


def _in_environment(root: Root, environment: Environment, region: str) -> Iterator[Finding]:
    place = Place(
        region,
        environment.account_id,
        stack_name(environment.name, root.manifest.root),
        partitions().get(region, "aws"),
    )
    for peer_ready in (TRUE, FALSE):
        known = {
            **environment.values(region),
            **environment.facts(region),
            Settings.peer_ready.key: peer_ready,
            Settings.template_base_url.key: "https://bucket.s3.amazonaws.com/release",
        }
        yield from values_fit(root, known, place)


def _unfit(
    file: str, path: str, template: Mapping[str, Any], values: Mapping[str, Value]
) -> Iterator[Finding]:
    for name, declared in template.get("Parameters", {}).items():
        if name in values:
            for complaint in complaints(declared, values[name]):
                yield Finding(file, path.format(name), VALUE, f"{name} {complaint}")


def _where(finding: Finding, places: Iterable[str]) -> Finding:
    said = ", ".join(dict.fromkeys(places))
    if not said:
        return finding
    return Finding(
        finding.template, finding.path, finding.rule, f"{finding.message} ({said})", fix=finding.fix
    )
