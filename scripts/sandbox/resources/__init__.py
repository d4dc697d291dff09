"""Resource types: every type AWS offers in a Region deploys, and is refused as AWS would refuse it.

    schemas            the provider schemas that cfn-lint bundles, as data
    schema_check       properties against a schema, in CloudFormation's words
    schema_resources   types ministack lacks, kept as records
    custom_names       what names a resource, so that there is no second one
    shelves            where ministack's services keep what has a name
    api_resources      types whose service ministack has: made through its API
    handlers           what ministack's stack engine calls
    replacement        which changes replace a resource

`install` puts them into ministack's tables; every schema is read on first use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scripts.sandbox import stores
from scripts.sandbox.resources import custom_names, handlers, replacement, shelves
from scripts.sandbox.resources.api_handlers import api_backed
from scripts.sandbox.resources.api_resources import (
    amendments,
    api_types,
    cache_users,
    public_data,
)
from scripts.sandbox.resources.schema_resources import STORE
from scripts.sandbox.resources.schemas import ResourceSchema, types_in
from scripts.sandbox.seams import REPLACING_PROPERTIES, RESOURCE_HANDLERS, Kind, Seam

_CLOUDFORMATION = "ministack.services.cloudformation"
_PROVISIONERS = f"{_CLOUDFORMATION}.provisioners"
_FULLEST_REGION = "us-east-1"

_SUPPORT = tuple(
    Seam(
        f"{_CLOUDFORMATION}.{module}",
        "validate_template_support",
        None,
        Kind.FUNCTION,
        ("template", "conditions", "params"),
        "types a Region lacks",
    )
    for module in ("handlers", "changesets")
)
_REPLACING_CHANGE = tuple(
    Seam(
        module,
        "_replacing_change",
        None,
        Kind.FUNCTION,
        ("resource_type", "old_props", "new_props"),
        "nested create-only properties",
    )
    for module in (_PROVISIONERS, f"{_CLOUDFORMATION}.stacks")
)
_CONDITIONALLY_REPLACING = Seam(
    _PROVISIONERS,
    "_CONDITIONALLY_REPLACING_PROPERTIES",
    None,
    Kind.MAPPING,
    None,
    "nested create-only properties",
)
_CUSTOM_NAMES = Seam(
    _PROVISIONERS,
    "_CUSTOM_NAME_REPLACEMENT",
    None,
    Kind.MAPPING,
    None,
    "a named resource cannot be replaced",
)
_STACK_TAGS = Seam(
    _PROVISIONERS, "_STACK_TAG_PROPERTY", None, Kind.MAPPING, None, "stack tags reach resources"
)
_PHYSICAL_NAME = Seam(_PROVISIONERS, "_physical_name", None, Kind.FUNCTION, None, "generated names")

_ON_WORKER_THREAD = Seam(
    f"{_CLOUDFORMATION}.stacks",
    "_runs_on_worker_thread",
    None,
    Kind.FUNCTION,
    ("resource_type",),
    "handlers that call the API",
)

SEAMS = (
    _ON_WORKER_THREAD,
    *_SUPPORT,
    *_REPLACING_CHANGE,
    _CONDITIONALLY_REPLACING,
    _CUSTOM_NAMES,
    _STACK_TAGS,
    _PHYSICAL_NAME,
    *amendments.SEAMS,
    *cache_users.SEAMS,
    *public_data.SEAMS,
    *shelves.SEAMS,
)
"""What this package leans on beside the seams of `scripts.sandbox.seams`."""

_TAGGED = {"AWS::RDS::DBCluster": ("Tags", "list"), "AWS::S3::Bucket": ("Tags", "list")}
"""Native types that take tags, and are not in ministack's table of those that stack tags reach."""

_registered: set[str] = set()
"""Regions whose types are in ministack's table."""


