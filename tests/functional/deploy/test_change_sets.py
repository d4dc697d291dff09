"""Change sets, against shapes that botocore's models allow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import ANY

from scripts.changes import NESTED_STACK, Change, Detail
from scripts.deploy import change_sets
from scripts.deploy.change_sets import ChangeSet, Request
from scripts.errors import Failed, Refused
from tests.functional.stubbed import StubbedSession

STACK = "arn:aws:cloudformation:us-east-1:111111111111:stack/tradewind-dev-platform/1"
SET = "arn:aws:cloudformation:us-east-1:111111111111:changeSet/tradewind-0/1"
NESTED = "arn:aws:cloudformation:us-east-1:111111111111:changeSet/tradewind-0-Catalog/1"
MADE = ChangeSet("us-east-1", STACK, "tradewind-dev-platform", SET, "tradewind-0")


def described(status: str, reason: str = "", *changes: dict[str, Any]) -> dict[str, Any]:
    return {
        "ChangeSetName": "tradewind-0",
        "ChangeSetId": SET,
        "StackId": STACK,
        "Status": status,
        "StatusReason": reason,
        "Changes": [{"Type": "Resource", "ResourceChange": change} for change in changes],
    }


def resource(logical_id: str, type: str, action: str, **more: Any) -> dict[str, Any]:
    return {"LogicalResourceId": logical_id, "ResourceType": type, "Action": action, **more}


def test_a_request_includes_nested_stacks_and_sends_nothing_that_aws_would_refuse() -> None:
    session = StubbedSession()
    session.stub("cloudformation").add_response(
        "create_change_set",
        {"Id": SET, "StackId": STACK},
        {
            "StackName": "tradewind-dev-platform",
            "ChangeSetName": ANY,
            "ClientToken": ANY,
            "ChangeSetType": "UPDATE",
            "IncludeNestedStacks": True,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "TemplateURL": "https://b.s3.us-east-1.amazonaws.com/releases/a/platform.json",
            "Parameters": [{"ParameterKey": "VpcCidr", "ParameterValue": "10.0.0.0/16"}],
            "Tags": [{"Key": "Project", "Value": "tradewind"}],
            "RoleARN": "arn:aws:iam::111111111111:role/platform-execution",
            "Description": "templates d1",
        },
    )

    made = change_sets.create(
        session.aws(),
        Request(
            region="us-east-1",
            stack_name="tradewind-dev-platform",
            kind="UPDATE",
            template={
                "TemplateURL": "https://b.s3.us-east-1.amazonaws.com/releases/a/platform.json"
            },
            parameters={"VpcCidr": "10.0.0.0/16"},
            tags={"Project": "tradewind"},
            role_arn="arn:aws:iam::111111111111:role/platform-execution",
            description="templates d1",
        ),
    )

    assert (made.id, made.stack_id) == (SET, STACK)


def test_it_is_waited_for_until_the_changes_are_known() -> None:
    session = StubbedSession()
    for status in ("CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"):
        session.stub("cloudformation").add_response("describe_change_set", described(status))

    assert change_sets.wait(session.aws(), MADE) is True
    session.assert_all_asked()


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information.",
        "No updates are to be performed.",
    ],
)
def test_a_set_that_failed_for_want_of_changes_is_no_failure(reason: str) -> None:
    session = StubbedSession()
    session.stub("cloudformation").add_response("describe_change_set", described("FAILED", reason))

    assert change_sets.wait(session.aws(), MADE) is False


def test_a_failure_is_explained_by_the_nested_set_where_it_began() -> None:
    session = StubbedSession()
    catalog = resource("Catalog", NESTED_STACK, "Modify", ChangeSetId=NESTED)
    stub = session.stub("cloudformation")
    stub.add_response(
        "describe_change_set", described("FAILED", "Nested change set failed", catalog)
    )
    stub.add_response(
        "describe_change_set",
        described("FAILED", "Parameter values failed: [TableName]"),
        {"ChangeSetName": NESTED},
    )

    with pytest.raises(Failed, match=r"Catalog: Parameter values failed: \[TableName\]"):
        change_sets.wait(session.aws(), MADE)


def test_what_only_validation_knows_is_asked_for() -> None:
    session = StubbedSession()
    stub = session.stub("cloudformation")
    reason = "Validation failed with 1 error(s). Call DescribeEvents to retrieve the list."
    stub.add_response("describe_change_set", described("FAILED", reason))
    stub.add_response(
        "describe_events",
        {
            "OperationEvents": [
                {
                    "EventType": "VALIDATION_ERROR",
                    "ValidationStatus": "FAILED",
                    "LogicalResourceId": "Artifacts",
                    "ResourceType": "AWS::S3::Bucket",
                    "ValidationStatusReason": "The bucket already exists.",
                }
            ]
        },
        {"ChangeSetName": SET, "Filters": {"FailedEvents": True}},
    )

    with pytest.raises(Failed, match=r"Artifacts \(AWS::S3::Bucket\): The bucket already exists"):
        change_sets.wait(session.aws(), MADE)


def test_the_tree_is_read_through_nested_sets_and_a_removed_stack_loses_what_it_holds() -> None:
    session = StubbedSession()
    stub = session.stub("cloudformation")
    stub.add_response(
        "describe_change_set",
        described(
            "CREATE_COMPLETE",
            "",
            resource("Catalog", NESTED_STACK, "Modify", ChangeSetId=NESTED, Replacement="False"),
            resource("Search", NESTED_STACK, "Remove", PhysicalResourceId="arn:search"),
        ),
    )
    carts = resource(
        "Carts",
        "AWS::DynamoDB::Table",
        "Modify",
        Replacement="True",
        Details=[{"Target": {"Attribute": "Properties", "Name": "KeySchema"}}],
    )
    stub.add_response(
        "describe_change_set",
        described("CREATE_COMPLETE", "", carts),
        {"ChangeSetName": NESTED, "IncludePropertyValues": True},
    )
    stub.add_response(
        "list_stack_resources",
        {
            "StackResourceSummaries": [
                {
                    "LogicalResourceId": "Domain",
                    "PhysicalResourceId": "domain-1",
                    "ResourceType": "AWS::OpenSearchService::Domain",
                    "ResourceStatus": "CREATE_COMPLETE",
                    "LastUpdatedTimestamp": datetime(2026, 11, 27, tzinfo=UTC),
                }
            ]
        },
        {"StackName": "arn:search"},
    )

    catalog, search = change_sets.read(session.aws(), MADE)

    assert catalog.inside == (
        Change(
            "Modify",
            "Carts",
            "AWS::DynamoDB::Table",
            "",
            "True",
            ("KeySchema",),
            details=(Detail("Properties", "KeySchema"),),
        ),
    )
    assert search.inside == (
        Change("Remove", "Domain", "AWS::OpenSearchService::Domain", "domain-1"),
    )


def test_a_shell_with_somebody_else_s_change_set_is_left_alone() -> None:
    session = StubbedSession()
    stub = session.stub("cloudformation")
    shell = {
        "StackName": "tradewind-dev-platform",
        "StackId": STACK,
        "StackStatus": "REVIEW_IN_PROGRESS",
        "CreationTime": datetime(2026, 11, 27, tzinfo=UTC),
    }
    stub.add_response("describe_stacks", {"Stacks": [shell]})
    stub.add_response(
        "list_change_sets",
        {"Summaries": [{"ChangeSetName": "by-hand", "StackName": "tradewind-dev-platform"}]},
    )

    with pytest.raises(Refused) as refused:
        change_sets.remove_shell(session.aws(), "us-east-1", "tradewind-dev-platform")

    assert "by-hand" in refused.value.message
    assert "--change-set-name by-hand" in refused.value.fix


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [
        ("a", "b", True),
        ("a", "a", False),
        ("a", "{{changeSet:KNOWN_AFTER_APPLY}}", None),
        ("x-{{changeSet:KNOWN_AFTER_APPLY}}", "a", None),
        ("****", "****", None),
        (None, "b", None),
    ],
)
def test_values_that_a_change_set_tells_are_compared_and_not_kept(
    before: str | None, after: str | None, differs: bool | None
) -> None:
    told = {"BeforeValue": before, "AfterValue": after}
    target = {"Attribute": "Properties", "Name": "Password", "RequiresRecreation": "Never"}
    said = resource(
        "Db",
        "AWS::RDS::DBInstance",
        "Modify",
        Details=[{"Target": target | {k: v for k, v in told.items() if v is not None}}],
    )

    (detail,) = change_sets.change(said).details

    assert detail == Detail("Properties", "Password", recreation="Never", differs=differs)
