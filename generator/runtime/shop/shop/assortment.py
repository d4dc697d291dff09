"""All that is on sale, for lists: a copy of the catalogue in memory, some seconds old.

Lists, categories and the simple search read it, so browsing asks DynamoDB nothing and goes on while
DynamoDB is not well: an old list is better than none. What is bought is read from the table itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from botocore.exceptions import BotoCoreError, ClientError

from .products import Product, product
from .refusals import Unavailable

log = logging.getLogger("shop.assortment")

#: Seconds after which the copy is made anew, by whoever asks first; the others take what is there.
FRESH = 15

#: Seconds that nobody tries again after the very first copy failed: those that waited for it would do so one
#: after the other.
AGAIN = 1

#: Products in the copy. A catalogue that is larger is for a search domain.
MOST = 5000

#: The item that holds the ranking of the warehouse (generator/layers/top_products.py).
TOP_PRODUCTS = "top-products"


@dataclass(frozen=True)
class Copy:
    """The catalogue at one time; `top` are ids, the most sold first."""

    products: dict[str, Product] = field(default_factory=dict)
    top: tuple[str, ...] = ()
    made_at: float = float("-inf")


class Assortment:
    """The copy, and when to make it anew."""

    def __init__(self, dynamodb, table: str, clock=time.monotonic) -> None:
        self.dynamodb, self.table, self.clock = dynamodb, table, clock
        self.copy, self.failed_at = Copy(), float("-inf")
        self.making = threading.Lock()

    def products(self) -> list[Product]:
        """All of them, by name."""
        return list(self.current().products.values())

    def categories(self) -> list[str]:
        """Their categories, by name."""
        return sorted({one.category for one in self.products() if one.category})

    def in_category(self, category: str) -> list[Product]:
        """Those of one category."""
        return [one for one in self.products() if one.category == category]

    def these(self, product_ids: Iterable[str]) -> list[Product]:
        """Those of them that there are, in this order."""
        known = self.current().products
        return [known[name] for name in product_ids if name in known]

    def popular(self, most: int) -> list[Product]:
        """What is sold most; what there is, where nothing has been ranked."""
        ranked = [one for one in self.these(self.current().top) if not one.sold_out]
        return (ranked or self.products())[:most]

    def matching(self, words: str) -> list[Product]:
        """Products whose texts have all of the words; those that have them in the name first."""
        wanted = words.casefold().split()
        found = []
        for one in self.products():
            name = one.name.casefold()
            text = f"{name} {one.category} {one.description}".casefold()
            if wanted and all(word in text for word in wanted):
                found.append((not all(word in name for word in wanted), one))
        return [one for _, one in sorted(found, key=lambda pair: pair[0])]

    def current(self) -> Copy:
        """The copy; a request waits for it only where there is none yet."""
        if self.clock() - self.copy.made_at < FRESH:
            return self.copy
        first = self.copy.made_at == float("-inf")
        if self.making.acquire(blocking=first):
            try:
                if first and self.clock() - self.failed_at < AGAIN:
                    raise Unavailable
                if self.clock() - self.copy.made_at >= FRESH:
                    self.copy = self.read()
            except (BotoCoreError, ClientError) as error:
                self.failed_at = self.clock()
                if first:
                    raise
                log.warning("the assortment stays as it was: %s", type(error).__name__)
                self.copy = Copy(self.copy.products, self.copy.top, self.clock())
            finally:
                self.making.release()
        return self.copy

    def read(self) -> Copy:
        """The table, page by page."""
        products, top = [], ()
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table)
        for page in pages:
            for item in page["Items"]:
                if item["product_id"]["S"] == TOP_PRODUCTS:
                    top = _ranking(item)
                elif found := product(item):
                    products.append(found)
            if len(products) >= MOST:
                log.warning("the catalogue has more than %d products: lists show these", MOST)
                break
        by_name = sorted(products[:MOST], key=attrgetter("name", "product_id"))
        return Copy({one.product_id: one for one in by_name}, top, self.clock())


def _ranking(item: dict) -> tuple[str, ...]:
    try:
        return tuple(entry["M"]["product_id"]["S"] for entry in item["products"]["L"])
    except KeyError:
        return ()
