"""What is known of a pipeline and its executions: data alone, kept with the sandbox's state.

Times are seconds since the epoch. A `Run` is one execution of an action, or of a rule of a condition.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from scripts.sandbox.pipelines.declarations import JSON, Declaration

IN_PROGRESS, SUCCEEDED, FAILED = "InProgress", "Succeeded", "Failed"
STOPPING, STOPPED, CANCELLED = "Stopping", "Stopped", "Cancelled"
SKIPPED, SUPERSEDED, ABANDONED = "Skipped", "Superseded", "Abandoned"
OVERRIDDEN = "Overridden"


@dataclass
class Located:
    """An artifact: where it lies, by Region; the first Region is that of the action which made it."""

    name: str
    bucket: str
    key: str
    region: str
    version: str = ""
    copies: dict[str, str] = field(default_factory=dict)
    """Region to bucket, of the copies; the key is the same."""


@dataclass
class Run:
    """One execution of an action or a rule."""

    id: str
    execution: str
    version: int
    stage: str
    name: str
    category: str
    provider: str
    region: str
    role: str
    namespace: str
    started: float
    changed: float
    condition: str = ""
    """Of a rule: beforeEntry, onSuccess or onFailure."""
    status: str = IN_PROGRESS
    configuration: dict[str, str] = field(default_factory=dict)
    resolved: dict[str, str] = field(default_factory=dict)
    inputs: list[Located] = field(default_factory=list)
    outputs: list[Located] = field(default_factory=list)
    external_id: str = ""
    external_url: str = ""
    token: str = ""
    summary: str = ""
    code: str = ""
    message: str = ""
    updated_by: str = ""
    percent: int | None = None
    variables: dict[str, str] = field(default_factory=dict)


@dataclass
class ConditionRun:
    """A condition under evaluation, or evaluated."""

    status: str
    changed: float
    summary: str = ""
    rules: list[str] = field(default_factory=list)
    """Ids of runs."""


@dataclass
class StageRun:
    """An execution in a stage."""

    name: str
    status: str = IN_PROGRESS
    runs: dict[str, str] = field(default_factory=dict)
    """Action to its latest run."""
    conditions: dict[str, ConditionRun] = field(default_factory=dict)
    automatic_retries: int = 0
    manual_retries: int = 0
    retried_by: str = ""


@dataclass
class Execution:
    """One execution of a pipeline."""

    id: str
    number: int
    version: int
    mode: str
    trigger: str
    trigger_detail: str
    started: float
    changed: float
    type: str = "STANDARD"
    rollback_of: str = ""
    status: str = IN_PROGRESS
    summary: str = ""
    stop_reason: str = ""
    abandoning: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    """Output variables of actions, by namespace."""
    overrides: dict[str, dict[str, str]] = field(default_factory=dict)
    """Source action to revisionType and revisionValue."""
    artifacts: dict[str, Located] = field(default_factory=dict)
    revisions: dict[str, JSON] = field(default_factory=dict)
    """Source action to artifact name and revision."""
    stages: dict[str, StageRun] = field(default_factory=dict)
    waits_at: str = ""
    """The stage that it has not entered yet."""

    @property
    def is_over(self) -> bool:
        """Whether nothing of it will happen by itself any more."""
        return self.status not in (IN_PROGRESS, STOPPING)


@dataclass
class Transition:
    """The way into a stage."""

    enabled: bool = True
    reason: str = ""
    changed_by: str = ""
    changed: float = 0.0


@dataclass
class Pipeline:
    """A pipeline in an account and a Region."""

    account: str
    region: str
    name: str
    versions: list[JSON]
    created: float
    updated: float
    tags: dict[str, str] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    transitions: dict[str, Transition] = field(default_factory=dict)
    queues: dict[str, list[str]] = field(default_factory=dict)
    """Stage to the executions that wait to enter it, first come first."""
    latest: dict[str, str] = field(default_factory=dict)
    """Stage to the execution that entered it last."""
    requests: dict[str, str] = field(default_factory=dict)
    """clientRequestToken to the execution that it started."""

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:codepipeline:{self.region}:{self.account}:{self.name}"

    @property
    def declared(self) -> Declaration:
        """The newest version."""
        return Declaration(self.versions[-1])

    def at(self, version: int) -> Declaration | None:
        """A version of the structure."""
        found = next((each for each in self.versions if each["version"] == version), None)
        return Declaration(found) if found else None

    def structure_of(self, execution: Execution) -> Declaration:
        """The version that an execution runs by."""
        declared = self.at(execution.version)
        assert declared is not None, "versions are kept as long as their pipeline"
        return declared

    def transition(self, stage: str) -> Transition:
        """The way into a stage."""
        return self.transitions.setdefault(stage, Transition())

    def queue(self, stage: str) -> list[str]:
        """Who waits to enter a stage."""
        return self.queues.setdefault(stage, [])


def now() -> float:
    """Milliseconds are told, so no more are kept."""
    return round(time.time(), 3)
