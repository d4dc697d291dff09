"""Faults for the contracts to find: small mutations of the real templates and settings, made by operators.

An operator looks for the places that it can spoil, and spoils the ones that a seed draws: nobody has fitted
them to what the contracts happen to see.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from generator.environments import Environment
from generator.render import address
from scripts.validate.contracts.cases import Case
from scripts.validate.contracts.graph import Deployment, Graph
from scripts.validate.contracts.name_rules import RULES
from scripts.validate.contracts.names import NAMED
from scripts.validate.contracts.provider_schemas import offered

Template: TypeAlias = dict[str, Any]
Templates: TypeAlias = dict[str, Template]

#: Leaves the spoiled templates behind.
Spoil: TypeAlias = Callable[[Templates], None]


@dataclass(frozen=True)
class World:
    """What is spoiled: parsed templates, the environments, what deploys; and the graph of what is well."""

    templates: Templates
    environments: tuple[Environment, ...]
    deployment: Deployment
    graph: Graph

    def spoiled(self, fault: Fault) -> Graph:
        """The same with a fault in it."""
        templates = deepcopy(self.templates)
        fault.spoil(templates)
        return Graph(
            addressed(templates, stale=fault.stale),
            fault.environments or self.environments,
            fault.deployment or self.deployment,
        )

    def spoiled_everywhere(self, faults: Iterable[Fault]) -> Graph:
        """The same with all of these faults in its templates at once."""
        templates = deepcopy(self.templates)
        for fault in faults:
            fault.spoil(templates)
        return Graph(addressed(templates), self.environments, self.deployment)


@dataclass(frozen=True)
class Fault:
    """What is spoiled, where, and the rules of which one has to say so; they are of one contract."""

    what: str
    where: str
    rules: tuple[str, ...]
    spoil: Spoil = lambda _: None
    environments: tuple[Environment, ...] = ()
    deployment: Deployment | None = None
    stale: bool = False

    def __str__(self) -> str:
        return f"{self.what}: {self.where}"


#: Looks for the places that it can spoil.
Operator: TypeAlias = Callable[[World], Iterator[Fault]]


def addressed(templates: Templates, *, stale: bool = False) -> dict[str, bytes]:
    """File -> bytes, with roots that know the addresses of their children; or, if stale, the old ones."""
    bodies = {file: json.dumps(template).encode() for file, template in templates.items()}
    for file, template in templates.items():
        layers = template.get("Metadata", {}).get("Tradewind", {}).get("Layers", {})
        for logical_id, child in layers.items():
            if stale or child not in bodies or logical_id not in template["Resources"]:
                continue
            url = f"${{TemplateBaseUrl}}/{address(bodies[child])}/{child}"
            template["Resources"][logical_id]["Properties"]["TemplateURL"] = {"Fn::Sub": url}
        bodies[file] = json.dumps(template).encode()
    return bodies


def faults(world: World, each: int, seed: int = 1) -> Iterator[Fault]:
    """So many of every operator, as far as it finds places."""
    for operator in OPERATORS:
        found = sorted(operator(world), key=str)
        random.Random(f"{seed}/{operator.__name__}").shuffle(found)
        yield from found[:each]


def _roots(templates: Mapping[str, Template]) -> Iterator[tuple[str, Template, Mapping[str, str]]]:
    """File, template, and the layers that it nests."""
    for file, template in templates.items():
        if layers := template.get("Metadata", {}).get("Tradewind", {}).get("Layers", {}):
            yield file, template, layers


def _manifests(templates: Mapping[str, Template]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """File, name and source of every parameter of a root."""
    for file, template in templates.items():
        said = template.get("Metadata", {}).get("Tradewind", {}).get("Parameters", {})
        for name, source in said.items():
            yield file, name, source


def _stacks(world: World) -> Iterator[tuple[Case, str, str, Mapping[str, Any]]]:
    """Every resource that stands somewhere: case, file, logical id, and it, resolved."""
    for case in world.graph.cases:
        for stack in case.stacks:
            for logical_id, resource in stack.resolved.resources.items():
                yield case, stack.file, logical_id, resource


def a_parameter_that_is_not_handed(world: World) -> Iterator[Fault]:
    for file, template, layers in _roots(world.templates):
        for layer in layers:
            for name in template["Resources"][layer]["Properties"].get("Parameters", {}):

                def spoil(
                    all_: Templates, file: str = file, layer: str = layer, name: str = name
                ) -> None:
                    del all_[file]["Resources"][layer]["Properties"]["Parameters"][name]

                yield Fault("not handed", f"{layer}.{name}", ("contract-parameters",), spoil)


def a_parameter_that_is_misspelt(world: World) -> Iterator[Fault]:
    for file, template, layers in _roots(world.templates):
        for layer in layers:
            for name in template["Resources"][layer]["Properties"].get("Parameters", {}):

                def spoil(
                    all_: Templates, file: str = file, layer: str = layer, name: str = name
                ) -> None:
                    handed = all_[file]["Resources"][layer]["Properties"]["Parameters"]
                    handed[f"{name}s"] = handed.pop(name)

                yield Fault("misspelt", f"{layer}.{name}", ("contract-parameters",), spoil)


def an_output_that_went(world: World) -> Iterator[Fault]:
    for file, _, layers in _roots(world.templates):
        for child in layers.values():
            for name in world.templates[child].get("Outputs", {}):

                def spoil(all_: Templates, child: str = child, name: str = name) -> None:
                    del all_[child]["Outputs"][name]

                where = f"{child}.{name} under {file}"
                yield Fault("gone output", where, ("contract-outputs", "contract-reference"), spoil)


def an_output_for_nobody(world: World) -> Iterator[Fault]:
    for file in world.templates:

        def spoil(all_: Templates, file: str = file) -> None:
            all_[file].setdefault("Outputs", {})["Ghost"] = {"Value": "boo"}

        yield Fault("for nobody", file, ("output-unused",), spoil)


def a_handed_on_output_that_went(world: World) -> Iterator[Fault]:
    for file, name, source in _manifests(world.templates):
        if source["kind"] == "handoff":

            def spoil(
                all_: Templates,
                giver: str = f"{source['root']}.json",
                output: str = source["output"],
            ) -> None:
                del all_[giver]["Outputs"][output]

            yield Fault("not handed on", f"{file}.{name}", ("contract-handoff",), spoil)


def a_handoff_from_a_later_root(world: World) -> Iterator[Fault]:
    """Given by a root that comes after, under the same name."""
    order = ["foundation", "deployers", "account", "pipeline", "platform", "edge"]
    for file, name, source in _manifests(world.templates):
        reader = file.removesuffix(".json")
        if source["kind"] != "handoff" or source["region"] != "own" or reader not in order[:-2]:
            continue

        def spoil(
            all_: Templates, file: str = file, name: str = name, output: str = source["output"]
        ) -> None:
            said = all_[file]["Metadata"]["Tradewind"]["Parameters"][name]
            said["root"] = "platform"
            all_["platform.json"]["Outputs"][output] = {"Value": "x", "Description": "x"}

        yield Fault("from a later root", f"{file}.{name}", ("handoff-order",), spoil)


def a_handoff_from_where_nothing_stands(world: World) -> Iterator[Fault]:
    """The edge's stack stands in us-east-1 alone, which is no standby anywhere."""
    for file, name, source in _manifests(world.templates):
        if source["kind"] == "handoff":

            def spoil(all_: Templates, file: str = file, name: str = name) -> None:
                said = all_[file]["Metadata"]["Tradewind"]["Parameters"][name]
                said |= {"root": "edge", "region": "standby"}
                all_["edge.json"]["Outputs"].setdefault(
                    said["output"], {"Value": "x", "Description": "x"}
                )

            yield Fault("from nowhere", f"{file}.{name}", ("handoff-place",), spoil)


