"""The shop says that it is not well: its deep health route reads an item, and says no where its region is
named.

Tests that a region which cannot sell is found out, and left, by the very checks that will have to do so.
The item is written in the standby, and reaches the primary as any other: detection waits for replication,
too.
"""

from __future__ import annotations

from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.theatre import Theatre
from scripts.drill.triggers.item import DrillsItem

#: The item that the shop's deep health looks for (generator/runtime/shop/shop/health.py).
KEY = {"cart_id": {"S": "health-check"}}
UNWELL, DRILL = "unwell_in", "drill"

CALLS = (
    Call("dynamodb", "GetItem", Where.STANDBY, Plane.DATA, "reads who is said to be unwell"),
    Call("dynamodb", "PutItem", Where.STANDBY, Plane.DATA, "says that the primary is unwell"),
)


def diagnosis(aws: Aws, theatre: Theatre) -> DrillsItem:
    """The item `health-check` of the table of carts, a global one. Somebody else's is not replaced."""
    here, unwell = theatre.standby.name, [theatre.primary.name]
    return DrillsItem(
        "app-health",
        CALLS,
        aws.client("dynamodb", here),
        here,
        theatre.carts,
        KEY,
        DRILL,
        lambda token: {
            "Item": {**KEY, UNWELL: {"SS": unwell}, DRILL: {"S": token.drill}},
            "ConditionExpression": f"attribute_not_exists({UNWELL})",
        },
    )
