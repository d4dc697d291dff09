"""A payment is authorised once, by token; no card number gets anywhere, and nothing secret is logged."""

from __future__ import annotations

import io
import json
import logging
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from http.client import BadStatusLine
from types import ModuleType
from typing import Any

import pytest

from generator.payment_api import ANSWERS, AUTHORIZATION
from tests.unit.runtime.loading import execution_environment

ORDER_ID = "11111111-2222-4333-8444-555555555555"
TOKEN, KEY = "tok_a1B2c3D4e5F6g7H8", "sk-secret-key"
CARDS = ("4111111111111111", "4111-1111-1111-1111", "tok_4111111111111111x", "378282246310005")
SECRETIVE = (TOKEN, KEY, *CARDS)

#: An answer that is none of HTTP's: no OSError, and it says what it was.
GARBLED = -1


class Refused(Exception):
    """The condition did not hold."""

    def __init__(self, item: dict[str, Any]) -> None:
        super().__init__("ConditionalCheckFailed")
        self.response = {"Item": item}


class Tables:
    """order-intake with one order, and the payments."""

    class exceptions:  # noqa: N801 - botocore's name
        ConditionalCheckFailedException = Refused

    def __init__(self, token: str = TOKEN) -> None:
        self.order = {
            "order_id": {"S": ORDER_ID},
            "total": {"N": "1000"},
            "currency": {"S": "EUR"},
            "payment_token": {"S": token},
            "address": {"S": "12 Secret Street"},
        }
        self.payments: dict[str, dict[str, Any]] = {}

    def get_item(self, **asked: Any) -> Any:
        assert asked["TableName"] == "intake"
        assert asked["ConsistentRead"]
        return {"Item": self.order} if self.order else {}

    def update_item(self, **asked: Any) -> None:
        assert asked["TableName"] == "payments"
        values = {name[1:]: value for name, value in asked["ExpressionAttributeValues"].items()}
        there = self.payments.get(asked["Key"]["order_id"]["S"])
        if "ConditionExpression" in asked and there:
            begun = there["outcome"]["S"] == "begun" and there["price"] == values["price"]
            if not begun:
                raise Refused(there)
        price = values.get("price", (there or {}).get("price", values.get("none")))
        outcome = values.get("outcome", values.get("voided"))
        self.payments[ORDER_ID] = {"outcome": outcome, "price": price}

    @property
    def outcome(self) -> str:
        return str(self.payments[ORDER_ID]["outcome"]["S"])


class Secrets:
    """The processor's key; counts how often it is read."""

    reads = 0

    def get_secret_value(self, **asked: Any) -> Any:
        assert asked == {"SecretId": "secret"}
        self.reads += 1
        return {"SecretString": json.dumps({"api_key": KEY})}


