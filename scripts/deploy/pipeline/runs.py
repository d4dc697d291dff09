"""Executions of an environment's pipeline: which there are, and starting one once.

Starting is safe to repeat. The request's token is made from what is shipped and from the execution that
ended last, so that a run that was killed after its request, and does the same again, gets the same execution
and no second one; once that has ended, the same shipment may be started anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from generator import release_stages
from generator.naming import stack_name
from scripts import failpoints
from scripts.aws import Aws, AwsSaidNo, Identity
from scripts.deploy.pipeline import names
from scripts.deploy.pipeline.state import RUNNING
from scripts.errors import Failed, Refused, UsageError

#: Executions that are looked back at.
RECENT = 100

#: The longest value of a pipeline variable (ResolvedPipelineVariable.resolvedValue has no limit of its own;
#: PipelineVariableValue: max 1000), and what stands for an empty one, which CodePipeline does not take.
LONGEST, NOTHING = 1000, "-"

#: Seconds within which an execution that goes on has taken its sources.
PATIENCE = 120


@dataclass(frozen=True)
class Cargo:
    """What an execution ships: keys of the primary's artifacts bucket, one for each source action.

    A fleet that an environment does not have has no source action either, and an empty key.
    """

    release: str
    shipment: str
    shop_revision: str
    worker_revision: str

    @property
    def revisions(self) -> list[dict[str, str]]:
        """As StartPipelineExecution takes them."""
        keys = {
            release_stages.RELEASE: self.release,
            release_stages.SHIPMENT: self.shipment,
            release_stages.SHOP_REVISION: self.shop_revision,
            release_stages.WORKER_REVISION: self.worker_revision,
        }
        return [
            {"actionName": name, "revisionType": "S3_OBJECT_KEY", "revisionValue": key}
            for name, key in keys.items()
            if key
        ]


@dataclass(frozen=True)
class Run:
    """One execution as it is listed; `trigger` is the ARN of who started it.

    `first` marks the one that CreatePipeline starts by itself: it finds no release and ends at its source.
    https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-about-starting.html
    """

    id: str
    status: str
    started: datetime
    trigger: str
    first: bool = False

    @property
    def running(self) -> bool:
        """Whether it ships something, and goes on or waits its turn."""
        return self.status in RUNNING and not self.first

    @property
    def starter(self) -> str:
        """Who started it, by name."""
        return Identity("", self.trigger).who


def listed(aws: Aws, region: str) -> tuple[Run, ...]:
    """The latest executions, newest first; none where the pipeline does not stand."""
    try:
        answer = aws.client("codepipeline", region).call(
            "list_pipeline_executions",
            pipelineName=names.pipeline(aws.environment.name),
            maxResults=RECENT,
        )
    except AwsSaidNo as error:
        if error.code == "PipelineNotFoundException":
            return ()
        raise
    return tuple(_run(said) for said in answer["pipelineExecutionSummaries"])


def under_way(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Those that go on or wait, the oldest first: the first is at work."""
    return tuple(run for run in reversed(runs) if run.running)


def find(aws: Aws, region: str, wanted: str | None) -> Run:
    """The execution of an id, or of its beginning; without one the oldest that goes on, else the latest.

    Raises UsageError where there is none.
    """
    runs = listed(aws, region)
    environment = aws.environment.name
    if not runs:
        raise UsageError(
            f"The pipeline of {environment} has never run.", fix=f"tradewind deploy {environment}"
        )
    if wanted is None:
        return next(iter(under_way(runs)), runs[0])
    found = [run for run in runs if run.id.startswith(wanted)]
    if len(found) != 1:
        told = "no execution" if not found else f"{len(found)} executions"
        raise UsageError(
            f"The pipeline of {environment} has {told} {wanted}.",
            fix=f"See which there are: tradewind watch {environment} --list",
        )
    return found[0]


