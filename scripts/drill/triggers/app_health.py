"""The shop says that it is not well: its deep health route reads an item, and says no where its region is
named.

Tests that a region which cannot sell is found out, and left, by the very checks that will have to do so.
The item is written in the standby, and reaches the primary as any other: detection waits for replication,
too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.steps import Standing, Token
from scripts.drill.theatre import Theatre
from scripts.drill.triggers.item import DrillsItem

#: The item that the shop's deep health looks for (generator/runtime/shop/shop/health.py).
KEY = {"cart_id": {"S": "health-check"}}
UNWELL, DRILL = "unwell_in", "drill"

_READ = Call("dynamodb", "GetItem", Where.STANDBY, Plane.DATA, "reads who is said to be unwell")
_WRITE = Call("dynamodb", "PutItem", Where.STANDBY, Plane.DATA, "says that the primary is unwell")


class AppHealth:
    """The item `health-check` of the table of carts, a global one."""

    name = "app-health"
    calls = (_READ, _WRITE)

    def __init__(self, aws: Aws, theatre: Theatre) -> None:
        self._item = DrillsItem.of(aws, theatre.standby.name, theatre.carts, KEY, DRILL)
        self._unwell = theatre.primary.name

    def snapshot(self) -> Mapping[str, Any]:
        """The item, or that there is none."""
        return {"item": self._item.read()}

    def make(self, token: Token) -> None:
        """Say so, unless somebody else has an item there."""
        self._item.put(
            {UNWELL: {"SS": [self._unwell]}, DRILL: {"S": token.drill}},
            ConditionExpression=f"attribute_not_exists({UNWELL})",
        )

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:
        """Whether this drill says so."""
        return self._item.standing(before, token)

    def undo(self, before: Mapping[str, Any], token: Token) -> None:
        """Put back what was there, if what is there is this drill's."""
        self._item.undo(before, token)

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """What of the item is not as it was."""
        return self._item.restored(before)

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """One call, in either region."""
        return self._item.by_hand(before)
