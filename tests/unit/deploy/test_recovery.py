from __future__ import annotations

import pytest

from scripts.deploy.recovery import (
    ContinueRollback,
    DeleteFailedCreation,
    FollowToEnd,
    Ready,
    remedy,
)
from scripts.deploy.stuck_rollbacks import Stuck
from scripts.inventory import Stack


def stack(status: str) -> Stack:
    return Stack(
        "us-east-1", "arn:s", "tradewind-dev-platform", status, "", {}, {}, {}, False, "", "", ""
    )


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"]
)
def test_a_stack_at_rest_is_ready(status: str) -> None:
    assert remedy(stack(status)) == Ready()


def test_where_there_is_no_stack_one_can_be_made() -> None:
    assert remedy(None) == Ready()


@pytest.mark.parametrize(
    "status",
    [
        "CREATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "ROLLBACK_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
    ],
)
def test_what_is_under_way_is_followed(status: str) -> None:
    assert isinstance(remedy(stack(status)), FollowToEnd)


def test_the_empty_stack_of_a_change_set_is_in_nobody_s_way() -> None:
    assert remedy(stack("REVIEW_IN_PROGRESS")) == Ready()


def test_a_rollback_that_stopped_half_way_is_continued() -> None:
    assert isinstance(remedy(stack("UPDATE_ROLLBACK_FAILED")), ContinueRollback)


def test_a_rolled_back_creation_is_deleted() -> None:
    assert isinstance(remedy(stack("ROLLBACK_COMPLETE")), DeleteFailedCreation)


@pytest.mark.parametrize(
    ("status", "command"),
    [
        ("DELETE_FAILED", "delete-stack"),
        ("ROLLBACK_FAILED", "delete-stack"),
        ("CREATE_FAILED", "delete-stack"),
    ],
)
def test_what_a_person_must_decide_comes_with_the_exact_command(status: str, command: str) -> None:
    with pytest.raises(Stuck) as stuck:
        remedy(stack(status))

    assert status in stuck.value.message
    assert (
        f"aws cloudformation {command} --stack-name tradewind-dev-platform --region us-east-1"
        in stuck.value.fix
    )
