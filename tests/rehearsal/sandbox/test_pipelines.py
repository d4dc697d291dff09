"""Pipelines whose actions do real work in the sandbox: sources, stacks, functions, in two Regions."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.pipelines import JSON, Home, action_of
from tests.rehearsal.sandbox.running import Account as Functions
from tests.rehearsal.sandbox.running import until


@pytest.fixture
def home(sandbox: Sandbox) -> Home:
    return Home(sandbox)


def template(value: Any, **sections: Any) -> str:
    """A stack of one parameter."""
    resource = {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Type": "String", "Name": "shipped", "Value": value},
    }
    return json.dumps({"Resources": {"Shipped": resource}, **sections})


def with_parameter() -> str:
    return template(
        {"Ref": "Value"},
        Parameters={"Value": {"Type": "String"}},
        Outputs={"Told": {"Value": {"Ref": "Value"}}},
    )


def deploy(home: Home, mode: str, **more: str) -> JSON:
    """The configuration of a CloudFormation action."""
    return {"ActionMode": mode, "StackName": "shop", "RoleArn": home.role, **more}


def deployment(home: Home) -> JSON:
    """A stage that deploys the source's shop.json."""
    configuration = deploy(home, "CREATE_UPDATE", TemplatePath="App::shop.json")
    inputs = [{"name": "App"}]
    action = action_of("Deploy", "CloudFormation", "Deploy", configuration, inputArtifacts=inputs)
    return {"name": "Deploy", "actions": [action]}