def install() -> None:
    """Have ministack's stack engine know every type; more than once is once."""
    if _registered:
        return
    table: dict[str, handlers.Handler] = RESOURCE_HANDLERS.value
    for name, handler in list(table.items()):
        if name in api_types():
            table[name] = api_backed(name)
        elif name not in amendments.AMENDMENTS:
            table[name] = _checked(name, handler)
    for name, amend in amendments.AMENDMENTS.items():
        native = table.get(name, {})
        table[name] = handlers.checked(name, amend(native), "native" if native else "api")
    _register(_FULLEST_REGION)
    public_data.install()
    cache_users.install()
    _STACK_TAGS.value.update(_TAGGED)
    _derive_tables()
    for seam in _SUPPORT:
        seam.replace(_refusing_missing_types(seam.value))
    for seam in _REPLACING_CHANGE:
        seam.replace(_seeing_nested_changes(seam.value))
    _ON_WORKER_THREAD.replace(_calling_the_api(_ON_WORKER_THREAD.value))
    stores.register("schema-resources", STORE)


def emulation() -> dict[str, str]:
    """What stands behind each type: `native`, `api` or `schema`."""
    return {
        name: handler.get("backing", "native") for name, handler in RESOURCE_HANDLERS.value.items()
    }


def _checked(name: str, handler: handlers.Handler) -> handlers.Handler:
    """A native handler with the schema check in front.

    CloudFormation's own types are not resources of a provider: a custom resource takes anything.
    """
    if name.startswith("AWS::CloudFormation::"):
        return handler
    return handlers.checked(name, handler, "native")


def _register(region: str) -> None:
    if region in _registered:
        return
    _registered.add(region)
    table: dict[str, handlers.Handler] = RESOURCE_HANDLERS.value
    for name in types_in(region):
        if name not in table and not name.startswith("AWS::CloudFormation::"):
            table[name] = api_backed(name) if name in api_types() else handlers.schema_backed(name)


def _derive_tables() -> None:
    def derived(seam: Seam, derive: Any, of_native_types: bool = True) -> None:
        def from_schema(name: str) -> Any:
            backing = RESOURCE_HANDLERS.value.get(name, {}).get("backing", "native")
            schema: ResourceSchema | None = handlers.schema_here(name)
            if schema is None or (backing == "native" and not of_native_types):
                return None
            return derive(schema)

        seam.replace(replacement.FromSchema(seam.value, from_schema))

    derived(REPLACING_PROPERTIES, replacement.always)
    derived(_CONDITIONALLY_REPLACING, replacement.conditionally)
    derived(_CUSTOM_NAMES, custom_names.kept)
    derived(_STACK_TAGS, lambda schema: schema.tag_property, of_native_types=False)


def _calling_the_api(runs_on_worker_thread: Any) -> Any:
    def api_too(resource_type: str) -> bool:
        return (
            resource_type in api_types()
            or resource_type in amendments.AMENDMENTS
            or runs_on_worker_thread(resource_type)
        )

    return api_too


def _refusing_missing_types(validate: Any) -> Any:
    def validate_template_support(
        template: Mapping[str, Any],
        conditions: Mapping[str, bool],
        params: Mapping[str, Any] | None = None,
    ) -> Any:
        _, region = handlers.home()
        _register(region)
        if not template.get("Transform"):
            missing = _missing_types(template, conditions, region)
            if missing:
                raise ValueError(
                    "Template format error: Unrecognized resource types: "
                    f"[{', '.join(sorted(missing))}]"
                )
        return validate(template, conditions, params)

    return validate_template_support


def _missing_types(
    template: Mapping[str, Any], conditions: Mapping[str, bool], region: str
) -> set[str]:
    """The provider types of `template` that CloudFormation does not offer in `region`."""
    resources: Iterable[Any] = (template.get("Resources") or {}).values()
    used = {
        str(resource.get("Type", ""))
        for resource in resources
        if isinstance(resource, Mapping) and conditions.get(resource.get("Condition", ""), True)
    }
    return {
        name
        for name in used - set(types_in(region))
        if name.startswith("AWS::") and not name.startswith("AWS::CloudFormation::")
    }


def _seeing_nested_changes(replacing_change: Any) -> Any:
    def nested_too(
        resource_type: str, old_props: Mapping[str, Any], new_props: Mapping[str, Any]
    ) -> bool:
        if replacing_change(resource_type, old_props, new_props):
            return True
        schema = handlers.schema_here(resource_type)
        return schema is not None and replacement.nested_change(schema, old_props, new_props)

    return nested_too
