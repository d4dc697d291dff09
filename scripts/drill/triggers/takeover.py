"""The standby asks to take over: an item in a table of its own region. Latches; data plane alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.steps import Standing, Token, quoted
from scripts.drill.theatre import Theatre

#: As the responder reads it (generator/runtime/functions/takeover_responder.py).
KEY = {"Switch": {"S": "takeover"}}

_READ = Call("dynamodb", "GetItem", Where.STANDBY, Plane.DATA, "reads the switch")
_WRITE = Call("dynamodb", "PutItem", Where.STANDBY, Plane.DATA, "asks the standby to take over")


class Takeover:
    """The switch of the standby's responder. Whoever else has set it keeps it."""

    name = "takeover"
    calls = (_READ, _WRITE)

    def __init__(self, aws: Aws, theatre: Theatre) -> None:
        self._dynamodb = aws.client("dynamodb", theatre.standby.name)
        self._table, self._region = theatre.switch_table, theatre.standby.name

    def snapshot(self) -> Mapping[str, Any]:
        """The item, or that there is none."""
        return {"item": self._read()}

    def make(self, token: Token) -> None:
        """Ask; refused by DynamoDB where somebody else has asked, or a later drill has been here."""
        self._dynamodb.call(
            "put_item",
            TableName=self._table,
            Item={
                **KEY,
                "Requested": {"BOOL": True},
                "Drill": {"S": token.drill},
                "Fence": {"N": str(token.fence)},
            },
            ConditionExpression="(attribute_not_exists(Requested) OR Requested = :no)"
            " AND (attribute_not_exists(Fence) OR Fence <= :fence)",
            ExpressionAttributeValues={":no": {"BOOL": False}, ":fence": {"N": str(token.fence)}},
        )

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:
        """Whether this drill asks for it now."""
        item = self._read()
        if item is not None and item.get("Drill") == {"S": token.drill}:
            return Standing.MADE
        return Standing.NOT_MADE if item == before["item"] else Standing.ANOTHERS

    def undo(self, before: Mapping[str, Any], token: Token) -> None:
        """Put back what was there, if what is there is this drill's."""
        ours = {
            "TableName": self._table,
            "ConditionExpression": "Drill = :drill",
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
        return (f"The switch in {self._table} is {now}, and was {before['item']}.",)

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """One call of the standby's data plane."""
        where = f"--region {self._region} --table-name {self._table}"
        if before["item"] is None:
            return (f"aws dynamodb delete-item {where} --key {quoted(KEY)}",)
        return (f"aws dynamodb put-item {where} --item {quoted(before['item'])}",)

    def _read(self) -> dict[str, Any] | None:
        answer = self._dynamodb.call(
            "get_item", TableName=self._table, Key=KEY, ConsistentRead=True
        )
        item: dict[str, Any] | None = answer.get("Item")
        return item