class Processor:
    """Answers with the statuses that it is told; the last one stays."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.asked: list[urllib.request.Request] = []

    def open(self, request: urllib.request.Request, timeout: float) -> io.BytesIO:
        assert timeout <= 10
        self.asked.append(request)
        status = self.statuses[0] if len(self.statuses) == 1 else self.statuses.pop(0)
        if status == 0:
            raise TimeoutError
        if status == GARBLED:
            raise BadStatusLine(f"no {TOKEN}")
        if status >= 400:
            raise urllib.error.HTTPError(request.full_url, status, f"no {TOKEN}", {}, None)  # type: ignore[arg-type]
        return io.BytesIO()

    def bodies(self) -> list[Any]:
        return [json.loads(request.data) for request in self.asked]  # type: ignore[arg-type]


Made = Callable[..., tuple[ModuleType, Tables, Processor]]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name, value in {
        "INTAKE": "intake",
        "PAYMENTS": "payments",
        "SECRET": "secret",
        "PROCESSOR": "https://processor.example",
    }.items():
        monkeypatch.setenv(name, value)

    def make(source: str, *statuses: int, **order: str) -> tuple[ModuleType, Tables, Processor]:
        tables, processor = Tables(**order), Processor(*statuses)
        module = execution_environment(source, dynamodb=tables, secrets=Secrets(), opener=processor)
        return module, tables, processor

    return make


def named(module: ModuleType, error: str) -> type[Exception]:
    found: type[Exception] = (vars(module) | module.ask.__globals__)[error]
    return found


def inside(module: ModuleType, name: str) -> Any:
    """Of what the function leans on: what `payment_processor` has by this name."""
    return module.ask.__globals__[name]


WORKFLOW = {"action": "authorize", "order": {"order_id": ORDER_ID, "items": []}}


def test_the_workflow_names_the_order_and_the_token_is_read_from_intake(made: Made) -> None:
    module, tables, processor = made("payment_authorization", 200)
    assert module.handler(WORKFLOW, None)["outcome"] == "authorized"
    (body,) = processor.bodies()
    assert body == {
        "order_id": ORDER_ID,
        "payment_token": TOKEN,
        "total": "1000",
        "currency": "EUR",
    }
    assert tables.outcome == "authorized"


def test_the_processor_knows_the_order_by_its_id(made: Made) -> None:
    module, _, processor = made("payment_authorization", 200)
    module.handler(WORKFLOW, None)
    (request,) = processor.asked
    assert request.get_header("Idempotency-key") == f"authorizations-{ORDER_ID}"
    assert request.get_header("Authorization") == f"Bearer {KEY}"


@pytest.mark.parametrize(("status", "outcome"), [(200, "authorized"), (402, "declined")])
def test_what_is_settled_is_not_asked_again(made: Made, status: int, outcome: str) -> None:
    module, _, processor = made("payment_authorization", status)
    for _ in range(3):
        assert module.handler(WORKFLOW, None)["outcome"] == outcome
    assert len(processor.asked) == 1


def test_what_was_begun_is_asked_again_under_the_same_key(made: Made) -> None:
    module, tables, processor = made("payment_authorization", 0, 200)
    with pytest.raises(named(module, "ProcessorUnavailable")):
        module.handler(WORKFLOW, None)
    assert tables.outcome == "begun"
    assert module.handler(WORKFLOW, None)["outcome"] == "authorized"
    assert len({request.get_header("Idempotency-key") for request in processor.asked}) == 1


def test_another_price_under_the_same_order_is_refused(made: Made) -> None:
    module, tables, processor = made("payment_authorization", 200)
    module.handler(WORKFLOW, None)
    tables.order["total"] = {"N": "1"}
    with pytest.raises(named(module, "PaymentRefused"), match="of another price"):
        module.handler(WORKFLOW, None)
    assert len(processor.asked) == 1


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("way", ["intake", "api"])
def test_a_card_number_reaches_neither_processor_nor_table_nor_log(
    made: Made, card: str, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    module, tables, processor = made("payment_authorization", 200, token=card)
    brought = {"order_id": ORDER_ID, "payment_token": card, "total": 1, "currency": "EUR"}
    event = WORKFLOW if way == "intake" else {"order": brought}
    with pytest.raises(named(module, "PaymentRefused")) as raised:
        module.handler(event, None)
    assert card not in str(raised.value) + caplog.text
    assert not tables.payments
    assert not processor.asked


def test_the_function_lets_pass_what_the_apis_model_lets_pass(made: Made) -> None:
    module, _, _ = made("payment_authorization", 200)
    patterns = {
        name: schema["pattern"].strip("^$")
        for name, schema in AUTHORIZATION.items()
        if schema["type"] == "string"
    }
    assert patterns == {name: shape for name, shape in module.SHAPES.items() if name != "total"}
    total = AUTHORIZATION["total"]
    for said, passes in ((total["minimum"] - 1, False), (total["minimum"], True)):
        assert bool(re.fullmatch(module.SHAPES["total"], str(said))) is passes
    for said, passes in ((total["maximum"], True), (total["maximum"] + 1, False)):
        assert bool(re.fullmatch(module.SHAPES["total"], str(said))) is passes


REFUSALS = (
    "of another shape",
    "of another price",
    "voided",
    *(f"status {n}" for n in (400, 402, 404, 422)),
)
OPEN = ("status 500", "status 401", "status 0", "paused", ORDER_ID)


@pytest.mark.parametrize("message", [*REFUSALS, *OPEN])
def test_the_api_answers_a_refusal_otherwise_than_a_silence(message: str) -> None:
    answer = next(one for one in ANSWERS if one.raised and re.fullmatch(one.raised, message))
    assert answer.status == ("409" if message in REFUSALS else "503")


@pytest.mark.parametrize("field", ["order_id", "total", "currency"])
def test_a_card_number_in_another_field_is_refused_too(made: Made, field: str) -> None:
    module, tables, processor = made("payment_authorization", 200)
    brought = {"order_id": ORDER_ID, "payment_token": TOKEN, "total": 1, "currency": "EUR"}
    with pytest.raises(named(module, "PaymentRefused")):
        module.handler({"order": {**brought, field: CARDS[0]}}, None)
    assert not tables.payments
    assert not processor.asked


@pytest.mark.parametrize("status", [GARBLED, 0, 200, 402, 404, 500])
@pytest.mark.parametrize("source", ["payment_authorization", "payment_void"])
def test_nothing_secret_is_logged_or_raised(
    made: Made, source: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    module, _, _ = made(source, status)
    told = ""
    try:
        module.handler(WORKFLOW, None)
    except Exception as error:  # noqa: BLE001 - whatever it is, its message goes into a log
        told = repr(error)
    assert not [secret for secret in SECRETIVE if secret in told + caplog.text]


@pytest.mark.parametrize("source", ["payment_authorization", "payment_void"])
def test_without_a_processor_nothing_is_pretended(
    made: Made, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, _, processor = made(source, 200)
    monkeypatch.setenv("PROCESSOR", "")
    with pytest.raises(named(module, "ProcessorNotConfigured")):
        module.handler(WORKFLOW, None)
    assert not processor.asked


def test_a_processor_that_is_down_is_left_alone_for_a_while(made: Made) -> None:
    module, _, processor = made("payment_authorization", 500)
    for _ in range(8):
        with pytest.raises(named(module, "ProcessorUnavailable")):
            module.handler(WORKFLOW, None)
    assert len(processor.asked) == inside(module, "FAILURES")
    inside(module, "breaker")["closed_at"] = 0
    processor.statuses = [200]
    assert module.handler(WORKFLOW, None)["outcome"] == "authorized"


def test_the_key_is_kept_for_a_while(made: Made) -> None:
    module, tables, _ = made("payment_authorization", 200)
    for _ in range(2):
        module.handler(WORKFLOW, None)
        tables.payments.clear()
    assert inside(module, "secrets").reads == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_was_rotated_is_read_anew_and_the_order_does_not_wait(
    made: Made, status: int
) -> None:
    module, _, processor = made("payment_authorization", status, 200)
    secrets = inside(module, "secrets")
    inside(module, "kept").update(key="sk-the-one-before", until=time.time() + 60)
    assert module.handler(WORKFLOW, None)["outcome"] == "authorized"
    assert secrets.reads == 1
    assert [request.get_header("Authorization") for request in processor.asked] == [
        "Bearer sk-the-one-before",
        f"Bearer {KEY}",
    ]


def test_a_key_that_is_refused_and_is_the_newest_is_not_tried_twice(made: Made) -> None:
    module, _, processor = made("payment_authorization", 401)
    with pytest.raises(named(module, "ProcessorUnavailable")):
        module.handler(WORKFLOW, None)
    assert len(processor.asked) == 1


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("source", ["payment_authorization", "payment_void"])
def test_what_the_processor_never_takes_is_refused_and_not_asked_again(
    made: Made, source: str, status: int
) -> None:
    module, _, _ = made(source, status)
    with pytest.raises(named(module, "PaymentRefused"), match=f"^status {status}$"):
        module.handler(WORKFLOW, None)


def test_a_redirection_is_not_followed() -> None:
    """urllib would take the API key along, to whatever host it is sent."""
    request = urllib.request.Request("https://processor.example/authorizations", method="POST")
    followed = (
        execution_environment("unfollowed")
        .Unfollowed()
        .redirect_request(
            request, io.BytesIO(), 302, "Found", Message(), "https://elsewhere.example/"
        )
    )
    assert followed is None


def test_an_order_that_intake_does_not_have_yet_is_tried_again(made: Made) -> None:
    module, tables, processor = made("payment_authorization", 200)
    tables.order = {}
    with pytest.raises(named(module, "OrderNotThere")):
        module.handler(WORKFLOW, None)
    assert not processor.asked


def test_a_charge_that_a_void_has_overtaken_is_voided_anew(made: Made) -> None:
    """The void found nothing at the processor; under the same key it would be told so again."""
    module, tables, processor = made("payment_authorization", 200)
    tables.payments[ORDER_ID] = {"outcome": {"S": "voided"}, "price": {"S": ""}}
    for _ in range(2):
        with pytest.raises(named(module, "PaymentRefused"), match="voided"):
            module.handler(WORKFLOW, None)
    assert {request.full_url for request in processor.asked} == {"https://processor.example/voids"}
    keys = [request.get_header("Idempotency-key") for request in processor.asked]
    assert len({*keys, f"voids-{ORDER_ID}"}) == 3


@pytest.mark.parametrize("status", [200, 404])
def test_a_void_is_noted_and_asked_whatever_was_there(made: Made, status: int) -> None:
    module, tables, processor = made("payment_void", status)
    assert module.handler(WORKFLOW, None) == {"order_id": ORDER_ID, "outcome": "voided"}
    assert tables.outcome == "voided"
    assert processor.bodies() == [{"order_id": ORDER_ID}]


def test_after_a_void_nothing_is_authorised(made: Made) -> None:
    module, tables, processor = made("payment_authorization", 200)
    tables.payments[ORDER_ID] = {"outcome": {"S": "voided"}, "price": {"S": "1000 EUR"}}
    with pytest.raises(named(module, "PaymentRefused"), match="voided"):
        module.handler(WORKFLOW, None)
    assert [request.full_url.rpartition("/")[2] for request in processor.asked] == ["voids"]


def test_a_void_that_the_processor_does_not_take_is_tried_again(made: Made) -> None:
    module, tables, _ = made("payment_void", 500, 200)
    with pytest.raises(named(module, "ProcessorUnavailable")):
        module.handler(WORKFLOW, None)
    assert tables.outcome == "voided"
    assert module.handler(WORKFLOW, None)["outcome"] == "voided"
