"""Executions begin: with values for the variables, and revisions for the sources."""

from __future__ import annotations

import uuid

from scripts.sandbox.json_api import ApiError
from scripts.sandbox.pipelines.consequences import Consequences
from scripts.sandbox.pipelines.declarations import Declaration
from scripts.sandbox.pipelines.passage import arrive
from scripts.sandbox.pipelines.records import Execution, Pipeline, now

#: Executions that a QUEUED or PARALLEL pipeline has under way at most.
#: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
MOST_AT_ONCE = 50

#: Revision types that a source action of a provider can be started with.
_REVISIONS = {
    "S3": ("S3_OBJECT_KEY", "S3_OBJECT_VERSION_ID"),
    "CodeCommit": ("COMMIT_ID",),
    "CodeStarSourceConnection": ("COMMIT_ID",),
    "ECR": ("IMAGE_DIGEST",),
}

Overrides = dict[str, dict[str, str]]


def start(
    pipeline: Pipeline,
    caller: str,
    variables: dict[str, str],
    overrides: list[dict[str, str]],
    token: str,
    then: Consequences,
) -> Execution:
    """StartPipelineExecution. The same token starts nothing twice. Raises ApiError."""
    if token and token in pipeline.requests:
        return pipeline.executions[pipeline.requests[token]]
    under_way = [each for each in pipeline.executions.values() if not each.is_over]
    if pipeline.declared.mode != "SUPERSEDED" and len(under_way) >= MOST_AT_ONCE:
        raise ApiError(
            "ConcurrentPipelineExecutionsLimitExceededException",
            f"The pipeline {pipeline.name} has {len(under_way)} executions under way, the most it can have",
        )
    revisions = _overrides(pipeline.declared, overrides)
    execution = begin(pipeline, "StartPipelineExecution", caller, variables, revisions, then)
    if token:
        pipeline.requests[token] = execution.id
    return execution


def begin(
    pipeline: Pipeline,
    trigger: str,
    detail: str,
    variables: dict[str, str],
    overrides: Overrides,
    then: Consequences,
) -> Execution:
    """A new execution, before the first stage. Raises ApiError."""
    declared, at = pipeline.declared, now()
    execution = Execution(
        id=str(uuid.uuid4()),
        number=len(pipeline.executions) + 1,
        version=declared.version,
        mode=declared.mode,
        trigger=trigger,
        trigger_detail=detail,
        started=at,
        changed=at,
        variables=_values(declared, variables),
        overrides=overrides,
    )
    pipeline.executions[execution.id] = execution
    then.tell_execution(pipeline, execution)
    arrive(pipeline, execution, declared.stages[0].name, then)
    return execution


def _values(declared: Declaration, given: dict[str, str]) -> dict[str, str]:
    known = {each["name"]: each.get("defaultValue") for each in declared.variables}
    if unknown := sorted(set(given) - set(known)):
        raise ApiError(
            "ValidationException",
            f"The pipeline {declared.name} does not declare the variable(s) {', '.join(unknown)}",
        )
    values = {name: given.get(name, default) for name, default in known.items()}
    if missing := [name for name, value in values.items() if value is None]:
        raise ApiError(
            "ValidationException",
            f"No value is given for the variable(s) {', '.join(missing)}, which have no default",
        )
    return {name: value for name, value in values.items() if value is not None}


def _overrides(declared: Declaration, given: list[dict[str, str]]) -> Overrides:
    found: Overrides = {}
    for each in given:
        name, kind = each["actionName"], each["revisionType"]
        action = declared.stages[0].action(name)
        if action is None:
            raise ApiError("ValidationException", f"The pipeline has no source action named {name}")
        if kind not in _REVISIONS.get(action.provider, ()):
            raise ApiError(
                "ValidationException",
                f"The revision type {kind} does not fit the source action {name} of {action.provider}",
            )
        allowed = action.configuration.get("AllowOverrideForS3ObjectKey", "false")
        if kind == "S3_OBJECT_KEY" and allowed != "true":
            raise ApiError(
                "ValidationException",
                f"The source action {name} does not allow its S3 object key to be overridden: "
                "AllowOverrideForS3ObjectKey is not true",
            )
        if kind in found.setdefault(name, {}):
            raise ApiError(
                "ValidationException", f"{kind} is given twice for the source action {name}"
            )
        found[name][kind] = each["revisionValue"]
    return found
