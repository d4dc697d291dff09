"""As much of JSON Schema 2020-12 as the report's schema uses; what it does not know it refuses.

https://json-schema.org/draft/2020-12/json-schema-validation
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}
_SILENT = {"$schema", "title", "description"}
_KNOWN = _SILENT | {
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "prefixItems",
    "enum",
    "const",
    "anyOf",
    "minimum",
}


def problems(schema: dict[str, Any], given: Any, at: str = "$") -> Iterator[str]:
    """What of a document its schema does not allow, a sentence each."""
    unknown = set(schema) - _KNOWN
    assert not unknown, f"this checker does not know {unknown}"
    if "const" in schema and given != schema["const"]:
        yield f"{at} is not {schema['const']}"
    if "enum" in schema and given not in schema["enum"]:
        yield f"{at} is {given!r}, none of {schema['enum']}"
    if "anyOf" in schema and all([*problems(one, given, at)] for one in schema["anyOf"]):
        yield f"{at} is {given!r}, which no alternative allows"
    if "type" in schema and not _is(given, schema["type"]):
        yield f"{at} is {given!r}, no {schema['type']}"
        return
    if "minimum" in schema and given < schema["minimum"]:
        yield f"{at} is {given}, less than {schema['minimum']}"
    if isinstance(given, dict):
        yield from _members(schema, given, at)
    if isinstance(given, list):
        yield from _items(schema, given, at)


def _is(given: Any, kind: str) -> bool:
    if isinstance(given, bool):
        return kind == "boolean"
    return isinstance(given, _KINDS[kind])


def _members(schema: dict[str, Any], given: dict[str, Any], at: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in given:
            yield f"{at}.{name} is missing"
    others = schema.get("additionalProperties", True)
    for name, value in given.items():
        if name in schema.get("properties", {}):
            yield from problems(schema["properties"][name], value, f"{at}.{name}")
        elif others is False:
            yield f"{at}.{name} is not in the schema"
        elif others is not True:
            yield from problems(others, value, f"{at}.{name}")


def _items(schema: dict[str, Any], given: list[Any], at: str) -> Iterator[str]:
    first = schema.get("prefixItems", [])
    for number, (one, item) in enumerate(zip(first, given, strict=False)):
        yield from problems(one, item, f"{at}[{number}]")
    rest = schema.get("items", True)
    for number, item in enumerate(given[len(first) :], len(first)):
        if rest is False:
            yield f"{at}[{number}] is one too many"
        elif rest is not True:
            yield from problems(rest, item, f"{at}[{number}]")
