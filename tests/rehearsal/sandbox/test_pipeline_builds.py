"""A pipeline's actions are builds and deployments: their artifacts, variables and failures are handed on."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import Any

import pytest

from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.pipelines import zipped
from tests.rehearsal.sandbox.running import until
from tests.rehearsal.sandbox.test_builds import IMAGE, REGION, ROLE, Works, spec

Told = dict[str, Any]


def action(name: str, kind: str, configuration: dict[str, str], **more: Any) -> Told:
    """An action of `Category/Provider`; inputs and outputs by their names."""
    category, _, provider = kind.partition("/")
    return {
        "name": name,
        "actionTypeId": {
            "category": category,
            "owner": "AWS",
            "provider": provider,
            "version": "1",
        },
        "configuration": configuration,
        "inputArtifacts": [{"name": one} for one in more.pop("inputs", ())],
        "outputArtifacts": [{"name": one} for one in more.pop("outputs", ())],
        **more,
    }


def source(works: Works, name: str, files: dict[str, str]) -> Told:
    """An action that brings these files."""
    works.put(f"{name}.zip", zipped(files))
    configuration = {
        "S3Bucket": works.bucket,
        "S3ObjectKey": f"{name}.zip",
        "PollForSourceChanges": "false",
    }
    return action(name, "Source/S3", configuration, outputs=[name])


def ran(works: Works, *stages: list[Told]) -> dict[str, Told]:
    """A pipeline of these stages at its end: the executions of its actions by their names."""
    pipeline = works.client("codepipeline")
    pipeline.create_pipeline(
        pipeline={
            "name": "line",
            "roleArn": ROLE,
            "pipelineType": "V2",
            "artifactStore": {"type": "S3", "location": works.bucket},
            "stages": [
                {"name": f"stage-{number}", "actions": actions}
                for number, actions in enumerate(stages)
            ],
        }
    )
    (execution,) = until(
        lambda: pipeline.list_pipeline_executions(pipelineName="line")["pipelineExecutionSummaries"]
    )
    name = {"pipelineName": "line", "pipelineExecutionId": execution["pipelineExecutionId"]}
    until(
        lambda: (
            pipeline.get_pipeline_execution(**name)["pipelineExecution"]["status"] != "InProgress"
        )
    )
    told = pipeline.list_action_executions(pipelineName="line")["actionExecutionDetails"]
    return {one["actionName"]: one for one in told}


@pytest.fixture
def works(sandbox: Sandbox) -> Works:
    made = Works(sandbox, str(uuid.uuid4().int)[:12])
    s3 = made.client("s3")
    s3.create_bucket(Bucket=made.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=made.bucket, VersioningConfiguration={"Status": "Enabled"})
    return made


def build_project(works: Works, buildspec: str) -> None:
    works.project(
        source={"type": "CODEPIPELINE", "buildspec": buildspec},
        artifacts={"type": "CODEPIPELINE"},
        environment={
            **IMAGE,
            "environmentVariables": [{"name": "ROOT", "value": "of the project"}],
        },
    )


def test_artifacts_go_in_and_out_and_exported_variables_go_on(works: Works) -> None:
    build_project(
        works,
        spec(
            "cat one.txt $CODEBUILD_SRC_DIR_Two/two.txt > both.txt",
            'export OUT="$(cat both.txt)-$ROOT" BY="$CODEBUILD_INITIATOR"',
            env={"exported-variables": ["OUT", "BY"]},
            artifacts={"files": ["both.txt"]},
        ),
    )
    variables = json.dumps([{"name": "ROOT", "value": "edge", "type": "PLAINTEXT"}])
    again = json.dumps([{"name": "ROOT", "value": "#{Plan.OUT}", "type": "PLAINTEXT"}])
    configuration = {"ProjectName": "works", "PrimarySource": "One"}

    told = ran(
        works,
        [source(works, "One", {"one.txt": "1"}), source(works, "Two", {"two.txt": "2"})],
        [
            action(
                "Plan",
                "Build/CodeBuild",
                {**configuration, "EnvironmentVariables": variables},
                inputs=["Two", "One"],
                outputs=["Made"],
                namespace="Plan",
            )
        ],
        [
            action(
                "Check",
                "Test/CodeBuild",
                {**configuration, "EnvironmentVariables": again},
                inputs=["One", "Two"],
            )
        ],
    )

    plan = told["Plan"]
    assert plan["status"] == "Succeeded"
    assert plan["output"]["outputVariables"] == {"OUT": "12-edge", "BY": "codepipeline/line"}
    assert told["Check"]["output"]["outputVariables"]["OUT"] == "12-12-edge"
    (made,) = plan["output"]["outputArtifacts"]
    content = zipfile.ZipFile(io.BytesIO(works.got(made["s3location"]["key"])))
    assert content.read("both.txt") == b"12"
    build = works.look(plan["output"]["executionResult"]["externalExecutionId"])
    assert build["initiator"] == "codepipeline/line"


def test_two_outputs_are_secondary_artifacts_by_their_names(works: Works) -> None:
    build_project(
        works,
        spec(
            "echo a > a; echo b > b",
            artifacts={"secondary-artifacts": {"A": {"files": ["a"]}, "B": {"files": ["b"]}}},
        ),
    )
    told = ran(
        works,
        [source(works, "One", {"one.txt": "1"})],
        [
            action(
                "Plan",
                "Build/CodeBuild",
                {"ProjectName": "works"},
                inputs=["One"],
                outputs=["A", "B"],
            )
        ],
    )
    names = {
        one["name"]: works.got(one["s3location"]["key"])
        for one in told["Plan"]["output"]["outputArtifacts"]
    }
    assert zipfile.ZipFile(io.BytesIO(names["A"])).namelist() == ["a"]
    assert zipfile.ZipFile(io.BytesIO(names["B"])).namelist() == ["b"]


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (
            ["exit 9"],
            "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, "
            "Message: Error while executing command: exit 9. Reason: exit status 9",
        ),
        (
            ["true"],
            "Build terminated with state: FAILED. Phase: UPLOAD_ARTIFACTS, Code: CLIENT_ERROR, "
            "Message: no artifact Made is defined in the buildspec",
        ),
    ],
)
def test_a_build_that_fails_says_where_and_why(
    works: Works, commands: list[str], said: str
) -> None:
    build_project(works, spec(*commands))
    told = ran(
        works,
        [source(works, "One", {"one.txt": "1"})],
        [
            action(
                "Plan",
                "Build/CodeBuild",
                {"ProjectName": "works"},
                inputs=["One"],
                outputs=["Made"],
            )
        ],
    )
    assert told["Plan"]["status"] == "Failed"
    assert told["Plan"]["output"]["executionResult"]["errorDetails"]["message"] == said


@pytest.mark.parametrize(
    ("configuration", "inputs", "said"),
    [
        ({"ProjectName": "none"}, ["One"], "Project cannot be found"),
        ({"ProjectName": "works"}, ["One", "Two"], "PrimarySource is required"),
        ({"ProjectName": "works", "BatchEnabled": "true"}, ["One"], "no batch builds"),
        (
            {"ProjectName": "works", "EnvironmentVariables": "[1]"},
            ["One"],
            "without name and value",
        ),
    ],
)
def test_an_action_that_cannot_begin_says_why(
    works: Works, configuration: dict[str, str], inputs: list[str], said: str
) -> None:
    build_project(works, spec("true"))
    told = ran(
        works,
        [source(works, "One", {"one.txt": "1"}), source(works, "Two", {"two.txt": "2"})],
        [action("Plan", "Build/CodeBuild", configuration, inputs=inputs)],
    )
    assert told["Plan"]["status"] == "Failed"
    assert said in told["Plan"]["output"]["executionResult"]["errorDetails"]["message"]


def test_a_deployment_takes_its_artifact_as_the_revision(works: Works) -> None:
    works.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="fleet",
        MinSize=1,
        MaxSize=1,
        LaunchConfigurationName="any",
        AvailabilityZones=["eu-west-1a"],
    )
    deploys = works.client("codedeploy")
    deploys.create_application(applicationName="shop")
    names = {"applicationName": "shop", "deploymentGroupName": "shop"}
    deploys.create_deployment_group(**names, serviceRoleArn=ROLE, autoScalingGroups=["fleet"])
    configuration = {"ApplicationName": "shop", "DeploymentGroupName": "shop"}
    told = ran(
        works,
        [
            source(works, "Good", {"appspec.yml": "version: 0.0"}),
            source(works, "Bare", {"no-appspec": ""}),
        ],
        [action("Shop", "Deploy/CodeDeploy", configuration, inputs=["Good"])],
        [action("Bad", "Deploy/CodeDeploy", configuration, inputs=["Bare"])],
    )
    assert told["Shop"]["status"] == "Succeeded"
    said = told["Shop"]["output"]["executionResult"]["externalExecutionSummary"]
    assert "No fleet of this group runs" in said
    assert told["Bad"]["status"] == "Failed"
    why = told["Bad"]["output"]["executionResult"]["errorDetails"]["message"]
    assert "HEALTH_CONSTRAINTS" in why
    (given,) = told["Shop"]["input"]["inputArtifacts"]
    revision = deploys.get_deployment_group(**names)["deploymentGroupInfo"]["targetRevision"]
    assert revision["s3Location"]["key"] == given["s3location"]["key"]
