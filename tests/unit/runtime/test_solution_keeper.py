"""Nothing trains but by the schedule, and a solution can be deleted whatever was made of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from tests.unit.runtime.cloudformation import Context, request
from tests.unit.runtime.loading import execution_environment

SOLUTION = "arn:aws:personalize:us-east-1:111111111111:solution/shop"
CAMPAIGN, VERSION = f"{SOLUTION}-campaign", f"{SOLUTION}/v1"
MODEL = Session().get_service_model("personalize")


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "Any")


class Personalize:
    """A solution with a campaign and a version, of which each look sees the next status.

    `described` are what DescribeSolution tells, one after the other, the last for ever; `refusals` are codes
    with which changes are refused at first.
    """

    def __init__(
        self,
        campaign: tuple[str, ...] = (),
        version: tuple[str, ...] = (),
        described: tuple[dict[str, Any], ...] = ({"performAutoTraining": False},),
        refusals: tuple[str, ...] = (),
    ) -> None:
        self.statuses = {"list_campaigns": list(campaign), "list_solution_versions": list(version)}
        self.described = list(described)
        self.refusals = list(refusals)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.is_gone = False

    def describe_solution(self, solutionArn: str) -> dict[str, Any]:  # noqa: N803
        assert solutionArn == SOLUTION
        told = self.described.pop(0) if len(self.described) > 1 else self.described[0]
        return {"solution": dict(told)}

    def get_paginator(self, operation: str) -> Any:
        return Pages(self, operation)

    def change(self, operation: str, **said: Any) -> None:
        shape = MODEL.operation_model(operation).input_shape
        assert shape is not None
        assert said.keys() <= shape.members.keys()
        self.asked.append((operation, said))
        if self.refusals:
            raise refused(self.refusals.pop(0))

    def update_solution(self, **said: Any) -> None:
        self.change("UpdateSolution", **said)

    def delete_campaign(self, **said: Any) -> None:
        self.change("DeleteCampaign", **said)

    def stop_solution_version_creation(self, **said: Any) -> None:
        self.change("StopSolutionVersionCreation", **said)


class Pages:
    """One page of a listing."""

    def __init__(self, personalize: Personalize, operation: str) -> None:
        self.personalize, self.operation = personalize, operation

    def paginate(self, solutionArn: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        assert solutionArn == SOLUTION
        if self.personalize.is_gone:
            raise refused("ResourceNotFoundException")
        statuses = self.personalize.statuses[self.operation]
        status = statuses.pop(0) if statuses else None
        if self.operation == "list_campaigns":
            listed = [{"campaignArn": CAMPAIGN, "status": status}] if status else []
            yield {"campaigns": listed}
        else:
            listed = [{"solutionVersionArn": VERSION, "status": status}] if status else []
            yield {"solutionVersions": listed}


class Clock:
    """Time goes on by sleeping alone."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return Clock()


def keep(personalize: Personalize, kind: str, clock: Clock) -> dict[str, Any]:
    """Run the function; how CloudFormation was answered."""
    answers: list[dict[str, Any]] = []
    keeper = execution_environment(
        "solution_keeper", personalize=personalize, answer=lambda event, said: answers.append(said)
    )
    vars(keeper)["time"] = clock
    keeper.handler(
        request("", kind, ResourceProperties={"SolutionArn": SOLUTION}), Context(seconds=900)
    )
    (answer,) = answers
    return answer


def test_a_new_solution_trains_no_more_by_itself_once_it_is_answered(clock: Clock) -> None:
    under_way = {"status": "CREATE IN_PROGRESS", "performAutoTraining": False}
    in_force = {"status": "ACTIVE", "performAutoTraining": False}
    personalize = Personalize(
        described=(
            {"performAutoTraining": True},
            {"performAutoTraining": True, "latestSolutionUpdate": under_way},
            {"performAutoTraining": True, "latestSolutionUpdate": in_force},
        )
    )
    answer = keep(personalize, "Create", clock)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "shop-kept")
    assert personalize.asked == [
        ("UpdateSolution", {"solutionArn": SOLUTION, "performAutoTraining": False})
    ]
    assert len(clock.slept) == 2


