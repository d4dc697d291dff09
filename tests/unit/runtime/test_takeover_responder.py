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


def refused(code: str) -> Exception:
    error: Exception = ClientError({"Error": {"Code": code, "Message": "no"}}, "GetItem")
    return error


NOTHING: Reading = {}
YES, NO = requested(True), requested(False)
SLOW, DENIED = refused("ThrottlingException"), refused("AccessDeniedException")
MISSING = refused("ResourceNotFoundException")
SILENT = ConnectTimeoutError(endpoint_url="https://dynamodb")

#: What an execution environment reads from its cold start on, and what it answers at the last reading.
TABLE: dict[str, tuple[list[Reading], int]] = {
    "nobody ever asked": ([NOTHING], 404),
    "requested": ([YES], 200),
    "requested while it runs": ([NO, NO, YES], 200),
    "released": ([YES, NO], 404),
    "released by removing the item": ([YES, NOTHING], 404),
    "requested, then the table is slow": ([YES, SLOW], 200),
    "requested, then the table says nothing": ([YES, SILENT], 200),
    "requested, then the role is wrong": ([YES, DENIED], 200),
    "requested, then the table is missing": ([YES, MISSING], 200),
    "requested, then an hour of errors": ([YES, *[SLOW, SILENT, MISSING] * 100], 200),
    "released after errors": ([YES, SLOW, NO], 404),
    "not requested, then the table is slow": ([NO, SLOW], 404),
    "not requested, then the table is missing": ([NO, MISSING], 404),
    "cold start, and the table is slow": ([SLOW], 404),
    "cold start, and the table says nothing": ([SILENT], 404),
    "cold start, and the role is wrong": ([DENIED], 404),
    "cold start, and the table is missing": ([MISSING], 404),
    "cold start with errors, then requested": ([MISSING, SLOW, YES], 200),
}


@pytest.fixture
def responder(monkeypatch: pytest.MonkeyPatch) -> Responder:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("SWITCH_TABLE", "switch")
    return Responder()


@pytest.mark.parametrize(("readings", "answer"), TABLE.values(), ids=TABLE)
def test_it_answers_as_it_read_last(
    responder: Responder, readings: list[Reading], answer: int
) -> None:
    assert [responder.answers(says) for says in readings][-1] == answer


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
