"""The standby asks to take over: an item in a table of its own region. Latches; data plane alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.steps import Standing, Token
from scripts.drill.theatre import Theatre
from scripts.drill.triggers.item import DrillsItem

#: As the responder reads it (generator/runtime/functions/takeover_responder.py).
KEY = {"Switch": {"S": "takeover"}}

_READ = Call("dynamodb", "GetItem", Where.STANDBY, Plane.DATA, "reads the switch")
_WRITE = Call("dynamodb", "PutItem", Where.STANDBY, Plane.DATA, "asks the standby to take over")


class Takeover:
    """The switch of the standby's responder. Whoever else has set it keeps it."""

    name = "takeover"
    calls = (_READ, _WRITE)

    def __init__(self, aws: Aws, theatre: Theatre) -> None:
        self._item = DrillsItem.of(aws, theatre.standby.name, theatre.switch_table, KEY, "Drill")

    def snapshot(self) -> Mapping[str, Any]:
        """The item, or that there is none."""
        return {"item": self._item.read()}

    def make(self, token: Token) -> None:
        """Ask; refused by DynamoDB where somebody else has asked, or a later drill has been here."""
        self._item.put(
            {
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
        return self._item.standing(before, token)

    def undo(self, before: Mapping[str, Any], token: Token) -> None:
        """Put back what was there, if what is there is this drill's."""
        self._item.undo(before, token)

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """What of the item is not as it was."""
        return self._item.restored(before)

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """One call of the standby's data plane."""
        return self._item.by_hand(before)
