"""What is wanted, and what stands of it."""

from __future__ import annotations

from typing import Any

from scripts.preflight.standing import Standing
from scripts.preflight.wanted import Wanted
from tests.unit.preflight.grounds import Cloud, later, resource

STACK = "arn:aws:cloudformation:us-east-1:111111111111:stack/tradewind-dev-platform/1"
CHILD = "arn:aws:cloudformation:us-east-1:111111111111:stack/child/2"


def test_a_value_that_only_a_deployment_knows_is_no_text() -> None:
    one = resource("AWS::S3::Bucket", BucketName=later("Other"), Flag=True, Size="7", Odd="7a")

    assert (one.text("BucketName"), one.text("Flag"), one.text("Missing")) == ("", "", "")
    assert (one.number("Size"), one.number("Odd"), one.number("Missing")) == (7, 0, 0)


def test_a_neighbour_is_of_the_same_stack() -> None:
    here = resource("A", "Here")
    there = resource("A", "There")
    elsewhere = resource("A", "There", "us-west-2")
    wanted = Wanted((elsewhere, here, there))

    assert wanted.beside(here, "There") is there
    assert wanted.beside(here, "Nowhere") is None


def listed(*rows: tuple[str, str, str, str]) -> dict[str, Any]:
    return {
        "StackResourceSummaries": [
            {
                "LogicalResourceId": logical_id,
                "ResourceType": kind,
                "PhysicalResourceId": physical_id,
                "ResourceStatus": status,
                "LastUpdatedTimestamp": 1_700_000_000,
            }
            for logical_id, kind, physical_id, status in rows
        ]
    }


def test_a_resource_stands_where_its_stack_has_it_and_it_was_made() -> None:
    cloud = Cloud()
    tags = [
        {"Key": key, "Value": value}
        for key, value in (("Project", "tradewind"), ("Environment", "dev"), ("Root", "platform"))
    ]
    stack = {
        "StackId": STACK,
        "StackName": "tradewind-dev-platform",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": 1_700_000_000,
        "Tags": tags,
    }
    cloud.says("cloudformation", "describe_stacks", {"Stacks": [stack]})
    nested = "AWS::CloudFormation::Stack"
    cloud.says(
        "cloudformation",
        "list_stack_resources",
        listed(("Layer", nested, CHILD, "CREATE_COMPLETE")),
    )
    cloud.says(
        "cloudformation",
        "list_stack_resources",
        listed(
            ("Made", "AWS::EC2::VPC", "vpc-1", "UPDATE_COMPLETE"),
            ("Failed", "AWS::EC2::VPC", "vpc-2", "CREATE_FAILED"),
        ),
    )
    standing = Standing(cloud.aws())

    assert standing.identifier(resource("AWS::EC2::VPC", "Made")) == "vpc-1"
    assert not standing.holds(resource("AWS::EC2::VPC", "Failed"))
    assert not standing.holds(resource("AWS::EC2::VPC", "Other"))
    cloud.assert_all_asked()
