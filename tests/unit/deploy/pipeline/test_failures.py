"""The first real cause, wherever it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from generator.release_stages import UNNAMED
from scripts.changes import NESTED_STACK
from scripts.deploy.pipeline import failures, origins, state
from scripts.execution_events import Cause
from tests.functional.stubbed import StubbedSession
from tests.unit.deploy.pipeline.places import Dev
from tests.unit.deploy.pipeline.told import EXECUTION, PIPELINE, action, at, look, stage

if TYPE_CHECKING:
    from generator.environments import Environment

ROOT = "arn:aws:cloudformation:us-west-2:111111111111:stack/tradewind-dev-platform/1"
QUEUE = "arn:aws:cloudformation:us-west-2:111111111111:stack/tradewind-dev-platform-Queue-X/2"


def cause(
    session: StubbedSession,
    *actions: dict[str, Any],
    origin: origins.Origin = origins.nowhere,
) -> Cause | None:
    look(session, "Failed", [stage(one["stageName"], "Failed") for one in actions], list(actions))
    aws = session.aws()
    execution = state.read(aws, "us-east-1", PIPELINE, EXECUTION)
    return failures.cause(aws, cast("Environment", Dev()), execution, origin)


def event(second: int, stack: str, id: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "StackId": stack,
        "StackName": "x",
        "EventId": f"{second}{id}",
        "LogicalResourceId": id,
        "PhysicalResourceId": stack,
        "ResourceType": NESTED_STACK,
        "ResourceStatus": status,
        "Timestamp": at(second),
        "ClientRequestToken": "pipeline",
        **more,
    }


def failing_stack(session: StubbedSession) -> None:
    stub = session.stub("cloudformation", "us-west-2")
    stub.add_response(
        "describe_stacks",
        {
            "Stacks": [
                {
                    "StackId": ROOT,
                    "StackName": "tradewind-dev-platform",
                    "CreationTime": at(0),
                    "StackStatus": "UPDATE_ROLLBACK_COMPLETE",
                }
            ]
        },
    )
    of_root = [
        event(1, ROOT, "root", "UPDATE_IN_PROGRESS"),
        event(2, ROOT, "Queue", "UPDATE_IN_PROGRESS", PhysicalResourceId=QUEUE),
        event(4, ROOT, "Queue", "UPDATE_FAILED", PhysicalResourceId=QUEUE),
        event(5, ROOT, "root", "UPDATE_ROLLBACK_COMPLETE"),
    ]
    of_queue = [
        event(
            3,
            QUEUE,
            "Orders",
            "UPDATE_FAILED",
            PhysicalResourceId="q",
            ResourceType="AWS::SQS::Queue",
            ResourceStatusReason="DelaySeconds is out of range",
        )
    ]
    for events in (of_root, of_root, of_queue):
        stub.add_response("describe_stack_events", {"StackEvents": events[::-1]})


def test_of_a_wave_it_is_the_resource_four_stacks_down_with_the_line_that_made_it() -> None:
    session = StubbedSession()
    failing_stack(session)

    session.stub("cloudformation", "us-west-2").add_response(
        "describe_change_set",
        {
            "StackId": ROOT,
            "StackName": "tradewind-dev-platform",
            "ChangeSetId": "arn:set",
            "ChangeSetName": "tradewind-1",
            "Description": "templates abc",
        },
        {"StackName": ROOT, "ChangeSetName": "tradewind-1"},
    )

    found = cause(
        session,
        action("PlanStandby", "Plan", variables={"ChangeSetName": "tradewind-1"}),
        action("ChangeStandby", "Execute", "Failed", 0, 6),
        origin=lambda root, digest, path: (
            "queue.json",
            f"generator/layers/{root}-{digest}-{len(path)}.py:57",
        ),
    )

    assert found is not None
    assert (found.where, found.type, found.region) == (
        "platform/Queue/Orders",
        "AWS::SQS::Queue",
        "us-west-2",
    )
    assert found.reason == "DelaySeconds is out of range"
    assert (found.template, found.line) == ("queue.json", "generator/layers/platform-abc-2.py:57")
    assert found.fix.startswith("platform in us-west-2 is as it was before")
    assert "Correct generator/layers/platform-abc-2.py:57" in found.fix


def log(session: StubbedSession, *lines: str) -> None:
    session.stub("codebuild").add_response(
        "batch_get_builds",
        {"builds": [{"logs": {"groupName": "/tradewind/dev/builds", "streamName": "plan/1"}}]},
        {"ids": ["tradewind-dev-plan:1"]},
    )
    session.stub("logs").add_response(
        "get_log_events",
        {"events": [{"timestamp": 0, "message": f"{line}\n"} for line in lines]},
    )


PLAN = action("PlanEdge", "Plan", "Failed", 0, 3, externalExecutionId="tradewind-dev-plan:1")


def test_of_a_build_it_is_the_error_that_tradewind_said_there_and_its_fix() -> None:
    session = StubbedSession()
    log(
        session,
        "change set tradewind-1",
        "error: The plan for edge loses data: Orders.",
        "  fix: Write a waiver.",
        "[Container] Command did not exit successfully",
    )

    found = cause(session, PLAN)

    assert found is not None
    assert found.reason == "The plan for edge loses data: Orders."
    assert found.fix == "Write a waiver."


def test_of_a_build_that_said_no_error_it_is_the_last_line() -> None:
    session = StubbedSession()
    log(session, "Running command", "python3: No module named scripts", "")

    found = cause(session, PLAN)

    assert found is not None
    assert found.reason == "python3: No module named scripts"


def test_a_log_that_cannot_be_read_leaves_codepipeline_s_own_words() -> None:
    session = StubbedSession()
    session.stub("codebuild").add_client_error("batch_get_builds", "AccessDeniedException", "no")
    said = {"errorDetails": {"code": "JobFailed", "message": "Build terminated with state: FAILED"}}

    found = cause(session, action("PlanEdge", "Plan", "Failed", 0, 3, **said))

    assert found is not None
    assert found.reason == "Build terminated with state: FAILED"


def test_of_a_deployment_it_is_what_codedeploy_says() -> None:
    session = StubbedSession()
    session.stub("codedeploy").add_response(
        "get_deployment",
        {
            "deploymentInfo": {
                "errorInformation": {"code": "HEALTH_CONSTRAINTS", "message": "too few healthy."}
            }
        },
        {"deploymentId": "d-1"},
    )

    found = cause(session, action("Shop", "ShopPrimary", "Failed", 0, 3, externalExecutionId="d-1"))

    assert found is not None
    assert (found.where, found.reason) == (
        "deployment d-1",
        "too few healthy (HEALTH_CONSTRAINTS)",
    )


def test_the_first_that_failed_is_the_cause_and_what_failed_after_it_is_not() -> None:
    session = StubbedSession()
    said = {"errorDetails": {"message": "second"}}
    first = {"errorDetails": {"message": "first"}}

    found = cause(
        session,
        action("Shop", "Other", "Failed", 0, 9, **said),
        action("Shop", "Another", "Failed", 1, 4, **first),
    )

    assert found is not None
    assert found.where == "Another"


def test_an_execution_in_which_nothing_failed_has_no_cause() -> None:
    assert cause(StubbedSession(), action("Validate", "Validate")) is None


def test_of_an_execution_that_names_no_release_it_says_how_to_start_one_that_does() -> None:
    said = {"message": f"The object with key '{UNNAMED}' does not exist."}

    found = cause(StubbedSession(), action("Source", "Release", "Failed", 0, 1, errorDetails=said))

    assert found is not None
    assert "without naming a release" in found.reason
    assert found.fix == "Start one that does: tradewind deploy dev"
