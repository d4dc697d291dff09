"""How executions pass from stage to stage: they queue, enter, leave, fail, stop, and go back.

A stage holds one execution at a time, except in PARALLEL mode. Who comes to a stage that is held, or whose
transition is disabled, waits before it: all of them in QUEUED mode, in SUPERSEDED mode the newest alone.
https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
"""

from __future__ import annotations

import copy
import uuid
from typing import assert_never

from scripts.sandbox.pipelines.consequences import Consequences
from scripts.sandbox.pipelines.records import (
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
    StageRun,
    now,
)
from scripts.sandbox.pipelines.stage_steps import Outcome, abandon, step

ROLLBACK = "ROLLBACK"


def advance(pipeline: Pipeline, then: Consequences) -> None:
    """Do all that can be done now."""
    while any(_advance(pipeline, each, then) for each in list(pipeline.executions.values())):
        continue


def arrive(pipeline: Pipeline, execution: Execution, stage: str, then: Consequences) -> None:
    """An execution comes to a stage, and waits until it may enter."""
    queue = pipeline.queue(stage)
    execution.waits_at = stage
    if execution.type == ROLLBACK:
        queue.insert(0, execution.id)
        return
    queue.append(execution.id)
    if execution.mode == "SUPERSEDED":
        for other in [pipeline.executions[each] for each in queue]:
            if other.number < execution.number and other.type != ROLLBACK:
                _end(pipeline, other, SUPERSEDED, then)


def leave_queue(pipeline: Pipeline, execution: Execution) -> None:
    """Wait no longer."""
    if execution.waits_at:
        pipeline.queue(execution.waits_at).remove(execution.id)
        execution.waits_at = ""


def cancel_all(pipeline: Pipeline, then: Consequences) -> None:
    """The structure was changed before these could be completed."""
    for execution in pipeline.executions.values():
        if execution.is_over:
            continue
        at = current(execution)
        if at is not None:
            abandon(pipeline, execution, at, then)
            at.status = CANCELLED
            then.tell_stage(pipeline, execution, at)
        _end(pipeline, execution, CANCELLED, then)


def current(execution: Execution) -> StageRun | None:
    """The stage that an execution is in."""
    return next((each for each in execution.stages.values() if each.status == IN_PROGRESS), None)


def is_held(pipeline: Pipeline, stage: str) -> bool:
    """Whether an execution is in the stage."""
    return any(
        stage in each.stages and each.stages[stage].status == IN_PROGRESS
        for each in pipeline.executions.values()
    )


def succeeded_before(pipeline: Pipeline, execution: Execution, stage: str) -> Execution | None:
    """The last execution before this one that the stage could go back to."""
    fit = [
        each
        for each in pipeline.executions.values()
        if each.number < execution.number and can_be_target(each, stage, execution.version)
    ]
    return fit[-1] if fit else None


def can_be_target(execution: Execution, stage: str, version: int) -> bool:
    """Whether a stage can go back to this execution: it succeeded there, by the same structure."""
    at = execution.stages.get(stage)
    same = execution.version == version and execution.type != ROLLBACK
    return same and at is not None and at.status == SUCCEEDED


def roll_back(
    pipeline: Pipeline, target: Execution, stage: str, trigger: str, detail: str, then: Consequences
) -> Execution:
    """Run the stage again as it ran for `target`: with its artifacts and variables."""
    at = now()
    execution = Execution(
        id=str(uuid.uuid4()),
        number=len(pipeline.executions) + 1,
        version=target.version,
        mode=target.mode,
        trigger=trigger,
        trigger_detail=detail,
        started=at,
        changed=at,
        type=ROLLBACK,
        rollback_of=target.id,
        variables=dict(target.variables),
        outputs=copy.deepcopy(target.outputs),
        artifacts=copy.deepcopy(target.artifacts),
        revisions=copy.deepcopy(target.revisions),
    )
    pipeline.executions[execution.id] = execution
    then.tell_execution(pipeline, execution)
    arrive(pipeline, execution, stage, then)
    return execution


def _advance(pipeline: Pipeline, execution: Execution, then: Consequences) -> bool:
    """One step; whether there may be another."""
    if execution.is_over:
        return False
    if execution.waits_at:
        if execution.status == STOPPING:
            _end(pipeline, execution, STOPPED, then)
            return True
        return _enter(pipeline, execution, then)
    at = current(execution)
    declared = pipeline.structure_of(execution)
    stage = declared.stage(at.name) if at else None
    if at is None or stage is None:
        return False
    outcome = step(pipeline, execution, stage, at, then)
    match outcome:
        case Outcome.WAITS:
            return False
        case Outcome.MOVED:
            return True
        case Outcome.SUCCEEDED | Outcome.SKIPPED:
            at.status = SUCCEEDED if outcome is Outcome.SUCCEEDED else SKIPPED
            then.tell_stage(pipeline, execution, at)
            following = declared.after(at.name)
            if following is None or execution.type == ROLLBACK:
                _end(pipeline, execution, SUCCEEDED, then)
            else:
                arrive(pipeline, execution, following.name, then)
        case Outcome.STOPPED:
            at.status = STOPPED
            then.tell_stage(pipeline, execution, at)
            _end(pipeline, execution, STOPPED, then)
        case Outcome.FAILED | Outcome.ROLLED_BACK:
            at.status = FAILED
            then.tell_stage(pipeline, execution, at)
            _end(pipeline, execution, FAILED, then)
            target = succeeded_before(pipeline, execution, at.name)
            if outcome is Outcome.ROLLED_BACK and target and execution.type != ROLLBACK:
                roll_back(pipeline, target, at.name, "AutomatedRollback", execution.id, then)
        case _:
            assert_never(outcome)
    return True


def _enter(pipeline: Pipeline, execution: Execution, then: Consequences) -> bool:
    stage = execution.waits_at
    parallel = execution.mode == "PARALLEL"
    if not parallel and (pipeline.queue(stage)[0] != execution.id or is_held(pipeline, stage)):
        return False
    if not pipeline.transition(stage).enabled and execution.type != ROLLBACK:
        return False
    leave_queue(pipeline, execution)
    at = execution.stages[stage] = StageRun(stage)
    pipeline.latest[stage] = execution.id
    execution.changed = now()
    then.tell_stage(pipeline, execution, at)
    return True


def _end(pipeline: Pipeline, execution: Execution, status: str, then: Consequences) -> None:
    leave_queue(pipeline, execution)
    execution.status, execution.changed = status, now()
    then.tell_execution(pipeline, execution)
