from __future__ import annotations

import pytest

from scripts import narration
from scripts.changes import NESTED_STACK, Change, count
from scripts.events import NothingChanged, RolloutCompleted, WaveFailed, WavePlanned
from scripts.execution_events import ExecutionStarted
from scripts.lapses import duration
from tests.unit.deploy.told import change, event, nested

CHANGES = (
    nested(
        "Catalog",
        change("Carts", "AWS::DynamoDB::Table", "Modify", "True"),
        change("Topic", "AWS::SNS::Topic", "Add", ""),
    ),
    change("Old", action="Remove", replacement=""),
)


def test_a_plan_is_a_tree_with_replacements_flagged() -> None:
    planned = WavePlanned("platform", "us-east-1", "3f6a", CHANGES, {"ImageId": "ami-1"})

    assert list(narration.lines(planned)) == [
        "  plan 3f6a: 1 to add, 1 to replace, 1 to remove",
        "    ~ Catalog (AWS::CloudFormation::Stack)",
        "      ~ Carts (AWS::DynamoDB::Table) REPLACED",
        "      + Topic (AWS::SNS::Topic)",
        "    - Old (AWS::SQS::Queue)",
        "    looked up ImageId = ami-1",
    ]


def test_nested_stacks_are_not_counted_as_changes() -> None:
    assert count(CHANGES) == {"add": 1, "modify": 0, "replace": 1, "remove": 1}


def test_of_a_failure_the_root_cause_comes_first_on_one_line() -> None:
    cause = event("Network/Vpc", "CREATE_FAILED", "The CIDR\nis taken", "AWS::EC2::VPC")

    first, second = narration.lines(WaveFailed("platform", "us-east-1", "ROLLBACK_COMPLETE", cause))

    assert first == (
        "root cause: platform/Network/Vpc (AWS::EC2::VPC) in us-east-1: The CIDR is taken"
    )
    assert second == "platform in us-east-1 ended in ROLLBACK_COMPLETE"


def test_nothing_to_do_is_said_in_those_words() -> None:
    assert list(narration.lines(NothingChanged("platform", "us-east-1"))) == ["  no changes"]
    assert list(narration.lines(RolloutCompleted("dev", 0, 5, 1.0))) == [
        "dev: no changes; nothing was executed (1.0 s)"
    ]


def test_what_a_region_does_not_offer_is_said_with_changes_and_without() -> None:
    missing = ("AWS::Personalize::Schema",)
    note = "    left out, for mx-central-1 does not offer it: AWS::Personalize::Schema"

    unchanged = NothingChanged("platform", "mx-central-1", missing)
    planned = WavePlanned("platform", "mx-central-1", "3f6a", CHANGES, {}, missing)

    assert list(narration.lines(unchanged)) == ["  no changes", note]
    assert list(narration.lines(planned))[-1] == note


def test_a_plan_that_touches_no_resource_says_what_it_touches() -> None:
    assert narration.summary(()) == "outputs only"
    assert narration.summary((nested("Catalog"),)) == "no resource, only values of nested stacks"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (95, "95 s"), (720, "12 min")]
)
def test_durations_are_as_exact_as_they_matter(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_stack_that_is_all_new_is_one_line_unless_the_whole_tree_is_wanted() -> None:
    new = Change(
        "Add",
        "Catalog",
        NESTED_STACK,
        inside=(change("Carts", action="Add"), change("Topic", action="Add")),
    )

    assert list(narration.tree((new,))) == ["+ Catalog (AWS::CloudFormation::Stack): 2 to add"]
    assert len(list(narration.tree((new,), whole=True))) == 3


@pytest.mark.parametrize(
    ("status", "type", "routine"),
    [
        ("CREATE_IN_PROGRESS", "AWS::SQS::Queue", True),
        ("CREATE_COMPLETE", "AWS::SQS::Queue", True),
        ("CREATE_FAILED", "AWS::SQS::Queue", False),
        ("DELETE_FAILED", "AWS::SQS::Queue", False),
        ("CREATE_IN_PROGRESS", NESTED_STACK, True),
        ("CREATE_COMPLETE", NESTED_STACK, False),
        ("ROLLBACK_IN_PROGRESS", NESTED_STACK, False),
    ],
)
def test_what_goes_as_planned_passes_by_and_failures_and_whole_stacks_stay(
    status: str, type: str, routine: bool
) -> None:
    assert narration.is_routine(event("Catalog/Carts", status, "", type)) is routine


def test_an_execution_without_a_reason_is_said_without_one() -> None:
    said = [*narration.lines(ExecutionStarted("dev", "1", "primary-first", ""))]

    assert said == ["execution 1 (primary-first)"]
