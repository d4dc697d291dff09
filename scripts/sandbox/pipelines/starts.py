"""Runs begin: an action's or a rule's, with its references replaced and its artifacts placed."""

from __future__ import annotations

import uuid

from scripts.sandbox.pipelines.consequences import Consequences
from scripts.sandbox.pipelines.declarations import Action, Declaration
from scripts.sandbox.pipelines.records import (
    FAILED,
    Execution,
    Located,
    Pipeline,
    Run,
    StageRun,
    now,
)
from scripts.sandbox.pipelines.references import EXECUTION, PIPELINE, Unresolved, resolved


def start_action(
    pipeline: Pipeline, execution: Execution, stage: StageRun, action: Action, then: Consequences
) -> Run:
    """A run of an action of the stage that the execution is in."""
    run = _started(pipeline, execution, stage.name, action)
    stage.runs[action.name] = run.id
    declared = pipeline.structure_of(execution)
    run.outputs = [_placed(pipeline, run, declared, each["name"]) for each in action.outputs]
    if run.category == "Approval":
        run.token = str(uuid.uuid4())
    then.tell_action(pipeline, execution, run)
    if _prepare(pipeline, execution, action, run):
        then.begin(pipeline, run)
    else:
        then.tell_action(pipeline, execution, run)
    return run


def start_rule(
    pipeline: Pipeline,
    execution: Execution,
    stage: StageRun,
    kind: str,
    rule: Action,
    then: Consequences,
) -> Run:
    """A run of a rule of a condition."""
    run = _started(pipeline, execution, stage.name, rule)
    run.condition = kind
    if _prepare(pipeline, execution, rule, run):
        then.begin(pipeline, run)
    return run


def _started(pipeline: Pipeline, execution: Execution, stage: str, action: Action) -> Run:
    declared, at = pipeline.structure_of(execution), now()
    run = Run(
        id=str(uuid.uuid4()),
        execution=execution.id,
        version=execution.version,
        stage=stage,
        name=action.name,
        category=action.category,
        provider=action.provider,
        region=action.region(pipeline.region),
        role=str(action.document.get("roleArn") or declared.role),
        namespace=action.namespace,
        started=at,
        changed=at,
        configuration=dict(action.configuration),
    )
    pipeline.runs[run.id] = run
    execution.changed = at
    return run


def _prepare(pipeline: Pipeline, execution: Execution, action: Action, run: Run) -> bool:
    """Replace references and find input artifacts; the run has failed where that cannot be done."""
    known = {
        **execution.outputs,
        PIPELINE: execution.variables,
        EXECUTION: {"PipelineExecutionId": execution.id},
    }
    try:
        run.resolved = {key: resolved(text, known) for key, text in run.configuration.items()}
    except Unresolved as problem:
        # AWS's words: https://github.com/aws-samples/ecs-blue-green-deployment-with-codedeploy/issues/4
        return _failed(
            run,
            "ConfigurationError",
            "An action in this pipeline failed because one or more variables could not be resolved: "
            f"Action name={run.name}. Nobody has put out {problem.reference}.",
        )
    for name in action.inputs:
        if name not in execution.artifacts:
            maker = pipeline.structure_of(execution).producers.get(name)
            told = f" {maker.name} has not run." if maker else ""
            return _failed(run, "JobFailed", f"The input artifact {name} is not there.{told}")
        run.inputs.append(execution.artifacts[name])
    return True


def _failed(run: Run, code: str, message: str) -> bool:
    run.status, run.code, run.message = FAILED, code, message
    run.summary = message
    return False


def _placed(pipeline: Pipeline, run: Run, declared: Declaration, name: str) -> Located:
    """Where an output goes: a folder of the pipeline, one of the artifact, and a name of its own.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/welcome-introducing-artifacts.html
    """
    store = declared.store(run.region)
    assert store is not None, "every action's Region was checked to have a store"
    unique = uuid.uuid5(uuid.UUID(run.id), name).hex[:7]
    key = f"{pipeline.name[:20]}/{name[:10]}/{unique}"
    return Located(name, str(store["location"]), key, run.region)
