"""Deleting a change set with nested ones, which AWS does in its own time and may fail at."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scripts.deploy import change_sets
from scripts.deploy.change_sets import ChangeSet
from scripts.deploy.change_sets.deletion import PATIENCE
from scripts.errors import Failed
from tests.functional.stubbed import StubbedSession

STACK = "arn:aws:cloudformation:us-east-1:111111111111:stack/tradewind-dev-platform/1"
SHELL = "arn:aws:cloudformation:us-east-1:111111111111:stack/tradewind-dev-platform-Search-X/2"
SET = "arn:aws:cloudformation:us-east-1:111111111111:changeSet/tradewind-0/1"
MADE = ChangeSet("us-east-1", STACK, "tradewind-dev-platform", SET, "tradewind-0")
BORN = datetime(2026, 11, 27, tzinfo=UTC)


def summary(stack_id: str, root: str) -> dict[str, Any]:
    name = stack_id.split("/")[1]
    shell = {"StackStatus": "REVIEW_IN_PROGRESS", "CreationTime": BORN}
    return {"StackId": stack_id, "StackName": name, "RootId": root, "ParentId": root, **shell}


class Deletion:
    """What AWS is asked, and answers, while a change set goes."""

    def __init__(self) -> None:
        self.session = StubbedSession()
        self.stub = self.session.stub("cloudformation")

    def asked(self) -> None:
        self.stub.add_response("delete_change_set", {}, {"ChangeSetName": SET})

    def is_(self, status: str, reason: str = "") -> None:
        said = {"ChangeSetId": SET, "Status": status, "StatusReason": reason}
        self.stub.add_response("describe_change_set", said, {"ChangeSetName": SET})

    def gone(self) -> None:
        self.stub.add_client_error("describe_change_set", "ChangeSetNotFound", "does not exist")

    def leaves(self, *shells: dict[str, Any]) -> None:
        answer = {"StackSummaries": list(shells)}
        self.stub.add_response("list_stacks", answer, {"StackStatusFilter": ["REVIEW_IN_PROGRESS"]})

    def root_stands(self) -> None:
        root = {"StackName": MADE.stack_name, "StackId": STACK, "StackStatus": "CREATE_COMPLETE"}
        self.stub.add_response("describe_stacks", {"Stacks": [{**root, "CreationTime": BORN}]})

    def run(self) -> None:
        change_sets.delete(self.session.aws(), MADE)
        self.session.assert_all_asked()


def test_nested_ones_are_waited_for() -> None:
    deletion = Deletion()
    deletion.asked()
    for status in ("CREATE_COMPLETE", "DELETE_PENDING", "DELETE_IN_PROGRESS"):
        deletion.is_(status)
    deletion.gone()
    deletion.leaves()
    deletion.root_stands()
    deletion.run()


def test_one_that_fails_to_go_is_asked_once_more() -> None:
    deletion = Deletion()
    deletion.asked()
    deletion.is_("DELETE_FAILED", "A nested change set is being created.")
    deletion.asked()
    deletion.gone()
    deletion.leaves()
    deletion.root_stands()
    deletion.run()


def test_one_that_does_not_go_is_said_with_aws_s_reason() -> None:
    deletion = Deletion()
    for _ in range(2):
        deletion.asked()
        deletion.is_("DELETE_FAILED", "A nested change set is in use")

    with pytest.raises(Failed, match=r"could not be deleted: A nested change set is in use\."):
        deletion.run()


def test_one_that_stays_for_ever_is_not_waited_for_for_ever() -> None:
    deletion = Deletion()
    deletion.asked()
    for _ in range(PATIENCE):
        deletion.is_("DELETE_PENDING")

    with pytest.raises(Failed, match="could not be deleted: DELETE_PENDING"):
        deletion.run()


def test_the_empty_stacks_that_nested_ones_leave_go_too_and_nobody_else_s() -> None:
    deletion = Deletion()
    deletion.asked()
    deletion.gone()
    other = "arn:aws:cloudformation:us-east-1:111111111111:stack/somebody-Search-Y/3"
    taken = SHELL.replace("Search", "Cache")
    deletion.leaves(summary(SHELL, STACK), summary(other, other), summary(taken, STACK))
    deletion.stub.add_response("list_change_sets", {"Summaries": []}, {"StackName": SHELL})
    deletion.stub.add_response("delete_stack", {}, {"StackName": SHELL})
    waiting = {"ChangeSetName": "by-hand", "ChangeSetId": SET, "ExecutionStatus": "AVAILABLE"}
    deletion.stub.add_response("list_change_sets", {"Summaries": [waiting]}, {"StackName": taken})
    deletion.root_stands()
    deletion.run()


def test_whoever_may_delete_no_stack_leaves_the_empty_one_where_it_is() -> None:
    deletion = Deletion()
    deletion.asked()
    deletion.gone()
    deletion.leaves(summary(SHELL, STACK))
    deletion.stub.add_response("list_change_sets", {"Summaries": []}, {"StackName": SHELL})
    deletion.stub.add_client_error("delete_stack", "AccessDenied", "not authorized")
    deletion.run()


def test_another_refusal_to_delete_it_is_told() -> None:
    deletion = Deletion()
    deletion.asked()
    deletion.gone()
    deletion.leaves(summary(SHELL, STACK))
    deletion.stub.add_response("list_change_sets", {"Summaries": []}, {"StackName": SHELL})
    deletion.stub.add_client_error("delete_stack", "ValidationError", "is protected")

    with pytest.raises(Failed, match="is protected"):
        deletion.run()
