"""The keywords of a schema that look at one value by itself, and the sentence of each.

The sentences are the everit library's, scrubbed of values as CloudFormation scrubs them. The last
four combinations (`requiredXor` and the like) are additions of cfn-lint; the services refuse them
in words of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.sandbox.resources.patterns import matches
from scripts.sandbox.resources.schemas import JSON

_INTEGER = re.compile(r"[+-]?\d+(\.0+)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_JSON_NAMES = {
    "object": "JSONObject",
    "array": "JSONArray",
    "string": "String",
    "integer": "Integer",
    "number": "Number",
    "boolean": "Boolean",
    "null": "Null",
}


@dataclass(frozen=True)
class Violation:
    """One broken keyword: where, which, and AWS's sentence."""

    pointer: str
    keyword: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.pointer}: {self.sentence}"


def combinations(value: Mapping[str, Any], node: JSON, pointer: str) -> Iterator[Violation]:
    """Keywords about which properties stand together; cfn-lint adds some of them."""
    for keyword in ("dependencies", "dependentRequired"):
        for trigger, needed in node.get(keyword, {}).items():
            if trigger not in value or isinstance(needed, Mapping):
                continue
            for name in needed:
                if name not in value:
                    yield Violation(pointer, keyword, f"property [{name}] is required")
    for trigger, excluded in node.get("dependentExcluded", {}).items():
        for name in excluded if trigger in value else ():
            if name in value:
                sentence = f"property [{name}] is not permitted together with [{trigger}]"
                yield Violation(pointer, "dependentExcluded", sentence)
    if "requiredXor" in node and sum(name in value for name in node["requiredXor"]) != 1:
        names = ", ".join(node["requiredXor"])
        yield Violation(pointer, "requiredXor", f"exactly one of [{names}] must be specified")
    if "requiredOr" in node and not any(name in value for name in node["requiredOr"]):
        names = ", ".join(node["requiredOr"])
        yield Violation(pointer, "requiredOr", f"at least one of [{names}] must be specified")


def scalar(value: object, node: JSON, pointer: str) -> Iterator[Violation]:
    """Every keyword about a text, a number or a Boolean."""
    text = _text(value)
    if "enum" in node and not _in_enum(text, node["enum"], fold=False):
        yield Violation(pointer, "enum", "#: only 1 subschema matches out of 2")
        yield Violation(pointer, "enum", scrubbed("enum"))
    folded = node.get("enumCaseInsensitive")
    if folded is not None and not _in_enum(text, folded, fold=True):
        yield Violation(pointer, "enum", scrubbed("enum"))
    if "const" in node and text != _text(node["const"]):
        yield Violation(pointer, "const", scrubbed("const"))
    if _is_numeric(node) and _NUMBER.fullmatch(text):
        yield from _bounds(float(text), node, pointer)
    elif "string" in _types(node) or not _types(node):
        yield from _string(text, node, pointer)


def _string(text: str, node: JSON, pointer: str) -> Iterator[Violation]:
    if len(text) < node.get("minLength", 0):
        sentence = f"expected minLength: {node['minLength']}, actual: {len(text)}"
        yield Violation(pointer, "minLength", sentence)
    if "maxLength" in node and len(text) > node["maxLength"]:
        sentence = f"expected maxLength: {node['maxLength']}, actual: {len(text)}"
        yield Violation(pointer, "maxLength", sentence)
    if "pattern" in node and matches(node["pattern"], text) is False:
        yield Violation(pointer, "pattern", scrubbed("pattern"))


def _bounds(number: float, node: JSON, pointer: str) -> Iterator[Violation]:
    broken: dict[str, Callable[[float], bool]] = {
        "minimum": lambda limit: number < limit,
        "maximum": lambda limit: number > limit,
        "exclusiveMinimum": lambda limit: number <= limit,
        "exclusiveMaximum": lambda limit: number >= limit,
        "multipleOf": lambda step: number % step != 0,
    }
    for keyword, is_broken in broken.items():
        if isinstance(node.get(keyword), (int, float)) and is_broken(node[keyword]):
            yield Violation(pointer, keyword, scrubbed(keyword))


def scrubbed(keyword: str) -> str:
    """The sentence of a keyword whose own would show the value."""
    return f"failed validation constraint for keyword [{keyword}]"


def _types(node: JSON) -> set[str]:
    declared = node.get("type", ())
    return {declared} if isinstance(declared, str) else set(declared)


def _is_numeric(node: JSON) -> bool:
    return bool({"integer", "number"} & _types(node))


def json_name(name: str) -> str:
    """The name everit gives a JSON type."""
    return _JSON_NAMES.get(name, name)


def is_of_type(value: object, name: str) -> bool:
    """Whether CloudFormation takes `value` for the JSON type `name`."""
    match name:
        case "object":
            return isinstance(value, Mapping)
        case "array":
            return isinstance(value, (list, tuple))
        case "null":
            return value is None
        case _ if isinstance(value, (Mapping, list, tuple)) or value is None:
            return False
        case "boolean":
            return _text(value).lower() in ("true", "false")
        case "integer":
            return _INTEGER.fullmatch(_text(value)) is not None
        case "number":
            return _NUMBER.fullmatch(_text(value)) is not None
        case _:
            return True


def found_type(value: object) -> str:
    """The name of what stands there; a scalar of a template is a String."""
    match value:
        case Mapping():
            return "JSONObject"
        case list() | tuple():
            return "JSONArray"
        case None:
            return "Null"
        case _:
            return "String"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_enum(text: str, allowed: Sequence[object], *, fold: bool) -> bool:
    names = {_text(value) for value in allowed}
    if fold:
        return text.lower() in {name.lower() for name in names}
    return text in names
