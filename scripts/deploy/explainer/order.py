"""The resources of a template, each after what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_VARIABLE = re.compile(r"\$\{([\w:]+)(?:\.([^}]+))?\}")


def in_order(resources: Mapping[str, Any]) -> list[str]:
    """Logical ids, producers before consumers; what refers to itself in a circle comes in any order."""
    wanted = {
        logical_id: [name for name in dict.fromkeys(references(resource)) if name in resources]
        for logical_id, resource in resources.items()
    }
    done: dict[str, None] = {}
    begun: set[str] = set()
    waiting = list(resources)[::-1]
    while waiting:
        current = waiting[-1]
        begun.add(current)
        ahead = [name for name in wanted[current] if name not in done and name not in begun]
        if ahead:
            waiting += ahead
            continue
        done.setdefault(waiting.pop())
    return list(done)


def references(value: Any) -> Iterator[str]:
    """The names that Ref, Fn::GetAtt and Fn::Sub have in a value; parameters among them."""
    return (name for name, _ in uses(value))


def uses(value: Any) -> Iterator[tuple[str, str]]:
    """The same names, each with the attribute that is asked for; "Ref" for itself."""
    if isinstance(value, list):
        for item in value:
            yield from uses(item)
    elif isinstance(value, dict):
        for key, held in value.items():
            match key, held:
                case "Ref", str():
                    yield held, "Ref"
                case "Fn::GetAtt", str():
                    name, _, attribute = held.partition(".")
                    yield name, attribute
                case "Fn::GetAtt", [str(name), *attribute]:
                    yield name, ".".join(map(str, attribute))
                case "Fn::Sub", str():
                    yield from _substituted(held)
                case "Fn::Sub", [str(pattern), dict(variables)]:
                    yield from _substituted(pattern)
                    yield from uses(variables)
                case _:
                    yield from uses(held)


def _substituted(pattern: str) -> Iterator[tuple[str, str]]:
    return ((name, attribute or "Ref") for name, attribute in _VARIABLE.findall(pattern))
