"""Personalize as far as a solution goes: it is told of, and whether it trains by itself can be changed.

The solutions are those that stacks made; nothing trains, so none has a version or a campaign.
"""

from __future__ import annotations

import json
from typing import Any

from scripts.sandbox.gateway import Head, Response, Service
from scripts.sandbox.refusals import refusal
from scripts.sandbox.resources.schema_resources import STORE, Place, Record

TARGET = "AmazonPersonalize."
SOLUTION = "AWS::Personalize::Solution"

#: Of a solution, where the record keeps it; AWS starts with true.
#: https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html
AUTOMATIC = "PerformAutoTraining"

#: What there is none of: operation -> its list.
NONE = {"ListCampaigns": "campaigns", "ListSolutionVersions": "solutionVersions"}


def service() -> Service:
    """The API, of which only what is said here is answered."""

    async def handle(head: Head, body: bytes) -> Response:
        return answer(head, body)

    return Service("Personalize", lambda head: head.target.startswith(TARGET), handle)


def answer(head: Head, body: bytes) -> Response:
    """The answer to one call."""
    operation = head.target.removeprefix(TARGET)
    if operation not in (*NONE, "DescribeSolution", "UpdateSolution"):
        return refusal(head, "personalize")
    said: dict[str, Any] = json.loads(body or b"{}")
    arn = str(said.get("solutionArn", ""))
    solution = _solution(head, arn)
    if solution is None:
        message = f"Resource {arn} does not exist."
        return _error("ResourceNotFoundException", message)
    automatic = solution.attributes.get(AUTOMATIC, True)
    if operation == "DescribeSolution":
        return _told({"solution": _described(arn, solution, automatic=automatic)})
    if operation == "UpdateSolution":
        solution.attributes[AUTOMATIC] = said.get("performAutoTraining", automatic)
        return _told({"solutionArn": arn})
    return _told({NONE[operation]: []})


def _solution(head: Head, arn: str) -> Record | None:
    account, region, _ = head.credential
    return STORE.at(Place(account, region, SOLUTION)).get(arn)


def _described(arn: str, solution: Record, *, automatic: bool) -> dict[str, Any]:
    properties = solution.properties
    return {
        "solutionArn": arn,
        "name": properties["Name"],
        "datasetGroupArn": properties["DatasetGroupArn"],
        "recipeArn": properties.get("RecipeArn", ""),
        "performAutoTraining": automatic,
        "status": "ACTIVE",
    }


def _told(document: dict[str, Any]) -> Response:
    return Response(200, json.dumps(document).encode(), "application/x-amz-json-1.1")


def _error(code: str, message: str) -> Response:
    body = json.dumps({"__type": code, "message": message}).encode()
    return Response(400, body, "application/x-amz-json-1.1", (("x-amzn-errortype", code),))
