"""What is told of an acknowledged order: these attributes of its item in order-intake, and no others.

Each has a shape (they are `generator.order_events`'s), and none may hold what could be a card number.
"""

import re

from boto3.dynamodb.types import TypeDeserializer
from card_numbers import holds_card_number

plain = TypeDeserializer().deserialize

ORDER_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|\+00:00)")
CURRENCY = re.compile(r"[A-Z]{3}")
IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,80}")

#: Lines of an order; pieces or minor units, in nine digits, which no card number has.
MOST_LINES, MOST = 50, 999_999_999


class Untellable(Exception):
    """Which attribute is missing, or is not what it should be; never what it is."""


def detail_of(image):
    """The detail of the event, from a stream record's image. Raises Untellable."""
    detail = {
        "order_id": text(image, "order_id", ORDER_ID),
        "region": text(image, "worked_by", REGION),
        "acknowledged_at": text(image, "acknowledged_at", TIME),
        "items": [line(item) for item in lines(image)],
        "total": whole(image, "total", 0),
        "currency": text(image, "currency", CURRENCY),
    }
    if "customer_id" in image:
        detail["customer_id"] = text(image, "customer_id", IDENTIFIER)
    if "drill" in image:
        detail["drill"] = True
    return detail


def lines(image):
    """The order's lines, one at least."""
    found = image.get("items", {}).get("L", [])
    if not 1 <= len(found) <= MOST_LINES or not all("M" in item for item in found):
        raise Untellable("items")
    return [item["M"] for item in found]


def line(item):
    """A product, how many of it, and what one costs, in minor units."""
    return {
        "product_id": text(item, "product_id", IDENTIFIER),
        "quantity": whole(item, "quantity", 1),
        "unit_price": whole(item, "unit_price", 0),
    }


def text(image, name, shape):
    """A string of this shape."""
    value = image.get(name, {}).get("S", "")
    if not shape.fullmatch(value):
        raise Untellable(name)
    if holds_card_number(value):
        raise Untellable(f"{name}: what may be a card number")
    return value


def whole(image, name, least):
    """A whole number, not below `least`."""
    value = plain(image[name]) if "N" in image.get(name, {}) else None
    if value is None or value != int(value) or not least <= value <= MOST:
        raise Untellable(name)
    return int(value)
