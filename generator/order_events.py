"""What is said on the shop's event bus: source, detail types, and what each event tells.

A producer puts an event with `SOURCE`, one of the detail types below, and a detail as its schema here says; a
rule matches by `pattern(...)`. No event holds a card number, a payment token, a name or an address: who
needs more reads the order by its id. Fields are snake_case, money is in minor units (cents).

    Rule("Popularity", EventPattern=pattern(ORDER_CONFIRMED), ...)     # on Events.bus_name
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Who says it: the shop, its fleet and its workflow alike. A grant to put events names detail types besides.
SOURCE = "tradewind.shop"

#: A checkout is in `order-intake`; said by the region that works it. Starts the order workflow.
ORDER_ACKNOWLEDGED = "OrderAcknowledged"

#: The order is paid for and in the database.
ORDER_CONFIRMED = "OrderConfirmed"

#: The order was given up, and what had been done for it is undone. `reason` says why.
ORDER_FAILED = "OrderFailed"

#: A customer looked at a product.
PRODUCT_VIEWED = "ProductViewed"

#: A customer followed a link to a product: from a search, a list or a recommendation.
PRODUCT_CLICKED = "ProductClicked"

#: A customer put a product into the cart.
PRODUCT_ADDED_TO_CART = "ProductAddedToCart"

#: What the order workflow says.
ORDER_EVENTS = (ORDER_ACKNOWLEDGED, ORDER_CONFIRMED, ORDER_FAILED)

#: What the fleet says of its visitors; analytics and recommendations listen.
SHOP_EVENTS = (PRODUCT_VIEWED, PRODUCT_CLICKED, PRODUCT_ADDED_TO_CART)


def pattern(*detail_types: str) -> dict[str, list[str]]:
    """The EventPattern of a rule that takes these events of the shop."""
    return {"source": [SOURCE], "detail-type": list(detail_types)}


@dataclass(frozen=True)
class EventSchema:
    """What the detail of one event holds: a JSON Schema (draft 4) for each required and optional field."""

    detail_type: str
    says: str
    required: Mapping[str, Mapping[str, Any]]
    optional: Mapping[str, Mapping[str, Any]]

    def document(self) -> dict[str, Any]:
        """The JSON Schema of the detail."""
        return {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "title": self.detail_type,
            "description": self.says,
            "type": "object",
            "required": list(self.required),
            "properties": {**self.required, **self.optional},
            "additionalProperties": False,
        }


#: An order is known by a UUID: no card number has that shape, and any execution may bear it as a name.
ORDER_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

_IDENTIFIER = {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[A-Za-z0-9_-]+$"}
_TIME = {"type": "string", "format": "date-time"}
_REGION = {"type": "string", "pattern": "^[a-z]{2}(-[a-z]+)+-[0-9]$"}
_LINE = {
    "type": "object",
    "required": ["product_id", "quantity", "unit_price"],
    "properties": {
        "product_id": _IDENTIFIER,
        "quantity": {"type": "integer", "minimum": 1},
        "unit_price": {"type": "integer", "minimum": 0, "description": "In minor units."},
    },
    "additionalProperties": False,
}
_ORDER: Mapping[str, Mapping[str, Any]] = {
    "order_id": {"type": "string", "pattern": ORDER_ID},
    "region": {**_REGION, "description": "The region that works the order."},
    "acknowledged_at": _TIME,
    "items": {"type": "array", "minItems": 1, "maxItems": 50, "items": _LINE},
    "total": {"type": "integer", "minimum": 0, "description": "In minor units."},
    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
}
_DRILL = {
    "drill": {"enum": [True], "description": "Nobody's: a failover drill made it. Deliver nothing."}
}
_CUSTOMER = {"customer_id": {**_IDENTIFIER, "description": "A pseudonym; absent for a guest."}}
_VISIT: Mapping[str, Mapping[str, Any]] = {
    "session_id": _IDENTIFIER,
    "product_id": _IDENTIFIER,
    "region": _REGION,
    "occurred_at": _TIME,
}

#: Detail type -> schema, for the registry, the producers' tests and whoever reads the events.
SCHEMAS: Mapping[str, EventSchema] = {
    schema.detail_type: schema
    for schema in (
        EventSchema(
            ORDER_ACKNOWLEDGED,
            "A checkout was acknowledged to its customer.",
            _ORDER,
            {**_CUSTOMER, **_DRILL},
        ),
        EventSchema(
            ORDER_CONFIRMED,
            "An order is paid for and in the database.",
            {**_ORDER, "confirmed_at": _TIME},
            _CUSTOMER,
        ),
        EventSchema(
            ORDER_FAILED,
            "An order was given up; stock and payment are given back.",
            {**_ORDER, "failed_at": _TIME, "reason": {"type": "string", "maxLength": 80}},
            {**_CUSTOMER, **_DRILL},
        ),
        EventSchema(PRODUCT_VIEWED, "A customer looked at a product.", _VISIT, _CUSTOMER),
        EventSchema(
            PRODUCT_CLICKED,
            "A customer followed a link to a product.",
            _VISIT,
            {**_CUSTOMER, "found_by": {"enum": ["search", "list", "recommendation"]}},
        ),
        EventSchema(PRODUCT_ADDED_TO_CART, "A product was put into a cart.", _VISIT, _CUSTOMER),
    )
}
