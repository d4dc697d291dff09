"""What a template names must be there: resources, parameters, conditions, mappings.

Every name must be declared, whatever the parameters say. And what stands under a condition that is false
is not there for those that do stand. ministack takes a name that it does not know for a literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from scripts.sandbox.template_sections import TemplateInvalid, is_loop

Conditions = Mapping[str | None, bool]
"""The conditions whose value is known; all others count as true."""

_PSEUDO_PARAMETERS = frozenset(
    {
        "AWS::AccountId",
        "AWS::NoValue",
        "AWS::NotificationARNs",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackId",
        "AWS::StackName",
        "AWS::URLSuffix",
    }
)
_BLOCKS = {
    "Resources": ("Properties", "Metadata", "CreationPolicy", "UpdatePolicy"),
    "Outputs": ("Value", "Export"),
}
_CONDITION_FUNCTIONS = frozenset(
    {"Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or", "Fn::Select", "Ref"}
)
_VARIABLE = re.compile(r"\$\{([^!][^}]*)\}")


@dataclass(frozen=True)
class Use:
    """One use of a name by `Ref`, `Fn::GetAtt`, `Fn::Sub` or `DependsOn`."""

    function: str
    name: str
    attribute: str = ""


def check(template: dict[str, Any], conditions: Conditions) -> None:
    """Raise TemplateInvalid, in CloudFormation's words, for a name that is not there, or a circle of them."""
    resources = template["Resources"]
    if any(map(is_loop, resources)):
        return  # its names are made by the transform
    _check_conditions(template)
    _check_mappings(template)
    _check_uses(template, frozenset(resources), {})
    standing = {
        name: resource
        for name, resource in resources.items()
        if conditions.get(resource.get("Condition"), True)
    }
    _check_uses(template, frozenset(standing), conditions)
    _check_circles(standing, conditions)


def _check_uses(template: dict[str, Any], there: frozenset[str], conditions: Conditions) -> None:
    given = _PSEUDO_PARAMETERS.union(template.get("Parameters", {}))
    for block in _BLOCKS:
        unresolved: dict[str, None] = {}
        for name, member in template.get(block, {}).items():
            if is_loop(name) or not conditions.get(member.get("Condition"), True):
                continue
            for use in _uses_in(block, member, conditions):
                if use.name in there:
                    continue
                if use.function == "Fn::GetAtt":
                    raise TemplateInvalid(
                        "Template error: instance of Fn::GetAtt references undefined resource "
                        f"{use.name}"
                    )
                if use.attribute:
                    raise TemplateInvalid(
                        "Template error: instance of Fn::Sub references invalid resource attribute "
                        f"{use.name}.{use.attribute}"
                    )
                # DependsOn on what a condition leaves out is no dependency.
                absent = use.name not in template["Resources"]
                if absent if use.function == "DependsOn" else use.name not in given:
                    unresolved[use.name] = None
        if unresolved:
            raise TemplateInvalid(
                f"Template format error: Unresolved resource dependencies "
                f"[{', '.join(unresolved)}] in the {block} block of the template"
            )


