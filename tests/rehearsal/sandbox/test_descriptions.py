"""What the sandbox tells of stacks and change sets, member by member as AWS does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rehearsal.sandbox.stacks import Account, changes, failing, output, parameter, template
from tests.rehearsal.sandbox.test_refusals import PLAIN, refusal

ALWAYS = {
    "CreationTime",
    "DisableRollback",
    "DriftInformation",
    "EnableTerminationProtection",
    "NotificationARNs",
    "RollbackConfiguration",
    "StackId",
    "StackName",
    "StackStatus",
    "Tags",
}
"""What DescribeStacks says of every stack that is not deleted."""


def statuses(account: Account, stack: str, logical_id: str) -> list[str]:
    return [status for status, _ in account.reasons(stack, logical_id)]


def test_what_a_stack_has_not_is_not_told(account: Account) -> None:
    assert account.create("s", PLAIN, Capabilities=[]).keys() == ALWAYS
    updated = account.update("s", template({"Value": parameter("two")}), Capabilities=[])
    assert updated.keys() == {*ALWAYS, "LastUpdatedTime"}
    body = template({"Value": parameter("x")}, Outputs={"O": output("x")}, Description="said")
    full = account.create("t", body, TimeoutInMinutes=9)
    assert full.keys() == {
        *ALWAYS,
        "Capabilities",
        "Description",
        "Outputs",
        "TimeoutInMinutes",
    }
    assert full["Outputs"] == [{"OutputKey": "O", "OutputValue": "x"}]
    listed = account.cfn.list_stacks()["StackSummaries"]
    assert {held["StackName"]: held.get("TemplateDescription") for held in listed} == {
        "s": None,
        "t": "said",
    }


def test_what_a_request_says_is_told_again_until_another_says_otherwise(account: Account) -> None:
    topic, role = "arn:aws:sns:eu-west-1:111111111111:topic", "arn:aws:iam::111111111111:role/cfn"
    trigger = {"Arn": f"{topic}-alarm", "Type": "AWS::CloudWatch::Alarm"}
    given = {
        "NotificationARNs": [topic],
        "RoleARN": role,
        "RollbackConfiguration": {"RollbackTriggers": [trigger], "MonitoringTimeInMinutes": 5},
    }
    created = account.create("s", PLAIN, **given)
    assert {name: created[name] for name in given} == given
    change_set = account.change_set("s", template({"Value": parameter("2")}), NotificationARNs=[])
    assert change_set["NotificationARNs"] == []
    updated = account.execute(change_set)
    assert {name: updated[name] for name in given} == {**given, "NotificationARNs": []}
    assert updated["ChangeSetId"] == change_set["ChangeSetId"]
    assert "ChangeSetId" not in account.update("s", template({"Value": parameter("3")}))


def test_a_stack_in_review_says_who_asked_for_it(account: Account) -> None:
    change_set = account.change_set("s", PLAIN, "CREATE")
    stack = account.settled("s")
    assert stack.keys() == {*ALWAYS, "StackStatusReason"}
    assert stack["StackStatusReason"] == "User Initiated"
    assert account.reasons("s", "s") == [("REVIEW_IN_PROGRESS", "User Initiated")]
    account.execute(change_set)
    assert account.reasons("s", "s")[1:] == [
        ("CREATE_IN_PROGRESS", "User Initiated"),
        ("CREATE_COMPLETE", ""),
    ]


def test_a_change_set_tells_no_secret(account: Account) -> None:
    declared = {"Secret": {"Type": "String", "NoEcho": True}}
    body = template({"Value": parameter({"Ref": "Secret"})}, Parameters=declared)
    given = [{"ParameterKey": "Secret", "ParameterValue": "hush"}]
    change_set = account.change_set("s", body, "CREATE", Parameters=given)
    values = account.described(change_set["ChangeSetId"], IncludePropertyValues=True)
    assert change_set["Parameters"] == [{"ParameterKey": "Secret", "ParameterValue": "****"}]
    assert "hush" not in json.dumps([change_set, values], default=str)


def test_a_change_set_says_what_aws_says_of_one(account: Account) -> None:
    said = account.change_set("s", PLAIN, "CREATE", Capabilities=[])
    del said["ResponseMetadata"]
    assert said.keys() == {
        "Capabilities",
        "ChangeSetId",
        "ChangeSetName",
        "Changes",
        "CreationTime",
        "ExecutionStatus",
        "IncludeNestedStacks",
        "NotificationARNs",
        "RollbackConfiguration",
        "StackId",
        "StackName",
        "Status",
    }
    assert said["Capabilities"] == []
    assert changes(said)["Value"].keys() == {
        "Action",
        "Details",
        "LogicalResourceId",
        "ResourceType",
        "Scope",
    }


def test_a_parameter_of_ssm_is_told_by_name_and_value(account: Account) -> None:
    kind = {"Name": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/name"}}
    body = template({"Value": parameter({"Ref": "Name"})}, Parameters=kind)
    assert refusal(account.create, "s", body) == (
        "ValidationError: Unable to fetch parameters [/name] from parameter store for this account."
    )
    account.client("ssm").put_parameter(Name="/name", Value="known", Type="String")
    told = [{"ParameterKey": "Name", "ParameterValue": "/name", "ResolvedValue": "known"}]
    assert account.change_set("t", body, "CREATE")["Parameters"] == told
    assert account.create("s", body)["Parameters"] == told


def test_a_deleted_stack_is_known_by_its_id_alone(account: Account) -> None:
    first = account.create("s", PLAIN)["StackId"]
    deleted = account.delete(first)
    assert deleted["StackStatus"] == "DELETE_COMPLETE"
    assert deleted["DeletionTime"] >= deleted["CreationTime"]
    assert "EnableTerminationProtection" not in deleted
    cfn = account.cfn
    for asked, sentence in (
        (cfn.describe_stacks, "Stack with id s does not exist"),
        (cfn.describe_stack_events, "Stack [s] does not exist"),
        (cfn.describe_stack_resources, "Stack with id s does not exist"),
        (cfn.list_stack_resources, "Stack with id s does not exist"),
        (cfn.get_template, "Stack with id s does not exist"),
    ):
        assert refusal(asked, StackName="s") == f"ValidationError: {sentence}"
    assert cfn.get_template(StackName=first)["TemplateBody"] == PLAIN
    assert statuses(account, first, "s")[-1] == "DELETE_COMPLETE"


def test_a_new_stack_of_that_name_leaves_the_deleted_ones_known(account: Account) -> None:
    ids = []
    for _ in range(3):
        ids.append(account.create("s", PLAIN)["StackId"])
        account.delete(ids[-1])
    ids.append(account.create("s", PLAIN)["StackId"])
    listed = account.cfn.list_stacks()["StackSummaries"]
    assert {held["StackId"]: held["StackStatus"] for held in listed} == {
        **dict.fromkeys(ids[:-1], "DELETE_COMPLETE"),
        ids[-1]: "CREATE_COMPLETE",
    }
    for stack_id in ids:
        assert account.settled(stack_id)["StackId"] == stack_id
    assert account.settled("s")["StackId"] == ids[-1]


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("describe_stack_resources", "Stack with id none does not exist"),
        ("list_stack_resources", "Stack with id none does not exist"),
        ("get_template", "Stack with id none does not exist"),
        ("get_template_summary", "Stack with id none does not exist"),
        ("list_change_sets", "Stack [none] does not exist"),
    ],
)
def test_a_stack_that_is_not_there(account: Account, action: str, sentence: str) -> None:
    asked = getattr(account.cfn, action)
    assert refusal(asked, StackName="none") == f"ValidationError: {sentence}"


def test_a_resource_that_is_not_there(account: Account) -> None:
    asked = account.cfn.describe_stack_resource
    assert refusal(asked, StackName="none", LogicalResourceId="Value") == (
        "ValidationError: Stack 'none' does not exist"
    )
    account.create("s", PLAIN)
    assert refusal(asked, StackName="s", LogicalResourceId="Else") == (
        "ValidationError: Resource Else does not exist for stack s"
    )


def test_a_change_set_that_is_not_there(account: Account) -> None:
    for asked in (account.cfn.describe_change_set, account.cfn.execute_change_set):
        assert refusal(asked, StackName="none", ChangeSetName="c") == (
            "ValidationError: Stack [none] does not exist"
        )
        assert refusal(asked, ChangeSetName="c") == (
            "ValidationError: StackName must be specified if ChangeSetName is not specified as an "
            "ARN."
        )


def test_a_resource_leads_to_its_stack(account: Account) -> None:
    account.create("s", PLAIN)
    physical_id = account.resource("s", "Value")["PhysicalResourceId"]
    asked = account.cfn.describe_stack_resources
    [found] = asked(PhysicalResourceId=physical_id)["StackResources"]
    assert (found["StackName"], found["LogicalResourceId"]) == ("s", "Value")
    assert "Stack for none does not exist" in refusal(asked, PhysicalResourceId="none")
    assert "must be specified" in refusal(asked)


def test_a_creation_is_told_of_twice(account: Account) -> None:
    account.create("s", PLAIN)
    assert account.reasons("s", "Value") == [
        ("CREATE_IN_PROGRESS", ""),
        ("CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("CREATE_COMPLETE", ""),
    ]


def test_an_update_ends_with_its_cleanup(account: Account) -> None:
    def queue(name: str) -> dict[str, Any]:
        return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}

    account.create("s", template({"Queue": queue("one"), "Value": parameter("x")}))
    account.update("s", template({"Queue": queue("two")}))
    events = account.cfn.describe_stack_events(StackName="s")["StackEvents"][::-1]
    told = [(event["LogicalResourceId"], event["ResourceStatus"]) for event in events]
    assert told[told.index(("s", "UPDATE_IN_PROGRESS")) :] == [
        ("s", "UPDATE_IN_PROGRESS"),
        ("Queue", "UPDATE_IN_PROGRESS"),
        ("Queue", "UPDATE_IN_PROGRESS"),
        ("Queue", "UPDATE_IN_PROGRESS"),
        ("Queue", "UPDATE_COMPLETE"),
        ("s", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Queue", "DELETE_IN_PROGRESS"),
        ("Queue", "DELETE_COMPLETE"),
        ("Value", "DELETE_IN_PROGRESS"),
        ("Value", "DELETE_COMPLETE"),
        ("s", "UPDATE_COMPLETE"),
    ]
    account.update("s", template({"Queue": queue("two"), "Value": parameter("x")}))
    assert statuses(account, "s", "s")[-2:] == [
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
    ]


def test_a_failure_says_which_resource_it_was(account: Account) -> None:
    broken = template({"Value": parameter("x"), "Broken": {**failing(), "DependsOn": "Value"}})
    rolled_back = account.create("s", broken)
    assert "StackStatusReason" not in rolled_back
    assert account.reasons("s", "s")[1:] == [
        (
            "ROLLBACK_IN_PROGRESS",
            "The following resource(s) failed to create: [Broken]. Rollback requested by user.",
        ),
        ("ROLLBACK_COMPLETE", ""),
    ]
    left = account.create("t", broken, DisableRollback=True)
    assert left["StackStatus"] == "CREATE_FAILED"
    assert left["StackStatusReason"] == "The following resource(s) failed to create: [Broken]. "


def test_an_import_of_what_nobody_exports(account: Account) -> None:
    account.create("s", template({"Value": parameter({"Fn::ImportValue": "none"})}))
    assert ("CREATE_FAILED", "No export named none found") in account.reasons("s", "Value")
