"""product-feed: what is on sale, a line a product, for those who list other people's products."""

from __future__ import annotations

import logging
from decimal import Decimal

from .logs import about
from .objects import Objects
from .walk import Kind, Line, Results

log = logging.getLogger("worker.product_feed")


def line(product: dict[str, object], _: Objects) -> Line | None:
    """A product of the feed; None for one that could not be sold: it has no name or no price."""
    try:
        return {
            "id": product["product_id"],
            "title": product["name"],
            "description": product.get("description", ""),
            "category": product.get("category", ""),
            "price": _whole(product["price"]),
            "currency": product["currency"],
            "availability": "in_stock" if int(product.get("stock", 0)) > 0 else "out_of_stock",
            "image": f"/images/{product['image']}" if product.get("image") else "",
        }
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        log.warning(
            "left out of the feed",
            extra=about(product=product["product_id"], reason=type(error).__name__),
        )
        return None


def _whole(price: Decimal) -> int:
    """In minor units. Raises ValueError for parts of one: nobody can be charged those."""
    if price != int(price):
        raise ValueError("a part of a minor unit")
    return int(price)


#: An empty feed would take every product off every list that reads it.
KIND = Kind("product-feed", Results.FEEDS, "products.json", line, may_be_empty=False)
