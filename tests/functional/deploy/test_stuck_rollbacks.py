"""At what a rollback stopped, told from the events of every stack that it went through."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scripts.changes import NESTED_STACK
from scripts.deploy import stuck_rollbacks
from scripts.errors import Refused, UsageError
from scripts.events import StuckResource
from scripts.inventory import Stack
from tests.functional.stubbed import StubbedSession

NOW = datetime(2026, 11, 27, tzinfo=UTC)
GONE = "Resource of type 'AWS::SQS::Queue' with identifier 'orders' was not found."


def arn(name: str) -> str:
    return f"arn:aws:cloudformation:us-east-1:111111111111:stack/{name}/1"


def stack(name: str, status: str = "UPDATE_ROLLBACK_FAILED") -> Stack:
    return Stack("us-east-1", arn(name), name, status, "", {}, {}, {}, False, "", "", "")


class Tree:
    """Stacks by name, each with its resources and its events, the newest first."""

    def __init__(self) -> None:
        self.session = StubbedSession()
        self.stub = self.session.stub("cloudformation")

    def events(self, name: str, *told: tuple[str, str, str, str]) -> None:
        events = [
            {
                "StackId": arn(name),
                "StackName": name,
                "EventId": f"{name} {number}",
                "Timestamp": NOW,
                "LogicalResourceId": logical_id,
                "ResourceType": type,
                "PhysicalResourceId": arn(name) if logical_id == name else logical_id.lower(),
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
            }
            for number, (logical_id, type, status, reason) in enumerate(told)
        ]
        self.stub.add_response(
            "describe_stack_events", {"StackEvents": events}, {"StackName": arn(name)}
        )

    def holds(self, name: str, **nested: str) -> None:
        """The nested stacks of a stack: logical id -> the stack's own name."""
        listed = [
            {
                "LogicalResourceId": logical_id,
                "PhysicalResourceId": arn(child),
                "ResourceType": NESTED_STACK,
                "ResourceStatus": "UPDATE_FAILED",
                "LastUpdatedTimestamp": NOW,
            }
            for logical_id, child in nested.items()
        ]
        self.stub.add_response(
            "list_stack_resources", {"StackResourceSummaries": listed}, {"StackName": arn(name)}
        )

    def is_(self, name: str, status: str) -> None:
        said = {"StackName": name, "StackId": arn(name), "StackStatus": status}
        self.stub.add_response(
            "describe_stacks",
            {"Stacks": [{**said, "CreationTime": NOW}]},
            {"StackName": arn(name)},
        )

    def stuck(self, name: str) -> tuple[StuckResource, ...]:
        found = stuck_rollbacks.of(self.session.aws(), stack(name))
        self.session.assert_all_asked()
        return found


def began(name: str) -> tuple[str, str, str, str]:
    return (name, NESTED_STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "")


def test_it_is_found_two_stacks_down_and_named_as_cloudformation_wants_it() -> None:
    tree = Tree()
    failed = "UPDATE_ROLLBACK_FAILED"
    tree.events("root", ("Middle", NESTED_STACK, "UPDATE_FAILED", "Embedded stack"), began("root"))
    tree.holds("root", Middle="root-Middle-X", Calm="root-Calm-Z")
    tree.is_("root-Middle-X", failed)
    tree.events(
        "root-Middle-X", ("Leaf", NESTED_STACK, "UPDATE_FAILED", "E"), began("root-Middle-X")
    )
    tree.holds("root-Middle-X", Leaf="root-Middle-X-Leaf-Y")
    tree.is_("root-Middle-X-Leaf-Y", failed)
    name = "root-Middle-X-Leaf-Y"
    tree.events(name, ("Queue", "AWS::SQS::Queue", "UPDATE_FAILED", GONE), began(name))
    tree.holds(name)
    tree.is_("root-Calm-Z", "UPDATE_ROLLBACK_COMPLETE")

    [queue] = tree.stuck("root")

    assert queue.path == ("Middle", "Leaf", "Queue")
    assert queue.skipped_as == "root-Middle-X-Leaf-Y.Queue"
    assert queue.reason == GONE
    assert stuck_rollbacks.explained(queue).startswith(
        "Queue in Middle/Leaf (AWS::SQS::Queue queue)"
    )
    assert stuck_rollbacks.remedy(queue) == "make it again, as it was and by its name"


def test_what_failed_before_the_rollback_or_was_cancelled_or_went_back_since_is_no_cause() -> None:
    tree = Tree()
    tree.events(
        "root",
        ("root", NESTED_STACK, "UPDATE_ROLLBACK_FAILED", ""),
        ("Table", "AWS::DynamoDB::Table", "UPDATE_FAILED", "Denied"),
        ("Topic", "AWS::SNS::Topic", "UPDATE_FAILED", "Resource update cancelled"),
        ("Queue", "AWS::SQS::Queue", "UPDATE_COMPLETE", ""),
        ("Queue", "AWS::SQS::Queue", "UPDATE_FAILED", "tried again since"),
        began("root"),
        ("Function", "AWS::Lambda::Function", "UPDATE_FAILED", "why the update failed"),
    )
    tree.holds("root")

    [table] = tree.stuck("root")

    assert (table.path, table.skipped_as) == (("Table",), "Table")


def stuck(*path: str, reason: str = GONE) -> StuckResource:
    return StuckResource(path, "AWS::SQS::Queue", "orders", reason, f"stack-X.{path[-1]}")


def test_what_is_to_be_skipped_is_named_by_path_or_as_cloudformation_names_it() -> None:
    queue, table = stuck("Queue", "Orders"), stuck("Catalog", "Products")

    assert stuck_rollbacks.to_skip([queue, table], ["Queue/Orders"]) == (queue,)
    assert stuck_rollbacks.to_skip([queue, table], ["stack-X.Products"]) == (table,)
    assert stuck_rollbacks.to_skip([queue, table], []) == ()
    with pytest.raises(
        UsageError, match=r"Orders cannot be skipped: .* at Queue/Orders, Catalog/P"
    ):
        stuck_rollbacks.to_skip([queue, table], ["Orders"])


def test_what_still_does_not_go_back_is_told_with_both_ways_out() -> None:
    still = stuck_rollbacks.still(
        stack("tradewind-dev-platform"), [stuck("Queue", "Orders")], "tradewind deploy dev"
    )

    assert "Orders in Queue (AWS::SQS::Queue orders) could not go back" in still.message
    assert "(Queue/Orders: make it again, as it was and by its name)" in still.fix
    assert still.fix.endswith("tradewind deploy dev --skip-resource Queue/Orders")
    assert still.exit_code == 1


def test_where_aws_names_nothing_the_stack_s_own_reason_is_told_and_no_skip_offered() -> None:
    told: dict[str, Any] = {**stack("p").__dict__, "reason": "Internal failure."}

    still = stuck_rollbacks.still(Stack(**told), [], "tradewind deploy dev")

    assert "cannot be rolled back: Internal failure." in still.message
    assert "--skip-resource" not in still.fix


def test_after_a_skip_no_update_follows_before_it_is_in_line() -> None:
    refused = stuck_rollbacks.skipped(stack("p"), [stuck("Queue", "Orders")], "dev")

    assert isinstance(refused, Refused)
    assert "but for Queue/Orders, which is not as its template says" in refused.message
    assert "tradewind drift dev" in refused.fix
