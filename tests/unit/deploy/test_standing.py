"""What differs from what stands, told without a change set: it may not call anything the same that is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from generator.manifest import Manifest
from scripts import inventory
from scripts.deploy import standing
from scripts.deploy.plan import Awaiting, Inputs
from scripts.deploy.planner import Planner
from scripts.deploy.release import Release, Root, Template
from scripts.deploy.standing import Standing
from scripts.deploy.waves import Wave
from scripts.inventory import Stack
from tests.functional.stubbed import StubbedSession

PLACE = ("platform", "us-east-1")
WAVE = Wave(*PLACE)
TEMPLATE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
PARAMETERS = {"Environment": "dev", "BucketArn": "arn:1"}


@dataclass
class FixedPlanner:
    """A planner that wants this."""

    parameters: Mapping[str, str] = field(default_factory=lambda: PARAMETERS)
    awaited: Wave | None = None

    @property
    def release(self) -> Release:
        body = json.dumps(TEMPLATE, indent=2).encode()
        root = Root(Manifest("platform", {}, {}), Template("platform.json", "x", body), ())
        return Release({"platform": root}, Path())

    def inputs(self, wave: Wave) -> Inputs | Awaiting:
        if self.awaited is not None:
            return Awaiting(wave, self.awaited)
        return Inputs("digest", self.parameters, left_out=("AWS::Personalize::Dataset",))


def stack(status: str = "UPDATE_COMPLETE", **parameters: str) -> Stack:
    return Stack(
        "us-east-1",
        "arn:stack",
        "tradewind-dev-platform",
        status,
        "",
        {**PARAMETERS, **parameters},
        {},
        {},
        False,
        "",
        "",
        "",
    )


def look(
    there: Stack | None, template: Any = TEMPLATE, planner: FixedPlanner | None = None
) -> standing.Look:
    now = Standing({PLACE: there}, {PLACE: template})
    (found,) = standing.looks(cast("Planner", planner or FixedPlanner()), now, [WAVE])
    return found


def test_the_same_template_and_parameters_are_the_same_and_say_what_is_left_out() -> None:
    found = look(stack())

    assert not found.differs
    assert found.left_out == ("AWS::Personalize::Dataset",)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(TEMPLATE, separators=(",", ":")),
        f"---\n{json.dumps(TEMPLATE, indent=1)}",
        "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n",
    ],
    ids=["without white space", "as Sceptre sends it", "as aws cloudformation package writes it"],
)
def test_how_a_client_writes_a_template_is_no_difference(body: str) -> None:
    assert not look(stack(), inventory.parsed(body)).differs


@pytest.mark.parametrize("body", ["", "Queue: !Ref Other", "{", "- one", "Resources: {a: b"])
def test_what_cannot_be_read_is_another_template(body: str) -> None:
    assert look(stack(), inventory.parsed(body)).what == "its template is another"


@pytest.mark.parametrize(
    ("there", "template", "planner", "what"),
    [
        (None, None, None, "it is not there"),
        (stack("UPDATE_ROLLBACK_FAILED"), TEMPLATE, None, "its stack is UPDATE_ROLLBACK_FAILED"),
        (stack("UPDATE_IN_PROGRESS"), TEMPLATE, None, "its stack is UPDATE_IN_PROGRESS"),
        (stack("ROLLBACK_COMPLETE"), TEMPLATE, None, "its stack is ROLLBACK_COMPLETE"),
        (stack(), {"Resources": {}}, None, "its template is another"),
        (stack(BucketArn="arn:2"), TEMPLATE, None, "its parameters differ (BucketArn)"),
        (stack(Gone="x"), TEMPLATE, None, "its parameters differ (Gone)"),
        (
            stack(),
            TEMPLATE,
            FixedPlanner({**PARAMETERS, "New": "x"}),
            "its parameters differ (New)",
        ),
        (
            stack(),
            TEMPLATE,
            FixedPlanner(awaited=Wave("account", "us-east-1")),
            "it waits for account in us-east-1",
        ),
    ],
)
def test_whatever_is_not_as_wanted_is_planned(
    there: Stack | None, template: Any, planner: FixedPlanner | None, what: str
) -> None:
    assert look(there, template, planner).what == what


def test_what_was_rolled_back_is_as_it_was_before() -> None:
    assert not look(stack("UPDATE_ROLLBACK_COMPLETE")).differs


def test_a_stack_that_stands_costs_two_calls_and_one_that_does_not_costs_one() -> None:
    session = StubbedSession()
    stub = session.stub("cloudformation")
    stub.add_response(
        "describe_stacks",
        {
            "Stacks": [
                {
                    "StackId": "arn:stack",
                    "StackName": "tradewind-dev-platform",
                    "CreationTime": "2026-11-27T09:00:00Z",
                    "StackStatus": "CREATE_COMPLETE",
                }
            ]
        },
        {"StackName": "tradewind-dev-platform"},
    )
    stub.add_response(
        "get_template", {"TemplateBody": json.dumps(TEMPLATE)}, {"StackName": "arn:stack"}
    )
    session.stub("cloudformation", "us-west-2").add_client_error(
        "describe_stacks", "ValidationError", "Stack with id x does not exist"
    )

    found = standing.read(session.aws(), "dev", [PLACE, ("platform", "us-west-2")])

    assert found.templates[PLACE] == TEMPLATE
    assert found.stack("platform", "us-west-2") is None
    session.assert_all_asked()
