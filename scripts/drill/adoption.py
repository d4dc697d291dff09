"""Orders that one region acknowledged and cannot finish, worked by the other from now on.

An order names the region that works it, and no other touches it (generator/layers/order_intake.py). Two ways
lead here. When a region is really lost, the survivor adopts what that left behind: on purpose alone, for the
lost one may have worked on unseen. And when traffic has come back from a standby whose database only reads,
the standby hands its orders back: they wait there for a writer that stayed in the primary.

Each is one update on condition that the order is still the other's, and still ACKNOWLEDGED. It is not undone:
the order's id keeps either region from doing twice what the other has done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.aws import Aws, AwsSaidNo
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.ledger import ACKNOWLEDGED
from scripts.drill.plan import Plan
from scripts.drill.steps import Standing, Token
from scripts.drill.verification import machine_arn

#: The attributes of an intake item: who works it, and by which drill that was changed.
WORKED_BY, DRILL = "worked_by", "adopted_by_drill"

_STILL_OPEN = f"{WORKED_BY} = :left AND (attribute_not_exists(#state) OR #state = :acknowledged)"

_UPDATE = Call("dynamodb", "UpdateItem", Where.STANDBY, Plane.DATA, "adopts an order", needed=False)
_READ = Call("dynamodb", "GetItem", Where.STANDBY, Plane.DATA, "reads whose it is", needed=False)
_SCAN = Call("dynamodb", "Scan", Where.STANDBY, Plane.DATA, "finds left orders", needed=False)
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


@dataclass(frozen=True)
class Adoption:
    """`heir` works from now on what `left` acknowledged and did not finish. Written in the standby: its copy
    of order-intake is the one that both ways can count on.
    """

    name: str
    calls: tuple[Call, ...]
    aws: Aws
    table: str
    region: str
    left: str
    heir: str
    candidates: Callable[[], Iterator[str]]
    let_go: Callable[[str], None] = lambda _: None

    def snapshot(self) -> Mapping[str, Any]:
        """The orders that it is about."""
        return {"orders": sorted(self.candidates())}

    def make(self, token: Token) -> None:
        """Adopt each; what is finished meanwhile, or somebody else's, is left alone."""
        for order in sorted(self.candidates()):
            if self._adopt(order, token):
                self.let_go(order)

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:  # noqa: ARG002
        """Made, when none of the orders is left where it was."""
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

    def _is_open(self, order: str) -> bool:
        """Whether it is still the other's, and not finished."""
        item = (
            self.aws.client("dynamodb", self.region)
            .call(
                "get_item",
                TableName=self.table,
                Key={"order_id": {"S": order}},
                ConsistentRead=True,
            )
            .get("Item", {})
        )
        state = item.get("state", {"S": ACKNOWLEDGED})["S"]
        return bool(item.get(WORKED_BY) == {"S": self.left} and state == ACKNOWLEDGED)

    def _adopt(self, order: str, token: Token) -> bool:
        """Whether it was still the other's, and open."""
        try:
            self.aws.client("dynamodb", self.region).call(
                "update_item",
                TableName=self.table,
                Key={"order_id": {"S": order}},
                UpdateExpression=f"SET {WORKED_BY} = :heir, {DRILL} = :drill",
                ConditionExpression=_STILL_OPEN,
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":heir": {"S": self.heir},
                    ":left": {"S": self.left},
                    ":acknowledged": {"S": ACKNOWLEDGED},
                    ":drill": {"S": token.drill},
                },
            )
        except AwsSaidNo as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            return False
        return True


def adopted(aws: Aws, plan: Plan) -> Adoption:
    """What the primary, which is away, acknowledged and did not finish, is the standby's. Reads the whole
    table: the region that could list its workflows does not answer.
    """
    theatre = plan.theatre

    def left_behind() -> Iterator[str]:
        items = aws.client("dynamodb", theatre.standby.name).pages(
            "scan",
            "Items",
            TableName=theatre.order_intake,
            FilterExpression=_STILL_OPEN,
            ProjectionExpression="order_id",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={
                ":left": {"S": theatre.primary.name},
                ":acknowledged": {"S": ACKNOWLEDGED},
            },
            ConsistentRead=True,
        )
        return (item["order_id"]["S"] for item in items)

    return Adoption(
        "adoption",
        (_SCAN, _READ, _UPDATE),
        aws,
        theatre.order_intake,
        theatre.standby.name,
        left=theatre.primary.name,
        heir=theatre.standby.name,
        candidates=left_behind,
    )


def handed_back(aws: Aws, plan: Plan) -> Adoption:
    """What waits in the standby's workflows is the primary's again, once traffic is. They would go on trying
    for a day, for nothing: each is stopped as soon as its order is handed back.
    """
    theatre = plan.theatre
    workflows = aws.client("stepfunctions", theatre.standby.name)

    def stop(order: str) -> None:
        arn = f"{machine_arn(plan, theatre.standby.name, 'execution')}:{order}"
        workflows.call(
            "stop_execution",
            executionArn=arn,
            error="HandedBack",
            cause=f"{theatre.primary.name} works this order.",
        )

    def waiting() -> Iterator[str]:
        running = workflows.pages(
            "list_executions",
            "executions",
            stateMachineArn=machine_arn(plan, theatre.standby.name),
            statusFilter="RUNNING",
        )
        return (one["name"] for one in running)

    return Adoption(
        "hand-back",
        (_LIST, _READ, _UPDATE, _STOP),
        aws,
        theatre.order_intake,
        theatre.standby.name,
        left=theatre.standby.name,
        heir=theatre.primary.name,
        candidates=waiting,
        let_go=stop,
    )
