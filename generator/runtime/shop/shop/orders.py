"""Acknowledged orders, as order-intake has them: what a customer may know of one."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from .refusals import BadRequest, Unknown

#: As the events' schemas have it (generator/order_events.py).
ORDER_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

#: Below it lie the orders of this shop, each by its idempotency key.
NAMESPACE = uuid.UUID("5c2fa1de-3f0b-5f4e-9d0c-ad1b7e0fa3c1")

KEY = re.compile(r"[A-Za-z0-9_.:-]{16,128}")

ACKNOWLEDGED = "ACKNOWLEDGED"


@dataclass(frozen=True)
class Order:
    """How it stands; `region` is that which works it, `lines` product -> pieces.

    `placed_by` is the pseudonym of the cart that it was, and leaves the shop no more than the payment token.
    """

    order_id: str
    region: str
    state: str
    acknowledged_at: str
    total: int
    currency: str
    lines: dict[str, int]
    placed_by: str = ""

    def shown(self) -> dict[str, object]:
        """To whoever knows the id: how it goes, not what is in it."""
        return {
            "order_id": self.order_id,
            "state": self.state,
            "region": self.region,
            "acknowledged_at": self.acknowledged_at,
        }


def order_id(key: str) -> str:
    """The same key is the same order, in whichever region it arrives. Raises BadRequest for a bad key.

    A key is long enough that nobody hits upon another's by chance.
    """
    if not KEY.fullmatch(key):
        raise BadRequest(
            "bad-idempotency-key",
            "Idempotency-Key must have 16 to 128 letters, digits, or characters of `_.:-`; a UUID is one.",
        )
    return str(uuid.uuid5(NAMESPACE, key))


def order(item: dict) -> Order:
    """Of an item of order-intake; one that nobody has worked yet may say no state."""
    return Order(
        order_id=item["order_id"]["S"],
        region=item["worked_by"]["S"],
        state=item.get("state", {"S": ACKNOWLEDGED})["S"],
        acknowledged_at=item["acknowledged_at"]["S"],
        total=int(item["total"]["N"]),
        currency=item["currency"]["S"],
        lines={
            line["M"]["product_id"]["S"]: int(line["M"]["quantity"]["N"])
            for line in item["items"]["L"]
        },
        placed_by=item.get("placed_by", {"S": ""})["S"],
    )


class Orders:
    """Reads order-intake."""

    def __init__(self, dynamodb, table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def look(self, identifier: str) -> Order | None:
        """The order, if it is there."""
        found = self.dynamodb.get_item(
            TableName=self.table, Key={"order_id": {"S": identifier}}, ConsistentRead=True
        ).get("Item")
        return order(found) if found else None

    def find(self, identifier: str) -> Order:
        """The order. Raises Unknown."""
        found = self.look(identifier) if ORDER_ID.fullmatch(identifier) else None
        if found is None:
            raise Unknown("unknown-order", "There is no such order.")
        return found
