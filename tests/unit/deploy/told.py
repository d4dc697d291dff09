"""Short ways to write changes and stack events in a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scripts.changes import NESTED_STACK, Action, Change, Replacement
from scripts.events import StackEventSeen

BEGIN = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def change(
    logical_id: str,
    type: str = "AWS::SQS::Queue",
    action: Action = "Modify",
    replacement: Replacement = "False",
) -> Change:
    return Change(action, logical_id, type, replacement=replacement)


def nested(logical_id: str, *inside: Change) -> Change:
    return Change("Modify", logical_id, NESTED_STACK, inside=inside)


def event(
    path: str, status: str, reason: str = "", type: str = "AWS::SQS::Queue"
) -> StackEventSeen:
    """An event of platform in us-east-1; a path that ends in a slash is a nested stack's."""
    steps = tuple(step for step in path.split("/") if step)
    if not steps or path.endswith("/"):
        type = NESTED_STACK
    return StackEventSeen(
        "platform", "us-east-1", steps, type, status, reason, "", BEGIN, f"{path} {status}"
    )


def in_order(*events: StackEventSeen) -> list[StackEventSeen]:
    """A second between each."""
    from dataclasses import replace

    return [replace(one, at=BEGIN + timedelta(seconds=number)) for number, one in enumerate(events)]
