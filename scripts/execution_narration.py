"""An execution's events as lines for a person; `narration` hands them on to here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from scripts.execution_events import (
    ActionBegun,
    ActionEnded,
    ApprovalAnswered,
    ApprovalAwaited,
    Cause,
    ExecutionEnded,
    ExecutionEvent,
    ExecutionJoined,
    ExecutionStarted,
    RegionSilent,
    ShipmentStored,
    StageEntered,
    StageHeld,
    StageSkipped,
)
from scripts.lapses import duration

#: Hex digits of a digest that tell one from another.
SHORT = 16


def lines(event: ExecutionEvent) -> Iterator[str]:
    """What is said of an event."""
    match event:
        case ShipmentStored(release, shipment):
            yield f"shipment {shipment[:SHORT]} of release {release[:SHORT]}"
        case ExecutionStarted(_, execution, order, reason):
            yield f"execution {execution} ({order}){_because(reason)}"
        case ExecutionJoined(_, execution, status, who, reason):
            yield f"execution {execution} of {who} is {status}{_because(reason)}"
        case StageEntered(_, stage):
            yield f"[{stage}]"
        case StageSkipped(_, stage):
            yield f"[{stage}] nothing to do"
        case StageHeld(_, stage, reason):
            yield f"[{stage}] somebody disabled the way into this stage: {reason}"
        case ActionBegun(_, action, _, attempt):
            yield f"  {action}{f' (try {attempt})' if attempt > 1 else ''}"
        case ActionEnded(_, action, status, summary, seconds):
            said = f": {' '.join(summary.split())}" if summary and status != "Succeeded" else ""
            yield f"  {action} {status.lower()} after {duration(seconds)}{said}"
        case RegionSilent(region, reason):
            yield f"  {region} does not answer here; what was begun there goes on: {reason}"
        case ApprovalAwaited(_, _, root, region, hash, _, url):
            yield f"  the plan {hash} for {root} in {region} waits for approval"
            if url:
                yield f"  {url}"
        case ApprovalAnswered(_, approved, who, reason):
            yield f"  {'approved' if approved else 'rejected'} by {who}{_because(reason)}"
        case ExecutionEnded(environment, execution, status, summary, seconds, cause):
            if cause is not None:
                yield from because(cause)
            yield ended(environment, execution, status, summary, seconds)
        case _:
            assert_never(event)


def because(cause: Cause) -> Iterator[str]:
    """A failure's cause: the resource, where it is written down, and what to do."""
    place = f" in {cause.region}" if cause.region else ""
    type = f" ({cause.type})" if cause.type else ""
    what = "refused" if cause.refused else "root cause"
    yield f"{what}: {cause.where}{type}{place}: {cause.reason}"
    made = ", ".join(part for part in (cause.template, cause.line) if part)
    if made:
        yield f"  made by {made}"


def ended(environment: str, execution: str, status: str, summary: str, seconds: float) -> str:
    """How an execution ended."""
    took = duration(seconds)
    if status == "Succeeded":
        return f"{environment} is up: execution {execution} succeeded after {took}"
    said = _because(summary)
    how = "failed" if status == "Failed" else f"was {status.lower()}"
    return f"{environment}: execution {execution} {how} after {took}{said}"


def _because(reason: str) -> str:
    """What somebody gave as the reason, where he gave one."""
    return f": {reason}" if reason else ""
