"""A pipeline of a test's own in the sandbox: buckets with versions, revisions, and what became of them."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.json_shapes import checking_json
from tests.rehearsal.sandbox.running import until

JSON = dict[str, Any]


def zipped(files: Mapping[str, str]) -> bytes:
    """A zip of these files."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return body.getvalue()


@dataclass
class Home:
    """An account that a test has for itself, with a source and an artifact store in two Regions."""

    sandbox: Sandbox
    number: str = field(default_factory=lambda: str(uuid.uuid4().int)[:12])
    region: str = "eu-west-1"
    other: str = "us-east-1"

    def __post_init__(self) -> None:
        self.role = f"arn:aws:iam::{self.number}:role/pipeline"
        self.source = f"source-{self.number}"
        self.pipelines = checking_json(self.client("codepipeline"))
        for region in (self.region, self.other):
            place = {} if region == "us-east-1" else {"LocationConstraint": region}
            more = {"CreateBucketConfiguration": place} if place else {}
            self.client("s3", region).create_bucket(Bucket=self.store(region), **more)
        self.client("s3").create_bucket(
            Bucket=self.source, CreateBucketConfiguration={"LocationConstraint": self.region}
        )
        self.client("s3").put_bucket_versioning(
            Bucket=self.source, VersioningConfiguration={"Status": "Enabled"}
        )

    def client(self, service: str, region: str = "") -> Any:
        return self.sandbox.client(service, region or self.region, self.number)

    def store(self, region: str) -> str:
        return f"artifacts-{region}-{self.number}"

    def put(self, key: str, files: Mapping[str, str]) -> str:
        """A revision; gives its version."""
        told = self.client("s3").put_object(Bucket=self.source, Key=key, Body=zipped(files))
        version: str = told["VersionId"]
        return version

    def fetch(self, key: str = "release.zip", **more: str) -> JSON:
        """A stage with one source action."""
        configuration = {
            "S3Bucket": self.source,
            "S3ObjectKey": key,
            "PollForSourceChanges": "false",
        }
        action = action_of("Source", "S3", "Fetch", {**configuration, **more})
        return {"name": "Source", "actions": [{**action, "outputArtifacts": [{"name": "App"}]}]}

    def declaration(self, *stages: JSON, **settings: Any) -> JSON:
        stores = {
            region: {"type": "S3", "location": self.store(region)}
            for region in (self.region, self.other)
        }
        return {
            "name": "delivery",
            "roleArn": self.role,
            "artifactStores": stores,
            "pipelineType": "V2",
            "executionMode": "QUEUED",
            "stages": list(stages),
            **settings,
        }

    def create(self, *stages: JSON, **settings: Any) -> str:
        """A pipeline; gives the execution that its creation started."""
        self.pipelines.create_pipeline(pipeline=self.declaration(*stages, **settings))
        told = self.pipelines.list_pipeline_executions(pipelineName="delivery")
        first: str = told["pipelineExecutionSummaries"][0]["pipelineExecutionId"]
        return first

    def start(self, **said: Any) -> str:
        told = self.pipelines.start_pipeline_execution(name="delivery", **said)
        execution: str = told["pipelineExecutionId"]
        return execution

    def over(self, execution: str) -> str:
        """The status of an execution that has ended."""

        def status() -> str:
            told = self.pipelines.get_pipeline_execution(
                pipelineName="delivery", pipelineExecutionId=execution
            )["pipelineExecution"]["status"]
            return "" if told in ("InProgress", "Stopping") else str(told)

        return until(status)

    def runs(self, execution: str) -> dict[str, JSON]:
        """The action executions by name, the latest of each."""
        told = self.pipelines.list_action_executions(
            pipelineName="delivery", filter={"pipelineExecutionId": execution}
        )["actionExecutionDetails"]
        return {run["actionName"]: run for run in reversed(told)}

    def error(self, execution: str, action: str) -> JSON:
        """What is told of an action that failed."""
        return dict(self.runs(execution)[action]["output"]["executionResult"]["errorDetails"])

    def approve(self, stage: str, summary: str = "") -> None:
        """Say yes to the stage's action `Approve`, once it asks."""
        token = until(lambda: self.latest(stage, "Approve").get("token"))
        self.pipelines.put_approval_result(
            pipelineName="delivery",
            stageName=stage,
            actionName="Approve",
            token=token,
            result={"status": "Approved", "summary": summary},
        )

    def latest(self, stage: str, action: str) -> JSON:
        """The state of an action."""
        states = self.pipelines.get_pipeline_state(name="delivery")["stageStates"]
        (found,) = [each for each in states if each["stageName"] == stage]
        (held,) = [each for each in found["actionStates"] if each["actionName"] == action]
        return dict(held.get("latestExecution", {}))


def action_of(category: str, provider: str, name: str, configuration: JSON, **more: Any) -> JSON:
    """An action of AWS's own."""
    type_id = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actionTypeId": type_id, "configuration": configuration, **more}
