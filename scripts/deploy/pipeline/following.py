"""Following an execution: what changed since the last look, as events, from any machine and at any time.

Nothing is kept but what was told already, so a run that is killed loses nothing: whoever follows again is
told what has happened so far, then what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from generator import release_stages
from generator.naming import stack_name
from scripts import inventory
from scripts.aws import Aws, AwsSaidNo
from scripts.deploy import follow
from scripts.deploy.pipeline import names, state
from scripts.deploy.pipeline.approvals import Given
from scripts.deploy.pipeline.state import Action, Execution, Stage
from scripts.events import StackEventSeen
from scripts.execution_events import (
    ActionBegun,
    ActionEnded,
    ApprovalAnswered,
    ApprovalAwaited,
    ExecutionEvent,
    RegionSilent,
    StageEntered,
    StageHeld,
    StageSkipped,
)

if TYPE_CHECKING:
    from generator.environments import Environment

#: How far CodePipeline's clock may be ahead of CloudFormation's.
SKEW = timedelta(seconds=5)

_ENDED = ("Succeeded", "Failed", "Abandoned")


@dataclass
class Following:
    """One execution, look by look. `execution` is how it stood at the latest."""

    aws: Aws
    environment: Environment
    id: str
    execution: Execution = field(init=False)
    _told: set[tuple[str, ...]] = field(default_factory=set)
    _stacks: dict[str, Callable[[], list[StackEventSeen]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.execution = self._read()

    def events(self) -> Iterator[ExecutionEvent | StackEventSeen]:
        """What has happened and what happens, until the execution has ended."""
        while True:
            yield from self._new()
            if not self.execution.running:
                return
            self.aws.clock.pause()
            self.execution = self._read()

    def refresh(self) -> None:
        """Look again at once: something was done to it."""
        self.execution = self._read()

    def awaited(self, action: Action) -> ApprovalAwaited:
        """What an open approval is of: the plan that its wave's planning stage exported."""
        step = names.step_of(action.stage)
        exported = self.execution.exported(step.plan, release_stages.PLAN) if step else {}
        wave = names.wave(step, self.environment.places) if step else None
        return ApprovalAwaited(
            action.stage,
            action.name,
            wave.root if wave else "",
            wave.region if wave else "",
            exported.get(release_stages.PLAN_HASH, ""),
            exported.get(release_stages.CHANGE_SET_NAME, ""),
            exported.get(release_stages.PLAN_URL, ""),
        )

    def _read(self) -> Execution:
        primary = self.environment.primary_region
        return state.read(self.aws, primary, names.pipeline(self.environment.name), self.id)

    def _new(self) -> Iterator[ExecutionEvent | StackEventSeen]:
        """What is new, stage by stage; no further than one that, as listed, is still at work.

        The stages' state is read after the actions, so it may be ahead of them by a stage.
        """
        for stage in self.execution.stages:
            yield from self._of(stage)
            if any(action.status == "InProgress" for action in stage.actions):
                return

    def _of(self, stage: Stage) -> Iterator[ExecutionEvent | StackEventSeen]:
        if stage.held and self._first(stage.name, "held"):
            yield StageHeld(self.id, stage.name, stage.held)
        if stage.status == "Skipped":
            if self._first(stage.name, "skipped"):
                yield StageSkipped(self.id, stage.name)
            return
        if stage.status and self._first(stage.name, "entered"):
            yield StageEntered(self.id, stage.name)
        for action in stage.actions:
            yield from self._at(action)

    def _at(self, action: Action) -> Iterator[ExecutionEvent | StackEventSeen]:
        """What is new of an action: its beginning, its stacks' events, its end."""
        this = (action.stage, action.name, str(action.attempt))
        if action.waits:
            if action.token and self._first(*this, "awaited"):
                yield self.awaited(action)
            return
        if action.category != "Approval" and self._first(*this, "begun"):
            yield ActionBegun(action.stage, action.name, action.url, action.attempt)
        if action.name == release_stages.EXECUTE and (*this, "ended") not in self._told:
            yield from self._stack_events(action)
        if action.status in _ENDED and self._first(*this, "ended"):
            yield ended(action)

    def _stack_events(self, action: Action) -> Iterator[StackEventSeen | RegionSilent]:
        """What is new in the stack that an action changes, and in those nested in it."""
        key = f"{action.stage}/{action.attempt}"
        try:
            if key not in self._stacks and (found := self._operation(action)) is not None:
                self._stacks[key] = follow.watching(self.aws, found)
            if key in self._stacks:
                yield from self._stacks[key]()
        except AwsSaidNo as error:
            if error.code:
                raise
            step = names.step_of(action.stage)
            region = names.wave(step, self.environment.places).region if step else action.region
            if self._first(region, "silent"):
                yield RegionSilent(region, error.message)

    def _operation(self, action: Action) -> follow.Operation | None:
        """The operation that the action began on its stack, once CloudFormation shows it."""
        step = names.step_of(action.stage)
        if step is None or action.began is None:
            return None
        wave = names.wave(step, self.environment.places)
        name = stack_name(self.environment.name, wave.root)
        found = inventory.stack(self.aws, wave.region, name)
        if found is None:
            return None
        return follow.begun(self.aws, wave, found.id, action.began - SKEW)

    def _first(self, *what: str) -> bool:
        """Whether this is told for the first time."""
        if what in self._told:
            return False
        self._told.add(what)
        return True


def ended(action: Action) -> ActionEnded | ApprovalAnswered:
    """An action's end; of an approval, who answered and why."""
    if action.category == "Approval":
        given = Given.of(action.summary)
        return ApprovalAnswered(
            action.stage,
            action.status == "Succeeded",
            action.by.rpartition("/")[2] or action.by,
            given.reason if given else action.summary,
        )
    said = action.error if action.status != "Succeeded" else action.summary
    return ActionEnded(action.stage, action.name, action.status, said, seconds(action))


def seconds(action: Action) -> float:
    """How long an action took, or has taken so far."""
    if action.began is None:
        return 0.0
    until = action.ended or datetime.now(UTC)
    return max(0.0, (until - action.began).total_seconds())