def refuse_others(aws: Aws, region: str, runs: Sequence[Run], ours: str = "") -> Run | None:
    """The execution that already ships `ours`, if one does. Raises Refused where another one goes on."""
    environment, going = aws.environment.name, under_way(runs)
    if not going:
        return None
    run = going[0]
    if ours and shipment(aws, region, run) == ours:
        return run
    raise Refused(
        f"{environment} is being deployed by {run.starter}, since "
        f"{run.started:%Y-%m-%d %H:%M} (execution {run.id}).",
        fix=f"Follow it: tradewind watch {environment} {run.id}",
    )


def shipment(aws: Aws, region: str, run: Run) -> str:
    """The key of the shipment that an execution took at its source; "" where it took none.

    No list of executions tells it; the variables of its source action do, once that has ended.
    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
    """
    deadline = aws.clock.monotonic() + PATIENCE
    while True:
        told = aws.client("codepipeline", region).pages(
            "list_action_executions",
            "actionExecutionDetails",
            pipelineName=names.pipeline(aws.environment.name),
            filter={"pipelineExecutionId": run.id},
        )
        source = (one for one in told if one["stageName"] == release_stages.SOURCE)
        taken = next((one for one in source if one["actionName"] == release_stages.SHIPMENT), None)
        if taken is not None and taken["status"] != "InProgress":
            variables = taken.get("output", {}).get("outputVariables", {})
            return str(variables.get("ObjectKey", ""))
        if aws.clock.monotonic() > deadline:
            return ""
        aws.clock.pause()


def refuse_under_way(aws: Aws, warn: Callable[[str], None]) -> None:
    """Raise Refused where the pipeline is at work: for what goes past it.

    Where CodePipeline does not answer that is only said: it may be why somebody goes past it.
    """
    try:
        found = listed(aws, aws.environment.primary_region)
    except AwsSaidNo as error:
        warn(f"whether the pipeline is at work could not be asked: {error.message}")
        return
    refuse_others(aws, aws.environment.primary_region, found)


def start(
    aws: Aws, region: str, cargo: Cargo, variables: Mapping[str, str], runs: Sequence[Run]
) -> str:
    """Start an execution, or find the one that the very same request started; its id.

    `runs` are those that were listed before: the request's token depends on the one that ended last. Raises
    Failed where the pipeline is gone: its stack does not see that, and so no deploy brings it back.
    """
    pipeline = names.pipeline(aws.environment.name)
    failpoints.reach("execution.requested")
    try:
        answer = aws.client("codepipeline", region).call(
            "start_pipeline_execution",
            name=pipeline,
            variables=[
                {"name": name, "value": " ".join(value.split())[:LONGEST] or NOTHING}
                for name, value in variables.items()
            ],
            clientRequestToken=token(pipeline, cargo, runs),
            sourceRevisions=cargo.revisions,
        )
    except AwsSaidNo as error:
        if error.code != "PipelineNotFoundException":
            raise
        raise Failed(
            f"The pipeline {pipeline} in {region} is gone, though its stack stands: somebody deleted it.",
            fix=f"Delete the stack {stack_name(aws.environment.name, names.PIPELINE)}, which holds no data, "
            "and deploy again: that makes both anew. Meanwhile there is --direct.",
        ) from error
    failpoints.reach("execution.started")
    return str(answer["pipelineExecutionId"])


def token(pipeline: str, cargo: Cargo, runs: Sequence[Run]) -> str:
    """The same for the same cargo until an execution has ended since."""
    ended = next((run.id for run in runs if not run.running and not run.first), "")
    said = "\n".join((pipeline, cargo.release, cargo.shipment, ended))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _run(said: Mapping[str, Any]) -> Run:
    trigger = said.get("trigger", {})
    return Run(
        said["pipelineExecutionId"],
        said["status"],
        said["startTime"],
        trigger.get("triggerDetail", ""),
        trigger.get("triggerType") == "CreatePipeline",
    )
