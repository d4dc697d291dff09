"""Whether the shop sells from the standby, and whether its orders come to their end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.drill import verification
from scripts.drill.hand_back import HandBack
from scripts.drill.ledger import order_of
from scripts.drill.steps import Standing, Token
from tests.unit.drill.observing.scene import (
    DRILL,
    PLAN,
    PRIMARY,
    STANDBY,
    THEATRE,
    Cloud,
    Shop,
    StillClock,
    refused,
    stage,
)

TOKEN = Token(DRILL, 7)


class Table:
    """order-intake in both regions, as one; conditions are those that a hand-back makes."""

    def __init__(self, **orders: tuple[str, str]) -> None:
        """Order -> who works it, and its state."""
        self.orders = dict(orders)
        self.running: dict[str, list[str]] = {}
        self.gone: set[str] = set()
        self.lacks: set[str] = set()

    def answers(
        self, service: str, region: str, operation: str, said: dict[str, Any]
    ) -> dict[str, Any]:
        if region in self.gone:
            raise refused("ServiceUnavailable")
        made: Callable[..., dict[str, Any]] = getattr(self, operation)
        return made(said, region)

    def item(self, order: str) -> dict[str, Any]:
        worked_by, state = self.orders[order]
        return {"order_id": {"S": order}, "worked_by": {"S": worked_by}, "state": {"S": state}}

    def batch_get_item(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        keys = said["RequestItems"][THEATRE.order_intake]["Keys"]
        wanted = [key["order_id"]["S"] for key in keys]
        there = [self.item(one) for one in wanted if one in self.orders and one not in self.lacks]
        return {"Responses": {THEATRE.order_intake: there}}

    def get_item(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        return {"Item": self.item(said["Key"]["order_id"]["S"])}

    def update_item(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        order, values = said["Key"]["order_id"]["S"], said["ExpressionAttributeValues"]
        assert "worked_by = :left" in said["ConditionExpression"]
        assert "#state = :acknowledged" in said["ConditionExpression"]
        if self.orders[order] != (values[":left"]["S"], "ACKNOWLEDGED"):
            raise refused("ConditionalCheckFailedException")
        self.orders[order] = (values[":heir"]["S"], "ACKNOWLEDGED")
        return {}

    def list_executions(self, said: dict[str, Any], region: str) -> dict[str, Any]:
        arn = f"arn:aws:states:{region}:111111111111:stateMachine:tradewind-dev-order-workflow-{region}"
        assert (said["stateMachineArn"], said["statusFilter"]) == (arn, "RUNNING")
        return {"executions": [{"name": one} for one in self.running.get(region, ())]}

    def stop_execution(self, said: dict[str, Any], region: str) -> dict[str, Any]:
        machine, _, order = said["executionArn"].rpartition(":")
        assert machine.endswith(f":execution:tradewind-dev-order-workflow-{region}")
        self.running[region].remove(order)
        return {}

    def describe_execution(self, said: dict[str, Any], region: str) -> dict[str, Any]:
        order = said["executionArn"].rpartition(":")[2]
        if order not in self.running.get(region, ()):
            raise refused("ExecutionDoesNotExist")
        return {"status": "RUNNING"}


def verified(shop: Shop, table: Table) -> verification.Verification:
    here = stage(Cloud(table.answers), visitor=lambda: shop)
    return verification.verify(here, PLAN, DRILL, range(1, 3))


def taken() -> Table:
    return Table(**{order_of(DRILL, n): (STANDBY, "ACKNOWLEDGED") for n in (1, 2)})


def test_orders_that_the_standby_takes_shows_and_keeps_are_good() -> None:
    shop = Shop(region=lambda: STANDBY)
    found = verified(shop, taken())
    assert found.problems == ()
    assert [one.order for one in found.orders] == [order_of(DRILL, n) for n in (1, 2)]
    assert shop.closed


def test_an_order_that_the_primary_took_does_not_verify_the_standby() -> None:
    found = verified(Shop(region=lambda: PRIMARY), taken())
    assert found.problems[0] == f"Checkout 1 was served by {PRIMARY}, not {STANDBY}."


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/api/checkout", "Checkout 1 was answered 503"),
        (
            f"/api/orders/{order_of(DRILL, 1)}",
            f"Order {order_of(DRILL, 1)} was acknowledged, and asked",
        ),
    ],
)
def test_a_standby_that_refuses_is_not_good(path: str, says: str) -> None:
    found = verified(Shop(region=lambda: STANDBY, statuses={path: 503}), taken())
    assert found.problems[0].startswith(says)


def test_an_acknowledged_order_that_the_standbys_table_lacks_is_told() -> None:
    table = taken()
    table.lacks = {order_of(DRILL, 2)}
    (problem,) = verified(Shop(region=lambda: STANDBY), table).problems
    assert "lacks it" in problem
    assert order_of(DRILL, 2) in problem


def test_a_table_that_cannot_be_asked_is_not_taken_for_empty() -> None:
    table = taken()
    table.gone = {STANDBY}
    problems = verified(Shop(region=lambda: STANDBY), table).problems
    assert len(problems) == 2
    assert all("could not be asked" in problem for problem in problems)


def test_orders_are_waited_for_until_their_workflows_are_done() -> None:
    clock, table = StillClock(), Table(a=(PRIMARY, "ACKNOWLEDGED"), b=(PRIMARY, "FAILED"))
    done_at = clock.now() + 20

    def answers(*said: Any) -> dict[str, Any]:
        if clock.now() >= done_at:
            table.orders["a"] = (PRIMARY, "CONFIRMED")
        return table.answers(*said)

    found = verification.drained(stage(Cloud(answers), clock), PLAN, ["a", "b"], patience=300)
    assert (found.confirmed, found.failed, found.waiting) == (("a",), ("b",), {})
    assert clock.now() == done_at
    assert found.problems == ("Order b failed in its workflow.",)


def test_of_an_order_that_still_waits_it_is_said_where_and_how() -> None:
    table = Table(a=(STANDBY, "ACKNOWLEDGED"), b=(PRIMARY, "ACKNOWLEDGED"))
    table.running[STANDBY] = ["a"]
    found = verification.drained(stage(Cloud(table.answers)), PLAN, ["a", "b"], patience=10)
    assert found.waiting == {
        "a": f"its workflow in {STANDBY} is RUNNING.",
        "b": "no workflow was started for it.",
    }


def test_orders_of_a_region_that_does_not_answer_are_not_called_waiting() -> None:
    table = Table(a=(PRIMARY, "ACKNOWLEDGED"))
    table.gone = {PRIMARY, STANDBY}
    found = verification.drained(stage(Cloud(table.answers)), PLAN, ["a"], patience=10)
    assert (found.unasked, found.waiting) == (("a",), {})


def test_the_standby_hands_back_what_waits_there_and_nothing_that_is_done() -> None:
    table = Table(
        waits=(STANDBY, "ACKNOWLEDGED"),
        done=(STANDBY, "CONFIRMED"),
        other=(PRIMARY, "ACKNOWLEDGED"),
    )
    table.running[STANDBY] = ["waits", "done"]
    step = HandBack(stage(Cloud(table.answers)).aws, PLAN)
    before = step.snapshot()
    assert step.standing({"orders": ["waits"]}, TOKEN) is Standing.NOT_MADE
    step.make(TOKEN)
    assert table.orders == {
        "waits": (PRIMARY, "ACKNOWLEDGED"),
        "done": (STANDBY, "CONFIRMED"),
        "other": (PRIMARY, "ACKNOWLEDGED"),
    }
    assert step.standing(before, TOKEN) is Standing.MADE
    assert table.running[STANDBY] == ["done"], "who has nothing left to do does not try for a day"


def test_a_hand_back_that_was_killed_half_way_stops_the_workflow_that_it_left() -> None:
    table = Table(given=(PRIMARY, "ACKNOWLEDGED"), ends=(STANDBY, "CONFIRMED"))
    table.running[STANDBY] = ["given", "ends"]
    HandBack(stage(Cloud(table.answers)).aws, PLAN).make(TOKEN)
    assert table.running[STANDBY] == ["ends"], "what is the standby's own comes to its end"
    assert table.orders["given"] == (PRIMARY, "ACKNOWLEDGED")


def test_an_order_that_is_handed_back_is_not_taken_away_again() -> None:
    table = Table(a=(STANDBY, "ACKNOWLEDGED"))
    table.running[STANDBY] = ["a"]
    step = HandBack(stage(Cloud(table.answers)).aws, PLAN)
    before = step.snapshot()
    step.make(TOKEN)
    step.undo(before, TOKEN)
    assert table.orders["a"] == (PRIMARY, "ACKNOWLEDGED")
