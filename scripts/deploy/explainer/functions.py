"""CloudFormation's functions of terms, and whether what they give is settled.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from itertools import islice

from scripts.deploy.explainer.terms import (
    MASKED,
    NO_VALUE,
    Attribute,
    Call,
    Generation,
    Hidden,
    Term,
    is_literal,
    leaves,
    scalar,
    text,
)

_DYNAMIC = re.compile(r"\{\{resolve:[^}]+\}\}")
_PINNED = re.compile(r"\{\{resolve:(ssm|ssm-secure):[^:}]+:\d+\}\}")

#: Functions of ours and of CloudFormation's whose value rests on nothing but their arguments.
_PURE = frozenset(
    {
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::ImportValue",  # an export that is imported cannot change
        "Fn::Join",
        "Fn::Length",
        "Fn::Select",
        "Fn::Split",
        "Fn::ToJsonString",
        "list",
    }
)

#: How the type of a parameter begins that names an SSM parameter.
SSM_TYPE = "AWS::SSM::Parameter::Value<"


def is_settled(term: Term) -> bool:
    """Whether it stands for the same value whenever it is evaluated, while its resources stay."""
    for leaf in leaves(term):
        match leaf:
            case Attribute(generation=Generation.STANDING):
                continue
            case Call("resolve", (str(reference),)):
                if not _PINNED.fullmatch(reference):
                    return False
            case Call(function) if function not in _PURE:
                return False
            case Hidden(inner):
                if not is_literal(inner) or inner == MASKED:
                    return False
            case Attribute():
                return False
    return True


def dynamic(whole: str) -> Term:
    """A text with dynamic references, each of them a Call of its own."""
    parts: list[Term] = []
    end = 0
    for found in _DYNAMIC.finditer(whole):
        parts += [whole[end : found.start()], Call("resolve", (found.group(),))]
        end = found.end()
    return text([*parts, whole[end:]])


def listed(value: Term) -> Term:
    """The value of a parameter whose type is a list."""
    match value:
        case str():
            return [item.strip() for item in value.split(",")] if value else []
        case list():
            return value
        case Hidden(str(inner)):
            return [Hidden(item) for item in listed(inner)]
    return Call("list", (value,))


def joined(delimiter: str, items: Term) -> Term:
    """Fn::Join."""
    match items:
        case list():
            parts = [part for item in items for part in (delimiter, item)]
            return text(parts[1:])
        case Call("list", (value,)) if delimiter == ",":
            return value
    return Call("Fn::Join", (delimiter, items))


def selected(index: Term, items: Term) -> Term:
    """Fn::Select."""
    position = scalar(index)
    if isinstance(items, list) and position is not None and position.isdigit():
        if int(position) < len(items):
            return items[int(position)]
        return NO_VALUE
    return Call("Fn::Select", (position, items))


def divided(block: Term, numbers: list[Term]) -> Term:
    """Fn::Cidr: so many ranges of a block, each with so many bits for hosts."""
    from ipaddress import ip_network

    known = [scalar(one) for one in (block, *numbers)]
    try:
        whole, count, bits = (*known, "8")[:3] if len(known) < 3 else known
        network = ip_network(whole or "")
        size = network.max_prefixlen - int(bits or "")
        return [str(one) for one in islice(network.subnets(new_prefix=size), int(count or ""))]
    except ValueError:
        return Call("Fn::Cidr", (block, *numbers))


def split(delimiter: str, whole: Term) -> Term:
    """Fn::Split."""
    literal = scalar(whole)
    if literal is not None:
        return literal.split(delimiter)
    if isinstance(whole, Hidden) and isinstance(whole.inner, str):
        return [Hidden(part) for part in whole.inner.split(delimiter)]
    return Call("Fn::Split", (delimiter, whole))