def a_lookup_without_an_answer(world: World) -> Iterator[Fault]:
    for file, name, source in _manifests(world.templates):
        if source["kind"] == "lookup":
            for key in source["subject"]:

                def spoil(
                    all_: Templates, file: str = file, name: str = name, key: str = key
                ) -> None:
                    subject = all_[file]["Metadata"]["Tradewind"]["Parameters"][name]["subject"]
                    subject[key] = f"x{subject[key]}"

                yield Fault("no answer", f"{file}.{name}", ("lookup",), spoil)


def a_setting_that_there_is_not(world: World) -> Iterator[Fault]:
    for file, name, source in _manifests(world.templates):
        if source["kind"] == "setting":

            def spoil(all_: Templates, file: str = file, name: str = name) -> None:
                all_[file]["Metadata"]["Tradewind"]["Parameters"][name]["key"] += "_x"

            yield Fault("no setting", f"{file}.{name}", ("contract-parameters",), spoil)


def a_value_that_does_not_fit(world: World) -> Iterator[Fault]:
    """Numbers and choices, out of range in one environment."""
    declared = {
        source["key"]: world.templates[file]["Parameters"][name]
        for file, name, source in _manifests(world.templates)
        if source["kind"] == "setting"
    }
    for environment in world.environments:
        for key, said in declared.items():
            if "AllowedValues" not in said and "MaxValue" not in said:
                continue
            wrong = {
                region: {**values, key: "999999999"}
                for region, values in environment.settings.items()
            }
            others = [one for one in world.environments if one is not environment]
            yield Fault(
                "out of range",
                f"{environment.name}.{key}",
                ("contract-value",),
                environments=(*others, replace(environment, settings=wrong)),
            )


