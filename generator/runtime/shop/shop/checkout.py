"""Checkout: a cart becomes an order, once, and is acknowledged only when order-intake has it.

What is charged is reckoned from the catalogue as it is at that moment; the customer's browser names products,
pieces and a payment token, and no price. The order's id comes from the idempotency key, so a checkout that is
sent again, to either region, is the same order. What follows (stock, charge, database) is the order
workflow's, which is started by the table's stream.

A checkout by a token of the shape that is a drill's (scripts/drill/shoppers.py) is marked as one in
order-intake: it is worked as orders are, and never charged, taken from the stock, announced or counted. That
token is no secret, and needs none: whoever else uses it gets nothing for it.

The same key with another cart is a Conflict. To answer it with the first order would tell a customer that
what is in the cart now has been ordered, and it has not.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from .carts import Carts
from .catalogue import Catalogue
from .identifiers import pseudonym
from .metrics import Metrics
from .money import major
from .orders import ACKNOWLEDGED, Order, Orders, order, order_id
from .products import Product
from .refusals import BadRequest, Conflict

log = logging.getLogger("shop.checkout")

#: A card number has not this shape: no twelve digits in a row.
TOKEN = re.compile(r"tok_(?!.*[0-9]{12})[A-Za-z0-9]{16,64}")

#: What the token of a drill's checkout begins with. No processor gives such a one to a customer by chance.
DRILL = "tok_TradewindDrill"

#: What payment authorisation takes (runtime/functions/payment_authorization.py), in minor units.
MOST = 999_999_999


class Checkout:
    """In the region that it runs in, which is the one that works the order."""

    def __init__(
        self,
        dynamodb,
        table: str,
        region: str,
        *,
        carts: Carts,
        catalogue: Catalogue,
        orders: Orders,
        metrics: Metrics,
    ) -> None:
        self.dynamodb, self.table, self.region = dynamodb, table, region
        self.carts, self.catalogue, self.orders, self.metrics = carts, catalogue, orders, metrics

    def place(self, cart_id: str | None, key: str, token: str) -> Order:
        """The acknowledged order. Raises BadRequest, Conflict, or what the tables raise: then try again."""
        identifier = order_id(key)
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise BadRequest(
                "bad-payment-token", "A payment token is `tok_` and 16 to 64 letters or digits."
            )
        with self.metrics.checkout_under_way():
            lines = self.carts.lines(cart_id)
            if before := self.orders.look(identifier):
                return same(before, cart_id, lines)
            if not lines:
                raise Conflict("empty-cart", "The cart is empty.")
            products = self.for_sale(lines)
            item = self.write_up(identifier, cart_id, token, lines, products)
            try:
                self.dynamodb.put_item(
                    TableName=self.table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(order_id)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self.dynamodb.exceptions.ConditionalCheckFailedException as failed:
                # The same checkout, a moment ago; or our own first try, whose answer was lost.
                return same(order(failed.response["Item"]), cart_id, lines)
        placed = order(item)
        if "drill" not in item:
            self.metrics.count("OrdersAcknowledged")
            self.metrics.count("Revenue", major(placed.total, placed.currency))
        self.empty(cart_id, lines)
        return placed

    def for_sale(self, lines: dict[str, int]) -> dict[str, Product]:
        """The products, all of them there and in stock. Raises Conflict that names the first that is not."""
        products = self.catalogue.find_all(lines)
        for name, pieces in lines.items():
            found = products.get(name)
            if found is None:
                raise Conflict("gone", "A product in the cart is no longer sold.", product_id=name)
            if found.stock < pieces:
                raise Conflict(
                    "sold-out", "There is not enough in stock.", product_id=name, left=found.stock
                )
        if len({found.currency for found in products.values()}) > 1:
            raise Conflict("currencies", "Products of different currencies need an order each.")
        return products

    def write_up(
        self,
        identifier: str,
        cart_id: str,
        token: str,
        lines: dict[str, int],
        products: dict[str, Product],
    ) -> dict[str, object]:
        """The item of order-intake. Raises Conflict for a total that cannot be charged."""
        total = sum(products[name].price * pieces for name, pieces in lines.items())
        if not 1 <= total <= MOST:
            raise Conflict("total", "This total cannot be charged.")
        return {
            "order_id": {"S": identifier},
            "worked_by": {"S": self.region},
            "state": {"S": ACKNOWLEDGED},
            "acknowledged_at": {"S": datetime.now(UTC).isoformat(timespec="milliseconds")},
            "items": {
                "L": [
                    {
                        "M": {
                            "product_id": {"S": name},
                            "quantity": {"N": str(pieces)},
                            "unit_price": {"N": str(products[name].price)},
                        }
                    }
                    for name, pieces in lines.items()
                ]
            },
            "total": {"N": str(total)},
            "currency": {"S": next(iter(products.values())).currency},
            "payment_token": {"S": token},
            "placed_by": {"S": pseudonym(cart_id)},
            **({"drill": {"BOOL": True}} if token.startswith(DRILL) else {}),
        }

    def empty(self, cart_id: str, lines: dict[str, int]) -> None:
        """As well as may be: the order is acknowledged, and a cart that stays full is an annoyance."""
        try:
            self.carts.empty_of(cart_id, lines)
        except (BotoCoreError, ClientError) as error:
            log.warning("a cart was not emptied: %s", type(error).__name__)


def same(before: Order, cart_id: str | None, lines: dict[str, int]) -> Order:
    """The order that the key stands for, if this is that checkout again. Raises Conflict if it is another.

    It is, where the cart is the one that was ordered from, and holds what was ordered, or nothing any more.
    """
    if cart_id and before.placed_by == pseudonym(cart_id) and lines in ({}, before.lines):
        return before
    raise Conflict(
        "key-used", "This Idempotency-Key stands for another order. Take a new one for this cart."
    )
