from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from scripts.deploy.pipeline.following import Following
from scripts.execution_events import (
    ActionBegun,
    ActionEnded,
    ApprovalAnswered,
    ApprovalAwaited,
    RegionSilent,
    StageEntered,
    StageSkipped,
)
from tests.functional.stubbed import StubbedSession
from tests.unit.deploy.pipeline.places import Dev
from tests.unit.deploy.pipeline.told import EXECUTION, HASH, TOKEN, action, at, look, stage

if TYPE_CHECKING:
    from generator.environments import Environment

PLANNED = action(
    "PlanPrimary",
    "Plan",
    variables={"PlanHash": HASH, "ChangeSetName": "tradewind-1", "PlanUrl": "https://x"},
)


def follow(session: StubbedSession) -> list[Any]:
    environment = cast("Environment", Dev())
    return list(Following(session.aws(), environment, EXECUTION).events())


def test_everything_is_told_once_however_often_it_is_looked_at() -> None:
    session = StubbedSession()
    look(
        session,
        "InProgress",
        [stage("Validate", "InProgress"), stage("PlanPrimary")],
        [action("Validate", "Validate", "InProgress")],
    )
    done = [stage("Validate", "Succeeded"), stage("PlanPrimary", "Skipped")]
    for status in ("InProgress", "Succeeded"):
        look(session, status, done, [action("Validate", "Validate", ended=7)])

    assert follow(session) == [
        StageEntered(EXECUTION, "Validate"),
        ActionBegun("Validate", "Validate"),
        ActionEnded("Validate", "Validate", "Succeeded", "", 7.0),
        StageSkipped(EXECUTION, "PlanPrimary"),
    ]
    session.assert_all_asked()


def test_a_stage_is_not_entered_before_what_was_at_work_is_said_to_have_ended() -> None:
    session = StubbedSession()
    entered = [stage("Validate", "Succeeded"), stage("PlanPrimary", "InProgress")]
    look(session, "InProgress", entered, [action("Validate", "Validate", "InProgress")])
    done = [stage("Validate", "Succeeded"), stage("PlanPrimary", "Succeeded")]
    look(session, "Succeeded", done, [action("Validate", "Validate", ended=7), PLANNED])

    assert [type(event) for event in follow(session)] == [
        *(StageEntered, ActionBegun, ActionEnded),
        *(StageEntered, ActionBegun, ActionEnded),
    ]


def test_who_comes_late_is_told_what_has_happened() -> None:
    session = StubbedSession()
    look(session, "Succeeded", [stage("PlanPrimary", "Succeeded")], [PLANNED])

    assert [type(event) for event in follow(session)] == [StageEntered, ActionBegun, ActionEnded]


def test_an_approval_is_awaited_with_the_plan_that_its_wave_exported() -> None:
    session = StubbedSession()
    open = {"actionName": "Approve", "status": "InProgress", "token": TOKEN}
    look(
        session,
        "InProgress",
        [stage("PlanPrimary", "Succeeded"), stage("ChangePrimary", "InProgress", open)],
        [PLANNED, action("ChangePrimary", "Approve", "InProgress", 1)],
    )
    given = {
        "actionName": "Approve",
        "status": "Failed",
        "summary": f"tradewind {HASH} not today",
        "lastUpdatedBy": "arn:aws:sts::111111111111:assumed-role/tradewind-dev-operator-us-east-1/ada",
    }
    look(
        session,
        "Failed",
        [stage("PlanPrimary", "Succeeded"), stage("ChangePrimary", "Failed", given)],
        [PLANNED, action("ChangePrimary", "Approve", "Failed", 1)],
    )

    told = follow(session)

    assert (
        ApprovalAwaited(
            "ChangePrimary",
            "Approve",
            "platform",
            "us-east-1",
            HASH,
            "tradewind-1",
            "https://x",
        )
        in told
    )
    assert told[-1] == ApprovalAnswered("ChangePrimary", False, "ada", "not today")


def test_a_region_that_does_not_answer_is_said_once_and_the_rest_is_followed() -> None:
    from botocore.exceptions import EndpointConnectionError

    session = StubbedSession()
    executing = [stage("ChangeStandby", "InProgress")]
    for status, how, ended in (
        ("InProgress", "InProgress", 0),
        ("InProgress", "InProgress", 0),
        ("Failed", "Failed", 9),
    ):
        look(session, status, executing, [action("ChangeStandby", "Execute", how, 0, ended)])
    session.stub("cloudformation", "us-west-2")
    client = session.clients["cloudformation", "us-west-2"]

    def unreachable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://cloudformation.us-west-2.amazonaws.com")

    client.meta.events.register_first("before-call.cloudformation.DescribeStacks", unreachable)

    told = follow(session)

    assert [event.region for event in told if isinstance(event, RegionSilent)] == ["us-west-2"]
    assert told[-1] == ActionEnded("ChangeStandby", "Execute", "Failed", "", 9.0)


def test_an_operation_that_began_before_the_action_is_not_told_as_its_own() -> None:
    from scripts.deploy import follow as following
    from scripts.deploy.waves import Wave

    session = StubbedSession()
    stack = "arn:aws:cloudformation:us-east-1:111111111111:stack/tradewind-dev-platform/1"
    event = {
        "StackId": stack,
        "StackName": "x",
        "EventId": "1",
        "LogicalResourceId": "x",
        "PhysicalResourceId": stack,
        "ResourceType": "AWS::CloudFormation::Stack",
        "ResourceStatus": "UPDATE_IN_PROGRESS",
        "Timestamp": at(10),
        "ClientRequestToken": "theirs",
    }
    stub = session.stub("cloudformation")
    for _ in range(2):
        stub.add_response("describe_stack_events", {"StackEvents": [event]})
    wave = Wave("platform", "us-east-1")

    assert following.begun(session.aws(), wave, stack, at(11)) is None
    found = following.begun(session.aws(), wave, stack, at(9))
    assert found is not None
    assert found.token == "theirs"
