"""The processor of the sandbox forgets no charge, and takes no card and no old key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox import payment_processor
from scripts.sandbox.gateway import Head
from scripts.sandbox.payment_processor import BOOKS, Books, answer, page

ORDER = "11111111-2222-4333-8444-555555555555"
FIRST, SECOND = "first-key", "second-key"
CARDS = ("4111111111111111", "4111 1111 1111 1111", "378282246310005", "6011-0009-9013-9424")


@pytest.fixture(autouse=True)
def signed_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(payment_processor, "_signed_up", lambda: {FIRST})
    yield
    BOOKS.reset()


def ask(
    method: str, path: str, told: object = None, *, key: str = FIRST, under: str = "", **more: str
) -> int:
    headers = {"authorization": f"Bearer {key}", "idempotency-key": under, **more}
    return answer(Head(method, path, {}, headers), json.dumps(told).encode()).status


def authorize(token: str, *, order: str = ORDER, under: str = "", key: str = FIRST) -> int:
    told = {"order_id": order, "payment_token": token, "total": "1000", "currency": "EUR"}
    return ask("POST", "/authorizations", told, under=under or f"authorizations-{order}", key=key)


def void(under: str = f"voids-{ORDER}") -> int:
    return ask("POST", "/voids", {"order_id": ORDER}, under=under)


def told() -> Any:
    return json.loads(page(Head("GET", payment_processor.PAGE, {}, {}), b"").body)["orders"][ORDER]


@pytest.mark.parametrize(
    ("token", "status"), [("tok_okA", 200), ("tok_declinedA", 402), ("tok_stolenA", 402)]
)
def test_a_token_says_by_how_it_begins_what_comes_of_it(token: str, status: int) -> None:
    assert authorize(token) == status
    assert told()["charges"] == (status == 200)


def test_an_order_is_charged_once_however_often_it_is_asked() -> None:
    assert [authorize("tok_okA") for _ in range(3)] == [200, 200, 200]
    assert (told()["requests"], told()["charges"]) == (3, 1)


def test_another_request_under_the_same_key_is_refused() -> None:
    authorize("tok_okA")
    assert authorize("tok_okB") == 409
    assert told()["charges"] == 1


def test_a_charge_whose_answer_was_lost_is_a_charge() -> None:
    assert [authorize("tok_lostA"), authorize("tok_lostA")] == [504, 200]
    assert told()["charges"] == 1


def test_a_flaky_moment_passes_and_a_broken_one_does_not() -> None:
    assert [authorize("tok_flakyA"), authorize("tok_flakyA")] == [503, 200]
    assert {authorize("tok_brokenA", order="2", under="2") for _ in range(3)} == {500}


def test_a_void_finds_what_was_charged_before_and_nothing_that_comes_later() -> None:
    assert void() == 404
    authorize("tok_okA")
    assert void() == 404, "under the same key the same answer"
    assert void("another") == 200
    assert (told()["state"], told()["voids"]) == ("voided", 1)


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("place", ["token", "order", "key", "header", "path"])
def test_a_card_number_is_refused_and_kept_nowhere(card: str, place: str, tmp_path: Path) -> None:
    status = {
        "token": lambda: authorize(f"tok_ok{card}"),
        "order": lambda: authorize("tok_okA", order=card),
        "key": lambda: authorize("tok_okA", under=card),
        "header": lambda: ask("POST", "/voids", {"order_id": ORDER}, under="1", referer=card),
        "path": lambda: ask("GET", f"/{card}"),
    }[place]()
    assert status == 422
    BOOKS.save(tmp_path)
    assert card not in (tmp_path / "books.json").read_text()


@pytest.mark.parametrize(
    "plain", [ORDER, "41111111-1111-4111-8111-111111111111", "4111111111111112"]
)
def test_digits_that_are_no_card_are_taken(plain: str) -> None:
    assert authorize("tok_okA", order=plain) == 200


def test_nobody_is_answered_under_a_key_that_was_never_given_out() -> None:
    for method, path in (("POST", "/authorizations"), ("PUT", "/keys"), ("GET", "/keys")):
        assert ask(method, path, {"api_key": SECOND}, key="nobody's") == 401
    assert ask("GET", "/keys", key="") == 401


def test_a_registered_key_works_beside_the_old_one_until_it_has_charged() -> None:
    assert ask("GET", "/keys", key=SECOND) == 401
    assert ask("PUT", "/keys", {"api_key": SECOND}) == 200
    assert [ask("GET", "/keys", key=key) for key in (FIRST, SECOND)] == [200, 200]
    assert authorize("tok_okA", key=FIRST) == 200
    assert authorize("tok_okA", order="2", under="2", key=SECOND) == 200
    assert [ask("GET", "/keys", key=key) for key in (FIRST, SECOND)] == [401, 200]


def test_what_was_charged_survives_a_stop_and_no_secret_does(tmp_path: Path) -> None:
    authorize("tok_okA")
    ask("PUT", "/keys", {"api_key": SECOND})
    BOOKS.save(tmp_path)
    read = Books()
    read.load(tmp_path)
    assert read == BOOKS
    kept = (tmp_path / "books.json").read_text()
    assert not [secret for secret in (FIRST, SECOND, "tok_okA") if secret in kept]
    read.reset()
    assert read == Books()


def test_how_long_it_takes_is_said_in_seconds() -> None:
    head = Head("PUT", payment_processor.PAGE, {}, {})
    assert json.loads(page(head, b'{"longest_wait": 2}').body)["longest_wait"] == 2
    assert page(head, b"soon").status == 400
