"""An environment behind its pipeline, as tests handle it: what ran, what waits, who answers how."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.rehearsal.deploy.conftest import PRIMARY, Project

PIPELINE = "tradewind-dev"


@dataclass(frozen=True)
class Piped:
    """A project whose release goes through the pipeline."""

    project: Project

    @property
    def codepipeline(self) -> Any:
        return self.project.client("codepipeline")

    def executions(self) -> list[dict[str, Any]]:
        """Newest first, without the one that CodePipeline itself starts for a new pipeline."""
        told = self.codepipeline.list_pipeline_executions(pipelineName=PIPELINE)
        found: list[dict[str, Any]] = told["pipelineExecutionSummaries"]
        return [one for one in found if one["trigger"]["triggerType"] != "CreatePipeline"]

    def latest(self) -> dict[str, str]:
        """Stage -> status, of the latest execution, as far as it came."""
        newest = self.executions()[0]["pipelineExecutionId"]
        told = self.codepipeline.get_pipeline_state(name=PIPELINE)["stageStates"]
        return {
            stage["stageName"]: stage["latestExecution"]["status"]
            for stage in told
            if stage.get("latestExecution", {}).get("pipelineExecutionId") == newest
        }

    def order(self) -> list[str]:
        """The stages of the latest execution in which something was executed, in their order."""
        told = self.codepipeline.list_action_executions(
            pipelineName=PIPELINE,
            filter={"pipelineExecutionId": self.executions()[0]["pipelineExecutionId"]},
        )["actionExecutionDetails"]
        executed = [one for one in told if one["actionName"] == "Execute"]
        return [one["stageName"] for one in sorted(executed, key=lambda one: one["startTime"])]

    def waiting(self) -> tuple[str, str]:
        """The stage that waits for approval, and the token: as soon as there is one."""
        for _ in range(1200):
            for stage in self.codepipeline.get_pipeline_state(name=PIPELINE)["stageStates"]:
                for action in stage["actionStates"]:
                    token = action.get("latestExecution", {}).get("token", "")
                    if token and action["latestExecution"]["status"] == "InProgress":
                        return stage["stageName"], token
            time.sleep(0.1)
        raise AssertionError("no approval was ever asked for")

    def planned(self) -> str:
        """The hash that the latest plan exported."""
        told = self.codepipeline.list_action_executions(pipelineName=PIPELINE)
        plans = (
            one["output"]["outputVariables"]["PlanHash"]
            for one in told["actionExecutionDetails"]
            if (one["actionName"], one["status"]) == ("Plan", "Succeeded")
        )
        hash: str = next(one for one in plans if one != "none")
        return hash

    def put(self, summary: str, status: str = "Approved", *, operator: str = "") -> None:
        """Answer the approval that waits, past the tool: as the operator of that name, or as nobody."""
        stage, token = self.waiting()
        client = self.codepipeline
        if operator:
            role = f"arn:aws:iam::{self.project.account}:role/tradewind-dev-operator-{PRIMARY}"
            given = self.project.client("sts").assume_role(RoleArn=role, RoleSessionName=operator)
            client = self.as_session(given["Credentials"])
        client.put_approval_result(
            pipelineName=PIPELINE,
            stageName=stage,
            actionName="Approve",
            result={"summary": summary, "status": status},
            token=token,
        )

    def as_session(self, credentials: dict[str, str]) -> Any:
        import boto3

        return boto3.client(
            "codepipeline",
            region_name=PRIMARY,
            endpoint_url=self.project.sandbox.endpoint,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    def history(self) -> dict[str, Any]:
        """The latest execution as `releases` lists it."""
        listed = self.project.run("releases", "list", "dev", "--json")
        assert listed.code == 0, listed.told
        document: dict[str, Any] = listed.document
        return document

    @contextmanager
    def deploying(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A deploy that runs beside the test; whatever becomes of the test, it ends."""
        deploy = self.project.start("deploy", "dev", *words)
        try:
            yield deploy
        finally:
            deploy.kill()
            deploy.communicate()
