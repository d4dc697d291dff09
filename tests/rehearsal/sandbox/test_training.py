"""The weekly training, run: a model is trained, a campaign is made, and moves to the next model."""

from __future__ import annotations

import itertools
import os
import time
from typing import Any

import pytest

from generator.interaction_schemas import INTERACTIONS
from generator.training import training
from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.running import Account
from tests.rehearsal.sandbox.shipped import run, state_machine
from tests.rehearsal.sandbox.stacks import Account as Stacks
from tests.rehearsal.sandbox.stacks import output, template

_accounts = itertools.count(550000000000 + os.getpid() % 100000 * 1000)
_PERSONALIZE = "AWS::Personalize::"


def of_group(kind: str, **properties: Any) -> dict[str, Any]:
    group = {"Fn::GetAtt": ["Group", "DatasetGroupArn"]}
    properties = {"Name": "shop", "DatasetGroupArn": group, **properties}
    return {"Type": f"{_PERSONALIZE}{kind}", "Properties": properties}


STACK = template(
    {
        "Group": {"Type": f"{_PERSONALIZE}DatasetGroup", "Properties": {"Name": "shop"}},
        "Schema": {
            "Type": f"{_PERSONALIZE}Schema",
            "Properties": {"Name": "shop", "Schema": INTERACTIONS},
        },
        "Tracker": of_group("EventTracker"),
        "Solution": of_group("Solution"),
    },
    Outputs={
        "Tracker": output({"Fn::GetAtt": ["Tracker", "TrackingId"]}),
        "Solution": output({"Fn::GetAtt": ["Solution", "SolutionArn"]}),
    },
)


class Recommendations:
    """A solution, what it learns from, and the machine that trains it."""

    def __init__(self, sandbox: Sandbox) -> None:
        number = str(next(_accounts))
        self.account = Account(sandbox, number)
        made = Stacks(sandbox, number).create("model", STACK)
        told = {each["OutputKey"]: each["OutputValue"] for each in made["Outputs"]}
        self.tracker, self.solution = told["Tracker"], told["Solution"]
        self.campaign = f"arn:aws:personalize:{self.account.region}:{number}:campaign/shop"
        self.personalize = self.account.client("personalize")
        self.machine = state_machine(
            self.account,
            "training",
            training(),
            Campaign="shop",
            CampaignArn=self.campaign,
            MinimumTps="1",
            SolutionArn=self.solution,
        )

    def learn(self) -> None:
        """As much as a training takes: 25 users, each with forty views."""
        events = self.account.client("personalize-events")
        for user, start in itertools.product(range(25), range(0, 40, 10)):
            events.put_events(
                trackingId=self.tracker,
                sessionId=f"s{user}",
                userId=f"u{user}",
                eventList=[
                    {
                        "eventId": f"{user}-{n}",
                        "eventType": "View",
                        "itemId": "mug",
                        "sentAt": time.time(),
                    }
                    for n in range(start, start + 10)
                ],
            )

    def train(self) -> dict[str, Any]:
        return run(self.account, self.machine)

    def answers_from(self) -> str:
        told = self.personalize.describe_campaign(campaignArn=self.campaign)["campaign"]
        assert told["status"] == "ACTIVE"
        version: str = told["solutionVersionArn"]
        return version


@pytest.fixture
def shop(sandbox: Sandbox, fast: None) -> Recommendations:
    return Recommendations(sandbox)


def test_a_campaign_is_made_and_moves_to_the_next_model(shop: Recommendations) -> None:
    shop.learn()
    assert shop.train()["status"] == "SUCCEEDED"
    first = shop.answers_from()
    assert shop.train()["status"] == "SUCCEEDED"
    assert shop.answers_from() != first
    told = shop.account.client("personalize-runtime").get_recommendations(
        campaignArn=shop.campaign, userId="anybody"
    )
    assert [item["itemId"] for item in told["itemList"]] == ["mug"]


def test_a_shop_that_knows_too_little_fails_and_says_why(shop: Recommendations) -> None:
    told = shop.train()
    assert (told["status"], told["error"]) == ("FAILED", "JobFailed")
    assert "interactions" in told["cause"]


def test_a_campaign_that_is_going_is_waited_for_and_made_anew(shop: Recommendations) -> None:
    shop.learn()
    shop.train()
    before = shop.answers_from()
    shop.personalize.delete_campaign(campaignArn=shop.campaign)
    assert shop.train()["status"] == "SUCCEEDED"
    assert shop.answers_from() != before


def test_a_campaign_that_somebody_moves_is_waited_for(shop: Recommendations) -> None:
    shop.learn()
    shop.train()
    shop.personalize.update_campaign(
        campaignArn=shop.campaign, solutionVersionArn=shop.answers_from(), minProvisionedTPS=2
    )
    assert shop.train()["status"] == "SUCCEEDED"
    versions = shop.personalize.list_solution_versions(solutionArn=shop.solution)[
        "solutionVersions"
    ]
    assert shop.answers_from() == versions[-1]["solutionVersionArn"]
