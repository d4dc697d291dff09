"""Answers of a JSON protocol against botocore's model: unknown and missing members, wrong types and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "timestamp": (int, float),
}


def output_shape(service: str, operation: str) -> Any:
    """What an operation answers; None where it answers nothing."""
    return _model(service).operation_model(operation).output_shape


@cache
def _model(service: str) -> Any:
    from botocore.session import Session

    return Session().get_service_model(service)


def misfits(told: Any, shape: Any, path: str) -> Iterator[str]:
    """Where an answer is not as its model has it."""
    kind = shape.type_name
    if not _is(told, kind):
        yield f"{path} is {told!r}, and not of type {kind}"
        return
    match kind:
        case "structure":
            yield from (f"{path}.{name} is unknown" for name in told if name not in shape.members)
            missing = set(shape.required_members) - set(told)
            yield from (f"{path}.{name} is missing" for name in sorted(missing))
            for name, value in told.items():
                if name in shape.members:
                    yield from misfits(value, shape.members[name], f"{path}.{name}")
        case "list":
            for number, value in enumerate(told):
                yield from misfits(value, shape.member, f"{path}[{number}]")
        case "map":
            for key, value in told.items():
                yield from misfits(key, shape.key, f"{path} key")
                yield from misfits(value, shape.value, f"{path}.{key}")
        case "string":
            yield from _text(told, shape, path)


def _is(told: Any, kind: str) -> bool:
    return isinstance(told, _TYPES[kind]) and (kind == "boolean" or not isinstance(told, bool))


def _text(told: str, shape: Any, path: str) -> Iterator[str]:
    pattern = shape.metadata.get("pattern")
    if shape.enum and told not in shape.enum:
        yield f"{path} is {told!r}, and not one of {shape.enum}"
    if pattern and not re.fullmatch(pattern, told, re.DOTALL):
        yield f"{path} is {told!r}, and not {pattern}"
    if not shape.metadata.get("min", 0) <= len(told) <= shape.metadata.get("max", len(told)):
        yield f"{path} has {len(told)} characters"
