"""A solution of Personalize is what its stack made of it, and changes as AWS lets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.sandbox.gateway import Head
from scripts.sandbox.personalize import SOLUTION, answer
from scripts.sandbox.resources.schema_resources import STORE, Place, Record

ARN = "arn:aws:personalize:us-east-1:111111111111:solution/shop"
SIGNED = "AWS4-HMAC-SHA256 Credential=111111111111/20261127/us-east-1/personalize/aws4_request"


@pytest.fixture(autouse=True)
def solution() -> Iterator[None]:
    properties = {"Name": "shop", "DatasetGroupArn": "arn:group"}
    place = Place("111111111111", "us-east-1", SOLUTION)
    STORE.at(place)[ARN] = Record("stack", "Solution", properties, {})
    yield
    STORE.reset()


def call(operation: str, **said: Any) -> tuple[int, dict[str, Any]]:
    headers = {"x-amz-target": f"AmazonPersonalize.{operation}", "authorization": SIGNED}
    response = answer(Head("POST", "/", {}, headers), json.dumps(said).encode())
    return response.status, json.loads(response.body)


def test_a_new_solution_trains_by_itself_until_it_is_told_not_to() -> None:
    _, told = call("DescribeSolution", solutionArn=ARN)
    assert told["solution"]["performAutoTraining"] is True
    assert call("UpdateSolution", solutionArn=ARN, performAutoTraining=False)[0] == 200
    _, told = call("DescribeSolution", solutionArn=ARN)
    assert told["solution"]["performAutoTraining"] is False


def test_a_solution_that_no_stack_made_is_not_there() -> None:
    status, told = call("DescribeSolution", solutionArn=f"{ARN}-other")
    assert (status, told["__type"]) == (400, "ResourceNotFoundException")


def test_nothing_is_trained_here_so_there_is_nothing_to_list() -> None:
    assert call("ListCampaigns", solutionArn=ARN) == (200, {"campaigns": []})
    assert call("ListSolutionVersions", solutionArn=ARN) == (200, {"solutionVersions": []})


def test_what_it_cannot_do_is_refused() -> None:
    status, told = call("CreateSolutionVersion", solutionArn=ARN)
    assert status == 501
    assert "CreateSolutionVersion" in told["message"]
