"""What is told of the past: in pages, filtered, and after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.sandbox.pipelines.engine import ENGINE
from scripts.sandbox.pipelines.store import STORE, Pipelines
from tests.unit.sandbox.pipelines.stand import (
    A,
    Refusal,
    Stand,
    Worker,
    approval,
    call,
    check,
    does,
    source,
    stage,
    started,
    unless,
    until,
)


def test_executions_are_told_in_pages_the_newest_first() -> None:
    pipeline = Stand((stage("Fetch", source()), stage("Do", does("Work"))), A)
    made = [started(pipeline) for _ in range(3)]
    found: list[str] = []
    more: dict[str, str] = {}
    while True:
        told = call("ListPipelineExecutions", pipelineName=pipeline.name, maxResults=2, **more)
        page = told["pipelineExecutionSummaries"]
        found += [each["pipelineExecutionId"] for each in page]
        if "nextToken" not in told:
            break
        more = {"nextToken": told["nextToken"]}
    assert found == list(reversed(made))
    with pytest.raises(Refusal, match="InvalidNextTokenException"):
        call("ListPipelineExecutions", pipelineName=pipeline.name, nextToken="what")


def test_executions_are_filtered_by_the_stage_in_which_they_succeeded() -> None:
    pipeline = Stand((stage("Fetch", source()), stage("Do", does("Work", "#{variables.A}"))), A)
    good, bad = started(pipeline), started(pipeline, "fail")
    pipeline.over(good)
    pipeline.over(bad)
    asked = {"succeededInStage": {"stageName": "Do"}}
    found = [each["pipelineExecutionId"] for each in pipeline.executions(filter=asked)]
    assert found == [good]


def test_only_the_latest_run_of_an_action_is_told_where_that_is_asked() -> None:
    pipeline = Stand((stage("Fetch", source()), stage("Do", does("Shaky", "fail once"))), A)
    execution = started(pipeline)
    pipeline.over(execution)
    retried = {"pipelineExecutionId": execution, "retryMode": "FAILED_ACTIONS"}
    pipeline.do("RetryStageExecution", "Do", **retried)
    pipeline.over(execution)
    assert pipeline.ran(execution)[1:] == [("Shaky", "Failed"), ("Shaky", "Succeeded")]
    latest = {"pipelineExecutionId": execution, "startTimeRange": "Latest"}
    told = call(
        "ListActionExecutions",
        pipelineName=pipeline.name,
        filter={"latestInPipelineExecution": latest},
    )["actionExecutionDetails"]
    assert sorted((run["actionName"], run["status"]) for run in told) == [
        ("Shaky", "Succeeded"),
        ("Source", "Succeeded"),
    ]


def test_an_execution_of_another_pipeline_is_not_found() -> None:
    one = Stand((stage("Fetch", source()), stage("Do", does("Work"))), A)
    other = Stand((stage("Fetch", source()), stage("Do", does("Work"))), A)
    with pytest.raises(Refusal, match="PipelineExecutionNotFoundException"):
        one.execution(started(other))


def test_what_was_saved_is_the_same_after_a_restart_and_goes_on(
    tmp_path: Path, worker: Worker
) -> None:
    pipeline = Stand(
        (
            stage("Fetch", source()),
            stage(
                "Do",
                does("Slow", "wait", puts="Made=1", namespace="Slow"),
                approval(),
                beforeEntry=unless("SKIP", check("#{variables.A}", "succeed")),
            ),
            stage("After", does("Last", puts="Told=#{Slow.Made}")),
        ),
        A,
    )
    execution, waiting = started(pipeline), started(pipeline)
    pipeline.in_progress("Do", "Slow")
    pipeline.decide("Do", "Approve", summary="yes")
    until(lambda: pipeline.action("Do", "Approve").get("status") == "Succeeded")
    until(lambda: pipeline.stage("Do").get("inboundExecutions"))
    before = call("GetPipelineState", name=pipeline.name)
    STORE.save(tmp_path)

    read = Pipelines()
    read.load(tmp_path)
    assert read == STORE

    STORE.reset()
    until(lambda: not ENGINE.attendance.attended)
    STORE.load(tmp_path)
    assert call("GetPipelineState", name=pipeline.name) == before
    worker.released.add("Slow")
    ENGINE.resume()
    assert pipeline.over(execution) == "Succeeded"
    assert len(set(worker.ids)) == len(worker.ids)  # nothing was begun twice
    pipeline.decide("Do", "Approve")
    assert pipeline.over(waiting) == "Succeeded"


def test_a_reset_ends_what_is_under_way() -> None:
    pipeline = Stand((stage("Fetch", source()), stage("Do", does("Slow", "wait"))), A)
    started(pipeline)
    pipeline.in_progress("Do", "Slow")
    STORE.reset()
    until(lambda: not ENGINE.attendance.attended)
    assert call("ListPipelines")["pipelines"] == []
