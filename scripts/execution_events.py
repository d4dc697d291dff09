"""What happened in an execution of the pipeline, as data; `events.Event` takes these in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class ShipmentStored:
    """What is to be shipped lies in the primary's artifacts bucket."""

    release: str
    shipment: str


@dataclass(frozen=True)
class ExecutionStarted:
    """CodePipeline has an execution of ours; `order` is which of the pair goes first."""

    environment: str
    execution: str
    order: str
    reason: str


@dataclass(frozen=True)
class ExecutionJoined:
    """An execution that goes on already is followed; `status` is CodePipeline's word."""

    environment: str
    execution: str
    status: str
    started_by: str
    reason: str


@dataclass(frozen=True)
class StageEntered:
    """An execution has come to a stage."""

    execution: str
    stage: str


@dataclass(frozen=True)
class StageSkipped:
    """A stage's condition said that there is nothing to do in it."""

    execution: str
    stage: str


@dataclass(frozen=True)
class StageHeld:
    """Somebody disabled the way into a stage: the execution waits there."""

    execution: str
    stage: str
    reason: str


@dataclass(frozen=True)
class ActionBegun:
    """An action is at work; `url` shows more of it. `attempt` counts its tries from 1."""

    stage: str
    action: str
    url: str = ""
    attempt: int = 1


@dataclass(frozen=True)
class ActionEnded:
    """An action ended; `status` is CodePipeline's word, `summary` its provider's."""

    stage: str
    action: str
    status: str
    summary: str
    seconds: float


@dataclass(frozen=True)
class RegionSilent:
    """A region does not answer us, though what is done there goes on; told once a region."""

    region: str
    reason: str


@dataclass(frozen=True)
class ApprovalAwaited:
    """A wave's plan stands and waits for somebody's approval."""

    stage: str
    action: str
    root: str
    region: str
    hash: str
    change_set: str
    url: str = ""


@dataclass(frozen=True)
class ApprovalAnswered:
    """Somebody answered an approval."""

    stage: str
    approved: bool
    who: str
    reason: str


@dataclass(frozen=True)
class Cause:
    """The first real cause of a failure, and what to do.

    `where` names the action, build or resource. `template` and `line` are of the resource, where it is one:
    the file, and the layer's line that made it. `refused` says that nothing broke: a gate said no.
    """

    stage: str
    action: str
    where: str
    reason: str
    fix: str = ""
    type: str = ""
    region: str = ""
    template: str = ""
    line: str = ""
    refused: bool = False


@dataclass(frozen=True)
class ExecutionEnded:
    """An execution came to its end: Succeeded, Failed, Stopped, Cancelled or Superseded."""

    environment: str
    execution: str
    status: str
    summary: str
    seconds: float
    cause: Cause | None = None


ExecutionEvent: TypeAlias = (
    ShipmentStored
    | ExecutionStarted
    | ExecutionJoined
    | StageEntered
    | StageSkipped
    | StageHeld
    | ActionBegun
    | ActionEnded
    | RegionSilent
    | ApprovalAwaited
    | ApprovalAnswered
    | ExecutionEnded
)
