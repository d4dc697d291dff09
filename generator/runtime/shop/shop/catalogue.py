"""The catalogue table: one product, or some, as the table has them now."""

from __future__ import annotations

import random
import time
from collections.abc import Collection

from .products import IDENTIFIER, Product, product
from .refusals import Conflict, Unavailable, Unknown

#: What BatchGetItem takes; a cart has fewer lines.
AT_ONCE = 100

#: Times that keys which DynamoDB left out are asked for again, and the longest pause before, in seconds.
AGAIN, PAUSE = 3, 0.2


class Catalogue:
    """Reads the catalogue; the shop never writes it."""

    def __init__(self, dynamodb, table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def find(self, product_id: str) -> Product:
        """One product. Raises Unknown."""
        item = {}
        if IDENTIFIER.fullmatch(product_id):
            key = {"product_id": {"S": product_id}}
            item = self.dynamodb.get_item(TableName=self.table, Key=key).get("Item", {})
        found = product(item)
        if found is None:
            raise Unknown("unknown-product", "There is no such product.")
        return found

    def find_on_sale(self, product_id: str) -> Product:
        """One that is left. Raises Unknown, or Conflict where it is sold out."""
        found = self.find(product_id)
        if found.sold_out:
            raise Conflict("sold-out", "This product is sold out.", product_id=found.product_id)
        return found

    def find_all(self, product_ids: Collection[str]) -> dict[str, Product]:
        """Those of them that there are, as of now: read consistently, for money depends on it."""
        keys = [{"product_id": {"S": name}} for name in product_ids if IDENTIFIER.fullmatch(name)]
        asked = {self.table: {"Keys": keys[:AT_ONCE], "ConsistentRead": True}} if keys else {}
        items = []
        for attempt in range(1 + AGAIN):
            if not asked:
                break
            if attempt:
                time.sleep(random.uniform(0, PAUSE))  # noqa: S311 - jitter is no secret
            answer = self.dynamodb.batch_get_item(RequestItems=asked)
            items += answer["Responses"].get(self.table, [])
            asked = answer.get("UnprocessedKeys", {})
        if asked:
            raise Unavailable
        return {found.product_id: found for item in items if (found := product(item))}