def a_type_that_changes_on_the_way(world: World) -> Iterator[Fault]:
    for file, template, layers in _roots(world.templates):
        for layer, child in layers.items():
            handed = template["Resources"][layer]["Properties"].get("Parameters", {})
            for name, value in handed.items():
                if list(value if isinstance(value, dict) else ()) != ["Ref"]:
                    continue

                def spoil(all_: Templates, child: str = child, name: str = name) -> None:
                    said = all_[child]["Parameters"][name]
                    said["Type"] = "Number" if said["Type"] == "String" else "String"

                where = f"{file}.{layer}.{name}"
                rules = ("contract-parameters", "contract-value")
                yield Fault("another type", where, rules, spoil)


def a_default_in_a_child(world: World) -> Iterator[Fault]:
    for _, _, layers in _roots(world.templates):
        for child in layers.values():
            for name in world.templates[child].get("Parameters", {}):

                def spoil(all_: Templates, child: str = child, name: str = name) -> None:
                    all_[child]["Parameters"][name]["Default"] = "x"

                yield Fault("a default", f"{child}.{name}", ("contract-parameters",), spoil)


def a_child_that_moved_on(world: World) -> Iterator[Fault]:
    for _, _, layers in _roots(world.templates):
        for child in layers.values():

            def spoil(all_: Templates, child: str = child) -> None:
                all_[child]["Description"] += "!"

            yield Fault("stale address", child, ("contract-address",), spoil, stale=True)


def a_reference_to_nothing(world: World) -> Iterator[Fault]:
    for _, file, logical_id, _ in _stacks(world):
        depends = world.templates[file]["Resources"][logical_id].get("DependsOn")
        if isinstance(depends, str):

            def spoil(all_: Templates, file: str = file, logical_id: str = logical_id) -> None:
                all_[file]["Resources"][logical_id]["DependsOn"] += "Gone"

            yield Fault("leads nowhere", f"{file}.{logical_id}", ("contract-reference",), spoil)


def a_template_that_is_full(world: World) -> Iterator[Fault]:
    for file in world.templates:
        for section, quota in (("Resources", 500), ("Parameters", 200), ("Mappings", 200)):

            def spoil(
                all_: Templates, file: str = file, section: str = section, quota: int = quota
            ) -> None:
                held = all_[file].setdefault(section, {})
                some: Any = {
                    "Resources": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
                    "Parameters": {"Type": "String"},
                    "Mappings": {"A": {"B": "C"}},
                }[section]
                for number in range(quota - 5 - len(held)):
                    held[f"Padding{number}"] = some
                held["Padding"] = some

            yield Fault("full", f"{file}.{section}", ("quota",), spoil)


def a_template_that_is_long(world: World) -> Iterator[Fault]:
    for file in world.templates:

        def spoil(all_: Templates, file: str = file) -> None:
            all_[file].setdefault("Metadata", {})["Padding"] = "x" * 1_048_576

        yield Fault("long", file, ("quota",), spoil)


