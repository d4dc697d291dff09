"""Each condition can hold, and can not hold: what else it guards would be dead, or always there.

A template is asked by itself: its parameters take every value that tells them apart. Those are what
AllowedValues says, else the texts that the conditions compare with, and one that is none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from scripts.validate.contracts.graph import Graph, Template
from scripts.validate.findings import Finding
from scripts.validate.intrinsics import text
from scripts.validate.resolution import Place, resolve

RULE = "condition-constant"

#: Values that no condition names.
OTHER, ANOTHER = "something-else", "something-else-again"

#: Where the templates are asked.
HERE = Place("us-east-1")

#: Combinations that are tried at most; the platform's own conditions need 128.
MOST = 100_000


def check(graph: Graph) -> Iterator[Finding]:
    """Conditions that are always or never so."""
    for file, template in graph.templates.items():
        for name in template.get("Conditions", {}):
            if constant := _constant(template, name):
                message = f"whatever the parameters say, it {constant}"
                yield Finding(file, f"Conditions/{name}", RULE, message)


def _constant(template: Template, name: str) -> str:
    """How it is without exception: "holds" or "never holds"; empty where it may be both."""
    conditions = template["Conditions"]
    domains = _domains(template, name)
    seen: set[bool] = set()
    alone = {**template, "Resources": {}, "Outputs": {}}
    alone["Conditions"] = {key: conditions[key] for key in _below(conditions, name)}
    alone["Parameters"] = {key: template["Parameters"][key] for key in domains}
    for values in islice(product(*domains.values()), MOST):
        given = dict(zip(domains, values, strict=True))
        seen.add(resolve(alone, given, HERE).conditions[name])
        if len(seen) == 2:
            return ""
    return "holds" if seen == {True} else "never holds"


def _domains(template: Template, name: str) -> dict[str, list[str]]:
    """Parameter -> the values that the condition may tell apart."""
    conditions, declared = template["Conditions"], template.get("Parameters", {})
    found: dict[str, list[str]] = {}
    for key in _below(conditions, name):
        for one, other in _comparisons(conditions[key]):
            for side, against in ((one, other), (other, one)):
                match side:
                    case {"Ref": str(parameter)} if parameter in declared:
                        values = found.setdefault(parameter, [OTHER])
                        values += _compared(against, declared)
    return {
        parameter: [text(one) for one in declared[parameter].get("AllowedValues", ())]
        or list(dict.fromkeys(values))
        for parameter, values in found.items()
    }


def _compared(against: Any, declared: Mapping[str, Any]) -> list[str]:
    """The values that make a parameter equal to what it is compared with, as far as they are known."""
    match against:
        case str() | int() | float():
            return [text(against)]
        case {"Ref": str(name)} if name in HERE.pseudo():
            return [text(HERE.pseudo()[name])]
        case {"Ref": str(name)} if "AllowedValues" in declared.get(name, {}):
            return [text(one) for one in declared[name]["AllowedValues"]]
    return [ANOTHER]


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
