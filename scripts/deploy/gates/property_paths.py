"""Where a thing stands in a resource's properties: a small path language, so that gates can be tables.

StorageEncrypted                                  a property
SSESpecification/SSEEnabled                       one inside another
Replicas[Region]/DeletionProtectionEnabled        of each item of a list, told apart by its Region
LoadBalancerAttributes[Key=deletion_protection.enabled]/Value    of the one item with that Key
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from scripts.deploy.explanations import HIDDEN, LATER, Value

_STEP = re.compile(r"([^\[\]]+)(?:\[([^=\]]+)(?:=([^\]]+))?\])?")


class Absent:
    """Where nothing stands."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


def is_unknown(value: object) -> bool:
    """Whether a value cannot be known, or must not be, or has a part of which that is so."""
    return isinstance(value, str) and (LATER in value or HIDDEN in value)


def at(properties: Value, path: str) -> dict[str, Value | Absent]:
    """What stands at a path, by the place's name; ABSENT where the last step is missing."""
    return dict(_at(properties, path.split("/"), ""))


def _at(value: Value, steps: list[str], label: str) -> Iterator[tuple[str, Value | Absent]]:
    if not steps:
        yield label, value
        return
    if is_unknown(value):
        yield "/".join([label, *steps]).strip("/"), value
        return
    matched = _STEP.fullmatch(steps[0])
    assert matched is not None, steps[0]
    name, key, wanted = matched.groups()
    found = value.get(name, ABSENT) if isinstance(value, Mapping) else ABSENT
    here = f"{label}/{name}".strip("/")
    if key is None:
        if isinstance(found, Absent):
            yield "/".join([here, *steps[1:]]), ABSENT
        else:
            yield from _at(found, steps[1:], here)
    elif is_unknown(found):
        yield "/".join([here, *steps[1:]]), found
    else:
        yield from _items(found, key, wanted, steps[1:], here)


def _items(
    found: Value | Absent, key: str, wanted: str | None, steps: list[str], label: str
) -> Iterator[tuple[str, Value | Absent]]:
    items = found if isinstance(found, list) else []
    seen = False
    for number, item in enumerate(items):
        named = item.get(key, number) if isinstance(item, Mapping) else number
        if wanted is None or named == wanted:
            seen = True
            yield from _at(item, steps, f"{label}[{named}]")
    if wanted is not None and not seen:
        yield "/".join([f"{label}[{wanted}]", *steps]), ABSENT
