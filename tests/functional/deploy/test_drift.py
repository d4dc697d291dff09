"""Asking CloudFormation for drift, against shapes that botocore's models allow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scripts.aws import AwsSaidNo
from scripts.deploy import drift
from scripts.deploy.drift import Survey
from scripts.deploy.explanations import HIDDEN
from scripts.inventory import Stack
from tests.functional.stubbed import StubbedSession

REGION = "us-east-1"
ID = "arn:aws:cloudformation:us-east-1:111111111111:stack/tradewind-dev-platform/1"
AT = datetime(2026, 11, 27, tzinfo=UTC)

ROOT = Stack(
    REGION, ID, "tradewind-dev-platform", "UPDATE_COMPLETE", "", {}, {}, {"Root": "platform"},
    False, "", "", "",
)  # fmt: skip

QUEUE, TABLE = "AWS::SQS::Queue", "AWS::DynamoDB::Table"


def resource(logical_id: str, type: str) -> dict[str, Any]:
    return {
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": logical_id.lower(),
        "ResourceType": type,
        "ResourceStatus": "CREATE_COMPLETE",
        "LastUpdatedTimestamp": AT,
    }


def found(
    logical_id: str, type: str, status: str, *differences: Any, **more: Any
) -> dict[str, Any]:
    return {
        "StackId": ID,
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": logical_id.lower(),
        "ResourceType": type,
        "StackResourceDriftStatus": status,
        "PropertyDifferences": list(differences),
        "Timestamp": AT,
        **more,
    }


def difference(path: str, expected: str, actual: str, kind: str = "NOT_EQUAL") -> dict[str, str]:
    return {
        "PropertyPath": path,
        "ExpectedValue": expected,
        "ActualValue": actual,
        "DifferenceType": kind,
    }


def scripted(
    session: StubbedSession, resources: list[dict[str, Any]], *statuses: str, reason: str = ""
) -> Any:
    """A stack that lists its resources, and whose detection passes through these statuses."""
    stub = session.stub("cloudformation")
    stub.add_response("list_stack_resources", {"StackResourceSummaries": resources})
    stub.add_response("detect_stack_drift", {"StackDriftDetectionId": "d"}, {"StackName": ID})
    for status in statuses or ("DETECTION_COMPLETE",):
        stub.add_response(
            "describe_stack_drift_detection_status",
            {
                "StackId": ID,
                "StackDriftDetectionId": "d",
                "DetectionStatus": status,
                "Timestamp": AT,
                **({"DetectionStatusReason": reason} if reason else {}),
            },
            {"StackDriftDetectionId": "d"},
        )
    return stub


def survey(session: StubbedSession) -> Survey:
    result = drift.survey(session.aws(), [ROOT])
    session.assert_all_asked()
    return result


def test_a_stack_is_waited_for_and_all_its_pages_are_read() -> None:
    session = StubbedSession()
    stub = scripted(
        session,
        [
            resource("Jobs", QUEUE),
            resource("Carts", TABLE),
            resource("Rule", "AWS::Config::ConfigRule"),
        ],
        "DETECTION_IN_PROGRESS",
        "DETECTION_COMPLETE",
    )
    stub.add_response(
        "describe_stack_resource_drifts",
        {
            "StackResourceDrifts": [
                found("Jobs", QUEUE, "MODIFIED", difference("/DelaySeconds", "5", "77"))
            ],
            "NextToken": "more",
        },
        {"StackName": ID},
    )
    stub.add_response(
        "describe_stack_resource_drifts",
        {"StackResourceDrifts": [found("Carts", TABLE, "IN_SYNC")]},
        {"StackName": ID, "NextToken": "more"},
    )

    said = survey(session)

    assert [(one.where, one.status, len(one.differences)) for one in said.drifted] == [
        ("Jobs", "MODIFIED", 1)
    ]
    assert (said.stacks, said.seen) == (1, 2)
    assert said.unseen == {"AWS::Config::ConfigRule": 1}


@pytest.mark.parametrize("status", ["NOT_CHECKED", "UNSUPPORTED", "UNKNOWN"])
def test_what_cloudformation_does_not_look_at_is_counted_and_never_called_in_sync(
    status: str,
) -> None:
    session = StubbedSession()
    stub = scripted(session, [resource("Jobs", QUEUE)])
    stub.add_response(
        "describe_stack_resource_drifts",
        {"StackResourceDrifts": [found("Jobs", QUEUE, status, DriftStatusReason="Rate exceeded")]},
    )

    said = survey(session)

    assert (said.seen, said.unseen) == (0, {QUEUE: 1})
    assert [(one.path, one.reason) for one in said.unasked] == [(("Jobs",), "Rate exceeded")]


def test_a_detection_that_failed_says_so_and_what_it_found_counts() -> None:
    session = StubbedSession()
    stub = scripted(session, [resource("Carts", TABLE)], "DETECTION_FAILED", reason="Rate exceeded")
    stub.add_response(
        "describe_stack_resource_drifts",
        {"StackResourceDrifts": [found("Carts", TABLE, "DELETED")]},
    )

    said = survey(session)

    assert [(one.path, one.reason) for one in said.unasked] == [((), "Rate exceeded")]
    assert [one.status for one in said.drifted] == ["DELETED"]


def test_a_stack_that_is_being_changed_cannot_be_asked_and_that_is_said() -> None:
    session = StubbedSession()
    stub = session.stub("cloudformation")
    stub.add_response("list_stack_resources", {"StackResourceSummaries": []})
    stub.add_client_error(
        "detect_stack_drift", "ValidationError", "Stack is in UPDATE_IN_PROGRESS state"
    )

    said = survey(session)

    assert [one.reason for one in said.unasked] == ["Stack is in UPDATE_IN_PROGRESS state"]


def test_a_caller_who_may_not_ask_is_told_so_and_not_that_all_is_well() -> None:
    session = StubbedSession()
    stub = session.stub("cloudformation")
    stub.add_response("list_stack_resources", {"StackResourceSummaries": []})
    stub.add_client_error("detect_stack_drift", "AccessDenied", "not authorized")

    with pytest.raises(AwsSaidNo, match="may not do cloudformation:DetectStackDrift"):
        drift.survey(session.aws(), [ROOT])


@pytest.mark.parametrize(
    ("differing", "properties"),
    [
        (difference("/MasterUserPassword", "hunter2", "hunter3"), {}),
        (difference("/Environment/Variables/API_KEY", "hunter2", "hunter3"), {}),
        (
            difference("/Parameters/0/Value", "hunter2", "hunter3"),
            {"Parameters": [{"Name": "password", "Value": "hunter2"}]},
        ),
        (difference("/Environment", '{"API_KEY": "hunter2"}', '{"API_KEY": "hunter3"}'), {}),
    ],
    ids=["property", "variable", "pair", "structure"],
)
def test_secrets_are_found_to_differ_and_never_shown(
    differing: dict[str, str], properties: dict[str, Any]
) -> None:
    import json

    session = StubbedSession()
    stub = scripted(session, [])
    said = found("D", "AWS::X::Y", "MODIFIED", differing, ExpectedProperties=json.dumps(properties))
    stub.add_response("describe_stack_resource_drifts", {"StackResourceDrifts": [said]})

    result = survey(session)

    assert "hunter" not in json.dumps(result.to_json()) + repr(result)
    assert HIDDEN in result.drifted[0].differences[0].actual


def test_one_resource_is_asked_by_itself() -> None:
    session = StubbedSession()
    session.stub("cloudformation").add_response(
        "detect_stack_resource_drift",
        {
            "StackResourceDrift": found(
                "Jobs", QUEUE, "MODIFIED", difference("/DelaySeconds", "5", "77")
            )
        },
        {"StackName": "child", "LogicalResourceId": "Jobs"},
    )

    said = drift.of_resource(session.aws(), REGION, "platform", ("Queue", "Jobs"), QUEUE, "child")

    assert [one.where for one in said.drifted] == ["Queue/Jobs"]


def test_a_resource_of_a_type_that_is_not_checked_has_not_drifted_as_far_as_anybody_knows() -> None:
    session = StubbedSession()
    session.stub("cloudformation").add_client_error(
        "detect_stack_resource_drift", "ValidationError", "Drift detection is not supported for X"
    )

    said = drift.of_resource(session.aws(), REGION, "platform", ("Rule",), "X", ID)

    assert (said.drifted, said.unasked) == ([], [])
    assert said.unseen == {"X": 1}


def test_a_resource_that_cannot_be_looked_at_now_says_why() -> None:
    session = StubbedSession()
    session.stub("cloudformation").add_client_error(
        "detect_stack_resource_drift", "ValidationError", "Stack is in UPDATE_IN_PROGRESS state"
    )

    said = drift.of_resource(session.aws(), REGION, "platform", ("Rule",), "X", ID)

    assert [one.reason for one in said.unasked] == ["Stack is in UPDATE_IN_PROGRESS state"]


def test_a_denied_look_at_one_resource_is_an_error() -> None:
    session = StubbedSession()
    session.stub("cloudformation").add_client_error(
        "detect_stack_resource_drift", "AccessDenied", "no"
    )

    with pytest.raises(AwsSaidNo):
        drift.of_resource(session.aws(), REGION, "platform", ("Rule",), "X", ID)