def _check_circles(standing: dict[str, Any], conditions: Conditions) -> None:
    graph = {
        name: {use.name for use in _uses_in("Resources", resource, conditions)} & standing.keys()
        for name, resource in standing.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        names = ", ".join(sorted(set(circle.args[1])))
        raise TemplateInvalid(f"Circular dependency between resources: [{names}]") from None


def _uses_in(block: str, member: dict[str, Any], conditions: Conditions) -> Iterator[Use]:
    for attribute in _BLOCKS[block]:
        yield from _uses(member.get(attribute), conditions)
    named = member.get("DependsOn", []) if block == "Resources" else []
    for name in [named] if isinstance(named, str) else named:
        yield Use("DependsOn", name)


def _uses(value: Any, conditions: Conditions) -> Iterator[Use]:
    """Every use in a value, but those in the branch that a known condition does not take."""
    if isinstance(value, list):
        for item in value:
            yield from _uses(item, conditions)
    if not isinstance(value, dict):
        return
    for function, argument in value.items():
        match function, argument:
            case "Ref", str():
                yield Use("Ref", argument)
            case "Fn::GetAtt", [str() as name, attribute]:
                yield Use("Fn::GetAtt", name, str(attribute))
                yield from _uses(attribute, conditions)
            case "Fn::GetAtt", str():
                name, _, attribute = argument.partition(".")
                yield Use("Fn::GetAtt", name, attribute)
            case "Fn::Sub", str():
                yield from _variables(argument, {})
            case "Fn::Sub", [str() as text, dict() as own]:
                yield from _variables(text, own)
                yield from _uses([*own.values()], conditions)
            case "Fn::If", [str() as name, *branches] if name in conditions:
                yield from _uses(branches[: 1 if conditions[name] else 2][-1:], conditions)
            case _:
                yield from _uses(argument, conditions)


def _variables(text: str, own: dict[str, Any]) -> Iterator[Use]:
    for variable in _VARIABLE.findall(text):
        if variable not in own:
            name, _, attribute = variable.partition(".")
            yield Use("Fn::Sub", name, attribute)


def _check_conditions(template: dict[str, Any]) -> None:
    declared = template.get("Conditions", {})
    given = _PSEUDO_PARAMETERS.union(template.get("Parameters", {}))
    graph: dict[str, set[str]] = {}
    for name, condition in declared.items():
        calls = list(_calls(condition))
        for function, _ in calls:
            if function not in _CONDITION_FUNCTIONS:
                raise TemplateInvalid(f"The sandbox does not evaluate {function} in Conditions.")
        unknown = [argument for function, argument in calls if function == "Ref"]
        if missing := [argument for argument in unknown if argument not in given]:
            raise TemplateInvalid(
                f"Template format error: Unresolved dependencies [{', '.join(missing)}]. "
                "Cannot reference resources in the Conditions block of the template"
            )
        graph[name] = {argument for function, argument in calls if function == "Condition"}
        _require(graph[name], declared, "Conditions")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        names = ", ".join(sorted(set(circle.args[1])))
        raise TemplateInvalid(
            f"Template format error: Circular dependency between conditions: [{names}]"
        ) from None
    for block in _BLOCKS:
        members = [held for name, held in template.get(block, {}).items() if not is_loop(name)]
        _require({held["Condition"] for held in members if "Condition" in held}, declared, block)
        for function, argument in _calls(members):
            if function == "Fn::If" and argument and argument[0] not in declared:
                raise TemplateInvalid(
                    f"Template error: unresolved condition dependency {argument[0]} in Fn::If"
                )


def _require(named: set[str], declared: dict[str, Any], block: str) -> None:
    for name in sorted(named - declared.keys()):
        raise TemplateInvalid(
            f"Template format error: Unresolved condition dependency {name} in the {block} block of "
            "the template"
        )


def _check_mappings(template: dict[str, Any]) -> None:
    for function, argument in _calls([template.get(block, {}) for block in _BLOCKS]):
        if function == "Fn::FindInMap" and isinstance(argument, list) and argument:
            name = argument[0]
            if isinstance(name, str) and name not in template.get("Mappings", {}):
                raise TemplateInvalid(
                    f"Template error: Mapping named '{name}' is not present in the 'Mappings' "
                    "section of template."
                )


def _calls(value: Any) -> Iterator[tuple[str, Any]]:
    """Every function in a value with its argument: an object with one member named for a function."""
    if isinstance(value, list):
        for item in value:
            yield from _calls(item)
    elif isinstance(value, dict):
        if len(value) == 1:
            [(function, argument)] = value.items()
            if function.startswith("Fn::") or function in ("Ref", "Condition"):
                yield function, argument
        for held in value.values():
            yield from _calls(held)
