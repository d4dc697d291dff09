"""Executions queue before stages, supersede one another, stop, are retried, and go back."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.sandbox.pipelines.engine import ENGINE
from tests.unit.sandbox.pipelines.stand import (
    ACCOUNT,
    REGION,
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


def waiting(pipeline: Stand, name: str) -> list[str]:
    inbound = pipeline.stage(name).get("inboundExecutions", [])
    return [each["pipelineExecutionId"] for each in inbound]


def at(pipeline: Stand, name: str) -> str:
    return str(pipeline.stage(name).get("latestExecution", {}).get("pipelineExecutionId", ""))


def test_a_pipeline_that_is_held_while_it_is_made_enters_nothing_before_it_is_let_go() -> None:
    with ENGINE.holding(f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:held"):
        pipeline = Stand((stage("Fetch", source()), stage("After", does("Last"))), A, "held")
        execution = started(pipeline)
        assert (at(pipeline, "Fetch"), waiting(pipeline, "Fetch")) == ("", [execution])
        pipeline.do("DisableStageTransition", "After", transitionType="Inbound", reason="no")
    until(lambda: waiting(pipeline, "After") == [execution])
    assert at(pipeline, "After") == ""


class TestQueued:
    def pipeline(self, **settings: Any) -> Stand:
        return Stand(
            (stage("Fetch", source()), stage("Change", approval()), stage("After", does("Last"))),
            {**A, **settings},
        )

    def test_one_execution_is_in_a_stage_and_the_others_wait_in_their_order(self) -> None:
        pipeline = self.pipeline()
        first, second, third = started(pipeline), started(pipeline), started(pipeline)
        until(lambda: waiting(pipeline, "Change") == [second, third])
        for execution in (first, second, third):
            until(lambda: at(pipeline, "Change") == execution)  # noqa: B023 - asked at once
            pipeline.decide("Change", "Approve")
            assert pipeline.over(execution) == "Succeeded"

    def test_who_fails_lets_the_next_in_and_can_no_longer_be_retried(self) -> None:
        pipeline = self.pipeline()
        first, second = started(pipeline), started(pipeline)
        until(lambda: waiting(pipeline, "Change") == [second])
        pipeline.decide("Change", "Approve", "Rejected", "no")
        assert pipeline.over(first) == "Failed"
        until(lambda: at(pipeline, "Change") == second)
        with pytest.raises(Refusal, match="NotLatestPipelineExecutionException"):
            pipeline.do(
                "RetryStageExecution",
                "Change",
                pipelineExecutionId=first,
                retryMode="FAILED_ACTIONS",
            )

    def test_who_waits_can_be_stopped_without_a_word_to_those_before(self) -> None:
        pipeline = self.pipeline()
        first, second = started(pipeline), started(pipeline)
        until(lambda: waiting(pipeline, "Change") == [second])
        call("StopPipelineExecution", pipelineName=pipeline.name, pipelineExecutionId=second)
        assert pipeline.over(second) == "Stopped"
        assert waiting(pipeline, "Change") == []
        assert pipeline.status(first) == "InProgress"

    def test_no_more_than_fifty_are_under_way(self) -> None:
        pipeline = self.pipeline()
        for _ in range(50):
            started(pipeline)
        with pytest.raises(Refusal, match="ConcurrentPipelineExecutionsLimitExceededException"):
            started(pipeline)

    def test_in_superseded_mode_only_the_newest_waits(self) -> None:
        pipeline = self.pipeline(executionMode="SUPERSEDED")
        first = started(pipeline)
        until(lambda: at(pipeline, "Change") == first)
        second = started(pipeline)
        until(lambda: waiting(pipeline, "Change") == [second])
        third = started(pipeline)
        until(lambda: waiting(pipeline, "Change") == [third])
        assert [pipeline.status(each) for each in (first, second)] == ["InProgress", "Superseded"]

    def test_in_parallel_mode_nobody_waits(self) -> None:
        pipeline = self.pipeline(executionMode="PARALLEL")
        executions = [started(pipeline), started(pipeline)]
        for execution in executions:
            until(lambda: ("Approve", "InProgress") in pipeline.ran(execution))  # noqa: B023
        assert waiting(pipeline, "Change") == []


class TestTransitions:
    def test_a_disabled_transition_lets_nobody_in_until_it_is_enabled(self) -> None:
        pipeline = Stand((stage("Fetch", source()), stage("Do", does("Work"))), A)
        pipeline.do("DisableStageTransition", "Do", transitionType="Inbound", reason="holidays")
        execution = started(pipeline)
        until(lambda: waiting(pipeline, "Do") == [execution])
        transition = pipeline.stage("Do")["inboundTransitionState"]
        assert (transition["enabled"], transition["disabledReason"]) == (False, "holidays")
        pipeline.do("EnableStageTransition", "Do", transitionType="Inbound")
        assert pipeline.over(execution) == "Succeeded"
        assert pipeline.stage("Do")["inboundTransitionState"]["enabled"] is True

    def test_the_way_out_of_a_stage_is_the_way_into_the_next(self) -> None:
        pipeline = Stand((stage("Fetch", source()), stage("Do", does("Work"))), A)
        pipeline.do("DisableStageTransition", "Fetch", transitionType="Outbound", reason="later")
        assert pipeline.stage("Do")["inboundTransitionState"]["enabled"] is False

    def test_a_stage_that_is_not_there_has_none(self) -> None:
        pipeline = Stand((stage("Fetch", source()), stage("Do", does("Work"))), A)
        with pytest.raises(Refusal, match="StageNotFoundException"):
            pipeline.do("EnableStageTransition", "Nowhere", transitionType="Inbound")


class TestFailures:
    def shipping(self, **more: Any) -> Stand:
        deploy = does("Deploy", "#{variables.A}", puts="Told=1", namespace="Deploy")
        return Stand((stage("Fetch", source()), stage("Ship", deploy, **more)), A)

    def test_what_a_failure_leads_to_may_depend_on_rules(self) -> None:
        asked = unless("ROLLBACK", check("#{variables.A}", "fail", "NE"))
        pipeline = self.shipping(onFailure=asked)
        pipeline.over(started(pipeline, "succeed"))
        assert pipeline.over(started(pipeline, "fail")) == "Failed"
        assert pipeline.executions()[0]["trigger"]["triggerType"] == "AutomatedRollback"

    def test_where_the_rules_hold_a_failure_is_a_failure(self) -> None:
        pipeline = self.shipping(onFailure=unless("ROLLBACK", check("a", "a")))
        pipeline.over(started(pipeline, "succeed"))
        assert pipeline.over(started(pipeline, "fail")) == "Failed"
        assert len(pipeline.executions()) == 2


class TestStop:
    def pipeline(self) -> Stand:
        actions = (does("Slow", "wait"), does("Next", order=2))
        return Stand((stage("Fetch", source()), stage("Do", *actions)), A)

    def stop(self, pipeline: Stand, execution: str, **said: Any) -> None:
        name = pipeline.name
        call("StopPipelineExecution", pipelineName=name, pipelineExecutionId=execution, **said)

    def test_what_is_under_way_ends_and_nothing_follows(self, worker: Worker) -> None:
        pipeline = self.pipeline()
        execution = started(pipeline)
        pipeline.in_progress("Do", "Slow")
        self.stop(pipeline, execution, reason="a freeze")
        assert pipeline.status(execution) == "Stopping"
        assert pipeline.stage("Do")["latestExecution"]["status"] == "Stopping"
        with pytest.raises(Refusal, match="DuplicatedStopRequestException"):
            self.stop(pipeline, execution)
        worker.released.add("Slow")
        assert pipeline.over(execution) == "Stopped"
        assert pipeline.ran(execution)[-1] == ("Slow", "Succeeded")
        assert pipeline.executions()[0]["stopTrigger"] == {"reason": "a freeze"}

    def test_what_is_under_way_is_abandoned_and_can_be_retried(self, worker: Worker) -> None:
        pipeline = self.pipeline()
        execution = started(pipeline)
        pipeline.in_progress("Do", "Slow")
        self.stop(pipeline, execution)
        self.stop(pipeline, execution, abandon=True)
        assert pipeline.status(execution) == "Stopped"
        assert pipeline.action("Do", "Slow")["status"] == "Abandoned"
        assert worker.stopped == []
        worker.released.add("Slow")
        pipeline.do(
            "RetryStageExecution",
            "Do",
            pipelineExecutionId=execution,
            retryMode="FAILED_ACTIONS",
        )
        assert pipeline.over(execution) == "Succeeded"

    def test_what_is_over_is_not_stopped(self, worker: Worker) -> None:
        pipeline = self.pipeline()
        worker.released.add("Slow")
        execution = started(pipeline)
        pipeline.over(execution)
        with pytest.raises(Refusal, match="PipelineExecutionNotStoppableException"):
            self.stop(pipeline, execution)


class TestRetry:
    actions = (does("Good"), does("Shaky", "fail once"), does("Next", order=2))

    def test_failed_actions_alone_are_repeated_and_the_rest_follows(self, worker: Worker) -> None:
        pipeline = Stand((stage("Fetch", source()), stage("Do", *self.actions)), A)
        execution = started(pipeline)
        assert pipeline.over(execution) == "Failed"
        told = pipeline.do(
            "RetryStageExecution",
            "Do",
            pipelineExecutionId=execution,
            retryMode="FAILED_ACTIONS",
        )
        assert told == {"pipelineExecutionId": execution}
        assert pipeline.over(execution) == "Succeeded"
        assert worker.begun.count("Good") == 1
        assert worker.begun.count("Shaky") == 2
        state = pipeline.stage("Do")["retryStageMetadata"]
        assert (state["manualStageRetryAttempt"], state["latestRetryTrigger"]) == (
            1,
            "ManualStageRetry",
        )

    def test_all_actions_are_repeated_where_that_is_asked(self, worker: Worker) -> None:
        pipeline = Stand((stage("Fetch", source()), stage("Do", *self.actions)), A)
        execution = started(pipeline)
        pipeline.over(execution)
        pipeline.do(
            "RetryStageExecution", "Do", pipelineExecutionId=execution, retryMode="ALL_ACTIONS"
        )
        assert pipeline.over(execution) == "Succeeded"
        assert worker.begun.count("Good") == 2

    def test_a_failed_action_is_repeated_while_those_beside_it_go_on(self, worker: Worker) -> None:
        actions = (does("Slow", "wait"), does("Shaky", "fail once"))
        pipeline = Stand((stage("Fetch", source()), stage("Do", *actions)), A)
        execution = started(pipeline)
        until(lambda: pipeline.action("Do", "Shaky").get("status") == "Failed")
        said = {"pipelineExecutionId": execution, "retryMode": "FAILED_ACTIONS"}
        pipeline.do("RetryStageExecution", "Do", **said)
        until(lambda: pipeline.action("Do", "Shaky").get("status") == "Succeeded")
        assert pipeline.action("Do", "Slow")["status"] == "InProgress"
        worker.released.add("Slow")
        assert pipeline.over(execution) == "Succeeded"
        assert worker.begun.count("Slow") == 1

    def test_in_parallel_mode_each_is_retried_by_itself(self, worker: Worker) -> None:
        pipeline = Stand(
            (stage("Fetch", source()), stage("Do", does("Work", "#{variables.A}"))),
            {**A, "executionMode": "PARALLEL"},
        )
        first, _ = started(pipeline, "fail once"), started(pipeline, "wait")
        assert pipeline.over(first) == "Failed"
        said = {"pipelineExecutionId": first, "retryMode": "ALL_ACTIONS"}
        pipeline.do("RetryStageExecution", "Do", **said)
        assert pipeline.over(first) == "Succeeded"

    def test_a_stage_that_succeeded_is_not_retried(self) -> None:
        pipeline = Stand((stage("Fetch", source()), stage("Do", does("Bad", "fail"))), A)
        execution = started(pipeline)
        pipeline.over(execution)
        with pytest.raises(Refusal, match="StageNotRetryableException"):
            pipeline.do(
                "RetryStageExecution",
                "Fetch",
                pipelineExecutionId=execution,
                retryMode="FAILED_ACTIONS",
            )

    def test_a_stage_retries_by_itself_once(self, worker: Worker) -> None:
        failing = stage(
            "Do",
            does("Bad", "fail"),
            onFailure={"result": "RETRY", "retryConfiguration": {"retryMode": "FAILED_ACTIONS"}},
        )
        pipeline = Stand((stage("Fetch", source()), failing), A)
        assert pipeline.over(started(pipeline)) == "Failed"
        assert worker.begun.count("Bad") == 2
        assert pipeline.stage("Do")["retryStageMetadata"]["autoStageRetryAttempt"] == 1

    def test_after_a_change_of_the_structure_nothing_is_retried(self) -> None:
        pipeline = Stand((stage("Fetch", source()), stage("Do", does("Bad", "fail"))), A)
        execution = started(pipeline)
        pipeline.over(execution)
        call("UpdatePipeline", pipeline=pipeline.declaration)
        with pytest.raises(Refusal, match="StageNotRetryableException"):
            pipeline.do(
                "RetryStageExecution",
                "Do",
                pipelineExecutionId=execution,
                retryMode="FAILED_ACTIONS",
            )


class TestRollback:
    def pipeline(self, **more: Any) -> Stand:
        deploy = does("Deploy", "#{variables.A}", puts="Told=#{variables.A}", namespace="Deploy")
        return Stand(
            (stage("Fetch", source()), stage("Ship", deploy, **more), stage("After", does("Last"))),
            A,
        )

    def test_a_stage_goes_back_to_an_execution_with_its_variables_and_stays_there(self) -> None:
        pipeline = self.pipeline()
        good, other = started(pipeline, "succeed"), started(pipeline, "succeed-too")
        pipeline.over(good)
        pipeline.over(other)
        told = pipeline.do("RollbackStage", "Ship", targetPipelineExecutionId=good)
        execution = told["pipelineExecutionId"]
        assert pipeline.over(execution) == "Succeeded"
        described = pipeline.execution(execution)
        assert described["executionType"] == "ROLLBACK"
        assert described["rollbackMetadata"] == {"rollbackTargetPipelineExecutionId": good}
        assert described["trigger"]["triggerType"] == "ManualRollback"
        assert pipeline.ran(execution) == [("Deploy", "Succeeded")]
        assert pipeline.runs(execution)[0]["output"]["outputVariables"] == {"Told": "succeed"}

    def test_a_failure_goes_back_by_itself_where_the_stage_says_so(self) -> None:
        pipeline = self.pipeline(onFailure={"result": "ROLLBACK"})
        good = started(pipeline, "succeed")
        pipeline.over(good)
        bad = started(pipeline, "fail")
        assert pipeline.over(bad) == "Failed"
        newest = pipeline.executions()[0]
        assert newest["trigger"] == {"triggerType": "AutomatedRollback", "triggerDetail": bad}
        assert pipeline.over(newest["pipelineExecutionId"]) == "Succeeded"

    def test_a_success_of_an_older_structure_is_nothing_to_go_back_to(self) -> None:
        pipeline = self.pipeline(onFailure={"result": "ROLLBACK"})
        pipeline.over(started(pipeline, "succeed"))
        call("UpdatePipeline", pipeline=pipeline.declaration)
        assert pipeline.over(started(pipeline, "fail")) == "Failed"
        assert len(pipeline.executions()) == 2

    def test_without_a_success_before_there_is_nothing_to_go_back_to(self) -> None:
        pipeline = self.pipeline(onFailure={"result": "ROLLBACK"})
        assert pipeline.over(started(pipeline, "fail")) == "Failed"
        assert len(pipeline.executions()) == 1

    def test_a_condition_on_success_rolls_back_too(self) -> None:
        pipeline = self.pipeline(onSuccess=unless("ROLLBACK", check("#{Deploy.Told}", "bad", "NE")))
        pipeline.over(started(pipeline, "succeed"))
        assert pipeline.over(started(pipeline, "bad")) == "Failed"
        assert pipeline.executions()[0]["trigger"]["triggerType"] == "AutomatedRollback"

    def test_a_stage_that_runs_is_not_rolled_back(self, worker: Worker) -> None:
        pipeline = self.pipeline()
        good = started(pipeline, "succeed")
        pipeline.over(good)
        other = started(pipeline, "wait")
        pipeline.in_progress("Ship", "Deploy")
        with pytest.raises(Refusal, match="currently running"):
            pipeline.do("RollbackStage", "Ship", targetPipelineExecutionId=good)
        worker.released.add("Deploy")
        assert pipeline.over(other) == "Succeeded"

    def test_what_cannot_be_rolled_back_is_refused(self) -> None:
        pipeline = self.pipeline()
        good, bad = started(pipeline, "succeed"), started(pipeline, "fail")
        pipeline.over(good)
        pipeline.over(bad)
        for name, target in (("Ship", bad), ("Fetch", good), ("After", bad)):
            with pytest.raises(Refusal, match="UnableToRollbackStageException"):
                pipeline.do("RollbackStage", name, targetPipelineExecutionId=target)
        call("UpdatePipeline", pipeline=pipeline.declaration)
        with pytest.raises(Refusal, match=r"UnableToRollbackStageException.*version"):
            pipeline.do("RollbackStage", "Ship", targetPipelineExecutionId=good)


def test_a_change_of_the_structure_cancels_what_is_under_way() -> None:
    pipeline = Stand((stage("Fetch", source()), stage("Change", approval())), A)
    first, second = started(pipeline), started(pipeline)
    until(lambda: waiting(pipeline, "Change") == [second])
    told = call("UpdatePipeline", pipeline=pipeline.declaration)
    assert told["pipeline"]["version"] == 2
    assert [pipeline.status(each) for each in (first, second)] == ["Cancelled", "Cancelled"]
    assert waiting(pipeline, "Change") == []
