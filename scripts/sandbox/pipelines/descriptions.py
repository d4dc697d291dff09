"""What the API tells of pipelines, executions and runs, in the shapes of its model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.sandbox.pipelines.declarations import BEFORE_ENTRY, JSON, ON_FAILURE, ON_SUCCESS
from scripts.sandbox.pipelines.records import (
    IN_PROGRESS,
    ConditionRun,
    Execution,
    Located,
    Pipeline,
    Run,
    StageRun,
)

LONGEST_SUMMARY, LONGEST_MESSAGE = 2048, 5000


def told(document: Mapping[str, Any]) -> JSON:
    """Without what is not known."""
    return {key: value for key, value in document.items() if value not in (None, "", {}, [])}


def execution(pipeline: Pipeline, held: Execution) -> JSON:
    """GetPipelineExecution."""
    return {
        "pipelineName": pipeline.name,
        "pipelineVersion": held.version,
        **_execution(held),
        "artifactRevisions": [
            told(
                {
                    "name": revision["name"],
                    "revisionId": revision.get("revisionId"),
                    "revisionSummary": revision.get("revisionSummary"),
                    "revisionUrl": revision.get("revisionUrl"),
                    "created": revision["created"],
                }
            )
            for revision in held.revisions.values()
        ],
        "variables": [
            {"name": name, "resolvedValue": value} for name, value in held.variables.items()
        ],
    }


def execution_summary(held: Execution) -> JSON:
    """One of ListPipelineExecutions."""
    revisions = [
        told(
            {
                "actionName": action,
                "revisionId": revision.get("revisionId"),
                "revisionSummary": revision.get("revisionSummary"),
                "revisionUrl": revision.get("revisionUrl"),
            }
        )
        for action, revision in held.revisions.items()
    ]
    stopped = {"stopTrigger": {"reason": held.stop_reason}} if held.stop_reason else {}
    return {
        **_execution(held),
        "startTime": held.started,
        "lastUpdateTime": held.changed,
        "sourceRevisions": revisions,
        **stopped,
    }


def _execution(held: Execution) -> JSON:
    target = {"rollbackTargetPipelineExecutionId": held.rollback_of} if held.rollback_of else {}
    return told(
        {
            "pipelineExecutionId": held.id,
            "status": held.status,
            "statusSummary": held.summary,
            "trigger": {"triggerType": held.trigger, "triggerDetail": held.trigger_detail},
            "executionMode": held.mode,
            "executionType": held.type,
            "rollbackMetadata": target,
        }
    )


def state(pipeline: Pipeline) -> JSON:
    """GetPipelineState: of every stage the execution that entered it last, and who waits."""
    return {
        "pipelineName": pipeline.name,
        "pipelineVersion": pipeline.declared.version,
        "stageStates": [_stage(pipeline, stage.name) for stage in pipeline.declared.stages],
        "created": pipeline.created,
        "updated": pipeline.updated,
    }


def _stage(pipeline: Pipeline, name: str) -> JSON:
    declared = pipeline.declared.stage(name)
    assert declared is not None, "a stage of the newest version"
    latest = pipeline.executions.get(pipeline.latest.get(name, ""))
    at = latest.stages.get(name) if latest else None
    waiting = [_in_stage(pipeline.executions[each], IN_PROGRESS) for each in pipeline.queue(name)]
    document: JSON = {
        "stageName": name,
        "inboundTransitionState": _transition(pipeline, name),
        "actionStates": [
            _action(pipeline, action.name, action.configuration, latest, at)
            for action in declared.actions
        ],
    }
    if waiting:
        document |= {"inboundExecution": waiting[0], "inboundExecutions": waiting}
    if latest is not None and at is not None:
        stopping = latest.status == "Stopping" and at.status == IN_PROGRESS
        document["latestExecution"] = _in_stage(latest, "Stopping" if stopping else at.status)
        for kind in (BEFORE_ENTRY, ON_SUCCESS, ON_FAILURE):
            if kind in at.conditions:
                document[f"{kind}ConditionState"] = _condition(pipeline, at.conditions[kind])
        if at.retried_by:
            document["retryStageMetadata"] = {
                "autoStageRetryAttempt": at.automatic_retries,
                "manualStageRetryAttempt": at.manual_retries,
                "latestRetryTrigger": at.retried_by,
            }
    return document


def _in_stage(held: Execution, status: str) -> JSON:
    return {"pipelineExecutionId": held.id, "status": status, "type": held.type}


def _transition(pipeline: Pipeline, stage: str) -> JSON:
    held = pipeline.transition(stage)
    if not held.changed_by:
        return {"enabled": held.enabled}
    changed = {"lastChangedBy": held.changed_by, "lastChangedAt": held.changed}
    reason = {} if held.enabled else {"disabledReason": held.reason}
    return {"enabled": held.enabled, **changed, **reason}


def _action(
    pipeline: Pipeline,
    name: str,
    configuration: Mapping[str, str],
    latest: Execution | None,
    at: StageRun | None,
) -> JSON:
    run = pipeline.runs.get(at.runs.get(name, "")) if at else None
    document: JSON = {"actionName": name}
    if configuration.get("ExternalEntityLink") and run is not None:
        document["entityUrl"] = run.resolved.get("ExternalEntityLink", "")
    if run is None or latest is None:
        return document
    revision = latest.revisions.get(name)
    if revision is not None:
        document["currentRevision"] = {
            "revisionId": revision.get("revisionId", run.external_id),
            "revisionChangeId": latest.id,
            "created": revision["created"],
        }
    return {**told(document), "latestExecution": {"actionExecutionId": run.id, **_run(run)}}


def _run(run: Run) -> JSON:
    waiting = run.token if run.status == IN_PROGRESS else ""
    return told(
        {
            "status": run.status,
            "summary": run.summary[:LONGEST_SUMMARY],
            "lastStatusChange": run.changed,
            "token": waiting,
            "lastUpdatedBy": run.updated_by,
            "externalExecutionId": "" if run.token else run.external_id,
            "externalExecutionUrl": run.external_url,
            "percentComplete": run.percent,
            "errorDetails": _error(run),
        }
    )


def _error(run: Run) -> JSON:
    return told({"code": run.code, "message": run.message[:LONGEST_MESSAGE]})


def _condition(pipeline: Pipeline, held: ConditionRun) -> JSON:
    latest = told({"status": held.status, "summary": held.summary[:LONGEST_SUMMARY]})
    rules = [pipeline.runs[each] for each in held.rules]
    states = [
        {
            "ruleName": run.name,
            "latestExecution": {
                "ruleExecutionId": run.id,
                **{key: value for key, value in _run(run).items() if key != "percentComplete"},
            },
        }
        for run in rules
    ]
    condition = {**latest, "lastStatusChange": held.changed}
    return {
        "latestExecution": latest,
        "conditionStates": [{"latestExecution": condition, "ruleStates": states}],
    }


def action_detail(pipeline: Pipeline, run: Run) -> JSON:
    """One of ListActionExecutions."""
    outputs = [_located(each, run.region) for each in run.outputs]
    return {
        **_detail(run, "action"),
        "input": _input(pipeline, run, "actionTypeId"),
        "output": told(
            {
                "outputArtifacts": outputs if run.status == "Succeeded" else [],
                "executionResult": _result(run),
                "outputVariables": run.variables,
            }
        ),
    }


def rule_detail(pipeline: Pipeline, run: Run) -> JSON:
    """One of ListRuleExecutions."""
    return {
        **_detail(run, "rule"),
        "input": _input(pipeline, run, "ruleTypeId"),
        "output": told({"executionResult": _result(run)}),
    }


def _detail(run: Run, what: str) -> JSON:
    return told(
        {
            "pipelineExecutionId": run.execution,
            f"{what}ExecutionId": run.id,
            "pipelineVersion": run.version,
            "stageName": run.stage,
            f"{what}Name": run.name,
            "startTime": run.started,
            "lastUpdateTime": run.changed,
            "updatedBy": run.updated_by,
            "status": run.status,
        }
    )


def _input(pipeline: Pipeline, run: Run, type_id: str) -> JSON:
    kind = {"category": run.category, "owner": "AWS", "provider": run.provider, "version": "1"}
    declared = pipeline.at(run.version)
    own = declared is not None and run.role != declared.role
    return told(
        {
            type_id: kind,
            "configuration": run.configuration,
            "resolvedConfiguration": run.resolved,
            "roleArn": run.role if own else "",
            "region": run.region,
            "inputArtifacts": [_located(each, run.region) for each in run.inputs],
            "namespace": run.namespace,
        }
    )


def _located(artifact: Located, region: str) -> JSON:
    bucket = artifact.copies.get(region, artifact.bucket)
    return {"name": artifact.name, "s3location": {"bucket": bucket, "key": artifact.key}}


def _result(run: Run) -> JSON:
    return told(
        {
            "externalExecutionId": "" if run.token else run.external_id,
            "externalExecutionSummary": run.summary,
            "externalExecutionUrl": run.external_url,
            "errorDetails": _error(run),
        }
    )
