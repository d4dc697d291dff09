"""What is said of a rollback that goes on, and of a roll-out that ends before its time."""

from __future__ import annotations

from scripts import narration
from scripts.events import RollbackContinued, RolloutStopped, StuckResource, WaveStarted
from scripts.telling import Telling
from scripts.terminal import Terminal

QUEUE = StuckResource(("Queue", "Orders"), "AWS::SQS::Queue", "orders", "was not found", "q.Orders")
TABLE = StuckResource(("Products",), "AWS::DynamoDB::Table", "t", "denied", "Products")
CONTINUED = RollbackContinued("platform", "us-east-1", (QUEUE, TABLE), (QUEUE,))
STOPPED = RolloutStopped("dev", ("foundation in us-east-1",), "platform in us-east-1", ("edge",))


def test_every_resource_that_a_rollback_stopped_at_is_named_with_its_reason() -> None:
    assert list(narration.lines(CONTINUED)) == [
        "  an earlier rollback stopped half-way; it is continued",
        "    Queue/Orders (AWS::SQS::Queue) (skipped): was not found",
        "    Products (AWS::DynamoDB::Table): denied",
    ]


def test_a_roll_out_that_stops_says_what_stands_what_goes_on_and_what_was_not_touched() -> None:
    assert list(narration.lines(STOPPED)) == [
        "done, and left as it is: foundation in us-east-1",
        "CloudFormation is still at work, whoever watches: platform in us-east-1",
        "not touched: edge",
    ]
    assert list(narration.lines(RolloutStopped("dev", (), "", ()))) == []


def test_both_are_in_the_document() -> None:
    telling = Telling(Terminal(quiet=True), "dev")

    telling.tell([WaveStarted("platform", "us-east-1", 1, 2), CONTINUED, STOPPED])

    [wave] = telling.document["waves"]
    assert wave["rollback"]["skipped"] == ["Queue/Orders"]
    assert wave["rollback"]["stuck"][1]["skipped_as"] == "Products"
    assert telling.document["stopped"]["under_way"] == "platform in us-east-1"
