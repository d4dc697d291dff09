"""Customers who buy: numbered checkouts, each told once, whatever was answered.

The payment token is of the shape that is a drill's alone: the shop marks such an order, and nothing is
charged, taken from the stock, announced or counted as revenue for it
(generator/runtime/shop/shop/checkout.py). It is worth nothing to anybody, so it needs no secret.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from scripts.drill.clients import REGION
from scripts.drill.clock import Clock
from scripts.drill.ledger import key_of
from scripts.drill.markers import Follow, Marker
from scripts.drill.observations import Observation, Ordered
from scripts.drill.stage import Asked, Told, Unreachable, Visitor

#: As the shop knows it: `tok_`, DRILL of its checkout.py, and sixteen characters that nothing reads.
TOKEN = "tok_TradewindDrill" + "NobodyIsCharged0"

#: Pages of the assortment that are looked through for something to buy.
_PAGES = 5

_JSON = {"Content-Type": "application/json"}


class NothingToBuy(Exception):
    """No product is in stock, or the catalogue does not answer so."""


@dataclass
class Shopper:
    """One customer, who comes back: its cart, its DNS and its connection are its own."""

    visitor: Visitor
    clock: Clock
    drill: str

    def check_out(self, number: int, follow: Follow | None = None) -> Ordered:
        """Choose, put into the cart, order. Never raises: what was not answered is status 0."""
        began = self.clock.now()
        try:
            told = self._order(number, follow)
        except NothingToBuy:
            return Ordered(began, number, "", "", 0, 0.0)
        except Unreachable:
            seconds = (self.clock.now() - began) / self.clock.speed
            return Ordered(began, number, "", "", 0, round(seconds, 3))
        at = max(began, self.clock.now() - told.seconds * self.clock.speed)
        region, order = told.headers.get(REGION, ""), ""
        if told.status == HTTPStatus.ACCEPTED:
            order = _text(_document(told), "order_id")
            if order and follow:
                follow(Marker("order-intake", region, order, self.clock.now()))
        return Ordered(round(at, 3), number, order, region, told.status, round(told.seconds, 3))

    def _order(self, number: int, follow: Follow | None) -> Told:
        product = self._choose(number)
        cart = self.visitor.send(
            Asked("PUT", f"/api/cart/lines/{product}", _JSON, json.dumps({"quantity": 1}).encode())
        )
        if cart.status != HTTPStatus.OK:
            return cart
        if follow and (cart_id := _cart(cart)):
            region = cart.headers.get(REGION, "")
            follow(Marker("carts", region, cart_id, self.clock.now()))
        return self.visitor.send(
            Asked(
                "POST",
                "/api/checkout",
                {**_JSON, "Idempotency-Key": key_of(self.drill, number)},
                json.dumps({"payment_token": TOKEN}).encode(),
            )
        )

    def _choose(self, number: int) -> str:
        """A product that is in stock; not always the same. Raises NothingToBuy."""
        for page in range(1, _PAGES + 1):
            told = self.visitor.send(Asked("GET", f"/api/products?page={page}"))
            products = _document(told).get("products", [])
            there = [one for one in products if isinstance(one, dict) and one.get("stock", 0) > 0]
            if there:
                return str(there[number % len(there)]["product_id"])
            if not products:
                break
        raise NothingToBuy


class Shopping:
    """The shoppers in turn, `a_minute` checkouts, from number `first` on."""

    name = "shoppers"

    def __init__(
        self, shoppers: list[Shopper], a_minute: float, first: int, follow: Follow | None = None
    ) -> None:
        self.period = 60.0 / a_minute
        self._shoppers, self._number, self._follow = shoppers, first, follow

    def look(self) -> Iterable[Observation]:
        """The next checkout."""
        number, self._number = self._number, self._number + 1
        yield self._shoppers[number % len(self._shoppers)].check_out(number, self._follow)

    def next_at(self, due: float, now: float) -> float:
        """By the period; one that took longer holds the next up."""
        return max(due + self.period, now)

    def close(self) -> None:
        """Everybody hangs up."""
        for shopper in self._shoppers:
            shopper.visitor.close()


def _document(told: Told) -> dict[str, Any]:
    try:
        said = json.loads(told.body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _cart(told: Told) -> str:
    """The cart's id, which comes as a cookie with every change of it."""
    for part in told.headers.get("set-cookie", "").replace(",", ";").split(";"):
        name, _, value = part.strip().partition("=")
        if name == "cart":
            return value
    return ""
