"""Each condition can hold, and can not hold: what else it guards would be dead, or always there.

A template is asked by itself: its parameters, and the region, take every value that tells them apart. Those
are what AllowedValues says, else the texts that the conditions compare with and one that is none of them, as
far as the parameter takes them. Of a condition that compares anything but such values nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

from scripts.validate.contracts.graph import Graph, Template
from scripts.validate.findings import Finding
from scripts.validate.intrinsics import text
from scripts.validate.parameters import complaints
from scripts.validate.resolution import Place, resolve

RULE = "condition-constant"

#: Values that no condition names.
OTHER, ANOTHER = "something-else", "something-else-again"

#: The pseudo parameter that templates branch by.
REGION = "AWS::Region"

#: Types of parameters whose value is another one's.
_LOOKED_UP = "AWS::SSM::Parameter::Value"

#: Combinations that are tried at most, and else nothing is said; the platform's own conditions need 128.
MOST = 10_000


def check(graph: Graph) -> Iterator[Finding]:
    """Conditions that are always or never so."""
    for file, template in graph.templates.items():
        for name in template.get("Conditions", {}):
            if constant := _constant(template, name):
                message = f"whatever the parameters say, it {constant}"
                yield Finding(file, f"Conditions/{name}", RULE, message)


def _constant(template: Template, name: str) -> str:
    """How it is without exception: "holds" or "never holds"; empty where it may be both, or is not known."""
    below = _below(template["Conditions"], name)
    try:
        domains = _domains(template, below)
    except _Unknown:
        return ""
    if prod(map(len, domains.values())) > MOST:
        return ""
    alone = {
        "Parameters": {key: template["Parameters"][key] for key in domains if key != REGION},
        "Conditions": {key: template["Conditions"][key] for key in below},
        "Resources": {},
    }
    seen: set[bool] = set()
    for values in product(*domains.values()):
        given = dict(zip(domains, values, strict=True))
        here = Place(given.pop(REGION, OTHER))
        seen.add(resolve(alone, given, here).conditions[name])
        if len(seen) == 2:
            return ""
    return "holds" if seen == {True} else "never holds"


class _Unknown(Exception):
    """A condition compares what a template alone does not tell."""


def _domains(template: Template, conditions: Iterable[str]) -> dict[str, list[str]]:
    """Parameter -> the values that the conditions may tell apart. Raises _Unknown."""
    declared = {**template.get("Parameters", {}), REGION: {"Type": "String"}}
    found: dict[str, list[str]] = {}
    for key in conditions:
        for one, other in _comparisons(template["Conditions"][key]):
            for side, against in ((one, other), (other, one)):
                if (parameter := _parameter(side, declared)) is not None:
                    found.setdefault(parameter, [OTHER]).extend(_equal(against, declared))
    return {
        parameter: _allowed(declared[parameter])
        or [one for one in dict.fromkeys(values) if _takes(declared[parameter], one)]
        for parameter, values in found.items()
    }


def _parameter(side: Any, declared: Mapping[str, Any]) -> str | None:
    """The parameter whose value stands there; None for a literal. Raises _Unknown for anything else."""
    match side:
        case str() | int() | float():
            return None
        case {"Ref": str(name)} if name in declared:
            if not declared[name]["Type"].startswith(_LOOKED_UP):
                return name
    raise _Unknown


def _equal(against: Any, declared: Mapping[str, Any]) -> list[str]:
    """The values that make a parameter equal to what it is compared with."""
    parameter = _parameter(against, declared)
    if parameter is None:
        return [text(against)]
    return _allowed(declared[parameter]) or [ANOTHER]


def _allowed(declared: Mapping[str, Any]) -> list[str]:
    return [text(one) for one in declared.get("AllowedValues", ())]


def _takes(declared: Mapping[str, Any], value: str) -> bool:
    """Whether a parameter may have the value; of those that stand for any other one may."""
    return value in (OTHER, ANOTHER) or not any(complaints(declared, value))


def _below(conditions: Mapping[str, Any], name: str) -> list[str]:
    """A condition, and all that it is made of."""
    found: list[str] = []
    waiting = [name]
    while waiting:
        key = waiting.pop()
        if key in found or key not in conditions:
            continue
        found.append(key)
        waiting += _named(conditions[key])
    return found


def _named(said: Any) -> Iterator[str]:
    match said:
        case {"Condition": str(name)}:
            yield name
        case dict():
            for each in said.values():
                yield from _named(each)
        case list():
            for each in said:
                yield from _named(each)


def _comparisons(said: Any) -> Iterator[tuple[Any, Any]]:
    match said:
        case {"Fn::Equals": [one, other]}:
            yield one, other
        case dict():
            for each in said.values():
                yield from _comparisons(each)
        case list():
            for each in said:
                yield from _comparisons(each)
