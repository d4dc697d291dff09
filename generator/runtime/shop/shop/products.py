"""A product, as an item of the catalogue has it."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: As the events' schemas have it (generator/order_events.py).
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,80}")

CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Product:
    """What is sold. `price` is in minor units of `currency`, `stock` in pieces."""

    product_id: str
    name: str
    price: int
    currency: str
    description: str = ""
    category: str = ""
    stock: int = 0
    image: str = ""

    @property
    def sold_out(self) -> bool:
        """Nothing is left."""
        return self.stock < 1

    def shown(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "product_id": self.product_id,
            "name": self.name,
            "description": self.description,
            "category": self.category,
            "price": self.price,
            "currency": self.currency,
            "stock": self.stock,
            "image": f"/images/{self.image}" if self.image else None,
        }


def product(item: dict) -> Product | None:
    """Of an item in DynamoDB's JSON; None where it is not one that could be sold.

    The catalogue also holds what is no product, such as the list of top products, and one bad item must
    not take a page with it.
    """
    text = {name: value["S"] for name, value in item.items() if "S" in value}
    try:
        price, stock = int(item["price"]["N"]), int(item.get("stock", {"N": "0"})["N"])
        found = Product(
            product_id=text["product_id"],
            name=text["name"],
            price=price,
            currency=text["currency"],
            description=text.get("description", ""),
            category=text.get("category", ""),
            stock=stock,
            image=text.get("image", ""),
        )
    except (KeyError, ValueError):
        return None
    sellable = IDENTIFIER.fullmatch(found.product_id) and CURRENCY.fullmatch(found.currency)
    return found if sellable and price >= 0 else None
