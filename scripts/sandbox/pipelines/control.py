"""What people and tools do to executions: stop, retry, roll back, override, approve."""

from __future__ import annotations

from scripts.sandbox.json_api import ApiError
from scripts.sandbox.pipelines.conditions import override
from scripts.sandbox.pipelines.consequences import Consequences
from scripts.sandbox.pipelines.declarations import BEFORE_ENTRY, ON_SUCCESS, Stage
from scripts.sandbox.pipelines.faults import no_execution, no_stage
from scripts.sandbox.pipelines.passage import can_be_target, is_held, roll_back
from scripts.sandbox.pipelines.records import (
    ABANDONED,
    FAILED,
    IN_PROGRESS,
    STOPPED,
    STOPPING,
    Execution,
    Pipeline,
    Run,
    StageRun,
    now,
)
from scripts.sandbox.pipelines.stage_steps import MANUAL, clear_for_retry
from scripts.sandbox.pipelines.store import Decision, Pipelines


def stop(
    pipeline: Pipeline, execution_id: str, reason: str, *, abandons: bool, then: Consequences
) -> None:
    """StopPipelineExecution. Raises ApiError."""
    execution = execution_of(pipeline, execution_id, "PipelineExecutionNotStoppableException")
    if execution.status == STOPPING and (execution.abandoning or not abandons):
        raise ApiError(
            "DuplicatedStopRequestException",
            f"The pipeline execution {execution_id} is already in a Stopping state",
        )
    if execution.is_over:
        raise ApiError(
            "PipelineExecutionNotStoppableException",
            f"The pipeline execution {execution_id} is in the state {execution.status}",
        )
    execution.status, execution.abandoning = STOPPING, abandons
    execution.stop_reason, execution.changed = reason or execution.stop_reason, now()
    then.tell_execution(pipeline, execution)


def retry(
    pipeline: Pipeline, stage: str, execution_id: str, mode: str, then: Consequences
) -> Execution:
    """RetryStageExecution. Raises ApiError."""
    execution, at = _in_stage(pipeline, stage, execution_id)
    runs = [pipeline.runs[each] for each in at.runs.values()]
    failed = [run for run in runs if run.status in (FAILED, ABANDONED)]
    unmet = [held for held in at.conditions.values() if held.status in (FAILED, ABANDONED)]
    goes_on = at.status == IN_PROGRESS and mode == "FAILED_ACTIONS"
    if (
        execution.status == STOPPING
        or not (at.status in (FAILED, STOPPED) or goes_on)
        or execution.version != pipeline.declared.version
    ):
        raise _not_retryable(stage)
    if mode == "FAILED_ACTIONS" and not failed and not unmet and at.status != STOPPED:
        raise _not_retryable(stage)
    if _is_held(pipeline, execution, stage) and not goes_on:
        raise ApiError("ConflictException", f"The stage {stage} is held by another execution")
    clear_for_retry(pipeline, at, mode)
    at.status, at.retried_by = IN_PROGRESS, MANUAL
    at.manual_retries += 1
    execution.status, execution.abandoning, execution.changed = IN_PROGRESS, False, now()
    then.tell_execution(pipeline, execution, "RESUMED")
    then.tell_stage(pipeline, execution, at, "RESUMED")
    return execution


def _not_retryable(stage: str) -> ApiError:
    return ApiError(
        "StageNotRetryableException",
        f"Unable to retry stage {stage}. The pipeline structure or stage state might have changed while "
        "actions awaited retry, or the stage contains no failed actions.",
    )


def go_back(
    pipeline: Pipeline, stage: str, target_id: str, caller: str, then: Consequences
) -> Execution:
    """RollbackStage. Raises ApiError."""
    _declared(pipeline, stage)
    target = pipeline.executions.get(target_id)
    if target is None:
        raise no_execution(target_id)
    declared = pipeline.declared
    unable = ""
    if not declared.is_v2 or declared.mode == "PARALLEL":
        unable = "rollback is for pipelines of type V2 that are not in PARALLEL mode"
    elif declared.stages[0].name == stage:
        unable = "the source stage cannot be rolled back"
    elif target.version != declared.version:
        unable = "the pipeline version has changed since the target pipeline execution ran"
    elif is_held(pipeline, stage):
        unable = "the stage is currently running"
    elif not can_be_target(target, stage, declared.version):
        unable = f"the execution {target_id} did not succeed in the stage, or was itself a rollback"
    if unable:
        raise ApiError(
            "UnableToRollbackStageException", f"Unable to roll back stage {stage}: {unable}"
        )
    return roll_back(pipeline, target, stage, "ManualRollback", caller, then)


