"""An execution of a pipeline as CodePipeline tells it: stages and actions, as one tree.

Three answers make it. GetPipelineExecution has the status of the whole; ListActionExecutions every action
that was begun, retried ones too; GetPipelineState what a stage is at now and, alone, the token of an open
approval. Where a later execution has entered a stage its state is no longer this one's: then the actions
tell.
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineState.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from scripts.aws import Aws, AwsSaidNo
from scripts.errors import Failed

RUNNING = ("InProgress", "Stopping")


@dataclass(frozen=True)
class Action:
    """One action of a stage in its latest try; `attempt` counts tries from 1.

    `status` is "" for an action that was not begun, else CodePipeline's word. `token` is there while an
    approval is open. `by` is the ARN of who ended it, of an approval.
    """

    stage: str
    name: str
    category: str = ""
    provider: str = ""
    status: str = ""
    summary: str = ""
    error: str = ""
    external_id: str = ""
    url: str = ""
    by: str = ""
    token: str = ""
    region: str = ""
    attempt: int = 1
    began: datetime | None = None
    ended: datetime | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether it is an approval that somebody has to give."""
        return self.category == "Approval" and self.status == "InProgress"


@dataclass(frozen=True)
class Stage:
    """A stage with what has happened in it; `status` is "" before the execution has come to it.

    `held` says why nothing passes into it: somebody disabled the transition.
    """

    name: str
    status: str
    actions: tuple[Action, ...] = ()
    held: str = ""

    def action(self, name: str) -> Action | None:
        """An action that was begun, by its name."""
        return next((one for one in self.actions if one.name == name), None)


@dataclass(frozen=True)
class Execution:
    """One execution, now."""

    id: str
    status: str
    summary: str
    stages: tuple[Stage, ...]

    @property
    def running(self) -> bool:
        """Whether it goes on, or is about to stop."""
        return self.status in RUNNING

    @property
    def actions(self) -> Iterator[Action]:
        """Every action that was begun, stage by stage."""
        return (action for stage in self.stages for action in stage.actions)

    @property
    def waiting(self) -> Iterator[Action]:
        """The approvals that are open."""
        return (action for action in self.actions if action.waits)

    def stage(self, name: str) -> Stage | None:
        """A stage by its name."""
        return next((one for one in self.stages if one.name == name), None)

    def exported(self, stage: str, action: str) -> Mapping[str, str]:
        """The variables of an action; none of one that was not begun."""
        there = self.stage(stage)
        begun = there.action(action) if there else None
        return begun.variables if begun else {}


class NoSuchExecution(Failed):
    """The pipeline, or the execution, is not there."""


def read(aws: Aws, region: str, pipeline: str, execution: str) -> Execution:
    """An execution with all its stages. Raises NoSuchExecution."""
    codepipeline = aws.client("codepipeline", region)
    try:
        said = codepipeline.call(
            "get_pipeline_execution", pipelineName=pipeline, pipelineExecutionId=execution
        )["pipelineExecution"]
    except AwsSaidNo as error:
        if error.code in ("PipelineNotFoundException", "PipelineExecutionNotFoundException"):
            raise NoSuchExecution(
                f"The pipeline {pipeline} in {region} has no execution {execution}.",
                fix=f"See which there are: tradewind watch {aws.environment.name} --list",
            ) from error
        raise
    begun = codepipeline.pages(
        "list_action_executions",
        "actionExecutionDetails",
        pipelineName=pipeline,
        filter={"pipelineExecutionId": execution},
    )
    actions = latest_tries(begun)
    told = codepipeline.call("get_pipeline_state", name=pipeline)
    return Execution(
        execution,
        said["status"],
        said.get("statusSummary", ""),
        tuple(
            _stage(one, execution, actions.get(one["stageName"], {}))
            for one in told.get("stageStates", ())
        ),
    )


def latest_tries(said: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Action]]:
    """Stage -> action -> its latest try, in the order in which the actions were first begun."""
    tries = sorted(said, key=lambda one: one["startTime"])
    found: dict[str, dict[str, Action]] = {}
    for one in tries:
        stage = found.setdefault(one["stageName"], {})
        before = stage.get(one["actionName"])
        action = _action(one)
        stage[action.name] = replace(action, attempt=before.attempt + 1) if before else action
    return found


def _action(said: Mapping[str, Any]) -> Action:
    given, result = said.get("input", {}), said.get("output", {}).get("executionResult", {})
    kind, wrong = given.get("actionTypeId", {}), result.get("errorDetails", {})
    status = said["status"]
    return Action(
        stage=said["stageName"],
        name=said["actionName"],
        category=kind.get("category", ""),
        provider=kind.get("provider", ""),
        status=status,
        summary=result.get("externalExecutionSummary", ""),
        error=wrong.get("message", ""),
        external_id=result.get("externalExecutionId", ""),
        url=result.get("externalExecutionUrl", ""),
        by=said.get("updatedBy", ""),
        region=given.get("region", ""),
        began=said["startTime"],
        ended=None if status == "InProgress" else said.get("lastUpdateTime"),
        variables=said.get("output", {}).get("outputVariables", {}),
    )


def _stage(said: Mapping[str, Any], execution: str, actions: Mapping[str, Action]) -> Stage:
    """A stage of this execution, from its own state where that is still this one's."""
    name, latest = said["stageName"], said.get("latestExecution", {})
    way = said.get("inboundTransitionState", {})
    held = "" if way.get("enabled", True) else way.get("disabledReason", "disabled")
    waiting = [said.get("inboundExecution", {}), *said.get("inboundExecutions", ())]
    here = any(one.get("pipelineExecutionId") == execution for one in waiting)
    if latest.get("pipelineExecutionId") != execution:
        return Stage(name, _from(actions.values()), tuple(actions.values()), held if here else "")
    now = {one["actionName"]: one.get("latestExecution", {}) for one in said["actionStates"]}
    return Stage(
        name,
        latest["status"],
        tuple(_with_state(action, now.get(action.name, {})) for action in actions.values()),
    )


def _with_state(action: Action, now: Mapping[str, Any]) -> Action:
    """The action with what only the stage's state tells: the token, and the approver's words."""
    if now.get("status") != action.status:
        return action
    wrong = now.get("errorDetails", {})
    return replace(
        action,
        token=now.get("token", "") if action.status == "InProgress" else "",
        summary=now.get("summary", "") or action.summary,
        error=wrong.get("message", "") or action.error,
        by=now.get("lastUpdatedBy", "") or action.by,
        external_id=now.get("externalExecutionId", "") or action.external_id,
        url=now.get("externalExecutionUrl", "") or action.url,
    )


def _from(actions: Iterable[Action]) -> str:
    """A stage's status from its actions alone; "" where none was begun."""
    found = [action.status for action in actions]
    for status in ("InProgress", "Failed", "Abandoned"):
        if status in found:
            return "Stopped" if status == "Abandoned" else status
    return "Succeeded" if found else ""
