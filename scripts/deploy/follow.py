"""Following an operation of CloudFormation: its events as they come, over every nested stack, to its end.

Only events of the one operation are told. In the root's stack they carry the client request token of the
call that began it (API reference, StackEvent); in nested stacks, where that is not documented, they are
those since it began. Of a nested stack's own events none is told: they repeat its parent's events of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from scripts.aws import Aws, AwsSaidNo
from scripts.changes import NESTED_STACK
from scripts.deploy import validations
from scripts.deploy.waves import Wave
from scripts.errors import Failed
from scripts.events import StackEventSeen

#: What CloudFormation says of a resource that it stopped because another one failed.
CANCELLED = (
    "Resource creation cancelled",
    "Resource update cancelled",
    "Resource deletion cancelled",
)

#: Seconds within which an operation that was asked for shows its first event.
PATIENCE = 120

_BEGINNINGS = (
    "CREATE_IN_PROGRESS",
    "UPDATE_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "DELETE_IN_PROGRESS",
    "IMPORT_IN_PROGRESS",
)


@dataclass(frozen=True)
class Operation:
    """One change of a root's stack, by whoever began it with whatever token."""

    wave: Wave
    stack_id: str
    token: str


@dataclass
class _Told:
    """What has been told of an operation: when it began, the stacks it touches by path, the events."""

    operation: Operation
    began: datetime | None = None
    stacks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    def covers(self, said: dict[str, Any]) -> bool:
        """Whether an event belongs to the operation."""
        if said["StackId"] == self.operation.stack_id:
            return bool(said.get("ClientRequestToken", "") == self.operation.token)
        return self.began is not None and bool(said["Timestamp"] >= self.began)


def follow(aws: Aws, operation: Operation) -> Iterator[StackEventSeen]:
    """Every event of the operation, oldest first, until the root's stack rests.

    The end is told by the stack's own event and not by its status, which for a moment after the call is
    still the one from before. Raises Failed where CloudFormation does not begin at all.
    """
    told = _Told(operation)
    deadline = aws.clock.monotonic() + PATIENCE
    status = ""
    while True:
        for event in _new(aws, told):
            status = status if event.path else event.status
            yield event
        if status and not status.endswith("_IN_PROGRESS"):
            return
        if not status and aws.clock.monotonic() > deadline:
            raise Failed(
                f"CloudFormation has not begun with {operation.wave} after {PATIENCE} seconds.",
                fix="Run the same command again: it looks at what stands and goes on from there.",
            )
        aws.clock.pause()


def latest(aws: Aws, wave: Wave, stack_id: str) -> Operation:
    """The operation that a stack is in, or was in last, told from its own events."""
    for said in _newest_first(aws, wave.region, stack_id):
        if said["PhysicalResourceId"] == stack_id and said["ResourceStatus"] in _BEGINNINGS:
            return Operation(wave, stack_id, said.get("ClientRequestToken", ""))
    return Operation(wave, stack_id, "")


def begun(aws: Aws, wave: Wave, stack_id: str, since: datetime) -> Operation | None:
    """The operation that began on a stack after a time, by whoever; None while there is none."""
    for said in _newest_first(aws, wave.region, stack_id):
        if said["Timestamp"] < since:
            return None
        if said["PhysicalResourceId"] == stack_id and said["ResourceStatus"] in _BEGINNINGS:
            return Operation(wave, stack_id, said.get("ClientRequestToken", ""))
    return None


def watching(aws: Aws, operation: Operation) -> Callable[[], list[StackEventSeen]]:
    """The events of an operation, a look at a time: each call gives what is new, and waits for nothing."""
    told = _Told(operation)
    return lambda: _new(aws, told)


def history(aws: Aws, operation: Operation) -> tuple[StackEventSeen, ...]:
    """The events of an operation so far, oldest first."""
    return tuple(_new(aws, _Told(operation)))


def root_cause(events: Sequence[StackEventSeen]) -> StackEventSeen | None:
    """The first thing that went wrong: down through nested stacks, without what was merely cancelled."""

    def first(above: tuple[str, ...]) -> StackEventSeen | None:
        for event in events:
            if event.failed and event.path[:-1] == above and event.path and not _cancelled(event):
                return (first(event.path) if event.type == NESTED_STACK else None) or event
        return None

    return first(()) or next((event for event in events if _gives_up(event)), None)


