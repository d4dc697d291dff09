"""The handlers of the types made through their service's API."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from scripts.sandbox.resources.api_resources import api_type, api_types
from scripts.sandbox.resources.api_resources.api_type import ApiType, Subject
from scripts.sandbox.resources.attributes import Birth
from scripts.sandbox.resources.handlers import (
    Handler,
    Properties,
    checked,
    generated_name,
    home,
    required_schema,
)
from scripts.sandbox.resources.replacement import value_at
from scripts.sandbox.resources.schema_check import without_stack_tags
from scripts.sandbox.resources.schema_resources import Created, identifier_of
from scripts.sandbox.resources.schemas import ResourceSchema


def api_backed(type_name: str) -> Handler:
    """The handler of a type whose service ministack has."""
    row = api_types()[type_name]
    handler = {
        "create": partial(_create, row),
        "update": partial(_update, row),
        "update_with_logical_id": True,
        "delete": partial(_delete, row),
    }
    return checked(type_name, handler, "api")


def _create(row: ApiType, logical_id: str, properties: Properties, stack: str) -> Created:
    schema = required_schema(row.type_name)
    properties = _taken(row, schema, properties)
    name = _given_name(row, schema, properties) or generated_name(stack, logical_id)
    birth = Birth(schema, name, properties, *home())

    def identify(attributes: Mapping[str, Any]) -> str:
        return identifier_of(birth, attributes)

    physical_id, attributes = api_type.create(
        row, Subject(row.type_name, properties, name), identify
    )
    return physical_id, _completed(schema, physical_id, properties, attributes)


def _update(
    row: ApiType,
    physical_id: str,
    old: Properties,
    new: Properties,
    _stack: str,
    _logical_id: str | None,
) -> Created:
    schema = required_schema(row.type_name)
    old, new = _taken(row, schema, old), _taken(row, schema, new)
    subject = Subject(
        row.type_name, new, _name(row, schema, new, physical_id), physical_id, {}, old
    )
    attributes = api_type.update(row, subject)
    return physical_id, _completed(schema, physical_id, new, attributes)


def _delete(row: ApiType, physical_id: str, properties: Properties) -> None:
    schema = required_schema(row.type_name)
    name = _name(row, schema, properties, physical_id)
    api_type.delete(row, Subject(row.type_name, properties, name, physical_id))


def _taken(row: ApiType, schema: ResourceSchema, properties: Properties) -> Properties:
    return properties if row.stack_tags else without_stack_tags(schema, properties)


def _completed(
    schema: ResourceSchema, physical_id: str, properties: Properties, told: Mapping[str, Any]
) -> dict[str, Any]:
    """What the service told, and a value of the right shape for what it did not."""
    birth = Birth(schema, physical_id, properties, *home())
    identifiers = {
        ".".join(path): physical_id
        for path in schema.primary_identifier
        if len(schema.primary_identifier) == 1
    }
    own = {name: identifiers.get(name, value) for name, value in birth.attributes().items()}
    return {**own, **told}


def _given_name(row: ApiType, schema: ResourceSchema, properties: Properties) -> str | None:
    paths = [path for path in schema.primary_identifier if path not in schema.read_only]
    path = row.name_property or next(iter(paths), ())
    value = value_at(properties, path)
    return value if isinstance(value, str) else None


def _name(row: ApiType, schema: ResourceSchema, properties: Properties, physical_id: str) -> str:
    return _given_name(row, schema, properties) or physical_id.split("|", maxsplit=1)[0]
