"""The standby asks to take over: an item in a table of its own region. Latches; data plane alone.

Whoever else has set the switch keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.steps import Token
from scripts.drill.theatre import Theatre
from scripts.drill.triggers.item import DrillsItem

#: As the responder reads it (generator/runtime/functions/takeover_responder.py).
KEY = {"Switch": {"S": "takeover"}}

CALLS = (
    Call("dynamodb", "GetItem", Where.STANDBY, Plane.DATA, "reads the switch"),
    Call("dynamodb", "PutItem", Where.STANDBY, Plane.DATA, "asks the standby to take over"),
)


def switch(aws: Aws, theatre: Theatre) -> DrillsItem:
    """The switch of the standby's responder."""
    here = theatre.standby.name
    dynamodb = aws.client("dynamodb", here)
    return DrillsItem("takeover", CALLS, dynamodb, here, theatre.switch_table, KEY, "Drill", _asked)


def _asked(token: Token) -> Mapping[str, Any]:
    """Refused by DynamoDB where somebody else has asked, or a later drill has been here."""
    return {
        "Item": {
            **KEY,
            "Requested": {"BOOL": True},
            "Drill": {"S": token.drill},
            "Fence": {"N": str(token.fence)},
        },
        "ConditionExpression": "(attribute_not_exists(Requested) OR Requested = :no)"
        " AND (attribute_not_exists(Fence) OR Fence <= :fence)",
        "ExpressionAttributeValues": {":no": {"BOOL": False}, ":fence": {"N": str(token.fence)}},
    }
