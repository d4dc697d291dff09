"""What an update does to the resources that it comes to, told as AWS tells it.

ministack sends every resource of an updated stack through its handler and says UPDATE of each. AWS leaves
alone what did not change: no call to the service, no event, no new status. Only nested stacks are always
visited, since their templates may have changed behind the same properties. And what an update adds is
created: CREATE_IN_PROGRESS, CREATE_COMPLETE or CREATE_FAILED.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scripts.sandbox import resource_updates, seams, stack_api
from scripts.sandbox.children import STACK
from scripts.sandbox.resource_updates import ResourceUpdate


@dataclass
class Visit:
    """An update has come to a resource: the event that says so waits until it is known to be true."""

    event: tuple[Any, ...]
    status: str
    timestamp: str
    untouched: bool = False


_VISITS: dict[tuple[str, str], Visit] = {}
"""(stack id, logical id) -> the visit under way."""

_BIRTHS: set[tuple[str, str]] = set()
"""(stack id, logical id) of what an update is adding."""


def install() -> None:
    """Leave alone what an update does not change, and say CREATE of what it adds."""
    resource_updates.consult(_leaving_alone)
    seams.ADD_EVENT.replace(_told_as_aws_does(seams.ADD_EVENT.value))


def _leaving_alone(update: ResourceUpdate, go_on: Callable[[], Any]) -> Any:
    """What an update does not change it does not touch."""
    stack = stack_api.stack_of(update.stack_name) or {}
    visit = _VISITS.get((stack.get("StackId", ""), update.logical_id or ""))
    if visit is not None and update.old_props == update.new_props:
        visit.untouched = True
        return update.physical_id, update.old_attrs or {}
    return go_on()


def _told_as_aws_does(add_event: Any) -> Any:
    def add(
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        detailed_status: str = "",
    ) -> None:
        key = (stack_id, logical_id)
        record = (stack_api.stack_of(stack_name) or {}).get("_resources", {}).get(logical_id)
        begins = status == "UPDATE_IN_PROGRESS" and not reason and logical_id != stack_name
        if begins and record is None:
            _BIRTHS.add(key)
        if key in _BIRTHS and status.startswith("UPDATE_"):
            status = status.replace("UPDATE_", "CREATE_")
            if status != "CREATE_IN_PROGRESS":
                _BIRTHS.discard(key)
            if record is not None:
                record["ResourceStatus"] = status
        event = (stack_id, stack_name, logical_id, resource_type, status, reason, physical_id)
        if status == "UPDATE_IN_PROGRESS" and begins and resource_type != STACK:
            _VISITS[key] = Visit(
                (*event, detailed_status), record["ResourceStatus"], record["Timestamp"]
            )
            return
        visit = _VISITS.pop(key, None)
        if visit is not None and visit.untouched and status == "UPDATE_COMPLETE":
            record.update(ResourceStatus=visit.status, Timestamp=visit.timestamp)
            return
        if visit is not None:
            add_event(*visit.event)
        add_event(*event, detailed_status)

    return add
