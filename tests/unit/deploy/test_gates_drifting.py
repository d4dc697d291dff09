"""Drift in what a plan is about to change, and in nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pytest

from scripts.aws import Aws
from scripts.changes import NESTED_STACK
from scripts.deploy.explanations import HIDDEN, Certainty, Explained
from scripts.deploy.gates.drifting import drifting
from scripts.deploy.gates.findings import Concern, Finding
from tests.functional.stubbed import Environment, StillClock
from tests.unit.deploy.explaining import explained, explanation

QUEUE = "AWS::SQS::Queue"


@dataclass
class CloudFormation:
    """Answers for resources by stack and logical id; counts who was asked. Any other is in sync."""

    drifts: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)

    def create_client(self, service_name: str, region_name: str, **_: Any) -> CloudFormation:
        assert (service_name, region_name) == ("cloudformation", "us-east-1")
        return self

    def detect_stack_resource_drift(self, **said: str) -> dict[str, Any]:
        place = said["StackName"], said["LogicalResourceId"]
        with self.lock:
            self.asked.append(place)
        return {
            "StackResourceDrift": {
                "LogicalResourceId": place[1],
                "PhysicalResourceId": place[1].lower(),
                "ResourceType": QUEUE,
                "StackResourceDriftStatus": "IN_SYNC",
                **self.drifts.get(place, {}),
            }
        }


def modified(*differences: tuple[str, str, str, str]) -> dict[str, Any]:
    names = ("PropertyPath", "ExpectedValue", "ActualValue", "DifferenceType")
    return {
        "StackResourceDriftStatus": "MODIFIED",
        "PropertyDifferences": [dict(zip(names, one, strict=True)) for one in differences],
    }


DELAYED = modified(("/DelaySeconds", "5", "77", "NOT_EQUAL"))
LAYER = explained("Queue", NESTED_STACK, physical_id="stack-of-queue")


def found(cloudformation: CloudFormation, *changes: Explained) -> list[Finding]:
    aws = Aws(cloudformation, Environment(), StillClock())
    return list(drifting(aws, explanation(*changes), "stack-of-root"))


def test_what_somebody_changed_by_hand_is_refused_with_what_differs() -> None:
    cloudformation = CloudFormation({("stack-of-queue", "Orders"): DELAYED})

    [finding] = found(
        cloudformation, LAYER, explained("Queue/Orders", QUEUE, after={"DelaySeconds": 30})
    )

    assert (finding.concern, finding.refuses) == (Concern.DRIFT, True)
    assert finding.where == "Queue/Orders"
    assert finding.words == (
        "was changed by hand, past CloudFormation: /DelaySeconds is 77 and should be 5"
    )
    assert (finding.before, finding.after) == ("5", "77")


def test_what_was_deleted_by_hand_is_refused() -> None:
    gone = {"StackResourceDriftStatus": "DELETED"}

    [finding] = found(
        CloudFormation({("stack-of-root", "Orders"): gone}), explained("Orders", QUEUE)
    )

    assert (finding.refuses, finding.words) == (True, "was deleted past CloudFormation")


@pytest.mark.parametrize(
    ("after", "difference"),
    [
        ({"DelaySeconds": 77}, ("/DelaySeconds", "5", "77", "NOT_EQUAL")),
        ({"DelaySeconds": "77"}, ("/DelaySeconds", "5", "77", "NOT_EQUAL")),
        ({"On": True}, ("/On", "false", "true", "NOT_EQUAL")),
        ({"A": [{"B": "c"}]}, ("/A/0/B", "x", "c", "NOT_EQUAL")),
        ({"A": {"b": 1}}, ("/A", "null", '{"b": 1}', "ADD")),
        ({"A": {"c": 2, "b": 1}}, ("/A", "null", '{"b": 1, "c": 2}', "ADD")),
    ],
)
def test_what_the_plan_itself_makes_so_has_been_adopted(
    after: dict[str, Any], difference: tuple[str, str, str, str]
) -> None:
    cloudformation = CloudFormation({("stack-of-root", "Orders"): modified(difference)})

    [finding] = found(cloudformation, explained("Orders", QUEUE, before={}, after=after))

    assert not finding.refuses
    assert "and the plan makes it so" in finding.words


@pytest.mark.parametrize("after", [{}, {"A": ["x"]}, {"A": "c"}, {"A": [{"B": "d"}]}])
def test_what_the_plan_leaves_or_makes_otherwise_has_not(after: dict[str, Any]) -> None:
    second = modified(("/A/1/B", "x", "c", "NOT_EQUAL"))

    [finding] = found(
        CloudFormation({("stack-of-root", "O"): second}),
        explained("O", QUEUE, before={}, after=after),
    )

    assert finding.refuses


def test_a_secret_that_was_set_by_hand_is_not_taken_for_the_plans() -> None:
    """Neither is shown, and so both look alike."""
    by_hand = modified(("/Environment/DB_PASSWORD", "before", "by-hand", "NOT_EQUAL"))

    [finding] = found(
        CloudFormation({("stack-of-root", "O"): by_hand}),
        explained("O", QUEUE, before={}, after={"Environment": {"DB_PASSWORD": HIDDEN}}),
    )

    assert finding.refuses
    assert "by-hand" not in f"{finding.words} {finding.before} {finding.after}"


def test_of_two_differences_the_one_that_is_not_adopted_is_refused() -> None:
    both = modified(
        ("/DelaySeconds", "5", "77", "NOT_EQUAL"), ("/VisibilityTimeout", "30", "9", "NOT_EQUAL")
    )

    findings = found(
        CloudFormation({("stack-of-root", "Orders"): both}),
        explained("Orders", QUEUE, before={}, after={"DelaySeconds": 77, "VisibilityTimeout": 30}),
    )

    assert [one.refuses for one in findings] == [False, True]


def test_what_is_meant_to_differ_is_shown_with_its_reason() -> None:
    tagged = modified(("/Tags/1", "null", '{"Key": "aws:x"}', "ADD"))

    [finding] = found(CloudFormation({("stack-of-root", "O"): tagged}), explained("O", QUEUE))

    assert not finding.refuses
    assert "AWS tags its own" in finding.words


def test_what_could_not_be_looked_at_is_shown_with_the_reason() -> None:
    unknown = {"StackResourceDriftStatus": "UNKNOWN", "DriftStatusReason": "not authorized"}

    [finding] = found(CloudFormation({("stack-of-root", "O"): unknown}), explained("O", QUEUE))

    assert not finding.refuses
    assert finding.words == "could not be held against its template: not authorized"


UNTOUCHED: list[Callable[[], Explained]] = [
    lambda: explained("New", QUEUE, "Add", after={}),
    lambda: explained("Gone", QUEUE, "Remove", before={}),
    lambda: explained("Phantom", QUEUE, certainty=Certainty.PHANTOM),
    lambda: LAYER,
]


@pytest.mark.parametrize("untouched", UNTOUCHED)
def test_only_what_the_plan_modifies_is_looked_at(untouched: Callable[[], Explained]) -> None:
    cloudformation = CloudFormation()

    found(cloudformation, untouched(), explained("Orders", QUEUE))

    assert cloudformation.asked == [("stack-of-root", "Orders")]


def test_many_are_looked_at_and_told_of_in_the_order_of_the_plan() -> None:
    cloudformation = CloudFormation(
        {("stack-of-root", f"Q{number}"): DELAYED for number in range(0, 40, 2)}
    )

    findings = found(cloudformation, *(explained(f"Q{number}", QUEUE) for number in range(40)))

    assert [one.where for one in findings] == [f"Q{number}" for number in range(0, 40, 2)]
    assert len(cloudformation.asked) == 40
