"""A sample catalogue for the sandbox: 240 products in 12 categories, the same on every run.

Made of words, so that search finds by kind, by material and by colour. Prices are in cents. A shop on AWS has
products of its own; this writes into no table that has any.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scripts.aws import Aws

CURRENCY = "USD"

#: How many items BatchWriteItem takes.
#: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
_BATCH = 25

#: Category -> what is sold in it, and the least and the highest price in dollars.
CATEGORIES: dict[str, tuple[tuple[str, ...], int, int]] = {
    "backpacks": (("Daypack", "Rolltop", "Duffel", "Satchel", "Rucksack"), 39, 189),
    "bedding": (("Duvet", "Pillow", "Blanket", "Throw", "Quilt"), 19, 149),
    "coffee": (("Grinder", "Kettle", "Dripper", "Press", "Scale"), 15, 220),
    "cookware": (("Skillet", "Saucepan", "Stockpot", "Wok", "Casserole"), 24, 260),
    "desks": (("Desk", "Monitor Stand", "Desk Lamp", "Organiser", "Footrest"), 18, 540),
    "garden": (("Trowel", "Planter", "Watering Can", "Secateurs", "Hose"), 9, 85),
    "lamps": (("Floor Lamp", "Table Lamp", "Pendant", "Sconce", "Lantern"), 22, 310),
    "outdoor": (("Tent", "Hammock", "Stove", "Headlamp", "Flask"), 12, 430),
    "shoes": (("Trainer", "Boot", "Sandal", "Loafer", "Clog"), 35, 240),
    "stationery": (("Notebook", "Fountain Pen", "Pencil Set", "Planner", "Ruler"), 4, 60),
    "tableware": (("Plate", "Bowl", "Mug", "Carafe", "Platter"), 8, 75),
    "watches": (("Diver", "Field Watch", "Chronograph", "Dress Watch", "Pilot"), 79, 890),
}

#: The makes of each thing, and what is said of them.
_MAKES: tuple[tuple[str, str], ...] = (
    ("Harbour", "Made to stand salt water and bad weather."),
    ("Meridian", "Light, plain, and repairable for life."),
    ("Lighthouse", "Seen from afar, and pleasant to hold."),
    ("Trade", "The one that most people are happy with."),
)
_COLOURS = ("Slate", "Sand", "Moss", "Coral", "Navy", "Chalk", "Rust")


@dataclass(frozen=True)
class Product:
    """An item of the catalogue; `price` is in cents. It has no image: a file would have to go with it."""

    product_id: str
    name: str
    description: str
    category: str
    price: int
    stock: int

    def item(self) -> dict[str, Any]:
        """As DynamoDB takes it."""
        words = {
            "product_id": self.product_id,
            "name": self.name,
            "description": self.description,
            "category": self.category,
            "currency": CURRENCY,
        }
        numbers = {"price": self.price, "stock": self.stock}
        return {
            **{name: {"S": value} for name, value in words.items()},
            **{name: {"N": str(value)} for name, value in numbers.items()},
        }


def products() -> Iterator[Product]:
    """Every product, in a fixed order; numbers are drawn from names, and not from chance."""
    for category, (things, least, most) in CATEGORIES.items():
        for thing in things:
            for make, said in _MAKES:
                identifier = f"{category}-{thing}-{make}".lower().replace(" ", "-")
                drawn = zlib.crc32(identifier.encode())
                colour = _COLOURS[drawn % len(_COLOURS)]
                yield Product(
                    product_id=identifier,
                    name=f"{make} {thing}, {colour}",
                    description=f"{said} {thing} in {colour.lower()}.",
                    category=category,
                    price=(least + drawn // 7 % (most - least)) * 100 + (0, 50, 90, 99)[drawn % 4],
                    stock=drawn // 11 % 400 + 20,
                )


def seed(aws: Aws, region: str, table: str) -> int:
    """Write the sample into a catalogue that holds no product. How many were written."""
    dynamodb = aws.client("dynamodb", region)
    held = dynamodb.call("scan", TableName=table, Limit=10, ProjectionExpression="price")
    if any(held["Items"]):  # what has no price is no product, and told empty
        return 0
    writes = [{"PutRequest": {"Item": product.item()}} for product in products()]
    for first in range(0, len(writes), _BATCH):
        left = {table: writes[first : first + _BATCH]}
        while left:
            left = (
                dynamodb.call("batch_write_item", RequestItems=left).get("UnprocessedItems") or {}
            )
            if left:
                aws.clock.pause()
    return len(writes)
