"""A checkout is acknowledged once, and only when it is written."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from generator.order_events import ORDER_ID
from scripts.drill import ledger, shoppers
from tests.unit.runtime.shop.world import (
    CARTS,
    INTAKE,
    REGION,
    TOKEN,
    Aws,
    Browser,
    part,
    sell,
    shop,
)

KEY = "a-key-of-a-customers-own"
DRILL = "2026-11-23T16-49-29Z-ab12"


def filled(browser: Browser) -> Browser:
    browser.put("lamp", 2)
    browser.put("chair", 1)
    return browser


def test_an_order_is_what_the_workflow_reads(aws: Aws, browser: Browser) -> None:
    answer = filled(browser).check_out(KEY)
    assert answer.status_code == 202
    order_id = answer.json["order_id"]
    assert re.fullmatch(ORDER_ID, order_id)
    assert (answer.json["state"], answer.json["region"]) == ("ACKNOWLEDGED", REGION)
    item = aws.item(INTAKE, order_id)
    lines = {
        line["M"]["product_id"]["S"]: (line["M"]["quantity"]["N"], line["M"]["unit_price"]["N"])
        for line in item["items"]["L"]
    }
    assert lines == {"lamp": ("2", "2500"), "chair": ("1", "9900")}
    assert (item["total"], item["currency"]) == ({"N": "14900"}, {"S": "EUR"})
    assert (item["worked_by"], item["payment_token"]) == ({"S": REGION}, {"S": TOKEN})
    acknowledged = datetime.fromisoformat(item["acknowledged_at"]["S"])
    assert abs((datetime.now(UTC) - acknowledged).total_seconds()) < 60
    assert aws.items(CARTS) == [], "what was ordered is in the cart no more"


def test_the_events_schema_takes_what_is_written(aws: Aws, browser: Browser) -> None:
    """order_intake.py makes the event of these attributes."""
    order_id = filled(browser).check_out(KEY).json["order_id"]
    item = aws.item(INTAKE, order_id)
    assert {"order_id", "worked_by", "acknowledged_at", "items", "total", "currency"} <= set(item)
    assert item["state"] == {"S": "ACKNOWLEDGED"}


def test_the_same_key_is_the_same_order(aws: Aws, browser: Browser) -> None:
    first = filled(browser).check_out(KEY)
    again = browser.check_out(KEY)
    other_token = browser.check_out(KEY, "tok_anotherPaymentToken")
    assert first.json == again.json == other_token.json
    assert again.status_code == 202
    (item,) = aws.items(INTAKE)
    assert item["payment_token"] == {"S": TOKEN}


def test_in_either_region(aws: Aws, browser: Browser) -> None:
    """A customer whose answer was lost tries again, after the takeover."""
    first = filled(browser).check_out(KEY).json
    elsewhere = Browser(shop(aws, region="eu-central-1"))
    elsewhere.cookies = browser.cookies
    again = elsewhere.check_out(KEY).json
    assert again == first
    assert again["region"] == REGION, "it is still worked where it was acknowledged"


def test_the_same_key_for_another_cart_is_refused(aws: Aws, browser: Browser) -> None:
    filled(browser).check_out(KEY)
    browser.put("lamp", 1)
    answer = browser.check_out(KEY)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "key-used")
    assert browser.check_out("another-key-altogether").status_code == 202
    assert len(aws.items(INTAKE)) == 2


def test_a_strangers_key_gets_a_stranger_nothing(aws: Aws, open_shop: Any) -> None:
    filled(Browser(open_shop)).check_out(KEY)
    stranger = Browser(open_shop)
    for answer in (stranger.check_out(KEY), filled(stranger).check_out(KEY)):
        assert (answer.status_code, answer.json["error"]["code"]) == (409, "key-used")
        assert "order_id" not in answer.text


def test_of_two_at_the_same_moment_one_writes_and_both_get_its_order(
    aws: Aws, open_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = filled(Browser(open_shop))
    cart = browser.cookies["cart"]
    first = open_shop.checkout.place(cart, KEY, TOKEN)
    open_shop.carts.put(cart, "lamp", 2)
    open_shop.carts.put(cart, "chair", 1)
    monkeypatch.setattr(open_shop.checkout.orders, "look", lambda identifier: None)
    second = open_shop.checkout.place(cart, KEY, TOKEN)
    assert second == first
    assert len(aws.items(INTAKE)) == 1
    open_shop.carts.put(cart, "lamp", 1)
    with pytest.raises(part("refusals").Conflict):
        open_shop.checkout.place(cart, KEY, TOKEN)


def test_nothing_is_acknowledged_when_the_write_is_not_answered(
    aws: Aws, open_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = filled(Browser(open_shop))
    table = open_shop.checkout.dynamodb
    put_item = table.put_item

    def written_but_lost(**asked: Any) -> None:
        put_item(**asked)
        raise ReadTimeoutError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(table, "put_item", written_but_lost)
    answer = browser.check_out(KEY)
    assert answer.status_code == 503
    assert aws.items(CARTS), "the cart is as it was"
    monkeypatch.undo()
    again = browser.check_out(KEY)
    assert again.status_code == 202, "it was written all the same, and is told of now"
    assert len(aws.items(INTAKE)) == 1


def test_an_acknowledged_order_stands_though_its_cart_cannot_be_emptied(
    aws: Aws, open_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb")

    browser = filled(Browser(open_shop))
    monkeypatch.setattr(open_shop.carts.dynamodb, "delete_item", fails)
    first = browser.check_out(KEY)
    assert first.status_code == 202
    assert browser.check_out(KEY).json == first.json, "the cart still holds what was ordered"


def test_what_comes_into_the_cart_meanwhile_stays(aws: Aws, open_shop: Any) -> None:
    browser = filled(Browser(open_shop))
    cart = browser.cookies["cart"]
    ordered = open_shop.carts.lines(cart)
    open_shop.carts.put(cart, "lamp", 3)
    open_shop.checkout.empty(cart, ordered)
    assert open_shop.carts.lines(cart) == {"lamp": 3, "chair": 1}


def test_the_price_is_the_catalogues_at_that_moment(aws: Aws, browser: Browser) -> None:
    filled(browser)
    sell(aws, "lamp", 3000, 5)
    order_id = browser.check_out(KEY).json["order_id"]
    assert aws.item(INTAKE, order_id)["total"] == {"N": "15900"}


def test_an_empty_cart_is_no_order(aws: Aws, browser: Browser) -> None:
    answer = browser.check_out(KEY)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "empty-cart")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"stock": 1}, "sold-out"),
        ({"price": 0, "stock": 9}, "total"),
        ({"price": 999_999_999, "stock": 9}, "total"),
        ({"stock": 9, "currency": "USD"}, "currencies"),
        ({"stock": 9, "currency": "euro"}, "gone"),
    ],
)
def test_what_cannot_be_sold_is_not_ordered(
    aws: Aws, browser: Browser, change: dict[str, Any], code: str
) -> None:
    browser.put("lamp", 2)
    if code == "currencies":
        browser.put("chair", 1)
    sell(aws, "lamp", **change)
    answer = browser.check_out(KEY)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, code)
    assert aws.items(INTAKE) == []
    assert aws.items(CARTS), "the cart is as it was"


def test_a_product_that_is_gone_is_named(aws: Aws, browser: Browser) -> None:
    filled(browser)
    aws.dynamodb().delete_item(TableName="catalogue", Key={"product_id": {"S": "lamp"}})
    error = browser.check_out(KEY).json["error"]
    assert (error["code"], error["product_id"]) == ("gone", "lamp")
    line = browser.get("/api/cart").json["lines"][0]
    assert (line["product_id"], line["name"]) == ("lamp", None)


@pytest.mark.parametrize(
    "token",
    ["", None, 7, ["x"], "tok_short", "4242424242", "tok_" + "1" * 16, "tok_<script>aaaaaaaaa"],
)
def test_only_a_token_pays(aws: Aws, browser: Browser, token: Any) -> None:
    answer = filled(browser).check_out(KEY, token)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "bad-payment-token")
    assert aws.items(INTAKE) == []


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "with spaces in the middle"])
def test_a_key_that_others_might_hit_upon_is_refused(browser: Browser, key: str) -> None:
    answer = filled(browser).check_out(key)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "bad-idempotency-key")


def test_a_uuid_is_a_key(browser: Browser) -> None:
    assert filled(browser).check_out(str(uuid.uuid4())).status_code == 202


def test_an_order_tells_how_it_stands_and_neither_token_nor_cart(
    aws: Aws, browser: Browser
) -> None:
    order_id = filled(browser).check_out(KEY).json["order_id"]
    told = browser.get(f"/api/orders/{order_id}").json
    assert set(told) == {"order_id", "state", "region", "acknowledged_at"}
    aws.dynamodb().update_item(
        TableName=INTAKE,
        Key={"order_id": {"S": order_id}},
        UpdateExpression="SET #state = :state",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":state": {"S": "CONFIRMED"}},
    )
    assert browser.get(f"/api/orders/{order_id}").json["state"] == "CONFIRMED"
    assert "confirmed" in browser.get(f"/orders/{order_id}").text


@pytest.mark.parametrize("order_id", ["none", "0f8fad5b-d9cb-469f-a165-70867728950e", "../carts"])
def test_an_order_that_is_not_there_is_a_404(browser: Browser, order_id: str) -> None:
    assert browser.get(f"/api/orders/{order_id}").status_code == 404


def test_a_cart_that_has_expired_is_empty_though_it_is_still_there(
    aws: Aws, open_shop: Any
) -> None:
    browser = filled(Browser(open_shop))
    cart = browser.cookies["cart"]
    now = open_shop.carts.clock()
    open_shop.carts.clock = lambda: now + 31 * 86_400
    assert open_shop.carts.lines(cart) == {}
    open_shop.carts.add(cart, "lamp", 1)
    assert open_shop.carts.lines(cart) == {"lamp": 1}, "it begins anew"


def test_a_drills_order_is_marked_and_no_figure_counts_it(aws: Aws, browser: Browser) -> None:
    """It is acknowledged like any other, and worth nothing to whoever made it."""
    open_shop = shop(aws)
    customer = Browser(open_shop)
    ordered = filled(customer).check_out(KEY, shoppers.TOKEN)
    assert ordered.status_code == 202
    assert aws.item(INTAKE, ordered.json["order_id"])["drill"] == {"BOOL": True}
    assert open_shop.metrics.sums["OrdersAcknowledged"] == open_shop.metrics.sums["Revenue"] == 0
    again = filled(browser).check_out("another-key-of-a-customer")
    assert "drill" not in aws.item(INTAKE, again.json["order_id"])


def test_a_drill_knows_the_id_of_an_order_whose_answer_was_lost(browser: Browser) -> None:
    told = filled(browser).check_out(ledger.key_of(DRILL, 7), shoppers.TOKEN)
    assert told.json["order_id"] == ledger.order_of(DRILL, 7)
