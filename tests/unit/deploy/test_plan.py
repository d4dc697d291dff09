from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.deploy.change_sets import ChangeSet
from scripts.deploy.plan import Inputs, WavePlan
from scripts.deploy.waves import Wave
from tests.unit.deploy.told import change, nested

PLAN = WavePlan(
    wave=Wave("platform", "us-east-1"),
    environment="prod",
    account="111111111111",
    kind="UPDATE",
    inputs=Inputs("d1", {"VpcCidr": "10.0.0.0/16"}),
    change_set=ChangeSet("us-east-1", "arn:stack", "tradewind-prod-platform", "arn:cs", "cs-1"),
    changes=(nested("Catalog", change("Carts")),),
)


def test_the_same_plan_made_again_has_the_same_hash() -> None:
    made_again = ChangeSet("us-east-1", "arn:stack", PLAN.change_set.stack_name, "arn:2", "cs-2")

    assert replace(PLAN, change_set=made_again).hash == PLAN.hash


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAN, environment="staging"),
        replace(PLAN, account="222222222222"),
        replace(PLAN, wave=Wave("platform", "us-west-2")),
        replace(PLAN, inputs=Inputs("d2", {"VpcCidr": "10.0.0.0/16"})),
        replace(PLAN, inputs=Inputs("d1", {"VpcCidr": "10.9.0.0/16"})),
        replace(PLAN, changes=(nested("Catalog", change("Carts", replacement="True")),)),
        replace(PLAN, changes=(nested("Orders", change("Carts")),)),
    ],
)
def test_whatever_an_approver_would_want_to_know_changes_the_hash(other: WavePlan) -> None:
    assert other.hash != PLAN.hash


def test_answers_of_lookups_are_recorded_and_bound_by_the_hash() -> None:
    asked = replace(PLAN, inputs=Inputs("d1", {"ImageId": "ami-1"}, ("ImageId",)))
    answered_otherwise = replace(PLAN, inputs=Inputs("d1", {"ImageId": "ami-2"}, ("ImageId",)))

    assert asked.recorded == {"ImageId": "ami-1"}
    assert asked.hash != answered_otherwise.hash
