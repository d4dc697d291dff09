"""What builds and deploys, made by a stack: its service's clients find it, changed and gone with it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.sandbox.resource_types import failure, outputs, remove, resource
from tests.rehearsal.sandbox.stacks import Account, output, template

ROLE = "arn:aws:iam::111111111111:role/any"
BUILDSPEC = json.dumps({"version": "0.2", "phases": {"build": {"commands": ["true"]}}})
GROUP = {"applicationName": "shop", "deploymentGroupName": "shop"}


def project(**properties: Any) -> dict[str, Any]:
    return resource(
        "CodeBuild::Project",
        **{
            "Name": "works",
            "ServiceRole": ROLE,
            "Source": {"Type": "NO_SOURCE", "BuildSpec": BUILDSPEC},
            "Artifacts": {"Type": "NO_ARTIFACTS"},
            "Environment": {
                "Type": "ARM_CONTAINER",
                "ComputeType": "BUILD_GENERAL1_SMALL",
                "Image": "any",
            },
            **properties,
        },
    )


def test_a_project(account: Account) -> None:
    codebuild = account.client("codebuild")
    given = {"Description": "one", "TimeoutInMinutes": 7, "Tags": [{"Key": "k", "Value": "v"}]}
    arn = output({"Fn::GetAtt": ["Works", "Arn"]})
    made = account.create(
        "s",
        template({"Works": project(**given)}, Outputs={"A": arn, "R": output({"Ref": "Works"})}),
    )
    (told,) = codebuild.batch_get_projects(names=["works"])["projects"]
    assert outputs(made) == {"A": told["arn"], "R": "works"}
    assert (told["description"], told["timeoutInMinutes"]) == ("one", 7)
    assert {"key": "k", "value": "v"} in told["tags"]
    build = codebuild.start_build(projectName="works")["build"]["id"]
    assert build.startswith("works:")

    account.update("s", template({"Works": project()}))
    (told,) = codebuild.batch_get_projects(names=["works"])["projects"]
    assert (told["description"], told["timeoutInMinutes"]) == ("", 60)

    assert remove(account, "s") == "DELETE_COMPLETE"
    assert codebuild.list_projects()["projects"] == []


def test_a_project_that_codebuild_does_not_take_fails_its_stack(account: Account) -> None:
    stack = account.create("s", template({"Works": project(Source={"Type": "NO_SOURCE"})}))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "buildspec is required" in failure(account, "s", "Works")


def group(**properties: Any) -> dict[str, Any]:
    return {
        "Shop": resource("CodeDeploy::Application", ApplicationName="shop"),
        "Pace": resource(
            "CodeDeploy::DeploymentConfig",
            MinimumHealthyHosts={"Type": "HOST_COUNT", "Value": "1"},
        ),
        "Group": resource(
            "CodeDeploy::DeploymentGroup",
            ApplicationName={"Ref": "Shop"},
            DeploymentGroupName="shop",
            DeploymentConfigName={"Ref": "Pace"},
            ServiceRoleArn=ROLE,
            **properties,
        ),
    }


def test_a_deployment_group(account: Account) -> None:
    deploys = account.client("codedeploy")
    alarms = {"Enabled": True, "Alarms": [{"Name": "errors"}]}
    made = account.create(
        "s",
        template(
            group(AlarmConfiguration=alarms, Tags=[{"Key": "k", "Value": "v"}]),
            Outputs={"G": output({"Ref": "Group"}), "P": output({"Ref": "Pace"})},
        ),
    )
    told = deploys.get_deployment_group(**GROUP)["deploymentGroupInfo"]
    assert outputs(made) == {"G": "shop", "P": told["deploymentConfigName"]}
    assert told["alarmConfiguration"] == {"enabled": True, "alarms": [{"name": "errors"}]}
    arn = f"arn:aws:codedeploy:{account.region}:{account.number}:deploymentgroup:shop/shop"
    assert deploys.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "k", "Value": "v"}]

    account.update("s", template(group()))
    told = deploys.get_deployment_group(**GROUP)["deploymentGroupInfo"]
    assert told["alarmConfiguration"] == {"enabled": False, "alarms": []}

    assert remove(account, "s") == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="ApplicationDoesNotExistException"):
        deploys.get_deployment_group(**GROUP)
    assert not [
        name
        for name in deploys.list_deployment_configs()["deploymentConfigsList"]
        if not name.startswith("CodeDeployDefault.")
    ]
