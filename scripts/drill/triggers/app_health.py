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
from scripts.drill.steps import Standing, Token, quoted
from scripts.drill.theatre import Theatre

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
        self._dynamodb = aws.client("dynamodb", theatre.standby.name)
        self._table, self._here = theatre.carts, theatre.standby.name
        self._unwell = theatre.primary.name

    def snapshot(self) -> Mapping[str, Any]:
        """The item, or that there is none."""
        return {"item": self._read()}

    def make(self, token: Token) -> None:
        """Say so, unless somebody else has an item there."""
        self._dynamodb.call(
            "put_item",
            TableName=self._table,
            Item={**KEY, UNWELL: {"SS": [self._unwell]}, DRILL: {"S": token.drill}},
            ConditionExpression=f"attribute_not_exists({UNWELL})",
        )

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:
        """Whether this drill says so."""
        item = self._read()
        if item is not None and item.get(DRILL) == {"S": token.drill}:
            return Standing.MADE
        return Standing.NOT_MADE if item == before["item"] else Standing.ANOTHERS

    def undo(self, before: Mapping[str, Any], token: Token) -> None:
        """Put back what was there, if what is there is this drill's."""
        ours = {
            "TableName": self._table,
            "ConditionExpression": f"{DRILL} = :drill",
            "ExpressionAttributeValues": {":drill": {"S": token.drill}},
        }
        if before["item"] is None:
            self._dynamodb.call("delete_item", Key=KEY, **ours)
        else:
            self._dynamodb.call("put_item", Item=before["item"], **ours)

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """What of the item is not as it was."""
        if (now := self._read()) == before["item"]:
            return ()
        return (f"The item health-check of {self._table} is {now}, and was {before['item']}.",)

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """One call, in either region."""
        where = f"--region {self._here} --table-name {self._table}"
        if before["item"] is None:
            return (f"aws dynamodb delete-item {where} --key {quoted(KEY)}",)
        return (f"aws dynamodb put-item {where} --item {quoted(before['item'])}",)

    def _read(self) -> dict[str, Any] | None:
        answer = self._dynamodb.call(
            "get_item", TableName=self._table, Key=KEY, ConsistentRead=True
        )
        item: dict[str, Any] | None = answer.get("Item")
        return item
