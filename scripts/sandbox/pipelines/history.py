"""What is told of executions and runs, in pages: Get and List."""

from __future__ import annotations

from typing import TypeVar

from scripts.sandbox.json_api import JSON, ApiError, Caller
from scripts.sandbox.pipelines import descriptions
from scripts.sandbox.pipelines.control import execution_of
from scripts.sandbox.pipelines.records import SUCCEEDED, Pipeline, Run, StageRun
from scripts.sandbox.pipelines.store import STORE

T = TypeVar("T")


def page(items: list[T], said: JSON, default: int) -> tuple[list[T], JSON]:
    """A page of a list, and the token of the next."""
    token = said.get("nextToken") or "0"
    if not token.isdigit():
        raise ApiError("InvalidNextTokenException", f"Invalid nextToken: {token}")
    first, size = int(token), said.get("maxResults") or default
    more = {"nextToken": str(first + size)} if first + size < len(items) else {}
    return items[first : first + size], more


def execution(caller: Caller, said: JSON) -> JSON:
    """GetPipelineExecution."""
    with STORE.lock:
        pipeline = STORE.pipeline(caller.account, caller.region, said["pipelineName"])
        held = execution_of(pipeline, said["pipelineExecutionId"])
        return {"pipelineExecution": descriptions.execution(pipeline, held)}


def executions(caller: Caller, said: JSON) -> JSON:
    """ListPipelineExecutions: the newest first."""
    with STORE.lock:
        pipeline = STORE.pipeline(caller.account, caller.region, said["pipelineName"])
        stage = ((said.get("filter") or {}).get("succeededInStage") or {}).get("stageName")
        if stage and pipeline.declared.stage(stage) is None:
            raise ApiError("ValidationException", f"The pipeline has no stage named {stage}")
        found = [
            each
            for each in reversed(pipeline.executions.values())
            if not stage or each.stages.get(stage, StageRun("")).status == SUCCEEDED
        ]
        shown, more = page(found, said, 100)
        summaries = [descriptions.execution_summary(each) for each in shown]
        return {"pipelineExecutionSummaries": summaries, **more}


def _runs(caller: Caller, said: JSON, *, of_rules: bool) -> tuple[Pipeline, list[Run], JSON]:
    """The newest first."""
    pipeline = STORE.pipeline(caller.account, caller.region, said["pipelineName"])
    asked = said.get("filter") or {}
    latest = asked.get("latestInPipelineExecution") or {}
    if latest and asked.get("pipelineExecutionId"):
        raise ApiError(
            "ValidationException",
            "Only one of pipelineExecutionId and latestInPipelineExecution can be given",
        )
    wanted = asked.get("pipelineExecutionId") or latest.get("pipelineExecutionId")
    if wanted:
        execution_of(pipeline, wanted)
    found = [
        run
        for run in reversed(pipeline.runs.values())
        if bool(run.condition) == of_rules and wanted in (None, "", run.execution)
    ]
    if latest.get("startTimeRange") == "Latest":
        newest: dict[tuple[str, str, str], Run] = {}
        for run in found:
            newest.setdefault((run.stage, run.condition, run.name), run)
        found = list(newest.values())
    shown, more = page(found, said, 100)
    return pipeline, shown, more


def action_executions(caller: Caller, said: JSON) -> JSON:
    """ListActionExecutions."""
    with STORE.lock:
        pipeline, found, more = _runs(caller, said, of_rules=False)
        details = [descriptions.action_detail(pipeline, each) for each in found]
        return {"actionExecutionDetails": details, **more}


def rule_executions(caller: Caller, said: JSON) -> JSON:
    """ListRuleExecutions."""
    with STORE.lock:
        pipeline, found, more = _runs(caller, said, of_rules=True)
        details = [descriptions.rule_detail(pipeline, each) for each in found]
        return {"ruleExecutionDetails": details, **more}
