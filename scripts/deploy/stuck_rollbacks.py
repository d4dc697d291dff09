"""A rollback that CloudFormation could not finish: at what it stopped, in which nested stack, and why.

A stack in UPDATE_ROLLBACK_FAILED cannot be updated. Its rollback can be continued, at the root alone; often
that is enough, for the cause was a timeout, or is mended by now. What still cannot go back may be skipped:
CloudFormation then says that it did, and the resource is as the failed update left it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from scripts import inventory
from scripts.aws import Aws
from scripts.changes import NESTED_STACK
from scripts.deploy.follow import CANCELLED
from scripts.errors import Failed, Refused, UsageError
from scripts.events import StuckResource
from scripts.inventory import Stack

#: Words of a reason, and what somebody who reads them can do. The first that fits is said.
_REMEDIES = (
    (("does not exist", "was not found", "NotFound"), "make it again, as it was and by its name"),
    (("not authorized", "AccessDenied", "UnauthorizedOperation"), "let the execution role do it"),
    (("not stabilize", "timed out", "Timeout"), "see whether it is well by now"),
    (("already exists", "AlreadyExists"), "move what has its name out of the way"),
    (("in use", "has dependencies", "DependencyViolation"), "detach what uses it"),
)


class Stuck(Failed):
    """A state that CloudFormation leaves to a person."""


def of(aws: Aws, stack: Stack) -> tuple[StuckResource, ...]:
    """What the latest rollback of a root's stack stopped at, in whatever stack nested in it."""
    return tuple(_within(aws, stack, (), stack.name))


def _within(
    aws: Aws, stack: Stack, above: tuple[str, ...], root_name: str
) -> Iterator[StuckResource]:
    """The same of one stack of the tree: of a nested stack that failed, what failed inside it."""
    said = {event["LogicalResourceId"]: event for event in _failures(aws, stack)}
    for child in inventory.children(aws, stack.region, stack.id):
        if child.type != NESTED_STACK or not child.physical_id:
            continue
        nested = inventory.stack(aws, stack.region, child.physical_id)
        if nested is not None and nested.status == "UPDATE_ROLLBACK_FAILED":
            inside = tuple(_within(aws, nested, (*above, child.path[-1]), root_name))
            yield from inside
            if inside:
                said.pop(child.path[-1], None)
    for logical_id, event in said.items():
        yield StuckResource(
            path=(*above, logical_id),
            type=event["ResourceType"],
            physical_id=event.get("PhysicalResourceId", ""),
            reason=" ".join(event.get("ResourceStatusReason", "").split()),
            skipped_as=logical_id if stack.name == root_name else f"{stack.name}.{logical_id}",
        )


def _failures(aws: Aws, stack: Stack) -> Iterator[dict[str, Any]]:
    """The latest event of each resource that the latest rollback of one stack could not finish."""
    seen = set[str]()
    events = aws.client("cloudformation", stack.region).pages(
        "describe_stack_events", "StackEvents", StackName=stack.id
    )
    for event in events:
        if event.get("PhysicalResourceId") == stack.id:
            if event["ResourceStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS":
                return
            continue
        first = event["LogicalResourceId"] not in seen
        seen.add(event["LogicalResourceId"])
        cancelled = event.get("ResourceStatusReason", "").startswith(CANCELLED)
        if first and event["ResourceStatus"].endswith("_FAILED") and not cancelled:
            yield event


def to_skip(stuck: Sequence[StuckResource], named: Collection[str]) -> tuple[StuckResource, ...]:
    """What a person named, by path or by CloudFormation's name. Raises UsageError where none is stuck."""
    chosen = tuple(one for one in stuck if "/".join(one.path) in named or one.skipped_as in named)
    if named and not chosen:
        known = ", ".join("/".join(one.path) for one in stuck) or "nothing that it names"
        raise UsageError(
            f"{', '.join(sorted(named))} cannot be skipped: the rollback stopped at {known}.",
            fix="Name what it stopped at with --skip-resource, or nothing, to try again.",
        )
    return chosen


def explained(one: StuckResource) -> str:
    """One resource in one sentence: what, where, and why."""
    *above, logical_id = one.path
    where = f" in {'/'.join(above)}" if above else ""
    called = f"{one.type} {one.physical_id}".strip()
    return (
        f"{logical_id}{where} ({called}) could not go back: {one.reason or 'no reason was given'}"
    )


def remedy(one: StuckResource) -> str:
    """What may help it, in a few words; empty where its reason says nothing that is known."""
    return next(
        (words for marks, words in _REMEDIES if any(mark in one.reason for mark in marks)), ""
    )


def still(stack: Stack, stuck: Sequence[StuckResource], again: str) -> Stuck:
    """That a rollback was continued and stopped once more. `again` is the command to run again."""
    told = "; ".join(explained(one).rstrip(".") for one in stuck) or stack.reason.rstrip(".")
    helps = "; ".join(f"{'/'.join(one.path)}: {words}" for one in stuck if (words := remedy(one)))
    skips = " ".join(f"--skip-resource {'/'.join(one.path)}" for one in stuck)
    give_up = (
        f" To leave it as the failed update left it, which no template then says: {again} {skips}"
        if stuck
        else ""
    )
    return Stuck(
        f"{stack.name} in {stack.region} cannot be rolled back: {told}.",
        fix=f"Correct the cause{f' ({helps})' if helps else ''}, then run the same command again: "
        f"it continues the rollback.{give_up}",
    )


def skipped(stack: Stack, left: Sequence[StuckResource], environment: str) -> Refused:
    """That a rollback is done but for what was skipped: no update may follow before that is in line."""
    names = ", ".join("/".join(one.path) for one in left)
    return Refused(
        f"{stack.name} in {stack.region} is rolled back, but for {names}, which is not as its template "
        "says. Nothing was deployed.",
        fix="Bring it in line with the template first, or the next update may fail at it for good; "
        f"what differs: tradewind drift {environment}",
    )
