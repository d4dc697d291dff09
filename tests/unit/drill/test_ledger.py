"""Orders, one by one: what customers were told against what either region has, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scripts.drill import ledger
from scripts.drill.ledger import Fate, Ledger, Look, order_of, reckon
from scripts.drill.observations import Ordered
from tests.functional.stubbed import StubbedSession
from tests.unit.drill.observing.scene import (
    DRILL,
    PLAN,
    PRIMARY,
    STANDBY,
    T0,
    THEATRE,
    Cloud,
    StillClock,
    ordered,
    refused,
    stage,
)

SEEN_AT = T0 + 90


def reckoned(
    *checkouts: Ordered, away: set[str] | None, primary: set[str], standby: set[str]
) -> Ledger:
    """With the orders that the standby had while the primary was away, and both had afterwards."""
    return reckon(
        DRILL,
        checkouts,
        T0,
        PRIMARY,
        None if away is None else Look(SEEN_AT, STANDBY, dict.fromkeys(away, "ACKNOWLEDGED")),
        [
            Look(T0 + 300, region, dict.fromkeys(there, "CONFIRMED"))
            for region, there in ((PRIMARY, primary), (STANDBY, standby))
        ],
    )


def test_an_order_that_came_back_with_its_region_was_stranded_and_one_that_did_not_is_lost() -> (
    None
):
    there, stranded, lost = (ordered(T0 - 3 * n, n, PRIMARY) for n in (1, 2, 3))
    both = {there.order, stranded.order}
    found = reckoned(there, stranded, lost, away={there.order}, primary=both, standby=both)
    assert [one.fate for one in found.entries] == [Fate.THERE, Fate.STRANDED, Fate.LOST]
    orders = found.orders
    assert (orders.acknowledged, orders.stranded, orders.lost) == (3, 1, 1)
    assert (orders.stranded_peak_age, found.rpo) == (6.0, 9.0)


def test_the_rpo_is_nothing_where_all_were_in_the_standby() -> None:
    one = ordered(T0 - 1, 1, PRIMARY)
    assert reckoned(one, away={one.order}, primary={one.order}, standby={one.order}).rpo == 0.0


def test_an_order_that_is_there_though_nobody_was_told_so_is_neither_acknowledged_nor_lost() -> (
    None
):
    answer_lost, refused_one = (ordered(T0 - 1, n, "", taken=False) for n in (1, 2))
    found = reckoned(
        answer_lost, refused_one, away=set(), primary={order_of(DRILL, 1)}, standby=set()
    )
    assert [one.fate for one in found.entries] == [Fate.UNANSWERED, Fate.NEVER_TAKEN]
    assert (found.orders.acknowledged, found.orders.unanswered, found.orders.lost) == (0, 1, 0)


def test_an_order_that_was_in_the_standby_and_is_nowhere_any_more_is_lost() -> None:
    one = ordered(T0 - 1, 1, PRIMARY)
    assert reckoned(one, away={one.order}, primary=set(), standby=set()).orders.lost == 1


def test_what_was_ordered_in_the_standby_is_never_stranded() -> None:
    one = ordered(T0 + 95, 1, STANDBY)
    found = reckoned(one, away=set(), primary=set(), standby={one.order})
    assert [entry.fate for entry in found.entries] == [Fate.THERE]


def test_what_the_primary_took_after_the_look_was_not_missed_by_it() -> None:
    """Once traffic is back there is nothing to be stranded by."""
    one = ordered(SEEN_AT + 60, 1, PRIMARY)
    found = reckoned(one, away=set(), primary={one.order}, standby={one.order})
    assert [entry.fate for entry in found.entries] == [Fate.THERE]


def test_where_a_region_was_not_asked_nothing_is_called_lost_and_the_rpo_is_open() -> None:
    one = ordered(T0 - 1, 1, PRIMARY)
    away = Look(SEEN_AT, STANDBY, {})
    deaf = Look(T0 + 300, PRIMARY, {}, (one.order,), "It cannot be reached.")
    for after in ((), (Look(T0 + 300, STANDBY, {}),), (deaf, Look(T0 + 300, STANDBY, {}))):
        found = reckon(DRILL, [one], T0, PRIMARY, away, after)
        assert (found.orders.unsettled, found.orders.lost, found.rpo) == (1, 0, None)
        assert found.unknown
    assert "It cannot be reached." in reckon(DRILL, [one], T0, PRIMARY, away, [deaf] * 2).unknown


def test_without_a_look_while_the_region_was_away_nothing_is_called_stranded() -> None:
    one = ordered(T0 - 1, 1, PRIMARY)
    found = reckoned(one, away=None, primary={one.order}, standby={one.order})
    assert (found.orders.stranded, found.orders.unsettled, found.rpo) == (0, 1, None)


def test_the_state_of_an_order_is_what_its_workflow_said_last() -> None:
    one = ordered(T0 - 1, 1, PRIMARY)
    looks = [
        Look(T0, PRIMARY, {one.order: "ACKNOWLEDGED"}),
        Look(T0, STANDBY, {one.order: "FAILED"}),
    ]
    (entry,) = reckon(DRILL, [one], T0, PRIMARY, looks[0], looks).entries
    assert entry.state == "FAILED"


@dataclass(frozen=True)
class Truth:
    """What really happened to a checkout: written at all, told to its customer, copied in time, destroyed."""

    by_primary: bool
    written: bool
    told: bool
    copied: bool
    destroyed: bool
    before: float


_TRUTHS = st.builds(
    Truth,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 100).map(float),
)


@given(st.lists(_TRUTHS, max_size=40))
def test_the_counts_are_what_really_happened(truths: list[Truth]) -> None:
    """A write that was not copied in time comes back with its region, unless that was destroyed."""
    checkouts, away, after = [], set(), set()
    stranded: list[float] = []
    lost: list[float] = []
    told, unanswered = 0, 0
    for number, true in enumerate(truths):
        region = PRIMARY if true.by_primary else STANDBY
        acknowledged = true.written and true.told
        checkout = ordered(T0 - true.before, number, region, taken=acknowledged)
        checkouts.append(checkout)
        in_time = true.written and (true.copied or not true.by_primary)
        gone = true.by_primary and not true.copied and true.destroyed
        if in_time:
            away.add(order_of(DRILL, number))
        if true.written and not gone:
            after.add(order_of(DRILL, number))
        told += acknowledged
        unanswered += true.written and not true.told and not gone
        if acknowledged and not in_time:
            (lost if gone else stranded).append(true.before)
    found = reckoned(*checkouts, away=away, primary=after, standby=after)
    orders = found.orders
    assert (orders.acknowledged, orders.unanswered) == (told, unanswered)
    assert (orders.stranded, orders.lost, orders.unsettled) == (len(stranded), len(lost), 0)
    assert orders.stranded_peak_age == max(stranded, default=0.0)
    assert found.rpo == (max([*stranded, *lost], default=0.0) if told else None)


def batch(*orders: str, left: tuple[str, ...] = ()) -> dict[str, Any]:
    table = THEATRE.order_intake
    keys = {"Keys": [{"order_id": {"S": order}} for order in left]}
    return {
        "Responses": {table: [{"order_id": {"S": order}} for order in orders]},
        "UnprocessedKeys": {table: keys} if left else {},
    }


def test_orders_are_looked_for_by_consistent_reads_and_what_was_left_is_asked_again() -> None:
    session = StubbedSession()
    dynamodb = session.stub("dynamodb", STANDBY)
    asked = {
        "Keys": [{"order_id": {"S": "a"}}, {"order_id": {"S": "b"}}],
        "ConsistentRead": True,
        "ProjectionExpression": "order_id, #state",
        "ExpressionAttributeNames": {"#state": "state"},
    }
    table = THEATRE.order_intake
    first = batch("a", left=("b",))
    dynamodb.add_response("batch_get_item", first, {"RequestItems": {table: asked}})
    again = {"RequestItems": first["UnprocessedKeys"]}
    dynamodb.add_response("batch_get_item", batch("b"), again)
    look = ledger.look(stage(session), PLAN, STANDBY, ["a", "b"])
    session.assert_all_asked()
    assert (look.found, look.unasked) == ({"a": "ACKNOWLEDGED", "b": "ACKNOWLEDGED"}, ())


def asked_for(parameters: dict[str, Any]) -> list[str]:
    (said,) = parameters["RequestItems"].values()
    return [key["order_id"]["S"] for key in said["Keys"]]


def test_a_batch_has_a_hundred_keys_at_most_and_a_region_that_does_not_answer_is_said() -> None:
    sizes = []

    def answers(_: str, region: str, __: str, parameters: dict[str, Any]) -> dict[str, Any]:
        orders = asked_for(parameters)
        sizes.append(len(orders))
        if "150" in orders:
            raise refused("ServiceUnavailable")
        return batch(*orders)

    orders = [str(number) for number in range(250)]
    look = ledger.look(stage(Cloud(answers)), PLAN, PRIMARY, orders)
    assert sizes == [100, 100, 50]
    assert set(look.unasked) == {str(number) for number in range(100, 200)}
    assert "ServiceUnavailable" in look.why
    assert Look.of_json(look.to_json()) == look


def test_keys_that_dynamodb_never_gets_round_to_are_not_missing() -> None:
    def answers(_: str, __: str, ___: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return batch(left=tuple(asked_for(parameters)))

    look = ledger.look(stage(Cloud(answers)), PLAN, PRIMARY, ["a"])
    assert (look.found, look.unasked) == ({}, ("a",))
    assert look.why


def test_what_was_stranded_is_waited_for_and_not_for_ever() -> None:
    clock = StillClock()
    arrives = clock.now() + 10

    def answers(_: str, region: str, __: str, parameters: dict[str, Any]) -> dict[str, Any]:
        there = region == PRIMARY or clock.now() >= arrives
        return batch(*asked_for(parameters)) if there else batch()

    here = stage(Cloud(answers), clock)
    assert [set(one.found) for one in ledger.settle(here, PLAN, ["a"], 60)] == [{"a"}, {"a"}]
    assert clock.now() == arrives
    arrives = float("inf")
    looks = ledger.settle(here, PLAN, ["a"], 60)
    assert [set(one.found) for one in looks] == [{"a"}, set()]
