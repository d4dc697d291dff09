"""Where in a resource a claim looks: `Rules[Id=ToThePeer].Destination.Bucket`.

A.B              a property of a property
A[*].B           of every item
A[Name=x].B      of the items whose Name is x
A[aws:x.y]       of a mapping, the key that has a dot in it
A->B             of the resource that A refers to
@DeletionPolicy  an attribute of the resource, beside its properties
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from scripts.validate.intrinsics import text
from tests.coverage.platform import Platform, Resource

STEP = re.compile(r"\[(?P<bracket>[^\]]*)\]|(?P<follow>->)|\.?(?P<name>(?:[^.\[\]>-]|-(?!>))+)")
EVERY, FOLLOW = "[*]", "->"


class Missing:
    """There is no value."""

    def __repr__(self) -> str:
        return "missing"


MISSING = Missing()


class Node(NamedTuple):
    """A value, and what holds it under which key; `value` is MISSING where there is none."""

    holder: Any
    key: Any
    value: Any


@dataclass(frozen=True)
class Found:
    """What a path leads to, and the values by which it chose items on its way."""

    nodes: tuple[Node, ...]
    chosen: tuple[tuple[Node, ...], ...]


def find(path: str, start: Resource | dict[str, Any], platform: Platform) -> Found:
    """Follow a path from a resource, or from an item of one."""
    steps = _steps(path)
    if isinstance(start, dict):
        held: Any = start
    elif steps[0].startswith("@"):
        held, steps = start.said, (steps[0][1:], *steps[1:])
    else:
        held = start.properties
    return _Search(platform).search(Node(None, None, held), steps)


@cache
def _steps(path: str) -> tuple[str, ...]:
    """The steps of a path; raises ValueError for what is none."""
    steps, end = [], 0
    while end < len(path):
        found = STEP.match(path, end)
        if not found:
            raise ValueError(path)
        steps.append(found["name"] or found[0])
        end = found.end()
    return tuple(steps)


class _Search:
    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.chosen: list[tuple[Node, ...]] = []

    def search(self, start: Node, steps: Sequence[str]) -> Found:
        nodes: list[Node] = [start]
        for number, step in enumerate(steps):
            nodes = [
                reached for node in nodes for reached in self.step(node, step, steps[number + 1 :])
            ]
        return Found(tuple(nodes), tuple(self.chosen))

    def step(self, node: Node, step: str, rest: Sequence[str]) -> Iterator[Node]:
        held = node.value
        if step == FOLLOW:
            for resource in self.platform.references(held):
                yield Node(None, None, resource.properties)
        elif step == EVERY:
            items = held if isinstance(held, list) else []
            yield from (Node(held, number, item) for number, item in enumerate(items))
        elif step.startswith("[") and "=" in step and isinstance(held, list):
            key, _, wanted = step[1:-1].partition("=")
            matching = [i for i in held if isinstance(i, dict) and text(i.get(key)) == wanted]
            self.chosen.append(tuple(Node(item, key, item[key]) for item in matching))
            yield from (Node(held, held.index(item), item) for item in matching)
        else:
            key = step[1:-1] if step.startswith("[") else step
            if isinstance(held, dict) and key in held:
                yield Node(held, key, held[key])
            elif isinstance(held, dict):
                yield Node(held, key, MISSING)
                if rest:
                    return
            else:
                yield Node(None, key, MISSING)
