"""No card number comes in, however it is written; what is none does."""

from __future__ import annotations

import json
import logging
import uuid
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.unit.runtime.shop.world import KEYS, Aws, Browser, part

cards = part("cards")

#: Test numbers of issuers, 13 to 19 digits.
NUMBERS = (
    "4222222222222",
    "30569309025904",
    "378282246310005",
    "4111111111111111",
    "5555555555554444",
    "2223003122003222",
    "6304000000000000000",
    "122000000000003",
)

WRITTEN = (
    "{}",
    "card {}",
    "{} 12/27 123",
    "pan={}",
    "x{}x",
    "{}1227",
    "00{}",
)


def spaced(number: str, between: str) -> str:
    return between.join(number[start : start + 4] for start in range(0, len(number), 4))


@pytest.mark.parametrize("number", NUMBERS)
def test_a_card_number_is_known_in_a_text(number: str) -> None:
    for written in WRITTEN:
        assert cards.in_text(written.format(number)), written
    for between in (" ", "-", " - ", "\N{NO-BREAK SPACE}", "\N{EN DASH}", "."):
        assert cards.in_text(spaced(number, between)), between


@pytest.mark.parametrize("number", NUMBERS)
def test_a_card_number_is_known_in_disguise(number: str) -> None:
    full_width = "".join(chr(0xFF10 + int(digit)) for digit in number)
    arabic = "".join(chr(0x0660 + int(digit)) for digit in number)
    percent = "".join(f"%3{digit}" for digit in number)
    twice = quote(percent)
    escaped = "".join(f"\\u003{digit}" for digit in number)
    for disguised in (full_width, quote(full_width), arabic, percent, twice, escaped):
        assert cards.in_text(f"q={disguised}"), disguised
    assert cards.in_text(spaced(number, "+")), "a form's space"
    assert cards.in_text(json.dumps({"n": int(number)}))


@pytest.mark.parametrize("number", NUMBERS)
def test_a_card_number_is_known_in_a_header(number: str) -> None:
    for header in (number, f"card={number}; a=b", f"{spaced(number, '-')} 12/27", quote(number)):
        assert cards.in_header(header), header


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",
        "1700000000000",
        "0000000000000000",
        "9999 9999 9999 9995",
        "12.50 and 13.99",
        "+49 30 901820",
        "2026-11-23T08:00:00.000Z",
        "tok_okRehearsalPayment",
    ],
)
def test_what_is_no_card_number_passes(text: str) -> None:
    assert not cards.in_text(text)
    assert not cards.in_header(text)


@settings(max_examples=400, deadline=None)
@given(some.uuids())
def test_an_order_id_is_never_taken_for_one(order_id: uuid.UUID) -> None:
    assert not cards.in_text(f"/api/orders/{order_id}")


def test_nor_is_one_that_has_digits_alone() -> None:
    assert not cards.in_text("/api/orders/41111111-1111-4111-8411-111111111111")


@settings(max_examples=400, deadline=None)
@given(some.binary(min_size=16, max_size=16), some.binary(min_size=8, max_size=8))
def test_what_proxies_add_is_never_taken_for_one(trace: bytes, span: bytes) -> None:
    for header in (
        f"Root=1-67891233-{trace.hex()[:24]}",
        f"00-{trace.hex()}-{span.hex()}-01",
        f"AWSALBAPP-0=AAAAA{trace.hex()}",
        "203.0.113.195, 2001:db8:85a3:8d3:1319:8a2e:370:7348",
        "_ga=GA1.2.1234567890.1700000000; _fbp=fb.1.1700000000000.1234567890",
    ):
        assert not cards.in_header(header), header


@settings(max_examples=300, deadline=None)
@given(some.text(max_size=300))
def test_any_text_is_looked_through(text: str) -> None:
    cards.in_text(text)
    cards.in_header(text)


def test_digits_without_end_are_not_looked_through_for_long() -> None:
    assert cards.in_text("7" * 65_536)
    cards.in_header("7" * 8_190)
    cards.in_header("7 " * 4_000)
    cards.in_text("777777777777777x" * 4_096)


CARD = "4111-1111-1111-1111"


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("GET", f"/products/{CARD}", {}),
        ("GET", f"/{CARD}", {}),
        ("GET", "/search", {"params": {"q": f"my card {CARD}"}}),
        ("GET", f"/api/orders/{CARD}", {}),
        ("GET", "/", {"headers": {"X-Note": CARD}}),
        ("GET", "/", {"headers": {"X-4111111111111111": "x"}}),
        ("GET", "/", {"headers": {"User-Agent": f"Browser {CARD}"}}),
        ("GET", "/", {"headers": {"Cookie": f"note={CARD}"}}),
        ("GET", "/", {"headers": {"Referer": f"https://shop.example.com/?c={CARD}"}}),
        ("POST", "/api/checkout", {"json": {"payment_token": CARD}}),
        ("POST", "/api/checkout", {"json": {"payment_token": 4111111111111111}}),
        ("POST", "/api/checkout", {"json": {"deep": [{"er": CARD}]}}),
        ("POST", "/api/checkout", {"json": {}, "headers": {"Idempotency-Key": CARD}}),
        ("POST", "/checkout", {"body": "payment_token=4111+1111+1111+1111"}),
        ("POST", "/checkout", {"body": "payment_token=%34111111111111111"}),
        ("PUT", "/api/cart/lines/lamp", {"body": f"broken {CARD}"}),
        ("DELETE", f"/healthz/{CARD}", {}),
    ],
)
def test_a_request_with_a_card_number_reaches_nothing(
    aws: Aws,
    open_shop: Any,
    caplog: pytest.LogCaptureFixture,
    method: str,
    path: str,
    asked: dict[str, Any],
) -> None:
    caplog.set_level(logging.DEBUG, "shop")
    before = {table: aws.items(table) for table in KEYS}
    answer = Browser(open_shop)(method, path, **asked)
    assert answer.status_code == 400
    assert {table: aws.items(table) for table in KEYS} == before
    assert open_shop.events.waiting.empty()
    left = answer.text + str(answer.headers) + part("logs").Lines("r").format(caplog.records[-1])
    for trace in ("4111", "1111"):
        assert trace not in left
        assert trace not in caplog.text
