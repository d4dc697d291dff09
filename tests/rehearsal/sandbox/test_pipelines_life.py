"""Pipelines that a template made, and pipelines that outlive the sandbox's process."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox import process
from scripts.sandbox.record import birth
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.pipelines import Home, action_of
from tests.rehearsal.sandbox.running import until
from tests.rehearsal.sandbox.stacks import Account, template

APPROVE = {"name": "Wait", "actions": [action_of("Approval", "Manual", "Approve", {})]}


def pascal(value: Any, key: str = "") -> Any:
    """A declaration as templates spell it; configurations stay as they are."""
    if isinstance(value, list):
        return [pascal(each) for each in value]
    if not isinstance(value, dict) or key == "Configuration":
        return value
    return {
        name[:1].upper() + name[1:]: pascal(each, name[:1].upper() + name[1:])
        for name, each in value.items()
    }


def resource(home: Home, *stages: Any, **more: Any) -> Any:
    """The pipeline as a resource."""
    declared = home.declaration(*stages)
    stores = [
        {"Region": region, "ArtifactStore": pascal(store)}
        for region, store in declared.pop("artifactStores").items()
    ]
    properties = {**pascal(declared), "ArtifactStores": stores, **more}
    return {"Type": "AWS::CodePipeline::Pipeline", "Properties": properties}


class TestResource:
    def test_a_template_makes_a_pipeline_that_runs_and_changes_it(self, sandbox: Sandbox) -> None:
        home = Home(sandbox)
        home.put("release.zip", {"a": "1"})
        account = Account(sandbox, home.number)
        held = [{"StageName": "Wait", "Reason": "not yet"}]
        tags = [{"Key": "team", "Value": "shop"}]
        made = resource(home, home.fetch(), APPROVE, DisableInboundStageTransitions=held, Tags=tags)
        outputs = {"Version": {"Value": {"Fn::GetAtt": ["Line", "Version"]}}}
        account.create("line", template({"Line": made}, Outputs=outputs))
        assert account.resource("line", "Line")["PhysicalResourceId"] == "delivery"

        def states() -> Any:
            return home.pipelines.get_pipeline_state(name="delivery")["stageStates"]

        transition = states()[1]["inboundTransitionState"]
        assert (transition["enabled"], transition["disabledReason"]) == (False, "not yet")
        until(lambda: "inboundExecution" in states()[1])
        (fetched,) = home.pipelines.list_action_executions(pipelineName="delivery")[
            "actionExecutionDetails"
        ]
        assert fetched["startTime"] >= transition["lastChangedAt"]  # nobody could slip in before
        declared = home.pipelines.get_pipeline(name="delivery")["pipeline"]
        assert declared["stages"][0]["actions"][0]["configuration"]["S3ObjectKey"] == "release.zip"

        changed = resource(home, home.fetch("other.zip"), APPROVE)
        account.execute(account.change_set("line", template({"Line": changed}, Outputs=outputs)))
        told = home.pipelines.get_pipeline(name="delivery")["pipeline"]
        assert told["version"] == 2
        assert told["stages"][0]["actions"][0]["configuration"]["S3ObjectKey"] == "other.zip"
        (stack,) = account.cfn.describe_stacks(StackName="line")["Stacks"]
        assert stack["Outputs"][0]["OutputValue"] == "2"
        assert states()[1]["inboundTransitionState"]["enabled"] is True
        arn = f"arn:aws:codepipeline:{home.region}:{home.number}:delivery"
        assert "team" not in json.dumps(
            home.pipelines.list_tags_for_resource(resourceArn=arn)["tags"]
        )

        account.cfn.delete_stack(StackName="line")
        until(lambda: not account.live())
        with pytest.raises(ClientError, match="PipelineNotFoundException"):
            home.pipelines.get_pipeline(name="delivery")

    def test_what_the_service_refuses_fails_the_resource(self, sandbox: Sandbox) -> None:
        home = Home(sandbox)
        account = Account(sandbox, home.number)
        wrong = resource(home, APPROVE, home.fetch())
        made = account.create("line", template({"Line": wrong}))
        assert made["StackStatus"] == "ROLLBACK_COMPLETE"
        (reason,) = [
            why for status, why in account.reasons("line", "Line") if status == "CREATE_FAILED"
        ]
        assert "Pipeline should start with a stage that only contains source actions" in reason


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    process.stop(tmp_path / "home")


def saved(directory: Path, words: str) -> bool:
    """Whether the newest complete state of the pipelines says these words."""
    current = directory / "state" / "current"
    if not current.exists():
        return False
    kept = current.parent / current.read_text().strip() / "stores" / "pipelines" / "pipelines.json"
    return kept.exists() and words in kept.read_text()


def test_who_waits_and_what_is_under_way_go_on_after_a_kill(directory: Path) -> None:
    port = free_port()
    running = process.start(directory, port)
    home = Home(Sandbox(directory, running.url))
    home.put("release.zip", {"a": "1"})
    first = home.create(home.fetch(), APPROVE)
    token = until(lambda: home.latest("Wait", "Approve").get("token"))
    second = home.start()
    until(lambda: home.runs(second).get("Fetch", {}).get("status") == "Succeeded")
    before = home.pipelines.get_pipeline_state(name="delivery")["stageStates"]
    until(lambda: saved(directory, f'"Wait": ["{second}"]'))
    os.kill(running.pid, signal.SIGKILL)
    until(lambda: birth(running.pid) is None)

    process.start(directory, port)
    assert home.pipelines.get_pipeline_state(name="delivery")["stageStates"] == before
    said = {"pipelineName": "delivery", "stageName": "Wait", "actionName": "Approve"}
    yes = {"status": "Approved", "summary": "after the kill"}
    home.pipelines.put_approval_result(**said, token=token, result=yes)
    assert home.over(first) == "Succeeded"
    token = until(lambda: home.latest("Wait", "Approve").get("token"))
    home.pipelines.put_approval_result(**said, token=token, result=yes)
    assert home.over(second) == "Succeeded"