def _names(type: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Path and text of each derived name, in whatever depth."""
    deeper = [path for of, path in RULES if of == type and "/" in path]
    deeper += [path for path in NAMED.get(type, ()) if "/" in path]
    for path in dict.fromkeys((*properties, *deeper)):
        value: Any = properties
        for key in path.split("/"):
            value = value.get(key) if isinstance(value, dict) else None
        text = value.get("Fn::Sub") if isinstance(value, dict) else None
        if not re.search("(Name|Identifier|Id)$", path) or path in MERELY_MENTIONED:
            continue
        if isinstance(text, str) and "${Environment}" in text:
            yield path, text


def _named(world: World, change: Callable[[str], str]) -> Iterator[tuple[str, str, Spoil]]:
    """Type, where, and how each derived name is changed in its text."""
    seen: set[tuple[str, str]] = set()
    for _, file, logical_id, resource in _stacks(world):
        if (file, logical_id) in seen:
            continue
        seen.add((file, logical_id))
        said = world.templates[file]["Resources"][logical_id].get("Properties", {})
        for path, text in _names(resource["Type"], said):

            def spoil(
                all_: Templates,
                file: str = file,
                logical_id: str = logical_id,
                path: str = path,
                text: str = text,
            ) -> None:
                *keys, last = path.split("/")
                held = all_[file]["Resources"][logical_id]["Properties"]
                for key in keys:
                    held = held[key]
                held[last] = {"Fn::Sub": change(text)}

            yield resource["Type"], f"{file}/Resources/{logical_id}/Properties/{path}", spoil


#: Names of something else, which stands there too.
MERELY_MENTIONED = ("MetricName",)

#: No service says how long they may be.
OF_ANY_LENGTH = {
    "AWS::ApiGateway::RestApi",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::ElastiCache::User",
    "AWS::ElastiCache::UserGroup",
}
#: They take every character that is printed.
OF_ANY_CHARACTERS = {
    "AWS::ApiGateway::RestApi",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CE::AnomalyMonitor",
    "AWS::CE::AnomalySubscription",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::Config::ConfigRule",
    "AWS::Config::ConfigurationRecorder",
    "AWS::Config::DeliveryChannel",
    "AWS::Logs::QueryDefinition",
}
#: Their names are for people: AWS tells them apart by what it mints, or by what they belong to.
NOT_TOLD_APART = {
    "AWS::ApiGateway::RestApi",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CE::AnomalyMonitor",
    "AWS::CE::AnomalySubscription",
    "AWS::Logs::QueryDefinition",
    "AWS::Personalize::Dataset",
    "AWS::Personalize::EventTracker",
}


def a_name_that_is_too_long(world: World) -> Iterator[Fault]:
    for type, where, spoil in _named(world, lambda text: text + "x" * 1100):
        if type not in OF_ANY_LENGTH:
            yield Fault("long name", where, ("name-length",), spoil)


def a_name_of_other_characters(world: World) -> Iterator[Fault]:
    for type, where, spoil in _named(world, lambda text: f"{text}:*"):
        if type not in OF_ANY_CHARACTERS:
            yield Fault("bad name", where, ("name-characters",), spoil)


def a_name_that_somebody_has(world: World) -> Iterator[Fault]:
    """A resource that is there twice, by another logical id."""
    named = {where: type for type, where, _ in _named(world, lambda text: text)}
    places = {tuple(where.split("/")[:3]): type for where, type in named.items()}
    for (file, section, logical_id), type in places.items():
        if type in NOT_TOLD_APART:
            continue

        def spoil(all_: Templates, file: str = file, logical_id: str = logical_id) -> None:
            resources = all_[file]["Resources"]
            resources[f"{logical_id}Again"] = deepcopy(resources[logical_id])

        yield Fault("taken name", f"{file}/{section}/{logical_id}", ("name-taken",), spoil)


def a_type_that_the_region_lacks(world: World) -> Iterator[Fault]:
    for case, file, logical_id, _ in _stacks(world):
        lacking = sorted(set(offered("us-east-1")) - set(offered(case.region)))
        for type in lacking[:1]:

            def spoil(
                all_: Templates, file: str = file, logical_id: str = logical_id, type: str = type
            ) -> None:
                all_[file]["Resources"][logical_id]["Type"] = type

            yield Fault("no such type", f"{file}.{logical_id} {type}", ("region-type",), spoil)


def a_property_that_there_is_not(world: World) -> Iterator[Fault]:
    for _, file, logical_id, resource in _stacks(world):
        if resource["Type"] != "AWS::CloudFormation::CustomResource":

            def spoil(all_: Templates, file: str = file, logical_id: str = logical_id) -> None:
                resource = all_[file]["Resources"][logical_id]
                resource.setdefault("Properties", {})["Ghost"] = "boo"

            yield Fault("no such property", f"{file}.{logical_id}", ("region-property",), spoil)


def a_condition_that_is_always_so(world: World) -> Iterator[Fault]:
    for file, template in world.templates.items():
        for name in template.get("Conditions", {}):

            def spoil(all_: Templates, file: str = file, name: str = name) -> None:
                all_[file]["Conditions"][name] = {"Fn::Equals": ["a", "a"]}

            yield Fault("always so", f"{file}.{name}", ("condition-constant",), spoil)


def a_condition_that_misspells_its_value(world: World) -> Iterator[Fault]:
    """Never so: the parameter takes no such value."""
    for file, template in world.templates.items():
        for name, said in template.get("Conditions", {}).items():
            match said:
                case {"Fn::Equals": [{"Ref": str(parameter)}, str(value)]} if (
                    "AllowedValues" in template["Parameters"].get(parameter, {})
                ):

                    def spoil(
                        all_: Templates, file: str = file, name: str = name, value: str = value
                    ) -> None:
                        all_[file]["Conditions"][name]["Fn::Equals"][1] = f"{value}x"

                    yield Fault("never so", f"{file}.{name}", ("condition-constant",), spoil)


def a_capability_that_is_not_given(world: World) -> Iterator[Fault]:
    for given in (frozenset[str](), frozenset({"CAPABILITY_IAM"})):
        without = replace(world.deployment, capabilities=given)
        yield Fault("unacknowledged", str(sorted(given)), ("capability",), deployment=without)


def a_macro(world: World) -> Iterator[Fault]:
    for file in world.templates:

        def spoil(all_: Templates, file: str = file) -> None:
            all_[file]["Transform"] = "AWS::LanguageExtensions"

        yield Fault("a macro", file, ("capability",), spoil)


def a_policy_that_is_too_long(world: World) -> Iterator[Fault]:
    for _, file, logical_id, resource in _stacks(world):
        if resource["Type"] in ("AWS::IAM::ManagedPolicy", "AWS::S3::BucketPolicy"):

            def spoil(all_: Templates, file: str = file, logical_id: str = logical_id) -> None:
                document = all_[file]["Resources"][logical_id]["Properties"]["PolicyDocument"]
                document["Statement"].append(
                    {
                        "Effect": "Allow",
                        "Action": "s3:GetObject",
                        "Resource": [f"arn:aws:s3:::bucket/{number:06}" for number in range(700)],
                    }
                )

            yield Fault("long policy", f"{file}.{logical_id}", ("policy-size",), spoil)


OPERATORS: tuple[Operator, ...] = (
    a_parameter_that_is_not_handed,
    a_parameter_that_is_misspelt,
    an_output_that_went,
    an_output_for_nobody,
    a_handed_on_output_that_went,
    a_handoff_from_a_later_root,
    a_handoff_from_where_nothing_stands,
    a_lookup_without_an_answer,
    a_setting_that_there_is_not,
    a_value_that_does_not_fit,
    a_type_that_changes_on_the_way,
    a_default_in_a_child,
    a_child_that_moved_on,
    a_reference_to_nothing,
    a_template_that_is_full,
    a_template_that_is_long,
    a_name_that_is_too_long,
    a_name_of_other_characters,
    a_name_that_somebody_has,
    a_type_that_the_region_lacks,
    a_property_that_there_is_not,
    a_condition_that_is_always_so,
    a_condition_that_misspells_its_value,
    a_capability_that_is_not_given,
    a_macro,
    a_policy_that_is_too_long,
)
