"""An API of our own refuses what its model does not allow, and what it does not know, as AWS does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts.sandbox.gateway import Head, Response
from scripts.sandbox.json_api import JSON, ApiError, Caller, JsonApi


def told(caller: Caller, said: JSON) -> JSON:
    if said["applicationName"] == "none":
        raise ApiError("ApplicationDoesNotExistException", "No application found for name: none")
    return {"caller": [caller.account, caller.region], "said": said}


API = JsonApi(
    "codedeploy", "CodeDeploy_20141006", {"GetApplication": told, "CreateDeploymentConfig": told}
)


def asked(operation: str, said: Any, key: str = "111111111111") -> Response:
    scope = f"Credential={key}/20260101/eu-west-1/codedeploy/aws4_request"
    headers = {"x-amz-target": f"CodeDeploy_20141006.{operation}", "authorization": scope}
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return API.answer(Head("POST", "/", {}, headers), body)


def test_an_operation_is_told_who_calls_and_where() -> None:
    answer = asked("GetApplication", {"applicationName": "shop"})
    assert answer.status == 200
    assert json.loads(answer.body)["caller"] == ["111111111111", "eu-west-1"]


def test_what_an_operation_refuses_is_an_error_by_its_name() -> None:
    answer = asked("GetApplication", {"applicationName": "none"})
    assert answer.status == 400
    assert json.loads(answer.body)["__type"] == "ApplicationDoesNotExistException"
    assert ("x-amzn-errortype", "ApplicationDoesNotExistException") in answer.headers


@pytest.mark.parametrize(
    ("operation", "said", "message"),
    [
        ("GetApplication", {}, "Value null at 'applicationName' failed to satisfy constraint"),
        ("GetApplication", {"applicationName": 3}, "'applicationName' must be a string"),
        ("GetApplication", {"applicationName": "x" * 101}, "length less than or equal to 100"),
        (
            "CreateDeploymentConfig",
            {"deploymentConfigName": "x", "computePlatform": "Paper"},
            "enum value set: [Server, Lambda, ECS]",
        ),
        (
            "CreateDeploymentConfig",
            {"deploymentConfigName": "x", "minimumHealthyHosts": {"value": "1"}},
            "'minimumHealthyHosts.value' must be a number",
        ),
    ],
)
def test_what_the_model_does_not_allow_is_refused_before_it(
    operation: str, said: JSON, message: str
) -> None:
    answer = asked(operation, said)
    assert answer.status == 400
    assert json.loads(answer.body)["__type"] == "ValidationException"
    assert message in json.loads(answer.body)["message"]


def test_what_is_no_json_is_refused() -> None:
    assert json.loads(asked("GetApplication", b"{").body)["__type"] == "SerializationException"


def test_an_operation_that_is_not_known_is_named() -> None:
    answer = asked("ContinueDeployment", {})
    assert answer.status == 501
    assert "ContinueDeployment" in json.loads(answer.body)["message"]
