"""Gate: what was approved, by whom, is what stands; nothing else gets past it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from scripts.deploy.change_sets import ChangeSet
from scripts.deploy.pipeline import gate
from scripts.deploy.pipeline.approvals import Given
from scripts.deploy.plan import Inputs, WavePlan
from scripts.deploy.waves import Wave
from scripts.errors import Refused
from tests.functional.stubbed import StubbedSession
from tests.unit.deploy.pipeline.places import Dev
from tests.unit.deploy.pipeline.told import EXECUTION, OTHER, PIPELINE, stage
from tests.unit.deploy.told import change

if TYPE_CHECKING:
    from generator.environments import Environment

DIGEST = "d" * 64
PLAN = WavePlan(
    Wave("platform", "us-west-2"),
    "dev",
    "111111111111",
    "UPDATE",
    Inputs(DIGEST, {"Environment": "dev"}),
    ChangeSet("us-west-2", "arn:stack", "tradewind-dev-platform", "arn:set", "tradewind-1"),
    (change("Topic", "AWS::SNS::Topic", "Add", ""),),
)
ADA = "arn:aws:sts::111111111111:assumed-role/tradewind-dev-operator-us-east-1/ada"
OK: dict[str, Any] = {
    "actionName": "Approve",
    "status": "Succeeded",
    "summary": Given(PLAN.hash, "read it").summary,
    "lastUpdatedBy": ADA,
}


def approved(
    plan: WavePlan = PLAN, stages: list[dict[str, Any]] | None = None, **how: Any
) -> gate.Approval:
    session = StubbedSession()
    answer = {**OK, **how}
    session.stub("codepipeline").add_response(
        "get_pipeline_state",
        {
            "pipelineName": PIPELINE,
            "stageStates": stages or [stage("ChangeStandby", "InProgress", answer)],
        },
        {"name": PIPELINE},
    )
    environment = cast("Environment", Dev())
    return gate.approval(session.aws(), environment, plan, EXECUTION, DIGEST)


def test_the_approved_plan_passes_with_who_and_why() -> None:
    assert approved() == gate.Approval("ada", "read it")


def test_in_the_other_order_the_standby_s_approval_is_in_its_other_stage() -> None:
    stages = [stage("ChangeStandbyFirst", "InProgress", OK), stage("ChangeStandby")]

    assert approved(stages=stages).who == "ada"


def test_a_click_in_the_console_names_no_plan() -> None:
    with pytest.raises(Refused, match="names no plan: it was given in the console"):
        approved(summary="looks fine")


def test_an_approval_of_another_plan_is_stale() -> None:
    other = "0123456789abcdef"

    with pytest.raises(Refused, match=f"is for plan {other}; what stands now is {PLAN.hash}"):
        approved(summary=Given(other, "read it").summary)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sts::111111111111:assumed-role/Administrator/ada",
        "arn:aws:sts::111111111111:assumed-role/tradewind-prod-operator-us-east-1/ada",
        "arn:aws:iam::111111111111:user/ada",
        "",
    ],
)
def test_who_is_no_operator_cannot_approve_even_with_the_right_hash(arn: str) -> None:
    with pytest.raises(Refused, match="no session of tradewind-dev-operator-us-east-1"):
        approved(lastUpdatedBy=arn)


@pytest.mark.parametrize(
    "stages",
    [
        [stage("ChangeStandby", "InProgress", OK, execution=OTHER)],
        [stage("ChangePrimary", "InProgress", OK)],
        [stage("ChangeStandby", "InProgress", {**OK, "status": "InProgress"})],
        [stage("ChangeStandby", "InProgress", {**OK, "actionName": "Look"})],
    ],
    ids=["of another execution", "of another wave", "not yet given", "of another action"],
)
def test_an_approval_that_is_not_this_one_is_none(stages: list[dict[str, Any]]) -> None:
    with pytest.raises(Refused, match="Nobody approved platform in us-west-2"):
        approved(stages=stages)


def test_a_change_set_of_other_templates_than_the_release_s_is_refused() -> None:
    swapped = replace(PLAN, inputs=replace(PLAN.inputs, digest="e" * 64))

    with pytest.raises(Refused, match="of other templates than the release's"):
        approved(swapped)


def test_a_change_set_s_word_on_its_template_is_not_taken() -> None:
    def asked(released: bytes) -> None:
        session = StubbedSession()
        session.stub("cloudformation", "us-west-2").add_response(
            "get_template",
            {"TemplateBody": '{"Resources": {"Topic": 1}}'},
            {"ChangeSetName": "arn:set", "TemplateStage": "Original"},
        )
        gate.refuse_other_template(session.aws(), PLAN, released)

    asked(b'{ "Resources": {"Topic": 1} }')
    with pytest.raises(Refused, match="is of another template than it says"):
        asked(b'{"Resources": {"Topic": 2}}')
