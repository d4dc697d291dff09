"""The way of an order: acknowledged, told, charged once, committed; or undone, and told as well."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.rehearsal.runtime.platform import INTAKE, PRIMARY, STANDBY, TOKENS, Platform
from tests.rehearsal.sandbox.running import kill, until

DATABASE = "tradewind-dev-orders-us-east-1"

#: Of what Lambda calls three times and then no more, fewer may die than that: the rest is for the DLQ.
DEATHS = {"tradewind-dev-order-starter-us-east-1": 2}

#: Every function that an order passes through.
ON_THE_WAY = [
    f"tradewind-dev-{name}-us-east-1"
    for name in (
        *("order-intake", "order-starter", "order-stock"),
        *("payment-authorization", "payment-void", "order-commit"),
    )
]


@pytest.fixture
def heard(platform: Platform) -> Iterator[Any]:
    """What a subscriber of the bus hears of an order, as a shop's mail system would be one."""
    sqs, events = platform.client("sqs"), platform.client("events")
    queue = sqs.create_queue(QueueName=f"mail-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    name = queue.rpartition("/")[2]
    pattern = json.dumps({"source": ["tradewind.shop"], "detail-type": [{"prefix": "Order"}]})
    events.put_rule(Name=name, EventBusName=bus(platform), EventPattern=pattern)
    events.put_targets(
        Rule=name, EventBusName=bus(platform), Targets=[{"Id": "mail", "Arn": arn["QueueArn"]}]
    )
    messages: list[Any] = []

    def of(order_id: str) -> list[Any]:
        while got := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                messages.append(json.loads(message["Body"]))
        return [
            (told["detail-type"], told["detail"])
            for told in messages
            if told["detail"]["order_id"] == order_id
        ]

    yield of
    events.remove_targets(Rule=name, EventBusName=bus(platform), Ids=["mail"])
    events.delete_rule(Name=name, EventBusName=bus(platform))


def bus(platform: Platform) -> str:
    return next(
        str(one["Name"])
        for one in platform.client("events").list_event_buses()["EventBuses"]
        if one["Name"].startswith("tradewind-dev-")
    )


def test_a_checkout_becomes_an_event_a_run_of_the_workflow_and_a_committed_row(
    platform: Platform, heard: Any
) -> None:
    lamp = platform.sell("lamp", stock=10, price=2500)
    buyer = platform.buyer()
    order = buyer.order(lamp, 3)

    assert platform.ended(order) == ["CONFIRMED"]

    assert buyer.told("GET", f"/api/orders/{order}")["state"] == "CONFIRMED"
    assert platform.run_of(order) == "SUCCEEDED"
    assert platform.rows(order) == [1]
    assert platform.stock(lamp) == 7
    assert platform.payment(order) == {
        "total": "7500",
        "currency": "EUR",
        "state": "authorized",
        "requests": 1,
        "charges": 1,
        "voids": 0,
    }
    told = dict(heard(order))
    assert list(told) == ["OrderAcknowledged", "OrderConfirmed"]
    for detail in told.values():
        assert detail["items"] == [{"product_id": "lamp", "quantity": 3, "unit_price": 2500}]
        assert TOKENS["ok"] not in json.dumps(detail)


def test_an_order_of_the_standby_is_worked_in_the_standby(platform: Platform) -> None:
    """Its database is in the primary, so there it waits for a takeover; here, until somebody gives it up."""
    table = platform.sell("table", stock=5)
    order = platform.buyer(STANDBY).order(table)
    until(lambda: platform.run_of(order, STANDBY) == "RUNNING")
    assert platform.intake(order)["worked_by"]["S"] == STANDBY
    assert platform.run_of(order, PRIMARY) == ""
    platform.client("stepfunctions", STANDBY).stop_execution(
        executionArn=platform.execution_arn(order, STANDBY)
    )


def test_the_same_checkout_again_is_the_same_order_and_charges_once(platform: Platform) -> None:
    vase = platform.sell("vase", stock=10)
    buyer, key = platform.buyer(), str(uuid.uuid4())
    first = buyer.order(vase, 2, key=key)
    again = [buyer.check_out(key=key) for _ in range(3)]
    assert platform.ended(first) == ["CONFIRMED"]
    assert {*again, buyer.check_out(key=key)} == {first}
    assert platform.payment(first)["charges"] == 1
    assert platform.rows(first) == [1]
    assert platform.stock(vase) == 8


def test_a_declined_charge_gives_the_stock_back_and_the_order_up(
    platform: Platform, heard: Any
) -> None:
    rug = platform.sell("rug", stock=4)
    order = platform.buyer().order(rug, 3, token="declined")
    assert platform.ended(order) == ["FAILED"]
    assert platform.stock(rug) == 4
    assert platform.payment(order)["charges"] == 0
    assert platform.rows(order) == [0]
    assert platform.run_of(order) == "SUCCEEDED", "it is nobody's fault"
    assert dict(heard(order))["OrderFailed"]["reason"] == "PaymentDeclined"


def test_a_charge_that_never_comes_to_an_answer_is_voided_and_somebody_is_called(
    platform: Platform, heard: Any
) -> None:
    timer = platform.sell("timer", stock=4)
    order = platform.buyer().order(timer, 1, token="broken")
    assert platform.ended(order) == ["FAILED"]
    assert platform.stock(timer) == 4
    payment = platform.payment(order)
    assert payment["charges"] == 0
    assert payment["requests"] > 3, "it was tried again, and voided"
    assert platform.run_of(order) == "FAILED"
    assert dict(heard(order))["OrderFailed"]["reason"] == "ProcessorUnavailable"


@pytest.mark.parametrize("token", ["lost", "flaky"])
def test_a_charge_whose_first_answer_is_none_is_made_once(platform: Platform, token: str) -> None:
    chair = platform.sell(f"chair-{token}", stock=4)
    order = platform.buyer().order(chair, 1, token=token)
    assert platform.ended(order) == ["CONFIRMED"]
    payment = platform.payment(order)
    assert (payment["requests"], payment["charges"], payment["voids"]) == (2, 1, 0)
    assert platform.failures(order) == ["ProcessorUnavailable"]


def test_the_last_piece_is_sold_once(platform: Platform) -> None:
    """The shop looks before it acknowledges; between that and the reservation others have looked as well."""
    globe = platform.sell("globe", stock=1)
    orders = [platform.acknowledge(globe) for _ in range(3)]
    assert sorted(platform.ended(*orders)) == ["CONFIRMED", "FAILED", "FAILED"]
    assert platform.stock(globe) == 0
    assert sum(platform.payment(order)["charges"] for order in orders) == 1


def test_an_order_waits_for_its_database_and_is_committed_when_that_is_back(
    platform: Platform,
) -> None:
    bench = platform.sell("bench", stock=3)
    with database_stopped(platform):
        order = platform.buyer().order(bench)
        until(lambda: platform.failures(order).count("DatabaseNotWritable") > 2)
        assert platform.state(order) == "ACKNOWLEDGED"
        assert platform.payment(order)["charges"] == 1
        assert platform.product(bench)["stock"] == "2"

    assert platform.ended(order) == ["CONFIRMED"]
    assert platform.rows(order) == [1]
    assert platform.payment(order)["charges"] == 1
    assert set(platform.failures(order)) == {"DatabaseNotWritable"}


def test_an_order_that_the_other_region_has_taken_over_is_not_undone_here(
    platform: Platform,
) -> None:
    """The lost region comes back, and its workflow gives up what the survivor may have confirmed."""
    mirror = platform.sell("mirror", stock=3)
    platform.sandbox.page("PUT", "clock", {"speed": 1})
    order = platform.buyer().order(mirror, token="broken")
    until(lambda: "ProcessorUnavailable" in platform.failures(order))
    platform.client("dynamodb").update_item(
        TableName=INTAKE,
        Key={"order_id": {"S": order}},
        UpdateExpression="SET worked_by = :survivor",
        ConditionExpression="worked_by = :lost AND #state = :open",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={
            ":survivor": {"S": STANDBY},
            ":lost": {"S": PRIMARY},
            ":open": {"S": "ACKNOWLEDGED"},
        },
    )
    until(lambda: platform.run_of(order, STANDBY) == "RUNNING")
    platform.client("stepfunctions", STANDBY).stop_execution(
        executionArn=platform.execution_arn(order, STANDBY)
    )
    platform.sandbox.page("PUT", "clock", {"speed": 900})
    until(lambda: platform.run_of(order) != "RUNNING")
    assert platform.run_of(order) == "SUCCEEDED"
    assert platform.state(order) == "ACKNOWLEDGED"
    assert platform.product(mirror)["stock"] == "2", (
        "what it holds stays held for the survivor's run"
    )


def test_what_is_told_twice_is_done_once(platform: Platform, heard: Any) -> None:
    """Stream and bus deliver at least once. Here the stream is read again from its beginning."""
    stool = platform.sell("stool", stock=9)
    orders = [platform.buyer().order(stool) for _ in range(3)]
    orders.append(platform.buyer().order(stool, token="declined"))
    before = platform.ended(*orders)

    functions = platform.client("lambda")
    (mapping,) = functions.list_event_source_mappings(FunctionName=ON_THE_WAY[0])[
        "EventSourceMappings"
    ]
    again = functions.create_event_source_mapping(
        FunctionName=ON_THE_WAY[0],
        EventSourceArn=mapping["EventSourceArn"],
        StartingPosition="TRIM_HORIZON",
        FilterCriteria=mapping["FilterCriteria"],
    )["UUID"]
    until(lambda: all(said(heard(order), "OrderAcknowledged") == 2 for order in orders))
    functions.delete_event_source_mapping(UUID=again)

    assert platform.ended(*orders) == before
    assert [platform.payment(order)["charges"] for order in orders] == [1, 1, 1, 0]
    assert [said(heard(order), "OrderConfirmed") for order in orders] == [1, 1, 1, 0]
    assert platform.rows(*orders) == [1, 1, 1, 0]
    assert platform.stock(stool) == 6


@contextmanager
def database_stopped(platform: Platform) -> Iterator[None]:
    rds = platform.client("rds")
    rds.stop_db_instance(DBInstanceIdentifier=DATABASE)
    try:
        yield
    finally:
        rds.start_db_instance(DBInstanceIdentifier=DATABASE)


def said(told: list[Any], detail_type: str) -> int:
    return sum(1 for one, _ in told if one == detail_type)


def test_functions_killed_on_the_way_change_nothing_in_the_end(platform: Platform) -> None:
    """SIGKILL, at whatever line they are; the processor takes its time, so many are at work."""
    shelf = platform.sell("shelf", stock=1000)
    doomed = [name for name in ON_THE_WAY for _ in range(DEATHS.get(name, 8))]
    random.Random(4).shuffle(doomed)
    platform.sandbox.page("PUT", "payments", {"longest_wait": 1.0})
    tokens = ["ok", "ok", "lost", "declined", "ok", "flaky", "ok", "declined"]
    fates, orders, killed = list[str](), list[str](), 0
    while killed <= len(ON_THE_WAY):  # a busy machine catches few of them at work
        fates += tokens
        orders += [platform.buyer().order(shelf, 2, token=token) for token in tokens]
        while doomed and any(platform.state(order) == "ACKNOWLEDGED" for order in orders):
            if kill(doomed[-1]):
                doomed.pop()
                killed += 1
            else:
                doomed.insert(0, doomed.pop())
    platform.sandbox.page("PUT", "payments", {"longest_wait": 0})

    wanted = ["FAILED" if fate == "declined" else "CONFIRMED" for fate in fates]
    assert platform.ended(*orders) == wanted
    assert [platform.payment(order)["charges"] for order in orders] == [
        int(state == "CONFIRMED") for state in wanted
    ]
    assert platform.rows(*orders) == [int(state == "CONFIRMED") for state in wanted]
    assert platform.stock(shelf) == 1000 - 2 * wanted.count("CONFIRMED")


def test_an_order_that_nobody_can_tell_is_put_aside_and_holds_up_nobody(platform: Platform) -> None:
    sofa = platform.sell("sofa", stock=2)
    platform.client("dynamodb").put_item(
        TableName=INTAKE,
        Item={
            "order_id": {"S": (strange := str(uuid.uuid4()))},
            "worked_by": {"S": PRIMARY},
            "state": {"S": "ACKNOWLEDGED"},
        },
    )
    assert platform.ended(platform.buyer().order(sofa)) == ["CONFIRMED"]
    sqs = platform.client("sqs")
    queue = sqs.get_queue_url(QueueName="tradewind-dev-unread-orders-us-east-1")["QueueUrl"]
    (aside,) = until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))
    assert json.loads(aside["Body"])["order_id"] == strange


def test_a_drills_order_is_committed_apart_and_neither_charged_nor_taken_from_the_stock(
    platform: Platform, heard: Any
) -> None:
    kettle = platform.sell("kettle", stock=2)
    order = platform.buyer().order(kettle, token="drill")

    assert platform.ended(order) == ["CONFIRMED"]

    assert platform.stock(kettle) == 2
    assert platform.payment(order)["requests"] == 0
    assert platform.rows(order) == [0]
    with platform.database() as connection:
        statement = "SELECT count(*) FROM drill_orders WHERE order_id = CAST(:order AS uuid)"
        assert connection.run(statement, order=order) == [[1]]
    assert [kind for kind, _ in heard(order)] == ["OrderAcknowledged"]