def test_a_stack_is_deployed_from_the_source_and_tells_its_outputs(home: Home) -> None:
    home.put("release.zip", {"shop.json": with_parameter(), "values.json": '{"Value": "one"}'})
    overrides = {"Value": {"Fn::GetParam": ["App", "values.json", "Value"]}}
    action = action_of(
        "Deploy",
        "CloudFormation",
        "Deploy",
        deploy(
            home,
            "CREATE_UPDATE",
            TemplatePath="App::shop.json",
            ParameterOverrides=json.dumps(overrides),
            OutputFileName="told.json",
        ),
        inputArtifacts=[{"name": "App"}],
        outputArtifacts=[{"name": "Told"}],
        namespace="Deploy",
    )
    execution = home.create(home.fetch(), {"name": "Deploy", "actions": [action]})
    assert home.over(execution) == "Succeeded"
    assert home.client("ssm").get_parameter(Name="shipped")["Parameter"]["Value"] == "one"
    output = home.runs(execution)["Deploy"]["output"]
    assert output["outputVariables"] == {"Told": "one"}
    where = output["outputArtifacts"][0]["s3location"]
    body = home.client("s3").get_object(Bucket=where["bucket"], Key=where["key"])["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert json.loads(archive.read("told.json")) == {"Told": "one"}
    again = home.start()
    assert home.over(again) == "Succeeded"  # nothing to update is no failure


def test_a_change_set_is_made_approved_and_executed_in_another_region(home: Home) -> None:
    home.put("release.zip", {"shop.json": template("two")})
    where = {"region": home.other, "inputArtifacts": [{"name": "App"}]}
    plan = action_of(
        "Deploy",
        "CloudFormation",
        "Plan",
        deploy(home, "CHANGE_SET_REPLACE", ChangeSetName="c", TemplatePath="App::shop.json"),
        **where,
    )
    approve = action_of("Approval", "Manual", "Approve", {}, runOrder=1)
    execute = action_of(
        "Deploy",
        "CloudFormation",
        "Execute",
        {"ActionMode": "CHANGE_SET_EXECUTE", "StackName": "shop", "ChangeSetName": "c"},
        region=home.other,
        runOrder=2,
    )
    execution = home.create(
        home.fetch(),
        {"name": "Plan", "actions": [plan]},
        {"name": "Change", "actions": [approve, execute]},
    )
    until(lambda: home.latest("Change", "Approve").get("token"))
    copied = home.runs(execution)["Plan"]["input"]["inputArtifacts"][0]["s3location"]
    assert copied["bucket"] == home.store(home.other)
    home.client("s3", home.other).head_object(Bucket=copied["bucket"], Key=copied["key"])
    with pytest.raises(ClientError):
        home.client("ssm", home.other).get_parameter(Name="shipped")
    home.approve("Change", "go")
    assert home.over(execution) == "Succeeded"
    shipped = home.client("ssm", home.other).get_parameter(Name="shipped")["Parameter"]
    assert shipped["Value"] == "two"
    again = home.start()  # without changes there is nothing to execute, and that is no failure
    home.approve("Change", "go")
    assert home.over(again) == "Succeeded"


def test_a_stack_that_fails_fails_its_action_with_the_reason(home: Home) -> None:
    home.put("release.zip", {"shop.json": template({"Fn::ImportValue": "nowhere"})})
    execution = home.create(home.fetch(), deployment(home))
    assert home.over(execution) == "Failed"
    error = home.error(execution, "Deploy")
    assert error["code"] == "JobFailed"
    assert "nowhere" in error["message"] or "ROLLBACK_COMPLETE" in error["message"]


def test_a_stage_goes_back_to_what_a_stack_that_went_back_has_already(home: Home) -> None:
    home.put("release.zip", {"shop.json": template("one")})
    good = home.create(home.fetch(), deployment(home))
    assert home.over(good) == "Succeeded"
    home.put("release.zip", {"shop.json": template({"Fn::ImportValue": "nowhere"})})
    assert home.over(home.start()) == "Failed"
    status = home.client("cloudformation").describe_stacks(StackName="shop")["Stacks"][0]
    assert status["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    back = home.pipelines.rollback_stage(
        pipelineName="delivery", stageName="Deploy", targetPipelineExecutionId=good
    )
    assert home.over(back["pipelineExecutionId"]) == "Succeeded"
    assert home.over(home.start()) == "Failed"  # this one went back by itself


def test_what_an_artifact_lacks_is_named(home: Home) -> None:
    home.put("release.zip", {"other.json": "{}"})
    execution = home.create(home.fetch(), deployment(home))
    assert home.over(execution) == "Failed"
    error = home.error(execution, "Deploy")
    assert error["message"] == "File [shop.json] does not exist in artifact [App]"


class TestSource:
    nothing: JSON = {
        "name": "Wait",
        "actions": [action_of("Approval", "Manual", "Approve", {})],
    }

    def test_an_object_that_is_not_there_fails_the_first_execution(self, home: Home) -> None:
        execution = home.create(home.fetch(), self.nothing)
        assert home.over(execution) == "Failed"
        error = home.error(execution, "Fetch")
        assert "release.zip" in error["message"]

    def test_a_bucket_without_versions_is_no_source(self, home: Home) -> None:
        stage = home.fetch(S3Bucket=home.store(home.region))
        execution = home.create(stage, self.nothing)
        assert home.over(execution) == "Failed"
        error = home.error(execution, "Fetch")
        assert "is not versioned" in error["message"]

    def test_an_execution_is_started_with_another_key_and_another_version(self, home: Home) -> None:
        home.put("release.zip", {"a": "1"})
        first = home.put("other.zip", {"a": "2"})
        home.put("other.zip", {"a": "3"})
        home.create(home.fetch(AllowOverrideForS3ObjectKey="true"), self.nothing)
        overrides = [
            {"actionName": "Fetch", "revisionType": kind, "revisionValue": value}
            for kind, value in (("S3_OBJECT_KEY", "other.zip"), ("S3_OBJECT_VERSION_ID", first))
        ]
        execution = home.start(sourceRevisions=overrides)
        until(lambda: home.runs(execution).get("Fetch", {}).get("status") == "Succeeded")
        run = home.runs(execution)["Fetch"]
        assert run["output"]["outputVariables"]["ObjectKey"] == "other.zip"
        assert run["output"]["outputVariables"]["VersionId"] == first
        where = run["output"]["outputArtifacts"][0]["s3location"]
        body = home.client("s3").get_object(Bucket=where["bucket"], Key=where["key"])["Body"].read()
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            assert archive.read("a") == b"2"
        told = home.pipelines.list_pipeline_executions(pipelineName="delivery", maxResults=1)
        (revision,) = told["pipelineExecutionSummaries"][0]["sourceRevisions"]
        assert revision["revisionId"] == first

    def test_without_leave_the_key_cannot_be_another(self, home: Home) -> None:
        home.put("release.zip", {"a": "1"})
        home.create(home.fetch(), self.nothing)
        override = {"actionName": "Fetch", "revisionType": "S3_OBJECT_KEY", "revisionValue": "x"}
        with pytest.raises(ClientError, match="AllowOverrideForS3ObjectKey"):
            home.start(sourceRevisions=[override])


def test_a_function_does_an_action_in_two_calls_and_puts_out_variables(home: Home) -> None:
    home.put("release.zip", {"a": "1"})
    code = """
def handler(event, context):
    job = event["CodePipeline.job"]
    client = boto3.client("codepipeline")
    if "continuationToken" not in job["data"]:
        client.put_job_success_result(jobId=job["id"], continuationToken="more")
        return
    said = job["data"]["actionConfiguration"]["configuration"]["UserParameters"]
    client.put_job_success_result(jobId=job["id"], outputVariables={"Said": said})
"""
    functions = Functions(home.sandbox, home.number, home.region)
    functions.function("worker", code)
    invoke = action_of(
        "Invoke",
        "Lambda",
        "Invoke",
        {"FunctionName": "worker", "UserParameters": "#{Source.ObjectKey}"},
        namespace="Invoke",
    )
    fetch = home.fetch()
    fetch["actions"][0]["namespace"] = "Source"
    execution = home.create(fetch, {"name": "Do", "actions": [invoke]})
    assert home.over(execution) == "Succeeded"
    assert home.runs(execution)["Invoke"]["output"]["outputVariables"] == {"Said": "release.zip"}


def test_a_function_fails_an_action_in_its_own_words(home: Home) -> None:
    home.put("release.zip", {"a": "1"})
    code = """
def handler(event, context):
    boto3.client("codepipeline").put_job_failure_result(
        jobId=event["CodePipeline.job"]["id"],
        failureDetails={"type": "ConfigurationError", "message": "not like this"},
    )
"""
    Functions(home.sandbox, home.number, home.region).function("worker", code)
    invoke = action_of("Invoke", "Lambda", "Invoke", {"FunctionName": "worker"})
    execution = home.create(home.fetch(), {"name": "Do", "actions": [invoke]})
    assert home.over(execution) == "Failed"
    error = home.error(execution, "Invoke")
    assert error == {"code": "ConfigurationError", "message": "not like this"}


def test_rules_of_eventbridge_are_told_what_becomes_of_an_execution(home: Home) -> None:
    home.put("release.zip", {"a": "1"})
    sqs, events = home.client("sqs"), home.client("events")
    url = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {
        "source": ["aws.codepipeline"],
        "detail-type": ["CodePipeline Pipeline Execution State Change"],
        "detail": {"state": ["FAILED"], "pipeline": ["delivery"]},
    }
    events.put_rule(Name="failures", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="failures", Targets=[{"Id": "queue", "Arn": arn["QueueArn"]}])
    invoke = action_of("Invoke", "Lambda", "Invoke", {"FunctionName": "nobody"})
    execution = home.create(home.fetch(), {"name": "Do", "actions": [invoke]})
    assert home.over(execution) == "Failed"
    (message,) = until(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    told = json.loads(message["Body"])
    assert told["detail"]["execution-id"] == execution
    assert told["resources"] == [f"arn:aws:codepipeline:eu-west-1:{home.number}:delivery"]


def test_who_approves_is_the_session_of_the_role_that_is_assumed(home: Home) -> None:
    home.put("release.zip", {"a": "1"})
    execution = home.create(home.fetch(), TestSource.nothing)
    assumed = home.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{home.number}:role/operator", RoleSessionName="ada"
    )["Credentials"]
    import boto3

    operator = boto3.client(
        "codepipeline",
        region_name=home.region,
        endpoint_url=home.sandbox.endpoint,
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )
    token = until(lambda: home.latest("Wait", "Approve").get("token"))
    operator.put_approval_result(
        pipelineName="delivery",
        stageName="Wait",
        actionName="Approve",
        token=token,
        result={"status": "Approved", "summary": "yes"},
    )
    assert home.over(execution) == "Succeeded"
    by = home.runs(execution)["Approve"]["updatedBy"]
    assert by == f"arn:aws:sts::{home.number}:assumed-role/operator/ada"


def test_a_stack_is_configured_by_a_file_and_deleted_by_a_later_stage(home: Home) -> None:
    configured = json.dumps({"Parameters": {"Value": "file"}, "Tags": {"team": "shop"}})
    home.put("release.zip", {"shop.json": with_parameter(), "config.json": configured})
    deployed = action_of(
        "Deploy",
        "CloudFormation",
        "Deploy",
        deploy(
            home,
            "CREATE_UPDATE",
            TemplatePath="App::shop.json",
            TemplateConfiguration="App::config.json",
        ),
        inputArtifacts=[{"name": "App"}],
    )
    approve = action_of("Approval", "Manual", "Approve", {})
    gone = action_of("Deploy", "CloudFormation", "Delete", deploy(home, "DELETE_ONLY"), runOrder=2)
    execution = home.create(
        home.fetch(),
        {"name": "Deploy", "actions": [deployed]},
        {"name": "Remove", "actions": [approve, gone]},
    )
    until(lambda: home.latest("Remove", "Approve").get("token"))
    (stack,) = home.client("cloudformation").describe_stacks(StackName="shop")["Stacks"]
    assert stack["Parameters"] == [{"ParameterKey": "Value", "ParameterValue": "file"}]
    assert stack["Tags"] == [{"Key": "team", "Value": "shop"}]
    assert stack["RoleARN"] == home.role
    home.approve("Remove")
    assert home.over(execution) == "Succeeded"
    with pytest.raises(ClientError, match="does not exist"):
        home.client("cloudformation").describe_stacks(StackName="shop")


def test_an_artifact_store_that_is_not_there_fails_the_action_and_names_it(home: Home) -> None:
    home.put("release.zip", {"a": "1"})
    stores = {home.region: {"type": "S3", "location": "nowhere"}}
    execution = home.create(home.fetch(), TestSource.nothing, artifactStores=stores)
    assert home.over(execution) == "Failed"
    error = home.error(execution, "Fetch")
    assert "NoSuchBucket" in error["message"]


def test_who_is_asked_is_told_through_the_topic_of_the_approval(home: Home) -> None:
    home.put("release.zip", {"a": "1"})
    sqs, sns = home.client("sqs"), home.client("sns")
    url = sqs.create_queue(QueueName="asked")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    topic = sns.create_topic(Name="approvals")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=attributes["QueueArn"])
    asked = {
        "NotificationArn": topic,
        "CustomData": "read the plan of #{codepipeline.PipelineExecutionId}",
        "ExternalEntityLink": "https://example.com/plan",
    }
    stage = {"name": "Wait", "actions": [action_of("Approval", "Manual", "Approve", asked)]}
    execution = home.create(home.fetch(), stage)
    (message,) = until(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    told = json.loads(json.loads(message["Body"])["Message"])["approval"]
    assert told["customData"] == f"read the plan of {execution}"
    assert told["token"] == home.latest("Wait", "Approve")["token"]


def test_a_rule_asks_a_function_whether_a_stage_is_entered(home: Home) -> None:
    home.put("release.zip", {"a": "1"})
    code = """
def handler(event, context):
    boto3.client("codepipeline").put_job_failure_result(
        jobId=event["CodePipeline.job"]["id"],
        failureDetails={"type": "JobFailed", "message": "a freeze"},
    )
"""
    Functions(home.sandbox, home.number, home.region).function("freeze", code)
    rule = {
        "name": "Open",
        "ruleTypeId": {
            "category": "Rule",
            "owner": "AWS",
            "provider": "LambdaInvoke",
            "version": "1",
        },
        "configuration": {"FunctionName": "freeze"},
    }
    entry = {"conditions": [{"result": "SKIP", "rules": [rule]}]}
    execution = home.create(home.fetch(), {**TestSource.nothing, "beforeEntry": entry})
    assert home.over(execution) == "Succeeded"
    (told,) = home.pipelines.list_rule_executions(pipelineName="delivery")["ruleExecutionDetails"]
    assert told["output"]["executionResult"]["errorDetails"]["message"] == "a freeze"
    state = home.pipelines.get_pipeline_state(name="delivery")["stageStates"][1]
    assert state["latestExecution"]["status"] == "Skipped"
