"""Orders that wait in the standby's workflows are the primary's again, once traffic is.

An order names the region that works it, and no other touches it (generator/layers/order_intake.py). Those
that the standby took while the database only read there would go on trying for a day, for nothing: each is
handed back by one update, on condition that it is still the standby's and still ACKNOWLEDGED, and its
workflow is stopped. It is not undone: the order's id keeps either region from doing twice what the other has
done.

The other way there is none. An order that a lost region acknowledged goes on in that region's workflow when
the region is back. Tables replicate apart: what takes the order up meanwhile may see the pieces that it took
and not its confirmation, and tell its customer that it failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.aws import Aws, AwsSaidNo
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.ledger import ACKNOWLEDGED
from scripts.drill.plan import Plan
from scripts.drill.steps import Standing, Token
from scripts.drill.verification import machine_arn

#: The attributes of an intake item: who works it, and by which drill that was changed.
WORKED_BY, DRILL = "worked_by", "handed_back_by_drill"

_READ = Call("dynamodb", "GetItem", Where.STANDBY, Plane.DATA, "reads whose it is", needed=False)
_UPDATE = Call("dynamodb", "UpdateItem", Where.STANDBY, Plane.DATA, "hands back", needed=False)
_LIST = Call(
    "stepfunctions",
    "ListExecutions",
    Where.STANDBY,
    Plane.DATA,
    "finds waiting orders",
    needed=False,
)
_STOP = Call(
    "stepfunctions",
    "StopExecution",
    Where.STANDBY,
    Plane.DATA,
    "ends the workflow of an order that is handed back",
    needed=False,
)


class HandBack:
    """Written in the standby: what its workflows wait for is in its own copy of order-intake."""

    name = "hand-back"
    calls = (_LIST, _READ, _UPDATE, _STOP)

    def __init__(self, aws: Aws, plan: Plan) -> None:
        theatre = plan.theatre
        self._plan, self._table = plan, theatre.order_intake
        self._here, self._home = theatre.standby.name, theatre.primary.name
        self._dynamodb = aws.client("dynamodb", self._here)
        self._workflows = aws.client("stepfunctions", self._here)

    def snapshot(self) -> Mapping[str, Any]:
        """The orders that it is about."""
        return {"orders": self._waiting()}

    def make(self, token: Token) -> None:
        """Hand back each; one that is done meanwhile is left alone."""
        for order in self._waiting():
            if self._hand_back(order, token):
                self._stop(order)

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:  # noqa: ARG002
        """Made, when none of the orders waits in the standby."""
        open_still = [order for order in before["orders"] if self._is_open(order)]
        if not open_still:
            return Standing.MADE
        return Standing.NOT_MADE if len(open_still) == len(before["orders"]) else Standing.UNDER_WAY

    def undo(self, before: Mapping[str, Any], token: Token) -> None:
        """Nothing: an order that is worked is not taken away from who works it."""

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing is to be as it was."""
        return ()

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing is to be undone."""
        return ()

    def _waiting(self) -> list[str]:
        """The orders whose workflows run; each is called by its order."""
        running = self._workflows.pages(
            "list_executions",
            "executions",
            stateMachineArn=machine_arn(self._plan, self._here),
            statusFilter="RUNNING",
        )
        return sorted(one["name"] for one in running)

    def _hand_back(self, order: str, token: Token) -> bool:
        """Whether it is the primary's now: by this, or by what was killed before it stopped the workflow."""
        try:
            self._dynamodb.call(
                "update_item",
                TableName=self._table,
                Key={"order_id": {"S": order}},
                UpdateExpression=f"SET {WORKED_BY} = :heir, {DRILL} = :drill",
                ConditionExpression=f"{WORKED_BY} = :left "
                "AND (attribute_not_exists(#state) OR #state = :acknowledged)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":heir": {"S": self._home},
                    ":left": {"S": self._here},
                    ":acknowledged": {"S": ACKNOWLEDGED},
                    ":drill": {"S": token.drill},
                },
            )
        except AwsSaidNo as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            return self._item(order).get(WORKED_BY) == {"S": self._home}
        return True

    def _stop(self, order: str) -> None:
        self._workflows.call(
            "stop_execution",
            executionArn=f"{machine_arn(self._plan, self._here, 'execution')}:{order}",
            error="HandedBack",
            cause=f"{self._home} works this order.",
        )

    def _is_open(self, order: str) -> bool:
        """Whether it is still the standby's, and not finished."""
        item = self._item(order)
        state = item.get("state", {"S": ACKNOWLEDGED})["S"]
        return bool(item.get(WORKED_BY) == {"S": self._here} and state == ACKNOWLEDGED)

    def _item(self, order: str) -> Mapping[str, Any]:
        answer = self._dynamodb.call(
            "get_item",
            TableName=self._table,
            Key={"order_id": {"S": order}},
            ConsistentRead=True,
        )
        item: Mapping[str, Any] = answer.get("Item", {})
        return item
