"""Nothing trains but by the schedule, and a solution can be deleted whatever was made of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.runtime.loading import execution_environment

SOLUTION = "arn:aws:personalize:us-east-1:111111111111:solution/shop"
CAMPAIGN, VERSION = f"{SOLUTION}-campaign", f"{SOLUTION}/v1"


class Personalize:
    """A solution with a campaign and a version, of which each look sees the next status."""

    def __init__(
        self, campaign: tuple[str, ...] = (), version: tuple[str, ...] = (), automatic: bool = True
    ) -> None:
        self.statuses = {"campaign": list(campaign), "version": list(version)}
        self.automatic = automatic
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def describe_solution(self, solutionArn: str) -> dict[str, Any]:  # noqa: N803
        return {"solution": {"performAutoTraining": self.automatic}}

    def get_paginator(self, operation: str) -> Any:
        kind = "campaign" if operation == "list_campaigns" else "version"
        status = self.statuses[kind].pop(0) if self.statuses[kind] else None
        return Pages(kind, status)

    def __getattr__(self, operation: str) -> Any:
        return lambda **request: self.asked.append((operation, request))


class Pages:
    """One page of a listing."""

    def __init__(self, kind: str, status: str | None) -> None:
        self.kind, self.status = kind, status

    def paginate(self, solutionArn: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        assert solutionArn == SOLUTION
        arn = (
            {"campaignArn": CAMPAIGN}
            if self.kind == "campaign"
            else {"solutionVersionArn": VERSION}
        )
        listed = [{**arn, "status": self.status}] if self.status else []
        yield {"campaigns" if self.kind == "campaign" else "solutionVersions": listed}


class Lambda:
    """The context, with so many looks left."""

    def __init__(self, looks: int = 10) -> None:
        self.looks = looks

    def get_remaining_time_in_millis(self) -> int:
        self.looks -= 1
        return 60_000 if self.looks >= 0 else 0


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return []


def keep(
    personalize: Personalize, request: str, answers: list[str], looks: int = 10
) -> list[float]:
    """Run the function; how it answered, and how long it slept."""
    slept: list[float] = []
    keeper = execution_environment("solution_keeper", personalize=personalize)

    def fulfil(event: Any, physical_id: str, work: Any, undo: Any) -> None:
        answers.append(physical_id)
        undo() if event["RequestType"] == "Delete" else work()

    vars(keeper)["fulfil"] = fulfil
    vars(keeper)["time"] = type("Clock", (), {"sleep": staticmethod(slept.append)})
    event = {"RequestType": request, "ResourceProperties": {"SolutionArn": SOLUTION}}
    keeper.handler(event, Lambda(looks))
    return slept


def test_a_new_solution_trains_no_more_by_itself(answers: list[str]) -> None:
    personalize = Personalize()
    keep(personalize, "Create", answers)
    assert personalize.asked == [
        ("update_solution", {"solutionArn": SOLUTION, "performAutoTraining": False})
    ]
    assert answers == ["shop-kept"]


def test_one_that_does_not_is_left_alone(answers: list[str]) -> None:
    personalize = Personalize(automatic=False)
    keep(personalize, "Update", answers)
    assert personalize.asked == []


def test_a_campaign_is_deleted_and_waited_for(answers: list[str]) -> None:
    personalize = Personalize(campaign=("ACTIVE", "DELETE PENDING", "DELETE IN_PROGRESS"))
    slept = keep(personalize, "Delete", answers)
    assert personalize.asked == [("delete_campaign", {"campaignArn": CAMPAIGN})]
    assert len(slept) == 3


def test_a_campaign_in_the_making_is_deleted_once_it_is_made(answers: list[str]) -> None:
    personalize = Personalize(campaign=("CREATE IN_PROGRESS", "ACTIVE", "DELETE IN_PROGRESS"))
    keep(personalize, "Delete", answers)
    assert [operation for operation, _ in personalize.asked] == ["delete_campaign"]


def test_a_training_under_way_is_stopped(answers: list[str]) -> None:
    personalize = Personalize(version=("CREATE IN_PROGRESS", "CREATE STOPPING", "CREATE STOPPED"))
    slept = keep(personalize, "Delete", answers)
    assert personalize.asked == [
        ("stop_solution_version_creation", {"solutionVersionArn": VERSION})
    ]
    assert len(slept) == 2


def test_a_solution_without_either_is_deletable_at_once(answers: list[str]) -> None:
    assert keep(Personalize(version=("ACTIVE",)), "Delete", answers) == []


def test_what_does_not_go_in_time_is_named_and_the_deletion_fails(answers: list[str]) -> None:
    personalize = Personalize(campaign=("CREATE IN_PROGRESS",) * 20)
    with pytest.raises(TimeoutError, match=r"shop-campaign"):
        keep(personalize, "Delete", answers, looks=2)
