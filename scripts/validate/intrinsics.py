"""CloudFormation's intrinsic functions over values that are known, or will be.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

REFERENCE = re.compile(r"\$\{(!?)([^}]*)\}")
LIST_TYPES = ("CommaDelimitedList", "List<")


@dataclass(frozen=True)
class Later:
    """A value that only a deployment knows: `of` a resource, an `attribute` ("Ref" or a name), its `type`."""

    of: str
    attribute: str = ""
    type: str = ""


class Unresolvable(Exception):
    """A function's arguments make no sense, whatever a deployment knows. The message is a sentence."""


class _NoValue:
    def __repr__(self) -> str:
        return "AWS::NoValue"


#: What `Ref: AWS::NoValue` leaves: whatever holds it loses it.
NoValue = _NoValue()


def text(value: Any) -> str:
    """A scalar as CloudFormation compares and hands it: always a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def received(declared: Mapping[str, Any], value: Any) -> Any:
    """What `Ref` gives for a parameter that was handed this value: a list for the list types."""
    kind = declared["Type"]
    if kind.startswith("AWS::SSM::Parameter::"):
        return Later("Parameter Store")
    if isinstance(value, str) and kind.startswith(LIST_TYPES):
        return [item.strip() for item in value.split(",")]
    return value if isinstance(value, (Later, list, dict)) else text(value)


def equal(left: Any, right: Any) -> bool:
    """Fn::Equals. What a deployment mints equals itself and no literal: an id is never empty."""
    if isinstance(left, Later) or isinstance(right, Later):
        return bool(left == right)
    return text(left) == text(right)


def substitute(pattern: str, named: Callable[[str], Any]) -> Any:
    """Fn::Sub: `named` gives the value of what stands between the braces."""
    values = {
        match[2]: named(match[2].strip()) for match in REFERENCE.finditer(pattern) if not match[1]
    }
    for name, value in values.items():
        if isinstance(value, (list, dict)):
            raise Unresolvable(f"${{{name}}} is not a string")
    if waiting := [value for value in values.values() if isinstance(value, Later)]:
        return Later(f"Fn::Sub of {waiting[0].of}")
    return REFERENCE.sub(
        lambda match: f"${{{match[2]}}}" if match[1] else text(values[match[2]]), pattern
    )


def find_in_map(maps: Mapping[str, Any], keys: list[Any]) -> Any:
    """Fn::FindInMap."""
    if any(isinstance(key, Later) for key in keys):
        return Later("Fn::FindInMap")
    held: Any = maps
    for key in keys[:3]:
        if not isinstance(held, Mapping) or text(key) not in held:
            raise Unresolvable(f"the Mappings have no {'/'.join(text(each) for each in keys[:3])}")
        held = held[text(key)]
    return held


def zones(region: Any, own: str) -> Any:
    """Fn::GetAZs. The first three letters; which there are is known to the account only."""
    if isinstance(region, Later):
        return region
    return [f"{region or own}{letter}" for letter in "abc"]


def apply(function: str, arguments: Any) -> Any:
    """A function that depends on nothing but its arguments. Raises Unresolvable."""
    if isinstance(arguments, Later):
        return Later(function)
    try:
        return PLAIN[function](arguments)
    except (TypeError, ValueError, KeyError) as misuse:
        raise Unresolvable(f"{function} cannot take {arguments!r}") from misuse


def _join(arguments: list[Any]) -> Any:
    delimiter, parts = arguments
    if isinstance(parts, Later) or any(isinstance(part, Later) for part in parts):
        return Later("Fn::Join")
    return delimiter.join(text(part) for part in parts)


def _select(arguments: list[Any]) -> Any:
    index, choices = arguments
    if isinstance(choices, Later) or isinstance(index, Later):
        return Later("Fn::Select")
    if not 0 <= int(index) < len(choices):
        raise Unresolvable(f"Fn::Select wants item {index} of {len(choices)}")
    return choices[int(index)]


def _split(arguments: list[Any]) -> Any:
    delimiter, whole = arguments
    return Later("Fn::Split") if isinstance(whole, Later) else whole.split(delimiter)


def _cidr(arguments: list[Any]) -> Any:
    block, count, *rest = arguments
    if any(isinstance(argument, Later) for argument in arguments):
        return Later("Fn::Cidr")
    network = ipaddress.ip_network(block)
    bits = int(rest[0]) if rest else 8
    parts = network.subnets(new_prefix=network.max_prefixlen - bits)
    found = [str(part) for part, _ in zip(parts, range(int(count)), strict=False)]
    if len(found) < int(count):
        raise Unresolvable(f"{block} does not hold {count} blocks of {bits} bits")
    return found


def _base64(whole: Any) -> str:
    return base64.b64encode(text(whole).encode()).decode()


PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
}
