"""A custom name that is taken: no second resource of the type gets it.

ministack makes many types over whatever has their name. A resource whose logical id alone was changed would
so be made over itself, and deleted when the update cleans up. CloudFormation creates the new before it
deletes the old, and its create fails.
https://repost.aws/knowledge-center/cloudformation-custom-name
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scripts.sandbox import resource_updates, seams, stack_api
from scripts.sandbox.nested_stacks import REVERTING
from scripts.sandbox.resource_updates import ResourceUpdate
from scripts.sandbox.resources.custom_names import CustomName, custom_name
from scripts.sandbox.resources.handlers import home, schema_here
from scripts.sandbox.resources.identity import is_account_wide
from scripts.sandbox.resources.schema_check import check
from scripts.sandbox.resources.schema_resources import AlreadyExists
from scripts.sandbox.resources.schemas import ResourceSchema
from scripts.sandbox.resources.shelves import SHELVES

Properties = Mapping[str, Any]


def install() -> None:
    """Refuse such creates, and updates that give a resource a name which is taken."""
    seams.PROVISION_RESOURCE.replace(_creating(seams.PROVISION_RESOURCE.value))
    resource_updates.consult(_renaming)


def _creating(provision: Any) -> Any:
    def created(
        resource_type: str, logical_id: str, properties: dict[str, Any], stack_name: str
    ) -> Any:
        schema = _schema(resource_type)
        if schema is not None and (name := custom_name(schema, properties)):
            _refuse_taken(schema, name, logical_id, properties)
        return provision(resource_type, logical_id, properties, stack_name)

    return created


def _renaming(update: ResourceUpdate, go_on: Callable[[], Any]) -> Any:
    stack = stack_api.stack_of(update.stack_name) or {}
    forward = not REVERTING.get() and "ROLLBACK" not in stack.get("StackStatus", "")
    schema = _schema(update.resource_type)
    if forward and schema is not None:
        name = custom_name(schema, update.new_props)
        if name is not None and name != custom_name(schema, update.old_props):
            logical_id = update.logical_id or update.physical_id
            _refuse_taken(schema, name, logical_id, update.new_props)
    return go_on()


def _schema(resource_type: str) -> ResourceSchema | None:
    """The schema of a provider's type; CloudFormation's own types have no names."""
    own = resource_type.startswith("AWS::CloudFormation::")
    return None if own else schema_here(resource_type)


def _refuse_taken(
    schema: ResourceSchema, name: CustomName, logical_id: str, properties: Properties
) -> None:
    """Raise ValueError, CloudFormation's reason, where the name is taken; broken properties come first."""
    for stack_id, physical_id in _held(schema, name):
        check(schema, logical_id, properties)
        raise ValueError(f"{physical_id} already exists in stack {stack_id}")
    shelf = SHELVES.get(schema.type_name)
    if shelf is not None and shelf.holds(name, *home()):
        check(schema, logical_id, properties)
        raise AlreadyExists(schema.type_name, "|".join(name))


def _held(schema: ResourceSchema, name: CustomName) -> Iterator[tuple[str, str]]:
    """The resources of stacks that have the name: the stack's id and the resource's physical id."""
    for stack in _stacks_around(schema.type_name):
        for record in list(stack.get("_resources", {}).values()):
            if record["ResourceType"] == schema.type_name and name == (
                custom_name(schema, record.get("Properties") or {})
                or tuple(str(record["PhysicalResourceId"]).split("|"))
            ):
                yield stack["StackId"], record["PhysicalResourceId"]


def _stacks_around(type_name: str) -> Iterator[dict[str, Any]]:
    """The stacks in which a resource of the type would be in the way: of this Region, or of all."""
    account, region = home()
    for (owner, place, _), stack in list(seams.everywhere(seams.STACKS).items()):
        if owner == account and (place == region or is_account_wide(type_name)):
            yield stack
