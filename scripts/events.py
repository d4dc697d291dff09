"""What happened, as data: every event of a deploy or a destroy, named in the past tense.

The engine emits events and knows nothing of how they are shown; `narration` turns them into lines.
`Event` is the closed union of them all, so that a reader that forgets one does not type-check.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

from scripts.changes import Change
from scripts.execution_events import ExecutionEvent


@dataclass(frozen=True)
class LeaseAcquired:
    """Nobody else deploys this environment from here on."""

    environment: str
    holder: str
    token: int
    taken_over_from: str = ""


@dataclass(frozen=True)
class ReleaseRead:
    """The templates to ship were read and are whole."""

    digest: str
    templates: int


@dataclass(frozen=True)
class WaveStarted:
    """One root in one region is looked at; `number` of `of`."""

    root: str
    region: str
    number: int
    of: int


@dataclass(frozen=True)
class TemplateUploaded:
    """A template lies in the region's artifact bucket and was read back."""

    region: str
    bucket: str
    key: str


@dataclass(frozen=True)
class BundlesMissed:
    """The region's artifact bucket lacks bundles: they are packed, wheels are fetched for it, and sent."""

    region: str
    bundles: int


@dataclass(frozen=True)
class BundleUploaded:
    """A bundle lies in the region's artifact bucket and was read back; `number` of `of`."""

    region: str
    bucket: str
    key: str
    number: int
    of: int


@dataclass(frozen=True)
class UploadsForgotten:
    """The bucket lacks what was noted to be there: everything is asked and sent anew."""

    region: str
    bucket: str


@dataclass(frozen=True)
class ReleaseSealed:
    """A release has its digest; its zip of `size` bytes lies in the bucket."""

    digest: str
    bucket: str
    key: str
    size: int


@dataclass(frozen=True)
class ObjectRemoved:
    """Nothing that stands, or may stand again, refers to this object any more: it was deleted."""

    region: str
    bucket: str
    key: str


@dataclass(frozen=True)
class ChangeSetCreated:
    """CloudFormation works out what would change."""

    root: str
    region: str
    name: str


@dataclass(frozen=True)
class WavePlanned:
    """A wave's changes are known; nothing has been changed yet. `explained`: what they do is told next."""

    root: str
    region: str
    hash: str
    changes: tuple[Change, ...]
    lookups: Mapping[str, str]
    left_out: tuple[str, ...] = ()
    explained: bool = False


@dataclass(frozen=True)
class WavePending:
    """A wave that cannot be planned before `awaits` has been deployed."""

    root: str
    region: str
    awaits: str


@dataclass(frozen=True)
class NothingChanged:
    """Nothing was executed: the stack is as the release says, but for what its region does not offer."""

    root: str
    region: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangeSetExecuted:
    """CloudFormation has begun to change the stack."""

    root: str
    region: str
    name: str


@dataclass(frozen=True)
class OperationFound:
    """An earlier run, or somebody else, is still changing this stack: it is followed to its end."""

    root: str
    region: str
    status: str


@dataclass(frozen=True)
class LeftoverRemoved:
    """Something that an earlier run left behind was removed; it held nothing."""

    root: str
    region: str
    what: str


@dataclass(frozen=True)
class StuckResource:
    """A resource that a rollback could not send back; `path` is its logical ids from the root's stack.

    `skipped_as` is how CloudFormation wants it named when it is to be skipped.
    """

    path: tuple[str, ...]
    type: str
    physical_id: str
    reason: str
    skipped_as: str


@dataclass(frozen=True)
class RollbackContinued:
    """A rollback that had stopped at `stuck` goes on; `skipped` of these are left as they are."""

    root: str
    region: str
    stuck: tuple[StuckResource, ...]
    skipped: tuple[StuckResource, ...] = ()


@dataclass(frozen=True)
class StackEventSeen:
    """One stack event of CloudFormation, of the root's stack or of one nested in it.

    `path` is the logical ids from the root's stack down to the resource; empty for that stack itself.
    """

    root: str
    region: str
    path: tuple[str, ...]
    type: str
    status: str
    reason: str
    physical_id: str
    at: datetime
    event_id: str

    @property
    def failed(self) -> bool:
        """Whether this says that something went wrong."""
        return self.status.endswith("_FAILED")


@dataclass(frozen=True)
class ProtectionSet:
    """Termination protection of a root's stack was switched."""

    root: str
    region: str
    enabled: bool


@dataclass(frozen=True)
class WaveCompleted:
    """The root stands in the region as planned."""

    root: str
    region: str
    status: str
    seconds: float
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class WaveFailed:
    """CloudFormation gave up; `cause` is the first thing that went wrong, None if it named nothing."""

    root: str
    region: str
    status: str
    cause: StackEventSeen | None


@dataclass(frozen=True)
class StackDeleted:
    """A root's stack is gone."""

    root: str
    region: str
    seconds: float


@dataclass(frozen=True)
class ResourceRetained:
    """A resource outlived its stack, because its DeletionPolicy says so."""

    region: str
    path: tuple[str, ...]
    type: str
    physical_id: str


@dataclass(frozen=True)
class ResourcePurged:
    """A retained resource was deleted for good; `how` says what that meant."""

    region: str
    type: str
    physical_id: str
    how: str


@dataclass(frozen=True)
class RolloutStopped:
    """A roll-out ends before its time: the waves that are done, the one AWS is still at, those not begun."""

    environment: str
    done: tuple[str, ...]
    under_way: str
    left: tuple[str, ...]


@dataclass(frozen=True)
class RolloutCompleted:
    """Every wave is done; `changed` of them were executed."""

    environment: str
    changed: int
    waves: int
    seconds: float


Event: TypeAlias = (
    LeaseAcquired
    | ReleaseRead
    | WaveStarted
    | TemplateUploaded
    | BundlesMissed
    | BundleUploaded
    | UploadsForgotten
    | ReleaseSealed
    | ObjectRemoved
    | ChangeSetCreated
    | WavePlanned
    | WavePending
    | NothingChanged
    | ChangeSetExecuted
    | OperationFound
    | LeftoverRemoved
    | RollbackContinued
    | StackEventSeen
    | ProtectionSet
    | WaveCompleted
    | WaveFailed
    | StackDeleted
    | ResourceRetained
    | ResourcePurged
    | RolloutStopped
    | RolloutCompleted
    | ExecutionEvent
)

Told = TypeVar("Told")
Result = TypeVar("Result")


def heard(events: Generator[Told, None, Result], hear: Callable[[Told], object]) -> Result:
    """Have each of the events heard as it comes; gives what their generator returns."""
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            result: Result = end.value
            return result
        hear(event)
