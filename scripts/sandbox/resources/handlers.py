"""The handlers that ministack's stack engine calls, by resource type.

A handler is a mapping: `create(logical_id, properties, stack)` and
`update(physical_id, old, new, stack, logical_id)` give the physical id and the attributes,
`delete(physical_id, properties)` nothing; they raise ValueError with the reason of the failure.
ministack runs most of them on its event loop. `backing` says what stands behind the type:
`native`, `api` or `schema`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from scripts.sandbox.resources import policy_sizes, schema_resources
from scripts.sandbox.resources.identity import NATIVE_ATTRIBUTES
from scripts.sandbox.resources.schema_check import check
from scripts.sandbox.resources.schema_resources import Created
from scripts.sandbox.resources.schemas import ResourceSchema, schema_of

Handler = dict[str, Any]
Properties = Mapping[str, Any]


def home() -> tuple[str, str]:
    """The account and Region of the stack operation under way."""
    from ministack.core.responses import get_account_id, get_region

    return get_account_id(), get_region()


def schema_here(type_name: str) -> ResourceSchema | None:
    """The schema of a type in the Region of the stack operation under way."""
    return schema_of(type_name, home()[1])


def generated_name(stack: str, logical_id: str) -> str:
    """The name CloudFormation gives a resource without one; a replacement gets another."""
    from ministack.services.cloudformation.provisioners import _physical_name

    name: str = _physical_name(stack, logical_id)
    return name


def schema_backed(type_name: str) -> Handler:
    """The handler of a type that nothing else knows."""
    return {
        "create": partial(_create, type_name),
        "update": partial(_update, type_name),
        "update_with_logical_id": True,
        "delete": partial(_delete, type_name),
        "backing": "schema",
    }


def checked(type_name: str, handler: Handler, backing: str) -> Handler:
    """`handler`, with its type's schema in front of create and update."""
    wrapped = {**handler, "backing": backing, "create": _checked_create(type_name, handler)}
    if "update" in handler:
        wrapped["update"] = _checked_update(type_name, handler)
        wrapped["update_with_logical_id"] = True
    return wrapped


def _checked_create(type_name: str, handler: Handler) -> Callable[..., Created]:
    create: Callable[..., Created] = handler["create"]

    def checked_create(logical_id: str, properties: Properties, stack: str) -> Created:
        _check(type_name, logical_id, properties)
        return _completed(type_name, create(logical_id, properties, stack))

    return checked_create


def _checked_update(type_name: str, handler: Handler) -> Callable[..., Created]:
    update: Callable[..., Created] = handler["update"]
    with_logical_id = handler.get("update_with_logical_id")

    def checked_update(
        physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str | None
    ) -> Created:
        _check(type_name, logical_id or physical_id, new)
        logical = (logical_id,) if with_logical_id else ()
        return _completed(type_name, update(physical_id, old, new, stack, *logical))

    return checked_update


def _completed(type_name: str, created: Created) -> Created:
    """`created` with the attributes its type leaves out."""
    physical_id, attributes = created
    forms = NATIVE_ATTRIBUTES.get(type_name, {})
    known = {**attributes, "Ref": physical_id, "Region": home()[1]}
    added = {name: form.format_map(known) for name, form in forms.items()}
    return physical_id, {**added, **attributes}


def _check(type_name: str, logical_id: str, properties: Properties) -> None:
    schema = schema_here(type_name)
    if schema is not None:
        check(schema, logical_id, properties)
    policy_sizes.check(type_name, properties)


def _create(type_name: str, logical_id: str, properties: Properties, stack: str) -> Created:
    account, region = home()
    schema = required_schema(type_name)
    check(schema, logical_id, properties)
    return schema_resources.create(
        schema,
        logical_id,
        properties,
        stack=stack,
        name=generated_name(stack, logical_id),
        account=account,
        region=region,
    )


def _update(
    type_name: str,
    physical_id: str,
    _old: Properties,
    new: Properties,
    _stack: str,
    logical_id: str | None,
) -> Created:
    schema = required_schema(type_name)
    check(schema, logical_id or physical_id, new)
    return schema_resources.update(schema, physical_id, new, *home())


def _delete(type_name: str, physical_id: str, _properties: Properties) -> None:
    schema_resources.delete(type_name, physical_id, *home())


def required_schema(type_name: str) -> ResourceSchema:
    """The schema of a type, which the Region must have. Raises ValueError."""
    schema = schema_here(type_name)
    if schema is None:
        raise ValueError(f"Resource type {type_name} is not supported in {home()[1]}.")
    return schema
