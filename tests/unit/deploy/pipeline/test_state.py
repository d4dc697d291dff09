from __future__ import annotations

import pytest

from scripts.deploy.pipeline import state
from scripts.deploy.pipeline.state import NoSuchExecution
from tests.functional.stubbed import StubbedSession
from tests.unit.deploy.pipeline.told import (
    EXECUTION,
    OTHER,
    PIPELINE,
    TOKEN,
    action,
    look,
    stage,
)


def read(session: StubbedSession) -> state.Execution:
    return state.read(session.aws(), "us-east-1", PIPELINE, EXECUTION)


def test_an_open_approval_has_the_token_that_only_its_stage_tells() -> None:
    session = StubbedSession()
    waiting = {"actionName": "Approve", "status": "InProgress", "token": TOKEN}
    look(
        session,
        "InProgress",
        [stage("ChangePrimary", "InProgress", waiting)],
        [action("ChangePrimary", "Approve", "InProgress")],
    )

    (found,) = read(session).waiting

    assert (found.stage, found.token) == ("ChangePrimary", TOKEN)


def test_a_stage_that_a_later_execution_has_entered_is_told_by_our_own_actions() -> None:
    """The other's token must never answer for our approval."""
    session = StubbedSession()
    theirs = {"actionName": "Approve", "status": "InProgress", "token": TOKEN}
    look(
        session,
        "Failed",
        [stage("ChangePrimary", "InProgress", theirs, execution=OTHER)],
        [action("ChangePrimary", "Approve", "Failed")],
    )

    execution = read(session)

    assert [one.status for one in execution.stages] == ["Failed"]
    assert [one.token for one in execution.actions] == [""]
    assert not list(execution.waiting)


def test_of_an_action_that_was_retried_the_latest_try_counts() -> None:
    session = StubbedSession()
    look(
        session,
        "InProgress",
        [stage("PlanPrimary", "InProgress")],
        [
            action("PlanPrimary", "Plan", "Failed", 0, 5),
            action("PlanPrimary", "Plan", "InProgress", 9, 9),
        ],
    )

    (found,) = read(session).actions

    assert (found.status, found.attempt, found.ended) == ("InProgress", 2, None)


def test_a_stage_whose_way_in_is_disabled_says_why_while_we_wait_for_it() -> None:
    session = StubbedSession()
    shut = {"enabled": False, "disabledReason": "freeze"}
    here = {"pipelineExecutionId": EXECUTION, "status": "InProgress"}
    look(
        session,
        "InProgress",
        [
            stage("PlanEdge", inboundTransitionState=shut, inboundExecution=here),
            stage("Shop", inboundTransitionState=shut),
        ],
        [],
    )

    assert [one.held for one in read(session).stages] == ["freeze", ""]


def test_an_execution_that_is_not_there_is_said_to_be_none() -> None:
    session = StubbedSession()
    session.stub("codepipeline").add_client_error(
        "get_pipeline_execution", "PipelineExecutionNotFoundException", "?"
    )

    with pytest.raises(NoSuchExecution, match=f"no execution {EXECUTION}"):
        read(session)
