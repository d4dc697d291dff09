"""Following, against scripted answers of DescribeStackEvents (newest first, as AWS gives them)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scripts.changes import NESTED_STACK
from scripts.deploy import follow
from scripts.deploy.follow import Operation
from scripts.deploy.waves import Wave
from scripts.errors import Failed
from tests.functional.stubbed import StubbedSession

ROOT = "arn:aws:cloudformation:us-east-1:111111111111:stack/tradewind-dev-platform/1"
CHILD = "arn:aws:cloudformation:us-east-1:111111111111:stack/tradewind-dev-platform-Queue-X/2"
WAVE = Wave("platform", "us-east-1")
MINE = Operation(WAVE, ROOT, "mine")


def event(
    second: int,
    stack: str,
    logical_id: str,
    status: str,
    physical_id: str = "",
    type: str = NESTED_STACK,
    token: str = "mine",
) -> dict[str, Any]:
    return {
        "StackId": stack,
        "StackName": "x",
        "EventId": f"{second}-{logical_id}-{status}",
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": physical_id or stack,
        "ResourceType": type,
        "ResourceStatus": status,
        "Timestamp": datetime(2026, 11, 27, 9, 0, tzinfo=UTC) + timedelta(seconds=second),
        "ClientRequestToken": token,
    }


OLD = event(1, ROOT, "root", "CREATE_COMPLETE", token="theirs")
OLD_INSIDE = event(1, CHILD, "Orders", "CREATE_FAILED", "q", "AWS::SQS::Queue", "theirs")
BEGUN = event(5, ROOT, "root", "UPDATE_IN_PROGRESS")
CHILD_BEGUN = event(6, ROOT, "Queue", "UPDATE_IN_PROGRESS", CHILD)
INSIDE = event(7, CHILD, "Orders", "UPDATE_COMPLETE", "q", "AWS::SQS::Queue", "another token")
CHILD_ITSELF = event(7, CHILD, "tradewind-dev-platform-Queue-X", "UPDATE_COMPLETE")
CHILD_DONE = event(7, ROOT, "Queue", "UPDATE_COMPLETE", CHILD)
DONE = event(7, ROOT, "root", "UPDATE_COMPLETE")


def answer(session: StubbedSession, stack: str, *events: dict[str, Any]) -> None:
    session.stub("cloudformation").add_response(
        "describe_stack_events", {"StackEvents": list(events[::-1])}, {"StackName": stack}
    )


def test_the_events_of_the_operation_are_told_once_each_and_those_of_others_never() -> None:
    session = StubbedSession()
    answer(session, ROOT, OLD)
    answer(session, ROOT, OLD, BEGUN, CHILD_BEGUN)
    answer(session, CHILD, OLD_INSIDE)
    answer(session, ROOT, OLD, BEGUN, CHILD_BEGUN, CHILD_DONE, DONE)
    answer(session, CHILD, OLD_INSIDE, INSIDE, CHILD_ITSELF)

    told = [("/".join(one.path), one.status) for one in follow.follow(session.aws(), MINE)]

    assert told == [
        ("", "UPDATE_IN_PROGRESS"),
        ("Queue", "UPDATE_IN_PROGRESS"),
        ("Queue/Orders", "UPDATE_COMPLETE"),
        ("Queue", "UPDATE_COMPLETE"),
        ("", "UPDATE_COMPLETE"),
    ]
    session.assert_all_asked()


def test_the_status_from_before_does_not_pass_for_the_end() -> None:
    session = StubbedSession()
    for _ in range(3):
        answer(session, ROOT, OLD)
    answer(session, ROOT, OLD, BEGUN, DONE)

    assert [one.status for one in follow.follow(session.aws(), MINE)] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE",
    ]


def test_an_operation_that_never_begins_is_given_up() -> None:
    session = StubbedSession()
    for _ in range(100):
        answer(session, ROOT, OLD)

    with pytest.raises(Failed, match="has not begun with platform in us-east-1"):
        list(follow.follow(session.aws(), MINE))


def test_an_operation_of_somebody_else_can_be_joined() -> None:
    session = StubbedSession()
    answer(session, ROOT, OLD, BEGUN, CHILD_BEGUN)

    assert follow.latest(session.aws(), WAVE, ROOT) == MINE


def test_a_stack_that_vanishes_is_not_waited_for_for_ever() -> None:
    session = StubbedSession()
    answer(session, ROOT, OLD, BEGUN)
    session.stub("cloudformation").add_client_error(
        "describe_stack_events", "ValidationError", f"Stack [{ROOT}] does not exist"
    )

    with pytest.raises(Failed, match="does not exist"):
        list(follow.follow(session.aws(), MINE))


def test_a_nested_stack_may_be_named_before_it_can_be_described() -> None:
    session = StubbedSession()
    answer(session, ROOT, OLD, BEGUN, CHILD_BEGUN)
    session.stub("cloudformation").add_client_error(
        "describe_stack_events", "ValidationError", f"Stack [{CHILD}] does not exist"
    )
    answer(session, ROOT, OLD, BEGUN, CHILD_BEGUN, CHILD_DONE, DONE)
    answer(session, CHILD, INSIDE)

    told = [one.status for one in follow.follow(session.aws(), MINE)]

    assert told[-1] == "UPDATE_COMPLETE"
    session.assert_all_asked()
