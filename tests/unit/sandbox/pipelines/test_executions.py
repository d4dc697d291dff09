"""The engine does what a definition says, whatever it says."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.sandbox.pipelines.engine import ENGINE
from scripts.sandbox.pipelines.store import STORE
from tests.unit.sandbox.pipelines.stand import (
    ACCOUNT,
    REGION,
    Refusal,
    Stand,
    Worker,
    approval,
    call,
    check,
    does,
    source,
    stage,
    unless,
    until,
)


def test_a_new_pipeline_runs_at_once() -> None:
    pipeline = Stand((stage("Fetch", source()), stage("Do", does("Work"))))
    (first,) = pipeline.executions()
    assert (first["status"], first["trigger"]["triggerType"]) == ("Succeeded", "CreatePipeline")


def test_stages_run_in_the_order_in_which_they_stand(worker: Worker) -> None:
    stages = [stage(name, does(f"In{name}")) for name in ("Zebra", "Alpha", "Middle")]
    pipeline = Stand((stage("Fetch", source()), *stages))
    worker.begun.clear()
    assert pipeline.over(pipeline.start()) == "Succeeded"
    assert worker.begun == ["Source", "InZebra", "InAlpha", "InMiddle"]


def test_actions_run_by_run_order_however_they_are_declared(worker: Worker) -> None:
    actions = (does("Last", order=900), does("First", order=2), does("Between", order=17))
    pipeline = Stand((stage("Fetch", source()), stage("Do", *actions)))
    worker.begun.clear()
    pipeline.over(pipeline.start())
    assert worker.begun == ["Source", "First", "Between", "Last"]


def test_actions_of_one_run_order_are_under_way_together(worker: Worker) -> None:
    pipeline = Stand(
        (stage("Fetch", source()), stage("Do", does("Left", "wait"), does("Right", "wait"))),
        {"variables": [{"name": "Wanted"}]},
    )
    execution = pipeline.start(variables=[{"name": "Wanted", "value": "yes"}])
    pipeline.in_progress("Do", "Left")
    pipeline.in_progress("Do", "Right")
    worker.released |= {"Left", "Right"}
    assert pipeline.over(execution) == "Succeeded"


def test_a_failure_fails_its_stage_when_those_beside_it_have_ended(worker: Worker) -> None:
    actions = (does("Bad", "fail"), does("Slow", "wait"), does("Never", order=2))
    pipeline = Stand(
        (stage("Fetch", source()), stage("Do", *actions), stage("After", does("Nothing"))),
        {"variables": [{"name": "Wanted"}]},
    )
    execution = pipeline.start(variables=[{"name": "Wanted", "value": "yes"}])
    until(lambda: pipeline.action("Do", "Bad").get("status") == "Failed")
    assert pipeline.stage("Do")["latestExecution"]["status"] == "InProgress"
    worker.released.add("Slow")
    assert pipeline.over(execution) == "Failed"
    assert pipeline.stage("Do")["latestExecution"]["status"] == "Failed"
    assert pipeline.action("Do", "Bad")["errorDetails"]["message"] == "It did not work."
    assert "latestExecution" not in pipeline.stage("After")
    assert ("Never", "Succeeded") not in pipeline.ran(execution)


def test_an_action_that_cannot_be_begun_fails_with_the_reason() -> None:
    pipeline = Stand((stage("Fetch", source()), stage("Do", does("Work", "refuse"))))
    execution = pipeline.start()
    assert pipeline.over(execution) == "Failed"
    error = pipeline.action("Do", "Work")["errorDetails"]
    assert error == {"code": "ConfigurationError", "message": "It cannot be done."}


def test_variables_go_from_action_to_action_and_from_the_start_to_all() -> None:
    pipeline = Stand(
        (
            stage("Fetch", source()),
            stage("Plan", does("Plan", puts="Answer=42", namespace="Whatever-1")),
            stage(
                "Use",
                does("Use", puts="Told=#{Whatever-1.Answer}/#{variables.Mood}", namespace="Use"),
                does("Id", order=2, puts="Id=#{codepipeline.PipelineExecutionId}", namespace="Id"),
            ),
        ),
        {"variables": [{"name": "Mood", "defaultValue": "calm"}]},
    )
    execution = pipeline.start(variables=[{"name": "Mood", "value": "bold"}])
    pipeline.over(execution)
    outputs = {
        run["actionName"]: run["output"].get("outputVariables") for run in pipeline.runs(execution)
    }
    assert outputs["Use"] == {"Told": "42/bold"}
    assert outputs["Id"] == {"Id": execution}
    (used,) = [run for run in pipeline.runs(execution) if run["actionName"] == "Use"]
    assert used["input"]["configuration"]["Puts"] == "Told=#{Whatever-1.Answer}/#{variables.Mood}"
    assert used["input"]["resolvedConfiguration"]["Puts"] == "Told=42/bold"
    assert pipeline.execution(execution)["variables"] == [{"name": "Mood", "resolvedValue": "bold"}]


def test_a_reference_to_what_was_not_put_out_fails_the_action() -> None:
    pipeline = Stand(
        (
            stage("Fetch", source()),
            stage("Plan", does("Plan", puts="Answer=42", namespace="Plan")),
            stage("Use", does("Use", puts="Told=#{Plan.Question}")),
        )
    )
    execution = pipeline.start()
    assert pipeline.over(execution) == "Failed"
    error = pipeline.action("Use", "Use")["errorDetails"]
    assert "#{Plan.Question}" in error["message"]


def test_a_value_that_looks_like_a_reference_is_not_read_again() -> None:
    pipeline = Stand(
        (
            stage("Fetch", source()),
            stage("Use", does("Use", puts="Told=#{variables.Text}", namespace="Use")),
        ),
        {"variables": [{"name": "Text", "defaultValue": "none"}]},
    )
    execution = pipeline.start(variables=[{"name": "Text", "value": "#{codepipeline.No}"}])
    assert pipeline.over(execution) == "Succeeded"
    assert pipeline.runs(execution)[-1]["output"]["outputVariables"] == {
        "Told": "#{codepipeline.No}"
    }


class TestStart:
    stages = (stage("Fetch", source()), stage("Do", does("Work", "wait")))

    def test_a_variable_without_a_value_is_refused(self) -> None:
        pipeline = Stand(self.stages, {"variables": [{"name": "Wanted"}]})
        with pytest.raises(Refusal, match=r"ValidationException.*Wanted"):
            pipeline.start()

    def test_a_variable_that_is_not_declared_is_refused(self) -> None:
        pipeline = Stand(self.stages, {"variables": [{"name": "A"}]})
        with pytest.raises(Refusal, match=r"ValidationException.*Unknown"):
            pipeline.start(variables=[{"name": "Unknown", "value": "x"}])

    def test_the_same_token_starts_one_execution(self) -> None:
        pipeline = Stand(self.stages, {"variables": [{"name": "A"}]})
        said = {"variables": [{"name": "A", "value": "x"}], "clientRequestToken": "once"}
        assert pipeline.start(**said) == pipeline.start(**said)
        assert len(pipeline.executions()) == 1

    def test_who_started_it_is_told(self) -> None:
        pipeline = Stand(self.stages, {"variables": [{"name": "A"}]})
        execution = pipeline.start(variables=[{"name": "A", "value": "x"}])
        trigger = {
            "triggerType": "StartPipelineExecution",
            "triggerDetail": "arn:aws:iam::111111111111:root",
        }
        assert pipeline.execution(execution)["trigger"] == trigger

    def test_an_override_for_another_kind_of_source_is_refused(self) -> None:
        pipeline = Stand(self.stages, {"variables": [{"name": "A"}]})
        revision = {"actionName": "Source", "revisionType": "S3_OBJECT_KEY", "revisionValue": "k"}
        with pytest.raises(Refusal, match="does not fit"):
            pipeline.start(sourceRevisions=[revision])


class TestConditions:
    def pipeline(self, *stages: dict[str, object], value: str = "no") -> Stand:
        return Stand(
            (
                stage("Fetch", source()),
                stage("Plan", does("Plan", puts=f"Changes={value}", namespace="Plan")),
                *stages,
            )
        )

    def test_a_stage_is_skipped_and_the_next_is_entered(self, worker: Worker) -> None:
        pipeline = self.pipeline(
            stage(
                "Change",
                does("Change"),
                beforeEntry=unless("SKIP", check("#{Plan.Changes}", "yes")),
            ),
            stage("After", does("After")),
        )
        execution = pipeline.start()
        assert pipeline.over(execution) == "Succeeded"
        assert pipeline.stage("Change")["latestExecution"]["status"] == "Skipped"
        assert "Change" not in worker.begun
        assert pipeline.ran(execution)[-1] == ("After", "Succeeded")

    def test_a_stage_is_entered_where_all_rules_hold(self, worker: Worker) -> None:
        rules = (
            check("#{Plan.Changes}", "yes"),
            check("#{Plan.Changes}", "e", "CONTAINS", name="Holds"),
            check("#{Plan.Changes}", "no", "NE", name="Differs"),
            check("#{Plan.Changes}", "y.*", "MATCHES", name="Fits"),
        )
        pipeline = self.pipeline(
            stage("Change", does("Change"), beforeEntry=unless("SKIP", *rules)), value="yes"
        )
        pipeline.over(pipeline.start())
        assert "Change" in worker.begun

    def test_one_rule_that_does_not_hold_is_enough(self, worker: Worker) -> None:
        rules = (check("#{Plan.Changes}", "yes"), check("a", "b", name="Never"))
        pipeline = self.pipeline(
            stage("Change", does("Change"), beforeEntry=unless("SKIP", *rules)), value="yes"
        )
        pipeline.over(pipeline.start())
        assert "Change" not in worker.begun

    def test_a_rule_on_a_variable_of_a_skipped_stage_does_not_hold(self, worker: Worker) -> None:
        never = unless("SKIP", check("a", "b"))
        pipeline = self.pipeline(
            stage("Skipped", does("No", puts="V=1", namespace="No"), beforeEntry=never),
            stage("Too", does("Too"), beforeEntry=unless("SKIP", check("#{No.V}", "1"))),
        )
        assert pipeline.over(pipeline.start()) == "Succeeded"
        assert pipeline.stage("Too")["latestExecution"]["status"] == "Skipped"

    def test_an_entry_that_fails_can_be_overridden(self, worker: Worker) -> None:
        pipeline = self.pipeline(
            stage(
                "Change",
                does("Change"),
                beforeEntry=unless("FAIL", check("#{Plan.Changes}", "yes")),
            )
        )
        execution = pipeline.start()
        assert pipeline.over(execution) == "Failed"
        state = pipeline.stage("Change")["beforeEntryConditionState"]
        assert state["latestExecution"]["status"] == "Failed"
        pipeline.do(
            "OverrideStageCondition",
            "Change",
            pipelineExecutionId=execution,
            conditionType="BEFORE_ENTRY",
        )
        assert pipeline.over(execution) == "Succeeded"
        state = pipeline.stage("Change")["beforeEntryConditionState"]
        assert state["latestExecution"]["status"] == "Overridden"

    def test_a_condition_that_was_met_is_not_overridden(self) -> None:
        pipeline = self.pipeline(
            stage(
                "Change",
                does("Change", "fail"),
                beforeEntry=unless("FAIL", check("#{Plan.Changes}", "no")),
            )
        )
        execution = pipeline.start()
        pipeline.over(execution)
        with pytest.raises(Refusal, match="ConditionNotOverridableException"):
            pipeline.do(
                "OverrideStageCondition",
                "Change",
                pipelineExecutionId=execution,
                conditionType="BEFORE_ENTRY",
            )

    def test_what_success_asks_fails_the_stage(self) -> None:
        pipeline = self.pipeline(
            stage(
                "Change",
                does("Change", puts="Errors=3", namespace="Change"),
                onSuccess=unless("FAIL", check("#{Change.Errors}", "0")),
            )
        )
        execution = pipeline.start()
        assert pipeline.over(execution) == "Failed"
        assert pipeline.ran(execution)[-1] == ("Change", "Succeeded")

    def test_rules_are_listed(self) -> None:
        pipeline = self.pipeline(
            stage(
                "Change",
                does("Change"),
                beforeEntry=unless("SKIP", check("#{Plan.Changes}", "yes", name="HasChanges")),
            )
        )
        execution = pipeline.start()
        pipeline.over(execution)
        (rule,) = call(
            "ListRuleExecutions",
            pipelineName=pipeline.name,
            filter={"pipelineExecutionId": execution},
        )["ruleExecutionDetails"]
        assert (rule["ruleName"], rule["status"]) == ("HasChanges", "Failed")
        assert rule["input"]["resolvedConfiguration"]["Variable"] == "no"


class TestApprovals:
    def pipeline(self) -> Stand:
        return Stand(
            (
                stage("Fetch", source()),
                stage(
                    "Change",
                    approval(configuration={"ExternalEntityLink": "https://example.com/plan"}),
                    does("Execute", order=2),
                ),
            ),
            {"variables": [{"name": "A"}]},
        )

    def test_what_is_approved_goes_on_and_the_history_says_who_and_what(self) -> None:
        pipeline = self.pipeline()
        execution = pipeline.start(variables=[{"name": "A", "value": "x"}])
        pipeline.decide("Change", "Approve", "Approved", "looks right")
        assert pipeline.over(execution) == "Succeeded"
        (given,) = [run for run in pipeline.runs(execution) if run["actionName"] == "Approve"]
        assert given["updatedBy"] == "arn:aws:iam::111111111111:root"
        assert given["output"]["executionResult"]["externalExecutionSummary"] == "looks right"
        assert pipeline.action("Change", "Approve")["lastUpdatedBy"] == given["updatedBy"]

    def test_what_is_rejected_fails_and_nothing_follows(self) -> None:
        pipeline = self.pipeline()
        execution = pipeline.start(variables=[{"name": "A", "value": "x"}])
        pipeline.decide("Change", "Approve", "Rejected", "not today")
        assert pipeline.over(execution) == "Failed"
        latest = pipeline.action("Change", "Approve")
        assert (latest["status"], latest["summary"]) == ("Failed", "not today")
        assert ("Execute", "Succeeded") not in pipeline.ran(execution)

    def test_a_token_is_good_once_and_for_its_own_request_only(self) -> None:
        pipeline = self.pipeline()
        pipeline.start(variables=[{"name": "A", "value": "x"}])
        token = pipeline.in_progress("Change", "Approve")["token"]
        said: dict[str, Any] = {
            "pipelineName": pipeline.name,
            "stageName": "Change",
            "actionName": "Approve",
            "result": {"status": "Approved", "summary": "yes"},
        }
        other = "00000000-0000-4000-8000-000000000000"
        with pytest.raises(Refusal, match="InvalidApprovalTokenException"):
            call("PutApprovalResult", **said, token=other)
        call("PutApprovalResult", **said, token=token)
        with pytest.raises(Refusal, match="ApprovalAlreadyCompletedException"):
            call("PutApprovalResult", **said, token=token)

    def test_a_summary_has_512_characters_at_most(self) -> None:
        pipeline = self.pipeline()
        pipeline.start(variables=[{"name": "A", "value": "x"}])
        with pytest.raises(Refusal, match="ValidationException"):
            pipeline.decide("Change", "Approve", "Approved", "x" * 513)

    def test_the_answer_of_an_abandoned_request_is_refused(self) -> None:
        pipeline = self.pipeline()
        execution = pipeline.start(variables=[{"name": "A", "value": "x"}])
        token = pipeline.in_progress("Change", "Approve")["token"]
        call(
            "StopPipelineExecution",
            pipelineName=pipeline.name,
            pipelineExecutionId=execution,
            abandon=True,
        )
        with pytest.raises(Refusal, match="InvalidApprovalTokenException"):
            call(
                "PutApprovalResult",
                pipelineName=pipeline.name,
                stageName="Change",
                actionName="Approve",
                token=token,
                result={"status": "Approved", "summary": "late"},
            )


def test_an_approval_that_nobody_gives_in_a_week_fails() -> None:
    pipeline = Stand(
        (stage("Fetch", source()), stage("Change", approval())), {"variables": [{"name": "A"}]}
    )
    execution = pipeline.start(variables=[{"name": "A", "value": "x"}])
    run = pipeline.in_progress("Change", "Approve")["actionExecutionId"]
    arn = f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:{pipeline.name}"
    held = STORE.run(arn, run)
    assert held is not None
    held.started -= 7 * 24 * 3600 - 60
    ENGINE.wake(run)
    assert pipeline.status(execution) == "InProgress"
    held.started -= 120
    ENGINE.wake(run)
    assert pipeline.over(execution) == "Failed"


def test_what_fails_in_a_provider_by_mistake_fails_the_action_and_not_the_engine(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("by mistake")

    monkeypatch.setattr(worker, "look", broken)
    pipeline = Stand((stage("Fetch", source()), stage("Do", does("Work"))))
    error = pipeline.action("Fetch", "Source")["errorDetails"]
    assert error == {"code": "SystemUnavailable", "message": "RuntimeError: by mistake"}
    monkeypatch.undo()
    assert pipeline.over(pipeline.start()) == "Succeeded"
