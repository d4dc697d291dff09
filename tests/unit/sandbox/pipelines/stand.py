"""A pipeline that a test declares in a few lines, executed by the engine, with actions that do as they say.

An action of the fake provider is told by its configuration what it does:

    Does    `succeed` (at once), `fail`, `fail once`, or `wait`, until the test releases it
    Puts    output variables: `Name=value Other=value`
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from scripts.sandbox.gateway import Head
from scripts.sandbox.pipelines.api import API
from scripts.sandbox.pipelines.providers import Ended, Job, Refused
from tests.unit.sandbox.modelled import misfits, output_shape

T = TypeVar("T")
JSON = dict[str, Any]

ACCOUNT, REGION = "111111111111", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipeline"

#: Settings of a pipeline that does not start when it is made: its variable has no default.
A = {"variables": [{"name": "A"}]}

_names = itertools.count()


class Worker:
    """The fake provider: one for the whole process, as the registry has it."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ids: list[str] = []
        self.failed: set[str] = set()
        self.stopped: list[str] = []
        self.released: set[str] = set()
        self.lost = threading.Event()

    def begin(self, job: Job) -> str:
        if job.configuration.get("Does") == "refuse":
            raise Refused("It cannot be done.")
        self.begun.append(job.action)
        self.ids.append(job.id)
        return f"external-{job.id}"

    def look(self, job: Job, external_id: str) -> Ended | None:
        assert external_id == f"external-{job.id}"
        does = job.configuration.get("Does", "succeed")
        if does == "wait" and job.action not in self.released:
            return None
        if does == "fail" or (does == "fail once" and job.action not in self.failed):
            self.failed.add(job.action)
            return Ended(False, summary="it failed", message="It did not work.")
        puts = dict(each.split("=", 1) for each in job.configuration.get("Puts", "").split())
        return Ended(True, summary="it worked", variables=puts)

    def stop(self, job: Job, external_id: str) -> None:
        self.stopped.append(job.action)


WORKER = Worker()


class Refusal(Exception):
    """What the API said no with."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


def call(operation: str, account: str = ACCOUNT, region: str = REGION, **said: Any) -> JSON:
    """An answer, which is as botocore's model of the service has it. Raises Refusal."""
    scope = f"AWS4-HMAC-SHA256 Credential={account}/20261127/{region}/codepipeline/aws4_request"
    headers = {"x-amz-target": f"CodePipeline_20150709.{operation}", "authorization": scope}
    response = API.answer(Head("POST", "/", {}, headers), json.dumps(said).encode())
    told: JSON = json.loads(response.body)
    if response.status != 200:
        raise Refusal(told["__type"], told.get("message", ""))
    shape = output_shape("codepipeline", operation)
    assert shape is None or list(misfits(told, shape, operation)) == []
    return told


def source(name: str = "Source", output: str = "Source", **more: Any) -> JSON:
    """A source action of the fake provider."""
    outputs = [{"name": output}] if output else []
    return {**_typed(name, "Source", "CodeCommit"), "outputArtifacts": outputs, **more}


def does(name: str, what: str = "succeed", order: int = 1, puts: str = "", **more: Any) -> JSON:
    """An action of the fake provider."""
    configuration = {"Does": what, **({"Puts": puts} if puts else {})}
    return {
        **_typed(name, "Invoke", "StepFunctions"),
        "runOrder": order,
        "configuration": configuration,
        **more,
    }


def approval(name: str = "Approve", order: int = 1, **more: Any) -> JSON:
    """A manual approval."""
    return {**_typed(name, "Approval", "Manual"), "runOrder": order, **more}


def _typed(name: str, category: str, provider: str) -> JSON:
    type_id = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actionTypeId": type_id}


def stage(name: str, *actions: JSON, **conditions: Any) -> JSON:
    """A stage."""
    return {"name": name, "actions": list(actions), **conditions}


