from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator import release_stages
from scripts.deploy.pipeline import runs
from scripts.deploy.pipeline.runs import Cargo, Run
from scripts.errors import Failed, Refused, UsageError
from tests.functional.stubbed import StubbedSession
from tests.unit.deploy.pipeline.told import EXECUTION, OTHER, PIPELINE, action, at

CARGO = Cargo(
    "releases/aaaaaaaaaaaaaaaa/release.zip",
    "shipments/bbbbbbbbbbbbbbbb.zip",
    "releases/cccccccccccccccc/shop.zip",
    "releases/dddddddddddddddd/worker.zip",
)
DONE = Run(OTHER, "Succeeded", at(0), "arn:aws:sts::1:assumed-role/Developer/bob")
GOING = Run(EXECUTION, "InProgress", at(60), DONE.trigger)


def test_the_same_request_gets_the_same_token_until_an_execution_has_ended() -> None:
    before = runs.token(PIPELINE, CARGO, [DONE])

    assert runs.token(PIPELINE, CARGO, [GOING, DONE]) == before, "killed after its request"
    failed = replace(GOING, status="Failed")
    assert runs.token(PIPELINE, CARGO, [failed, DONE]) != before, "the next one is meant"
    other = replace(CARGO, shipment="shipments/eeeeeeeeeeeeeeee.zip")
    assert runs.token(PIPELINE, other, [DONE]) != before


def test_an_execution_is_started_by_the_keys_of_what_it_ships() -> None:
    session = StubbedSession()
    session.stub("codepipeline").add_response(
        "start_pipeline_execution",
        {"pipelineExecutionId": EXECUTION},
        {
            "name": PIPELINE,
            "variables": [
                {"name": "WaveOrder", "value": "primary-first"},
                {"name": "Reason", "value": "-"},
            ],
            "clientRequestToken": runs.token(PIPELINE, CARGO, [DONE]),
            "sourceRevisions": [
                {"actionName": name, "revisionType": "S3_OBJECT_KEY", "revisionValue": key}
                for name, key in (
                    (release_stages.RELEASE, CARGO.release),
                    (release_stages.SHIPMENT, CARGO.shipment),
                    (release_stages.SHOP_REVISION, CARGO.shop_revision),
                    (release_stages.WORKER_REVISION, CARGO.worker_revision),
                )
            ],
        },
    )
    variables = {"WaveOrder": "primary-first", "Reason": "  "}

    assert runs.start(session.aws(), "us-east-1", CARGO, variables, [DONE]) == EXECUTION


def test_a_pipeline_that_somebody_deleted_is_said_to_be_gone_and_how_it_comes_back() -> None:
    session = StubbedSession()
    session.stub("codepipeline").add_client_error(
        "start_pipeline_execution", "PipelineNotFoundException", "no pipeline"
    )

    with pytest.raises(Failed, match="somebody deleted it") as gone:
        runs.start(session.aws(), "us-east-1", CARGO, {"Reason": ""}, [DONE])

    assert "Delete the stack tradewind-dev-pipeline" in gone.value.fix


def taking(session: StubbedSession, *tries: dict[str, Any]) -> None:
    """What the source of the execution that goes on is at, look by look."""
    for one in tries:
        session.stub("codepipeline").add_response(
            "list_action_executions",
            {"actionExecutionDetails": [one] if one else []},
            {"pipelineName": PIPELINE, "filter": {"pipelineExecutionId": EXECUTION}},
        )


def taken(key: str) -> dict[str, Any]:
    return action("Source", "Shipment", variables={"ObjectKey": key})


def test_somebody_else_s_execution_is_not_disturbed_and_is_named() -> None:
    session = StubbedSession()
    taking(session, taken("shipments/eeeeeeeeeeeeeeee.zip"))

    with pytest.raises(Refused) as refused:
        runs.refuse_others(session.aws(), "us-east-1", [GOING, DONE], CARGO.shipment)

    assert f"by bob, since 2026-11-27 09:01 (execution {EXECUTION})" in refused.value.message
    assert refused.value.fix == f"Follow it: tradewind watch dev {EXECUTION}"


def test_the_execution_of_our_own_shipment_is_ours_once_it_has_taken_it() -> None:
    """A run that was killed after its request and comes again at once finds its source still at work."""
    session = StubbedSession()
    taking(session, {}, action("Source", "Shipment", "InProgress"), taken(CARGO.shipment))

    assert runs.refuse_others(session.aws(), "us-east-1", [GOING, DONE], CARGO.shipment) == GOING
    session.assert_all_asked()


def test_a_source_that_never_ends_is_not_waited_for_for_ever() -> None:
    session = StubbedSession()
    taking(session, *[{} for _ in range(runs.PATIENCE)])

    assert runs.shipment(session.aws(), "us-east-1", GOING) == ""


def test_what_has_ended_stands_in_nobody_s_way() -> None:
    assert runs.refuse_others(StubbedSession().aws(), "us-east-1", [DONE], CARGO.shipment) is None


def test_without_a_pipeline_nothing_has_run() -> None:
    session = StubbedSession()
    session.stub("codepipeline").add_client_error(
        "list_pipeline_executions", "PipelineNotFoundException", "?"
    )

    assert runs.listed(session.aws(), "us-east-1") == ()


def listing(session: StubbedSession, *found: dict[str, Any]) -> None:
    session.stub("codepipeline").add_response(
        "list_pipeline_executions", {"pipelineExecutionSummaries": list(found)}
    )


def summary(id: str, status: str, **more: Any) -> dict[str, Any]:
    return {"pipelineExecutionId": id, "status": status, "startTime": at(0), **more}


def test_watched_is_what_goes_on_and_of_those_that_wait_the_one_at_work() -> None:
    session = StubbedSession()
    listing(session, summary("c", "InProgress"), summary("b", "InProgress"), summary("a", "Failed"))

    assert runs.find(session.aws(), "us-east-1", None).id == "b"


def test_an_execution_is_found_by_the_beginning_of_its_id_if_that_is_enough() -> None:
    session = StubbedSession()
    for _ in range(2):
        listing(session, summary("abc1", "Failed"), summary("abc2", "Failed"))

    assert runs.find(session.aws(), "us-east-1", "abc2").id == "abc2"
    with pytest.raises(UsageError, match="2 executions abc"):
        runs.find(session.aws(), "us-east-1", "abc")


def test_past_the_pipeline_goes_nobody_while_it_is_at_work_but_whoever_finds_it_silent() -> None:
    session = StubbedSession()
    listing(session, summary(EXECUTION, "InProgress"))
    session.stub("codepipeline").add_client_error(
        "list_pipeline_executions", "InternalFailure", "down"
    )
    warned: list[str] = []
    aws = session.aws()

    with pytest.raises(Refused, match=EXECUTION):
        runs.refuse_under_way(aws, warned.append)
    runs.refuse_under_way(aws, warned.append)

    assert len(warned) == 1


def test_what_codepipeline_starts_by_itself_for_a_new_pipeline_is_nobody_s_deploy() -> None:
    session = StubbedSession()
    trigger = {"triggerType": "CreatePipeline", "triggerDetail": "arn:aws:iam::1:user/ada"}
    listing(session, summary(EXECUTION, "InProgress", trigger=trigger))

    assert runs.under_way(runs.listed(session.aws(), "us-east-1")) == ()
