"""Customers who buy: each checkout has its number, and is told once whatever was answered."""

from __future__ import annotations

import json

from scripts.drill import ledger
from scripts.drill.markers import Marker, Markers
from scripts.drill.shoppers import TOKEN, Shopper, Shopping
from scripts.drill.stage import Asked, Unreachable
from tests.unit.drill.observing.scene import DRILL, PRIMARY, STANDBY, Shop, StillClock


def shopper(shop: Shop) -> Shopper:
    return Shopper(shop, StillClock(), DRILL)


def test_an_order_is_chosen_put_into_the_cart_and_placed_under_a_key_that_names_drill_and_number() -> (
    None
):
    shop = Shop()
    told = shopper(shop).check_out(7)
    assert (told.number, told.order, told.region) == (7, ledger.order_of(DRILL, 7), PRIMARY)
    assert told.acknowledged
    chosen, cart, checkout = shop.asked
    assert (chosen.path, cart.path) == ("/api/products?page=1", "/api/cart/lines/lamp")
    assert checkout.headers["Idempotency-Key"] == ledger.key_of(DRILL, 7)
    assert json.loads(checkout.body) == {"payment_token": TOKEN}


def test_a_checkout_that_was_refused_or_lost_is_told_as_not_acknowledged() -> None:
    def lost(asked: Asked) -> None:
        if asked.path == "/api/checkout":
            raise Unreachable("no answer")

    for shop, status in (
        (Shop(statuses={"/api/checkout": 503}), 503),
        (Shop(statuses={"/api/cart/lines/lamp": 503}), 503),
        (Shop(fails=lost), 0),
        (Shop(products=()), 0),
        (Shop(products=({"product_id": "lamp", "stock": 0},)), 0),
    ):
        told = shopper(shop).check_out(1)
        assert (told.order, told.status) == ("", status)


def test_what_was_written_is_followed_in_the_region_that_wrote_it() -> None:
    followed: list[Marker] = []
    shopper(Shop(region=lambda: STANDBY)).check_out(1, followed.append)
    assert [(one.store, one.region, one.key) for one in followed] == [
        ("carts", STANDBY, "abc"),
        ("order-intake", STANDBY, ledger.order_of(DRILL, 1)),
    ]


def test_shoppers_take_turns_and_no_number_is_used_twice() -> None:
    shops = [Shop(), Shop()]
    shopping = Shopping([shopper(one) for one in shops], a_minute=6, first=41)
    seen = [one for _ in range(4) for one in shopping.look()]
    keys = [
        asked.headers["Idempotency-Key"]
        for shop in shops
        for asked in shop.asked
        if asked.method == "POST"
    ]
    assert len(seen) == 4
    assert sorted(keys) == [ledger.key_of(DRILL, number) for number in range(41, 45)]
    assert all(len(shop.asked) == 6 for shop in shops)
    shopping.close()
    assert all(shop.closed for shop in shops)


def test_of_many_writes_a_few_are_followed() -> None:
    markers = Markers()
    for at in range(25):
        markers.put(Marker("carts", PRIMARY, str(at), float(at)))
    assert [one.at for one in markers.take()] == [0, 10, 20]
    assert markers.take() == []