def check(variable: str, value: str, operator: str = "EQ", name: str = "Check") -> JSON:
    """A rule VariableCheck."""
    type_id = {"category": "Rule", "owner": "AWS", "provider": "VariableCheck", "version": "1"}
    configuration = {"Variable": variable, "Value": value, "Operator": operator}
    return {"name": name, "ruleTypeId": type_id, "configuration": configuration}


def unless(result: str, *rules: JSON) -> JSON:
    """A condition: unless these rules hold, that follows."""
    return {"conditions": [{"result": result, "rules": list(rules)}]}


@dataclass
class Stand:
    """One pipeline."""

    stages: tuple[JSON, ...]
    settings: JSON = field(default_factory=dict)
    name: str = ""

    def __post_init__(self) -> None:
        self.name = self.name or f"p{next(_names)}"
        call("CreatePipeline", pipeline=self.declaration)
        if "variables" not in self.settings:
            self.over(self.executions()[0]["pipelineExecutionId"])

    @property
    def declaration(self) -> JSON:
        return declaration(*self.stages, name=self.name, **self.settings)

    def start(self, **said: Any) -> str:
        started: str = call("StartPipelineExecution", name=self.name, **said)["pipelineExecutionId"]
        return started

    def stage(self, name: str) -> JSON:
        states = call("GetPipelineState", name=self.name)["stageStates"]
        (found,) = [each for each in states if each["stageName"] == name]
        return dict(found)

    def action(self, stage: str, name: str) -> JSON:
        (found,) = [
            each for each in self.stage(stage)["actionStates"] if each["actionName"] == name
        ]
        return dict(found.get("latestExecution", {}))

    def status(self, execution: str) -> str:
        return str(self.execution(execution)["status"])

    def execution(self, execution: str) -> JSON:
        told = call("GetPipelineExecution", pipelineName=self.name, pipelineExecutionId=execution)
        return dict(told["pipelineExecution"])

    def executions(self, **said: Any) -> list[JSON]:
        told = call("ListPipelineExecutions", pipelineName=self.name, **said)
        return list(told["pipelineExecutionSummaries"])

    def runs(self, execution: str) -> list[JSON]:
        """Action executions, the oldest first."""
        told = call(
            "ListActionExecutions",
            pipelineName=self.name,
            filter={"pipelineExecutionId": execution},
        )
        return list(reversed(told["actionExecutionDetails"]))

    def ran(self, execution: str) -> list[tuple[str, str]]:
        """Name and status of each action execution, the oldest first."""
        return [(run["actionName"], run["status"]) for run in self.runs(execution)]

    def over(self, execution: str) -> str:
        """The status of an execution once it is over."""
        until(lambda: self.status(execution) not in ("InProgress", "Stopping"))
        return self.status(execution)

    def in_progress(self, stage: str, action: str) -> JSON:
        """An action's state once it is under way."""

        def begun() -> bool:
            latest = self.action(stage, action)
            return latest.get("status") == "InProgress" and (
                "externalExecutionId" in latest or "token" in latest
            )

        until(begun)
        return self.action(stage, action)

    def decide(self, stage: str, action: str, status: str = "Approved", summary: str = "") -> None:
        token = self.in_progress(stage, action)["token"]
        call(
            "PutApprovalResult",
            pipelineName=self.name,
            stageName=stage,
            actionName=action,
            token=token,
            result={"status": status, "summary": summary},
        )

    def do(self, operation: str, stage: str, **said: Any) -> JSON:
        """An operation on a stage."""
        return call(operation, pipelineName=self.name, stageName=stage, **said)


def started(pipeline: Stand, value: str = "succeed") -> str:
    """An execution of a pipeline with the settings A."""
    return pipeline.start(variables=[{"name": "A", "value": value}])


def declaration(*stages: JSON, name: str = "p", **settings: Any) -> JSON:
    """A pipeline of type V2 with these stages."""
    return {
        "name": name,
        "roleArn": ROLE,
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "stages": list(stages),
        **settings,
    }


def until(holds: Callable[[], T], *, seconds: float = 30) -> T:
    """What is asked for, as soon as it is so. The limit is for a test that hangs, and measures nothing."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
    return found
