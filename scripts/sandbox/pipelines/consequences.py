"""What follows a change of records, once nobody holds them: work to begin, and events to tell."""

from __future__ import annotations

from dataclasses import dataclass, field

from scripts.sandbox.pipelines.declarations import JSON
from scripts.sandbox.pipelines.records import (
    ABANDONED,
    CANCELLED,
    FAILED,
    IN_PROGRESS,
    SKIPPED,
    STOPPED,
    STOPPING,
    SUCCEEDED,
    SUPERSEDED,
    Execution,
    Pipeline,
    Run,
    StageRun,
)

#: A status -> the state that an event tells.
#: https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
_STATES = {
    IN_PROGRESS: "STARTED",
    SUCCEEDED: "SUCCEEDED",
    FAILED: "FAILED",
    STOPPING: "STOPPING",
    STOPPED: "STOPPED",
    CANCELLED: "CANCELED",
    SUPERSEDED: "SUPERSEDED",
    SKIPPED: "SKIPPED",
    ABANDONED: "ABANDONED",
}


@dataclass(frozen=True)
class Event:
    """For the default event bus."""

    account: str
    region: str
    kind: str
    resource: str
    detail: JSON


@dataclass
class Consequences:
    """Collected while the records are held."""

    work: list[tuple[str, str]] = field(default_factory=list)
    """Pipeline and run."""
    events: list[Event] = field(default_factory=list)

    def begin(self, pipeline: Pipeline, run: Run) -> None:
        """Have the run's work done."""
        self.work.append((pipeline.arn, run.id))

    def tell_execution(self, pipeline: Pipeline, execution: Execution, state: str = "") -> None:
        """That an execution is what it is now."""
        detail = {
            **_common(pipeline, execution),
            "state": state or _STATES[execution.status],
            "execution-trigger": {
                "trigger-type": execution.trigger,
                "trigger-detail": execution.trigger_detail,
            },
        }
        self._tell(pipeline, "Pipeline", detail)

    def tell_stage(
        self, pipeline: Pipeline, execution: Execution, stage: StageRun, state: str = ""
    ) -> None:
        """That a stage is what it is now."""
        state = state or _STATES[stage.status]
        detail = {**_common(pipeline, execution), "stage": stage.name, "state": state}
        if state == "FAILED":
            runs = [pipeline.runs[each] for each in stage.runs.values()]
            detail["failed-actions"] = [
                {"action": run.name, "additional-information": run.message or run.summary}
                for run in runs
                if run.status == FAILED
            ]
        self._tell(pipeline, "Stage", detail)

    def tell_action(self, pipeline: Pipeline, execution: Execution, run: Run) -> None:
        """That an action is what it is now."""
        detail = {
            **_common(pipeline, execution),
            "stage": run.stage,
            "action": run.name,
            "action-execution-id": run.id,
            "region": run.region,
            "state": _STATES[run.status],
            "type": {
                "owner": "AWS",
                "provider": run.provider,
                "category": run.category,
                "version": "1",
            },
        }
        if run.status != IN_PROGRESS:
            detail["execution-result"] = {
                "external-execution-id": run.external_id,
                "external-execution-summary": run.message or run.summary,
                "external-execution-url": run.external_url,
                **({"error-code": run.code} if run.code else {}),
            }
        self._tell(pipeline, "Action", detail)

    def _tell(self, pipeline: Pipeline, what: str, detail: JSON) -> None:
        kind = f"CodePipeline {what} Execution State Change"
        event = Event(pipeline.account, pipeline.region, kind, pipeline.arn, detail)
        self.events.append(event)


def _common(pipeline: Pipeline, execution: Execution) -> JSON:
    return {
        "pipeline": pipeline.name,
        "execution-id": execution.id,
        "start-time": execution.started,
        "version": execution.version,
    }
