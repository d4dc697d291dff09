"""Answers as AWS's own model has them: no member that it does not know, none missing that it requires."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree


def checking(client: Any) -> Any:
    """The client, whose every answer fails the test when the service's model does not fit it."""
    service = client.meta.service_model.service_name
    client.meta.events.register(f"before-parse.{service}", _check)
    return client


def _check(operation_model: Any, response_dict: Any, **_more: Any) -> None:
    shape = operation_model.output_shape
    if response_dict["status_code"] >= 300 or shape is None:
        return
    wrapper = shape.serialization.get("resultWrapper")
    result = ElementTree.fromstring(response_dict["body"]).find(f"{{*}}{wrapper}")
    if result is not None:
        assert list(_misfits(result, shape, operation_model.name)) == []


def _misfits(element: Any, shape: Any, path: str) -> Iterator[str]:
    match shape.type_name:
        case "structure":
            members = {
                member.serialization.get("name") or name: member
                for name, member in shape.members.items()
            }
            names = [child.tag.rpartition("}")[2] for child in element]
            yield from (f"{path}.{name} is unknown" for name in names if name not in members)
            yield from (f"{path}.{name} twice" for name in names if names.count(name) > 1)
            missing = set(shape.required_members) - set(names)
            yield from (f"{path}.{name} is missing" for name in missing)
            for name, child in zip(names, element, strict=True):
                if name in members:
                    yield from _misfits(child, members[name], f"{path}.{name}")
        case "list":
            for child in element:
                yield from _misfits(child, shape.member, f"{path}[]")
        case "timestamp" | "boolean" | "integer":
            if not element.text:
                yield f"{path} is empty"