def explained(aws: Aws, operation: Operation, cause: StackEventSeen) -> StackEventSeen:
    """The cause itself, or what CloudFormation's validation found where the cause only refers to it."""
    if not validations.refers_to(cause.reason):
        return cause
    found = validations.of_stack(
        aws, operation.wave.region, cause.physical_id or operation.stack_id
    )
    if found is None:
        return cause
    return replace(
        cause, path=(*cause.path, found.logical_id), type=found.type, reason=found.reason
    )


def _cancelled(event: StackEventSeen) -> bool:
    return event.reason.startswith(CANCELLED)


def _gives_up(event: StackEventSeen) -> bool:
    """A root's stack that rolls back, or fails, and says why, though none of its resources failed."""
    return bool(not event.path and event.reason and ("ROLLBACK" in event.status or event.failed))


def _new(aws: Aws, told: _Told) -> list[StackEventSeen]:
    """What happened since the last look, over every nested stack that came to light, in order of time."""
    found = _new_below(aws, told, told.operation.stack_id, ())
    return sorted(found, key=lambda event: event.at)


def _new_below(aws: Aws, told: _Told, stack_id: str, path: tuple[str, ...]) -> list[StackEventSeen]:
    """The same of one stack and those nested in it: what is inside, before the event that ends it.

    The order matters for events of one millisecond, which is as fine as CloudFormation's time is.
    """
    own = []
    for said in _unseen(aws, told, stack_id):
        event = _event(told.operation.wave, said, path)
        if event.path != path or not path:
            own.append(event)
        if _opens(said):
            told.stacks.setdefault(event.physical_id, event.path)
    inside = {
        nested: _new_below(aws, told, nested, below)
        for nested, below in list(told.stacks.items())
        if below[:-1] == path
    }
    ordered: list[StackEventSeen] = []
    for event in own:
        if not event.status.endswith("_IN_PROGRESS"):
            ordered += inside.pop(event.physical_id, [])
        ordered.append(event)
    last = [ordered.pop()] if ordered and not ordered[-1].path else []
    return [*ordered, *(event for events in inside.values() for event in events), *last]


def _unseen(aws: Aws, told: _Told, stack_id: str) -> list[dict[str, Any]]:
    """A stack's events that were not told yet, oldest first."""
    unseen = []
    try:
        for said in _newest_first(aws, told.operation.wave.region, stack_id):
            if said["EventId"] in told.ids or not told.covers(said):
                break
            unseen.append(said)
    except AwsSaidNo as error:
        # A nested stack may be named a moment before it can be described; the root's stack may not.
        if error.code != "ValidationError" or stack_id == told.operation.stack_id:
            raise
    told.ids.update(said["EventId"] for said in unseen)
    if unseen and told.began is None:
        told.began = unseen[-1]["Timestamp"]
    return unseen[::-1]


def _opens(said: dict[str, Any]) -> bool:
    """Whether an event names a nested stack."""
    physical_id = said.get("PhysicalResourceId", "")
    return bool(
        said["ResourceType"] == NESTED_STACK
        and physical_id.startswith("arn:")
        and physical_id != said["StackId"]
    )


def _event(wave: Wave, said: dict[str, Any], above: tuple[str, ...]) -> StackEventSeen:
    itself = said.get("PhysicalResourceId") == said["StackId"]
    return StackEventSeen(
        root=wave.root,
        region=wave.region,
        path=above if itself else (*above, said["LogicalResourceId"]),
        type=said["ResourceType"],
        status=said["ResourceStatus"],
        reason=said.get("ResourceStatusReason", ""),
        physical_id=said.get("PhysicalResourceId", ""),
        at=said["Timestamp"],
        event_id=said["EventId"],
    )


def _newest_first(aws: Aws, region: str, stack_id: str) -> Iterable[dict[str, Any]]:
    """A stack's events."""
    return aws.client("cloudformation", region).pages(
        "describe_stack_events", "StackEvents", StackName=stack_id
    )
