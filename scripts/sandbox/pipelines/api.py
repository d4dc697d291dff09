"""CodePipeline's API: JSON 1.1, one operation a function.

https://docs.aws.amazon.com/codepipeline/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import contextvars

from scripts.sandbox.json_api import ApiError, Caller, JsonApi, Operation
from scripts.sandbox.pipelines import catalogue, control, descriptions, history, jobs, launches
from scripts.sandbox.pipelines.declarations import JSON
from scripts.sandbox.pipelines.engine import ENGINE
from scripts.sandbox.pipelines.faults import no_stage
from scripts.sandbox.pipelines.records import Pipeline, Transition, now
from scripts.sandbox.pipelines.store import STORE, Decision
from scripts.sandbox.seams import Kind, Seam
from scripts.sandbox.workflow_runs import SET_ACCOUNT

IDENTITY = Seam(
    "ministack.services.sts",
    "_caller_identity",
    None,
    Kind.FUNCTION,
    ("headers", "query_params"),
    "who starts and approves executions",
)


def who(caller: Caller) -> str:
    """The ARN of whose credentials sign a call."""
    signed = f"AWS4-HMAC-SHA256 Credential={caller.name}/20260101/{caller.region}/codepipeline/aws4_request"

    def told() -> str:
        SET_ACCOUNT.value(caller.name)
        return str(IDENTITY.value({"authorization": signed})["userArn"])

    return contextvars.copy_context().run(told)


def _pipeline(caller: Caller, name: str) -> Pipeline:
    return STORE.pipeline(caller.account, caller.region, name)


def _tags(said: JSON) -> dict[str, str]:
    return {each["key"]: each["value"] for each in said.get("tags") or ()}


def _told_tags(pipeline: Pipeline) -> list[JSON]:
    return [{"key": key, "value": value} for key, value in pipeline.tags.items()]


def _create(caller: Caller, said: JSON) -> JSON:
    made = catalogue.create(ENGINE, caller, who(caller), said["pipeline"], _tags(said))
    return {"pipeline": made.versions[-1], **descriptions.told({"tags": _told_tags(made)})}


def _update(caller: Caller, said: JSON) -> JSON:
    return {"pipeline": catalogue.update(ENGINE, caller, said["pipeline"]).versions[-1]}


def _delete(caller: Caller, said: JSON) -> JSON:
    catalogue.delete(ENGINE, caller, said["name"])
    return {}


def _get(caller: Caller, said: JSON) -> JSON:
    pipeline = _pipeline(caller, said["name"])
    declared = pipeline.at(said["version"]) if said.get("version") else pipeline.declared
    if declared is None:
        raise ApiError(
            "PipelineVersionNotFoundException",
            f"The pipeline '{pipeline.name}' does not have a version {said['version']}",
        )
    metadata = {
        "pipelineArn": pipeline.arn,
        "created": pipeline.created,
        "updated": pipeline.updated,
    }
    return {"pipeline": declared.document, "metadata": metadata}


def _list(caller: Caller, said: JSON) -> JSON:
    found, more = history.page(catalogue.listed(ENGINE, caller), said, 1000)
    return {"pipelines": [_summary(each) for each in found], **more}


def _summary(pipeline: Pipeline) -> JSON:
    declared = pipeline.declared
    return {
        "name": pipeline.name,
        "version": declared.version,
        "pipelineType": declared.document["pipelineType"],
        "executionMode": declared.mode,
        "created": pipeline.created,
        "updated": pipeline.updated,
    }


def _start(caller: Caller, said: JSON) -> JSON:
    pipeline = _pipeline(caller, said["name"])
    variables = {each["name"]: each["value"] for each in said.get("variables") or ()}
    by = who(caller)
    with ENGINE.changing(pipeline) as then:
        execution = launches.start(
            pipeline,
            by,
            variables,
            said.get("sourceRevisions") or [],
            said.get("clientRequestToken") or "",
            then,
        )
    return {"pipelineExecutionId": execution.id}


def _stop(caller: Caller, said: JSON) -> JSON:
    pipeline = _pipeline(caller, said["pipelineName"])
    abandons, reason = bool(said.get("abandon")), said.get("reason") or ""
    with ENGINE.changing(pipeline) as then:
        control.stop(pipeline, said["pipelineExecutionId"], reason, abandons=abandons, then=then)
    return {"pipelineExecutionId": said["pipelineExecutionId"]}


def _retry(caller: Caller, said: JSON) -> JSON:
    pipeline = _pipeline(caller, said["pipelineName"])
    stage, execution_id = said["stageName"], said["pipelineExecutionId"]
    with ENGINE.changing(pipeline) as then:
        execution = control.retry(pipeline, stage, execution_id, said["retryMode"], then)
    return {"pipelineExecutionId": execution.id}


def _roll_back(caller: Caller, said: JSON) -> JSON:
    pipeline = _pipeline(caller, said["pipelineName"])
    stage, target, by = said["stageName"], said["targetPipelineExecutionId"], who(caller)
    with ENGINE.changing(pipeline) as then:
        execution = control.go_back(pipeline, stage, target, by, then)
    return {"pipelineExecutionId": execution.id}


def _override(caller: Caller, said: JSON) -> JSON:
    pipeline = _pipeline(caller, said["pipelineName"])
    stage, execution_id = said["stageName"], said["pipelineExecutionId"]
    with ENGINE.changing(pipeline) as then:
        control.override_condition(pipeline, stage, execution_id, said["conditionType"], then)
    return {}


def _approve(caller: Caller, said: JSON) -> JSON:
    pipeline = _pipeline(caller, said["pipelineName"])
    result, at = said["result"], now()
    decision = Decision(result["status"] == "Approved", result["summary"], who(caller), at)
    where = (said["stageName"], said["actionName"])
    with ENGINE.changing():
        run = control.decide(pipeline, STORE, where, said["token"], decision)
    ENGINE.wake(run.id)
    return {"approvedAt": at}


def _enable(caller: Caller, said: JSON) -> JSON:
    return _turn(caller, said, enabled=True)


def _disable(caller: Caller, said: JSON) -> JSON:
    return _turn(caller, said, enabled=False)


def _turn(caller: Caller, said: JSON, *, enabled: bool) -> JSON:
    """The way out of a stage is the way into the next."""
    pipeline = _pipeline(caller, said["pipelineName"])
    stage = pipeline.declared.stage(said["stageName"])
    if stage is not None and said["transitionType"] == "Outbound":
        stage = pipeline.declared.after(stage.name)
    if stage is None:
        raise no_stage(pipeline.name, said["stageName"])
    turned = Transition(enabled, said.get("reason") or "", who(caller), now())
    with ENGINE.changing(pipeline):
        pipeline.transitions[stage.name] = turned
    return {}


def _state(caller: Caller, said: JSON) -> JSON:
    with STORE.lock:
        return descriptions.state(_pipeline(caller, said["name"]))


def _tag(caller: Caller, said: JSON) -> JSON:
    catalogue.tag(ENGINE, catalogue.by_arn(ENGINE, caller, said["resourceArn"]), _tags(said))
    return {}


def _untag(caller: Caller, said: JSON) -> JSON:
    catalogue.untag(ENGINE, catalogue.by_arn(ENGINE, caller, said["resourceArn"]), said["tagKeys"])
    return {}


def _list_tags(caller: Caller, said: JSON) -> JSON:
    return {"tags": _told_tags(catalogue.by_arn(ENGINE, caller, said["resourceArn"]))}


OPERATIONS: dict[str, Operation] = {
    "CreatePipeline": _create,
    "UpdatePipeline": _update,
    "DeletePipeline": _delete,
    "GetPipeline": _get,
    "ListPipelines": _list,
    "StartPipelineExecution": _start,
    "StopPipelineExecution": _stop,
    "RetryStageExecution": _retry,
    "RollbackStage": _roll_back,
    "OverrideStageCondition": _override,
    "PutApprovalResult": _approve,
    "EnableStageTransition": _enable,
    "DisableStageTransition": _disable,
    "GetPipelineState": _state,
    "GetPipelineExecution": history.execution,
    "ListPipelineExecutions": history.executions,
    "ListActionExecutions": history.action_executions,
    "ListRuleExecutions": history.rule_executions,
    "TagResource": _tag,
    "UntagResource": _untag,
    "ListTagsForResource": _list_tags,
    "PutJobSuccessResult": jobs.succeed,
    "PutJobFailureResult": jobs.fail,
}

API = JsonApi("codepipeline", "CodePipeline_20150709", OPERATIONS)
handle_request = API.handle_request