def override_condition(
    pipeline: Pipeline, stage: str, execution_id: str, kind: str, then: Consequences
) -> None:
    """OverrideStageCondition. Raises ApiError."""
    execution, at = _in_stage(pipeline, stage, execution_id)
    held = at.conditions.get({"BEFORE_ENTRY": BEFORE_ENTRY, "ON_SUCCESS": ON_SUCCESS}[kind])
    if (
        held is None
        or held.status not in (IN_PROGRESS, FAILED)
        or at.status not in (IN_PROGRESS, FAILED)
    ):
        raise ApiError(
            "ConditionNotOverridableException",
            f"Unable to override because the {kind} condition of stage {stage} does not allow overrides",
        )
    if execution.status == STOPPING or (
        at.status == FAILED and _is_held(pipeline, execution, stage)
    ):
        raise ApiError(
            "ConflictException", f"The stage {stage} is held, or its execution is stopping"
        )
    if execution.is_over:
        then.tell_execution(pipeline, execution, "RESUMED")
    for run in [pipeline.runs[each] for each in held.rules]:
        if run.status == IN_PROGRESS:
            run.status, run.changed = ABANDONED, now()
    override(held)
    at.status = execution.status = IN_PROGRESS
    execution.changed = now()
    then.tell_stage(pipeline, execution, at, "RESUMED")


def decide(
    pipeline: Pipeline,
    store: Pipelines,
    where: tuple[str, str],
    token: str,
    decision: Decision,
) -> Run:
    """PutApprovalResult: stage and action say where. Gives the approval. Raises ApiError."""
    stage, name = where
    action = _declared(pipeline, stage).action(name)
    if action is None or action.category != "Approval":
        raise ApiError(
            "ActionNotFoundException",
            f"The stage '{stage}' of pipeline '{pipeline.name}' has no approval action named '{name}'",
        )
    asked = [
        run
        for run in pipeline.runs.values()
        if (run.stage, run.name, run.token) == (stage, name, token)
    ]
    if not asked:
        raise ApiError("InvalidApprovalTokenException", f"Invalid approval token: {token}")
    (run,) = asked
    if run.id in store.decisions:
        raise ApiError(
            "ApprovalAlreadyCompletedException",
            f"The approval of action {name} in stage {stage} has already been given or rejected",
        )
    if run.status != IN_PROGRESS:
        raise ApiError("InvalidApprovalTokenException", f"The approval request {token} has expired")
    store.decisions[run.id] = decision
    return run


def _is_held(pipeline: Pipeline, execution: Execution, stage: str) -> bool:
    return execution.mode != "PARALLEL" and is_held(pipeline, stage)


def execution_of(pipeline: Pipeline, execution_id: str, code: str = "") -> Execution:
    """An execution of the pipeline. Raises ApiError."""
    found = pipeline.executions.get(execution_id)
    if found is None:
        missing = no_execution(execution_id)
        raise ApiError(code, missing.message) if code else missing
    return found


def _declared(pipeline: Pipeline, stage: str) -> Stage:
    found = pipeline.declared.stage(stage)
    if found is None:
        raise no_stage(pipeline.name, stage)
    return found


def _in_stage(pipeline: Pipeline, stage: str, execution_id: str) -> tuple[Execution, StageRun]:
    """The execution that entered the stage last. Raises ApiError."""
    _declared(pipeline, stage)
    execution = pipeline.executions.get(execution_id)
    at = execution.stages.get(stage) if execution else None
    if execution is None or at is None:
        raise ApiError(
            "StageNotRetryableException",
            f"The pipeline execution {execution_id} has not been in the stage {stage}",
        )
    if pipeline.latest.get(stage) != execution_id and execution.mode != "PARALLEL":
        raise ApiError(
            "NotLatestPipelineExecutionException",
            f"The pipeline execution {execution_id} is not the latest in the stage {stage}, which is "
            f"{pipeline.latest.get(stage)}",
        )
    return execution, at
