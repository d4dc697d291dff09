"""One step of an execution within the stage it is in: entry, actions by run order, what success asks.

A step looks at what stands and does the next thing, so that it makes no difference whether the sandbox was
restarted in between.
"""

from __future__ import annotations

from enum import Enum
from typing import assert_never

from scripts.sandbox.pipelines.conditions import Verdict, evaluate
from scripts.sandbox.pipelines.consequences import Consequences
from scripts.sandbox.pipelines.declarations import BEFORE_ENTRY, ON_FAILURE, ON_SUCCESS, Stage
from scripts.sandbox.pipelines.records import (
    ABANDONED,
    FAILED,
    IN_PROGRESS,
    STOPPING,
    SUCCEEDED,
    Execution,
    Pipeline,
    Run,
    StageRun,
    now,
)
from scripts.sandbox.pipelines.starts import start_action

AUTOMATIC, MANUAL = "AutomatedStageRetry", "ManualStageRetry"

#: Of automatic retries, a stage has one.
#: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageMetadata.html
AUTOMATIC_RETRIES = 1


class Outcome(Enum):
    """What became of the stage with this step."""

    WAITS = "something is under way"
    MOVED = "something changed: look again"
    SUCCEEDED = "done"
    SKIPPED = "passed by"
    FAILED = "failed"
    ROLLED_BACK = "failed, and the stage goes back"
    STOPPED = "stopped"


def step(
    pipeline: Pipeline, execution: Execution, stage: Stage, at: StageRun, then: Consequences
) -> Outcome:
    """Do the next thing in the stage."""
    under_way = [run for run in runs_of(pipeline, at) if run.status == IN_PROGRESS]
    if execution.status == STOPPING:
        if under_way and not execution.abandoning:
            return Outcome.WAITS
        abandon(pipeline, execution, at, then)
        return Outcome.STOPPED
    match evaluate(pipeline, execution, stage, at, BEFORE_ENTRY, then):
        case Verdict.PENDING:
            return Outcome.WAITS
        case Verdict.UNMET:
            skips = _result(stage, BEFORE_ENTRY) == "SKIP"
            return Outcome.SKIPPED if skips else Outcome.FAILED
        case Verdict.MET:
            pass
    statuses = {pipeline.runs[each].status for each in at.runs.values()}
    failed = not statuses <= {SUCCEEDED, IN_PROGRESS}
    if not failed and _start_next(pipeline, execution, stage, at, then):
        return Outcome.MOVED
    if IN_PROGRESS in statuses:
        return Outcome.WAITS  # those beside a failed action end, too
    if failed:
        return _failure(pipeline, execution, stage, at, then)
    match evaluate(pipeline, execution, stage, at, ON_SUCCESS, then):
        case Verdict.PENDING:
            return Outcome.WAITS
        case Verdict.MET:
            return Outcome.SUCCEEDED
        case Verdict.UNMET:
            rolls_back = _result(stage, ON_SUCCESS) == "ROLLBACK"
            return Outcome.ROLLED_BACK if rolls_back else Outcome.FAILED
        case verdict:
            assert_never(verdict)


def runs_of(pipeline: Pipeline, at: StageRun) -> list[Run]:
    """The latest run of every action, and those of rules."""
    rules = [rule for held in at.conditions.values() for rule in held.rules]
    return [pipeline.runs[each] for each in (*at.runs.values(), *rules)]


def abandon(pipeline: Pipeline, execution: Execution, at: StageRun, then: Consequences) -> None:
    """Look no longer after what is under way. It goes on where it runs, as on AWS."""
    for run in runs_of(pipeline, at):
        if run.status == IN_PROGRESS:
            run.status, run.changed = ABANDONED, now()
            if not run.condition:
                then.tell_action(pipeline, execution, run)
    for held in at.conditions.values():
        if held.status == IN_PROGRESS:
            held.status, held.changed = ABANDONED, now()


def clear_for_retry(pipeline: Pipeline, at: StageRun, mode: str) -> None:
    """Forget what is to be done once more."""
    at.runs = {
        name: run
        for name, run in at.runs.items()
        if mode == "FAILED_ACTIONS" and pipeline.runs[run].status in (SUCCEEDED, IN_PROGRESS)
    }
    at.conditions = {
        kind: held
        for kind, held in at.conditions.items()
        if kind == BEFORE_ENTRY and held.status not in (FAILED, ABANDONED)
    }


def _start_next(
    pipeline: Pipeline, execution: Execution, stage: Stage, at: StageRun, then: Consequences
) -> bool:
    """Start the actions of the lowest run order that have not run, once those before it have ended."""
    due = [action for action in stage.actions if action.name not in at.runs]
    order = min((action.run_order for action in due), default=0)
    under_way = [
        action
        for action in stage.actions
        if action.name in at.runs and pipeline.runs[at.runs[action.name]].status == IN_PROGRESS
    ]
    if not due or any(action.run_order != order for action in under_way):
        return False
    for action in due:
        if action.run_order == order:
            start_action(pipeline, execution, at, action, then)
    return True


def _failure(
    pipeline: Pipeline, execution: Execution, stage: Stage, at: StageRun, then: Consequences
) -> Outcome:
    verdict = evaluate(pipeline, execution, stage, at, ON_FAILURE, then)
    if verdict is Verdict.PENDING:
        return Outcome.WAITS
    result = stage.on_failure
    if verdict is Verdict.UNMET:
        result = _result(stage, ON_FAILURE)
    if result == "RETRY" and at.automatic_retries < AUTOMATIC_RETRIES:
        at.automatic_retries += 1
        at.retried_by = AUTOMATIC
        clear_for_retry(pipeline, at, stage.retry_mode)
        then.tell_stage(pipeline, execution, at, "RESUMED")
        return Outcome.MOVED
    return Outcome.ROLLED_BACK if result == "ROLLBACK" else Outcome.FAILED


def _result(stage: Stage, kind: str) -> str:
    condition = stage.condition(kind)
    return condition.result if condition else "FAIL"
