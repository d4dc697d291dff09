"""Events as lines for a person: pure, nothing is printed here.

`is_detail` says what is only wanted with -v, `is_routine` what may pass by on a terminal's moving line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scripts import execution_narration
from scripts.changes import NESTED_STACK, Change, count
from scripts.events import (
    BundlesMissed,
    BundleUploaded,
    ChangeSetCreated,
    ChangeSetExecuted,
    Event,
    LeaseAcquired,
    LeftoverRemoved,
    NothingChanged,
    ObjectRemoved,
    OperationFound,
    ProtectionSet,
    ReleaseRead,
    ReleaseSealed,
    ResourcePurged,
    ResourceRetained,
    RollbackContinued,
    RolloutCompleted,
    RolloutStopped,
    StackDeleted,
    StackEventSeen,
    TemplateUploaded,
    UploadsForgotten,
    WaveCompleted,
    WaveFailed,
    WavePending,
    WavePlanned,
    WaveStarted,
)
from scripts.execution_events import ActionBegun
from scripts.lapses import duration

_SIGNS = {"Add": "+", "Remove": "-", "Modify": "~", "Import": "<", "Dynamic": "?"}


def lines(event: Event, *, whole: bool = False) -> Iterator[str]:
    """What is said of an event; of a plan, the `whole` tree where that is wanted."""
    match event:
        case LeaseAcquired(environment, _, token, previous):
            yield f"{environment} is ours to change (lease {token})"
            if previous:
                yield f"  taken over from {previous}"
        case ReleaseRead(digest, templates):
            yield f"templates {digest[:16]}: {templates} files"
        case WaveStarted(root, region, number, of):
            yield f"[{number}/{of}] {root} in {region}"
        case TemplateUploaded(_, bucket, key):
            yield f"  uploaded s3://{bucket}/{key}"
        case BundlesMissed(region, bundles):
            yield f"  packing {bundles} bundle{'s' * (bundles != 1)} for {region}"
        case BundleUploaded(_, bucket, key, number, of):
            yield f"  uploaded s3://{bucket}/{key} ({number} of {of})"
        case UploadsForgotten(_, bucket):
            yield f"  {bucket} lacks what was sent there before: sending it again"
        case ReleaseSealed(digest, bucket, key, size):
            yield f"release {digest[:16]}: s3://{bucket}/{key} ({size / 1e6:.1f} MB)"
        case ObjectRemoved(_, bucket, key):
            yield f"  deleted s3://{bucket}/{key}"
        case ChangeSetCreated(_, _, name):
            yield f"  change set {name}"
        case WavePlanned(_, region, hash, changes, lookups, missing, explained):
            yield f"  plan {hash}: {summary(changes)}"
            if not explained:
                yield from (f"    {line}" for line in tree(changes, whole=whole))
            yield from (
                f"    looked up {name} = {value}" for name, value in lookups.items() if value
            )
            yield from left_out(region, missing)
        case WavePending(root, region, awaits):
            yield f"{root} in {region}: planned when {awaits} is done"
        case NothingChanged(_, region, missing):
            yield "  no changes"
            yield from left_out(region, missing)
        case ChangeSetExecuted(_, _, name):
            yield f"  executing {name}"
        case OperationFound(_, _, status):
            yield f"  found at work ({status}): following it to its end"
        case LeftoverRemoved(_, _, what):
            yield f"  removed what an earlier run left: {what}"
        case RollbackContinued(_, _, stuck, skipped):
            yield "  an earlier rollback stopped half-way; it is continued"
            for one in stuck:
                note = " (skipped)" if one in skipped else ""
                yield f"    {'/'.join(one.path)} ({one.type}){note}: {one.reason}"
        case StackEventSeen():
            yield f"  {stack_event(event)}"
        case ProtectionSet(_, _, enabled):
            yield f"  termination protection {'on' if enabled else 'off'}"
        case WaveCompleted(_, _, status, seconds, _):
            yield f"  {status} after {duration(seconds)}"
        case WaveFailed(root, region, status, cause):
            yield from failure(root, region, status, cause)
        case StackDeleted(_, _, seconds):
            yield f"  deleted after {duration(seconds)}"
        case ResourceRetained(region, path, type, physical_id):
            yield f"  kept: {type} {physical_id} ({'/'.join(path)}, {region})"
        case ResourcePurged(region, type, physical_id, how):
            yield f"  purged: {type} {physical_id} in {region}: {how}"
        case RolloutStopped(_, done, under_way, left):
            yield from stopped(done, under_way, left)
        case RolloutCompleted(environment, changed, waves, seconds):
            yield completed(environment, changed, waves, seconds)
        case _:
            yield from execution_narration.lines(event)


def is_detail(event: Event) -> bool:
    """Whether an event is only wanted with -v."""
    return isinstance(
        event, TemplateUploaded | ChangeSetCreated | ChangeSetExecuted | ObjectRemoved
    )


def is_routine(event: Event) -> bool:
    """Whether an event is one of many that go as planned: a bundle's, a resource's, a stack's beginning."""
    if isinstance(event, BundlesMissed | BundleUploaded | ActionBegun):
        return True
    if not isinstance(event, StackEventSeen) or "FAILED" in event.status:
        return False
    return event.type != NESTED_STACK or event.status in (
        "CREATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
    )


