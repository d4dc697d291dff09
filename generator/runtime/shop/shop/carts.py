"""Carts: an item each of a global table, so that a cart outlives its region.

A change touches one line and holds on condition, so two tabs of a browser do not undo each other. What
nobody has touched for a month DynamoDB removes.
"""

from __future__ import annotations

import time

from .refusals import BadRequest, Conflict, Unavailable

#: Lines of a cart, as many as an order may have (generator/order_events.py), and pieces of a line.
LINES, PIECES = 50, 99

#: Seconds that an untouched cart is kept.
KEPT = 30 * 86_400

#: Another change came between: it is tried so many times.
TRIES = 3


class Carts:
    """By the id in the customer's cookie."""

    def __init__(self, dynamodb, table: str, clock=time.time) -> None:
        self.dynamodb, self.table, self.clock = dynamodb, table, clock

    def lines(self, cart_id: str | None) -> dict[str, int]:
        """Product -> pieces; nothing where there is no cart."""
        if cart_id is None:
            return {}
        found = self.dynamodb.get_item(
            TableName=self.table, Key=_key(cart_id), ConsistentRead=True
        ).get("Item")
        if found is None or int(found["expires_at"]["N"]) <= self.clock():
            return {}
        return {product: int(pieces["N"]) for product, pieces in found["lines"]["M"].items()}

    def put(self, cart_id: str, product_id: str, pieces: int) -> None:
        """So many pieces of a product, however many there were; none takes the line out.

        Raises Conflict where the cart is full.
        """
        check(pieces)
        if pieces == 0:
            self.take_out(cart_id, product_id)
            return
        self._change(
            cart_id,
            product_id,
            pieces,
            "SET #lines.#product = :pieces, expires_at = :expiry",
            "attribute_exists(#lines.#product) OR size(#lines) < :lines",
        )

    def add(self, cart_id: str, product_id: str, pieces: int) -> None:
        """So many more. Raises Conflict where the cart or the line is full."""
        check(pieces, least=1)
        self._change(
            cart_id,
            product_id,
            pieces,
            "SET #lines.#product = if_not_exists(#lines.#product, :none) + :pieces,"
            " expires_at = :expiry",
            "#lines.#product <= :room"
            " OR attribute_not_exists(#lines.#product) AND size(#lines) < :lines",
            **{":none": 0, ":room": PIECES - pieces},
        )

    def take_out(self, cart_id: str, product_id: str) -> None:
        """A line that is not there is out already."""
        try:
            self.dynamodb.update_item(
                TableName=self.table,
                Key=_key(cart_id),
                UpdateExpression="REMOVE #lines.#product",
                ConditionExpression="attribute_exists(#lines.#product)",
                ExpressionAttributeNames={"#lines": "lines", "#product": product_id},
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return

    def empty(self, cart_id: str) -> None:
        """All of it."""
        self.dynamodb.delete_item(TableName=self.table, Key=_key(cart_id))

    def empty_of(self, cart_id: str, lines: dict[str, int]) -> None:
        """What was ordered, and only if nothing else has come in since."""
        try:
            self.dynamodb.delete_item(
                TableName=self.table,
                Key=_key(cart_id),
                ConditionExpression="#lines = :lines",
                ExpressionAttributeNames={"#lines": "lines"},
                ExpressionAttributeValues={":lines": _written(lines)},
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return

    def _change(
        self,
        cart_id: str,
        product_id: str,
        pieces: int,
        update: str,
        room: str,
        **more: int,
    ) -> None:
        now = int(self.clock())
        numbers = {":pieces": pieces, ":lines": LINES, ":expiry": now + KEPT, ":now": now, **more}
        values = {name: {"N": str(number)} for name, number in numbers.items()}
        for _ in range(TRIES):
            try:
                self.dynamodb.update_item(
                    TableName=self.table,
                    Key=_key(cart_id),
                    UpdateExpression=update,
                    ConditionExpression=f"expires_at > :now AND ({room})",
                    ExpressionAttributeNames={"#lines": "lines", "#product": product_id},
                    ExpressionAttributeValues=values,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self.dynamodb.exceptions.ConditionalCheckFailedException as failed:
                there = failed.response.get("Item")
                if there and int(there["expires_at"]["N"]) > now:
                    raise Conflict(
                        "cart-full",
                        f"A cart holds {LINES} products, and {PIECES} pieces of each.",
                    ) from None
                if self._begin(cart_id, {product_id: pieces}, now):
                    return
            else:
                return
        raise Unavailable

    def _begin(self, cart_id: str, lines: dict[str, int], now: int) -> bool:
        """A new cart, unless somebody has just begun it."""
        try:
            self.dynamodb.put_item(
                TableName=self.table,
                Item={
                    **_key(cart_id),
                    "lines": _written(lines),
                    "expires_at": {"N": str(now + KEPT)},
                },
                ConditionExpression="attribute_not_exists(cart_id) OR expires_at <= :now",
                ExpressionAttributeValues={":now": {"N": str(now)}},
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def check(pieces: object, least: int = 0) -> None:
    """Raises BadRequest for what is no number of pieces; True is none, though Python counts it as one."""
    if type(pieces) is not int or not least <= pieces <= PIECES:
        raise BadRequest("bad-quantity", f"A quantity is a whole number from {least} to {PIECES}.")


def _key(cart_id: str) -> dict[str, dict[str, str]]:
    return {"cart_id": {"S": cart_id}}


def _written(lines: dict[str, int]) -> dict[str, object]:
    return {"M": {product: {"N": str(pieces)} for product, pieces in lines.items()}}
