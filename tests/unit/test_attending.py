"""Attending an execution: how it is answered, how it ends, and what is said when it cannot be followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import pytest

from scripts import approval
from scripts.attending import Attending, ExecutionFailed, Rejected
from scripts.aws import AwsSaidNo
from scripts.errors import Refused
from scripts.telling import Telling
from scripts.terminal import Terminal
from tests.functional.stubbed import StubbedSession
from tests.unit.deploy.pipeline.places import Dev
from tests.unit.deploy.pipeline.told import EXECUTION, HASH, action, look, stage

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.deploy.plan import WavePlan
    from scripts.deploy.planner import Planner


class NothingBuilt:
    """A planner whose release has no root at all."""

    class release:  # noqa: N801 - as a planner calls it
        roots: dict[str, Any] = {}


def attending(
    session: StubbedSession, approve: Callable[[WavePlan], None] | None = None
) -> Attending:
    terminal = Terminal(quiet=True)
    environment = cast("Environment", Dev())
    return Attending(
        session.aws(),
        environment,
        cast("Planner", NothingBuilt()),
        terminal,
        Telling(terminal, "dev"),
        approve or (lambda _: None),
        "because",
    )


def test_an_execution_that_succeeded_is_in_the_document() -> None:
    session = StubbedSession()
    look(session, "Succeeded", [stage("Record", "Succeeded")], [action("Record", "Record")])
    attended = attending(session)

    attended.to_the_end(EXECUTION)

    assert attended.telling.document["status"] == "Succeeded"
    assert attended.telling.document["stages"][-1]["action"] == "Record"


def test_how_long_it_took_is_the_same_whenever_somebody_looks() -> None:
    session = StubbedSession()
    done = [
        action("Validate", "Validate", began=0, ended=5),
        action("Record", "Record", "Succeeded", 30, 42),
    ]
    look(session, "Succeeded", [stage(one["stageName"], "Succeeded") for one in done], done)
    attended = attending(session)

    attended.to_the_end(EXECUTION)

    assert attended.telling.document["seconds"] == 42.0


def test_credentials_that_expire_end_the_following_and_say_how_to_come_back() -> None:
    session = StubbedSession()
    session.stub("codepipeline").add_client_error(
        "get_pipeline_execution", "ExpiredTokenException", "expired"
    )

    with pytest.raises(AwsSaidNo) as failed:
        attending(session).to_the_end(EXECUTION)

    assert failed.value.code == "ExpiredTokenException"
    assert "Sign in again" in failed.value.fix
    assert "The execution goes on without us" in failed.value.fix
    assert f"tradewind watch dev {EXECUTION}" in failed.value.fix


def test_a_rejection_is_said_with_who_and_why_and_is_no_failure() -> None:
    session = StubbedSession()
    answered = {
        "actionName": "Approve",
        "status": "Failed",
        "summary": f"tradewind {HASH} not on a Friday",
        "lastUpdatedBy": "arn:aws:sts::1:assumed-role/operator/ada",
    }
    look(
        session,
        "Failed",
        [stage("ChangePrimary", "Failed", answered)],
        [action("ChangePrimary", "Approve", "Failed")],
    )

    with pytest.raises(Rejected, match="ada rejected ChangePrimary: not on a Friday") as rejected:
        attending(session).to_the_end(EXECUTION)

    assert rejected.value.exit_code == 3


def test_what_a_gate_refused_in_a_build_is_a_refusal_here_too() -> None:
    session = StubbedSession()
    look(
        session,
        "Failed",
        [stage("PlanEdge", "Failed")],
        [action("PlanEdge", "Plan", "Failed", externalExecutionId="b:1")],
    )
    session.stub("codebuild").add_response(
        "batch_get_builds",
        {
            "builds": [
                {
                    "logs": {"groupName": "g", "streamName": "s"},
                    "phases": [
                        {
                            "phaseType": "BUILD",
                            "contexts": [
                                {
                                    "message": "Error while executing command: x. Reason: exit status 3"
                                }
                            ],
                        }
                    ],
                }
            ]
        },
    )
    session.stub("logs").add_response(
        "get_log_events",
        {
            "events": [
                {"message": "error: It loses data.\n"},
                {"message": "  fix: Write a waiver.\n"},
            ]
        },
    )

    with pytest.raises(Refused, match="It loses data") as refused:
        attending(session).to_the_end(EXECUTION)

    assert refused.value.fix == "Write a waiver."


@pytest.mark.parametrize("status", ["Stopped", "Cancelled", "Superseded"])
def test_an_execution_that_somebody_ended_is_not_called_a_success(status: str) -> None:
    session = StubbedSession()
    look(session, status, [stage("PlanEdge")], [])

    with pytest.raises(ExecutionFailed, match=f"is {status.lower()}"):
        attending(session).to_the_end(EXECUTION)


def test_a_no_at_the_question_rejects_and_nobody_there_leaves_it_waiting() -> None:
    assert issubclass(approval.NotApproved, Refused)
    nobody = approval.Approval("dev", Terminal(quiet=True))

    with pytest.raises(Refused) as refused:
        nobody(cast("WavePlan", type("Plan", (), {"hash": HASH, "wave": "edge"})()))

    assert not isinstance(refused.value, approval.NotApproved)