def test_one_that_does_not_is_left_alone(clock: Clock) -> None:
    personalize = Personalize()
    assert keep(personalize, "Update", clock)["Status"] == "SUCCESS"
    assert (personalize.asked, clock.slept) == ([], [])


def test_a_change_that_somebody_else_makes_is_waited_for(clock: Clock) -> None:
    personalize = Personalize(
        described=({"performAutoTraining": True},) * 2 + ({"performAutoTraining": False},),
        refusals=("ResourceInUseException",),
    )
    assert keep(personalize, "Create", clock)["Status"] == "SUCCESS"
    assert len(personalize.asked) == 2


def test_one_that_goes_on_training_by_itself_is_no_success(clock: Clock) -> None:
    personalize = Personalize(described=({"performAutoTraining": True},))
    answer = keep(personalize, "Create", clock)
    assert answer["Status"] == "FAILED"
    assert "still trains by itself" in answer["Reason"]


def test_what_personalize_refuses_for_good_fails_at_once(clock: Clock) -> None:
    personalize = Personalize(
        described=({"performAutoTraining": True},), refusals=("InvalidInputException",)
    )
    assert keep(personalize, "Create", clock)["Reason"].startswith("Any: InvalidInputException")
    assert len(personalize.asked) == 1


def test_a_campaign_is_deleted_and_waited_for(clock: Clock) -> None:
    personalize = Personalize(campaign=("ACTIVE", "DELETE PENDING", "DELETE IN_PROGRESS"))
    assert keep(personalize, "Delete", clock)["Status"] == "SUCCESS"
    assert personalize.asked == [("DeleteCampaign", {"campaignArn": CAMPAIGN})]
    assert len(clock.slept) == 3


def test_a_campaign_that_cannot_go_yet_is_asked_again(clock: Clock) -> None:
    """In the making, or on its way to another version: Personalize deletes neither."""
    personalize = Personalize(
        campaign=("CREATE IN_PROGRESS", "ACTIVE", "ACTIVE", "DELETE IN_PROGRESS"),
        refusals=("ResourceInUseException",),
    )
    assert keep(personalize, "Delete", clock)["Status"] == "SUCCESS"
    assert [operation for operation, _ in personalize.asked] == ["DeleteCampaign"] * 2


def test_one_that_is_gone_between_two_looks_is_no_failure(clock: Clock) -> None:
    personalize = Personalize(campaign=("ACTIVE",), refusals=("ResourceNotFoundException",))
    assert keep(personalize, "Delete", clock)["Status"] == "SUCCESS"


def test_a_training_under_way_is_stopped(clock: Clock) -> None:
    personalize = Personalize(version=("CREATE IN_PROGRESS", "CREATE STOPPING", "CREATE STOPPED"))
    assert keep(personalize, "Delete", clock)["Status"] == "SUCCESS"
    assert personalize.asked == [("StopSolutionVersionCreation", {"solutionVersionArn": VERSION})]
    assert len(clock.slept) == 2


def test_a_solution_without_either_is_deletable_at_once(clock: Clock) -> None:
    assert keep(Personalize(version=("ACTIVE",)), "Delete", clock)["Status"] == "SUCCESS"
    assert clock.slept == []


def test_a_solution_that_is_gone_already_keeps_nobody(clock: Clock) -> None:
    personalize = Personalize()
    personalize.is_gone = True
    assert keep(personalize, "Delete", clock)["Status"] == "SUCCESS"


def test_what_does_not_go_in_time_is_named_and_the_deletion_fails(clock: Clock) -> None:
    answer = keep(Personalize(campaign=("CREATE IN_PROGRESS",) * 900), "Delete", clock)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(f"still there: {CAMPAIGN}")
    assert clock.monotonic() < 900, "Lambda ended the function before it answered"