def stack_event(event: StackEventSeen) -> str:
    """One stack event: where, what, status and the reason."""
    where = "/".join((event.root, *event.path))
    reason = f": {' '.join(event.reason.split())}" if event.reason else ""
    return f"{event.at:%H:%M:%S}  {event.status:<28} {where} ({event.type}){reason}"


def failure(root: str, region: str, status: str, cause: StackEventSeen | None) -> Iterator[str]:
    """A wave's end, the root cause first."""
    if cause is None:
        yield f"{root} in {region} failed ({status}); CloudFormation gave no cause"
        return
    where = "/".join((root, *cause.path))
    yield f"root cause: {where} ({cause.type}) in {region}: {' '.join(cause.reason.split()) or cause.status}"
    yield f"{root} in {region} ended in {status}"


def tree(changes: Sequence[Change], *, whole: bool = False) -> Iterator[str]:
    """The changes of a plan, nested stacks indented, replacements flagged.

    A stack that is new with all that it holds is one line, unless the `whole` tree is wanted.
    """
    for change in changes:
        if change.action == "Add" and change.inside and not whole:
            yield f"+ {change.logical_id} ({change.type}): {summary(change.inside)}"
            continue
        yield f"{_SIGNS.get(change.action, '~')} {change.logical_id} ({change.type}){_flags(change)}"
        yield from (f"  {line}" for line in tree(change.inside, whole=whole))


def left_out(region: str, types: Sequence[str]) -> Iterator[str]:
    """What the settings want and the region has not."""
    if types:
        yield f"    left out, for {region} does not offer it: {', '.join(types)}"


def summary(changes: Sequence[Change]) -> str:
    """`3 to add, 1 to replace`; or that no resource changes, but what nested stacks are given or give."""
    said = ", ".join(f"{number} to {verb}" for verb, number in count(changes).items() if number)
    return said or ("no resource, only values of nested stacks" if changes else "outputs only")


def stopped(done: Sequence[str], under_way: str, left: Sequence[str]) -> Iterator[str]:
    """What a roll-out that ends before its time has come to."""
    if done:
        yield f"done, and left as it is: {', '.join(done)}"
    if under_way:
        yield f"CloudFormation is still at work, whoever watches: {under_way}"
    if left:
        yield f"not touched: {', '.join(left)}"


def completed(environment: str, changed: int, waves: int, seconds: float) -> str:
    """How a roll-out ended."""
    if not changed:
        return f"{environment}: no changes; nothing was executed ({duration(seconds)})"
    return f"{environment} is up: {changed} of {waves} waves changed ({duration(seconds)})"


def _flags(change: Change) -> str:
    because = f" [{', '.join(change.because)}]" if change.because else ""
    if change.type == NESTED_STACK:
        return ""
    match change.replacement:
        case "True":
            return f" REPLACED{because}"
        case "Conditional":
            return f" perhaps replaced{because}"
    return because
