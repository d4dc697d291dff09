"""The responder begins no takeover by mistake, and ends none because a table has a bad minute."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

SOURCE = Path(__file__).parents[3] / "generator/runtime/functions/takeover_responder.py"

Reading = dict[str, Any] | Exception


class Switch:
    """A DynamoDB client that answers GetItem with what the test says."""

    def __init__(self) -> None:
        self.says: Reading = {}
        self.asked: list[dict[str, Any]] = []

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


class Responder:
    """One execution environment of the function."""

    def __init__(self) -> None:
        spec = importlib.util.spec_from_file_location("takeover_responder", SOURCE)
        assert spec
        assert spec.loader
        self.module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.module)
        self.switch = Switch()
        vars(self.module)["dynamodb"] = self.switch

    def answers(self, says: Reading) -> int:
        self.switch.says = says
        return int(self.module.handler({"path": "/takeover"}, None)["statusCode"])


def requested(value: bool) -> Reading:
    return {"Item": {"Switch": {"S": "takeover"}, "Requested": {"BOOL": value}}}


UNREADABLE = [
    ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "GetItem"),
    ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetItem"),
    ConnectTimeoutError(endpoint_url="https://dynamodb"),
]


@pytest.fixture
def responder(monkeypatch: pytest.MonkeyPatch) -> Responder:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("SWITCH_TABLE", "switch")
    return Responder()


def test_a_request_is_200_and_taking_it_back_is_404(responder: Responder) -> None:
    assert responder.answers(requested(True)) == 200
    assert responder.answers(requested(False)) == 404


@pytest.mark.parametrize(
    "nothing",
    [
        {},
        {"Item": {"Switch": {"S": "takeover"}}},
        {"Item": {"Requested": {"S": "true"}}},
        {"Item": {"Requested": {"N": "1"}}},
    ],
)
def test_anything_but_true_is_no_request(responder: Responder, nothing: Reading) -> None:
    assert responder.answers(nothing) == 404


@pytest.mark.parametrize("trouble", UNREADABLE)
def test_what_cannot_be_read_stays_as_it_was_read_last(
    responder: Responder, trouble: Exception
) -> None:
    assert responder.answers(requested(True)) == 200
    assert responder.answers(trouble) == 200
    assert responder.answers(requested(False)) == 404
    assert responder.answers(trouble) == 404


@pytest.mark.parametrize("trouble", UNREADABLE)
def test_who_has_read_nothing_yet_begins_no_takeover(
    responder: Responder, trouble: Exception
) -> None:
    assert responder.answers(trouble) == 404


def test_it_reads_its_own_item_as_it_is_now(responder: Responder) -> None:
    responder.answers({})
    assert responder.switch.asked == [
        {"TableName": "switch", "Key": {"Switch": {"S": "takeover"}}, "ConsistentRead": True}
    ]


def test_a_table_that_says_nothing_leaves_time_to_answer_route_53_within_two_seconds(
    responder: Responder,
) -> None:
    patience = responder.module.PATIENCE
    assert patience.retries["total_max_attempts"] == 1  # botocore pauses up to a second in between
    assert patience.connect_timeout + patience.read_timeout <= 1.5


def test_neither_answer_counts_as_a_failure_of_the_shop(responder: Responder) -> None:
    assert {responder.answers(requested(asked)) // 100 for asked in (True, False)} == {2, 4}


def test_a_load_balancer_understands_the_answer(responder: Responder) -> None:
    answer = responder.module.answer(404, "Not Found", "no")
    assert answer["statusDescription"] == "404 Not Found"
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert answer["isBase64Encoded"] is False
