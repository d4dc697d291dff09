from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scripts import answering
from scripts.deploy.pipeline import approvals
from scripts.deploy.pipeline.approvals import AlreadyAnswered, Given
from scripts.deploy.pipeline.state import Action
from scripts.errors import Failed, Refused, UsageError
from tests.functional.stubbed import StubbedSession
from tests.unit.deploy.pipeline.told import HASH, PIPELINE, TOKEN

ROLE = "tradewind-dev-operator-us-east-1"
WAITING = Action("ChangePrimary", "Approve", "Approval", "Manual", "InProgress", token=TOKEN)


@example("because " * 100)
@given(st.text(max_size=600))
def test_an_approval_says_which_plan_it_is_of_whatever_the_reason(reason: str) -> None:
    summary = Given(HASH, reason).summary

    found = Given.of(summary)

    assert found is not None
    assert found.hash == HASH
    assert len(summary) <= approvals.LONGEST


@pytest.mark.parametrize(
    "summary",
    [
        "",
        "ok",
        "Approved by ada",
        f"tradewind {HASH[:-1]}",
        f"{HASH} fine",
        f"tradewind {HASH}fine",
    ],
)
def test_what_a_console_leaves_names_no_plan(summary: str) -> None:
    assert Given.of(summary) is None


@pytest.mark.parametrize(
    ("arn", "who"),
    [
        (f"arn:aws:sts::111111111111:assumed-role/{ROLE}/ada@example.com", "ada@example.com"),
        (f"arn:aws:sts::222222222222:assumed-role/{ROLE}/ada", ""),
        ("arn:aws:sts::111111111111:assumed-role/Administrator/ada", ""),
        (f"arn:aws:sts::111111111111:assumed-role/{ROLE}-2/ada", ""),
        (f"arn:aws:iam::111111111111:user/{ROLE}/ada", ""),
        ("arn:aws:iam::111111111111:root", ""),
        ("", ""),
    ],
)
def test_an_approver_is_a_session_of_the_operator_role_and_nobody_else(arn: str, who: str) -> None:
    assert approvals.approver(arn, "111111111111", ROLE) == who


@given(st.text(min_size=1, max_size=100))
def test_any_name_makes_a_session_name_that_sts_takes(who: str) -> None:
    name = approvals.session_name(who)

    assert 2 <= len(name) <= 64
    assert approvals._NOT_IN_A_NAME.search(name) is None


def caller(session: StubbedSession) -> None:
    session.stub("sts").add_response(
        "get_caller_identity",
        {
            "Account": "111111111111",
            "Arn": "arn:aws:sts::111111111111:assumed-role/Developer/ada",
            "UserId": "x",
        },
    )


def assumed(session: StubbedSession) -> None:
    session.stub("sts").add_response(
        "assume_role",
        {
            "Credentials": {
                "AccessKeyId": "ASIAASIAASIAASIA",
                "SecretAccessKey": "s",
                "SessionToken": "t",
                "Expiration": "2026-11-27T10:00:00Z",
            }
        },
        {
            "RoleArn": f"arn:aws:iam::111111111111:role/{ROLE}",
            "RoleSessionName": "ada",
            "DurationSeconds": approvals.SESSION,
        },
    )


def test_an_answer_is_given_as_operator_under_the_own_name_with_the_plan_s_hash() -> None:
    session = StubbedSession()
    caller(session)
    assumed(session)
    session.stub("codepipeline").add_response(
        "put_approval_result",
        {},
        {
            "pipelineName": PIPELINE,
            "stageName": "ChangePrimary",
            "actionName": "Approve",
            "result": {"summary": f"tradewind {HASH} fine by me", "status": "Approved"},
            "token": TOKEN,
        },
    )

    approvals.put(session.aws(), "us-east-1", WAITING, Given(HASH, "fine by  me"), "Approved")

    session.assert_all_asked()


def test_who_may_not_be_operator_is_told_whom_to_ask() -> None:
    session = StubbedSession()
    caller(session)
    session.stub("sts").add_client_error("assume_role", "AccessDenied", "not authorized")

    with pytest.raises(Refused, match=f"ada may not act as operator of dev .{ROLE}"):
        approvals.put(session.aws(), "us-east-1", WAITING, Given(HASH, ""), "Approved")


@pytest.mark.parametrize(
    "code", ["ApprovalAlreadyCompletedException", "InvalidApprovalTokenException"]
)
def test_what_was_answered_meanwhile_is_said_and_is_no_failure_of_aws(code: str) -> None:
    session = StubbedSession()
    caller(session)
    assumed(session)
    session.stub("codepipeline").add_client_error("put_approval_result", code, "done")

    with pytest.raises(AlreadyAnswered, match="has been answered already"):
        approvals.put(session.aws(), "us-east-1", WAITING, Given(HASH, ""), "Rejected")


def test_without_a_token_nothing_is_sent() -> None:
    session = StubbedSession()

    with pytest.raises(Failed, match="gives no token"):
        approvals.put(
            session.aws(), "us-east-1", Action("ChangeEdge", "Approve"), Given(HASH, ""), "Approved"
        )


def test_a_reason_that_says_nothing_is_refused_before_anybody_is_asked() -> None:
    nobody: Any = None

    with pytest.raises(UsageError, match="--reason says nothing"):
        answering.answer(nobody, nobody, HASH, None, "  ", "Approved")
