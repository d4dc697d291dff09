"""The steps of an order: told once or again, started once, its stock taken once."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from generator.order_events import SCHEMAS
from tests.unit.runtime.loading import execution_environment

ORDER_ID = "11111111-2222-4333-8444-555555555555"
TOKEN, STREET = "tok_a1B2c3D4e5F6g7H8", "12 Secret Street"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"BUS": "bus", "SOURCE": "tradewind.shop", "DETAIL_TYPE": "OrderAcknowledged"}
    said["UNREAD"] = "unread"
    there = {"AWS_DEFAULT_REGION": "us-east-1", "CATALOGUE": "catalogue", "WORKFLOW": "workflow"}
    for name, value in (said | there).items():
        monkeypatch.setenv(name, value)


def record(number: int, **changes: Any) -> dict[str, Any]:
    """An order as the stream shows it, with what must not leave the table."""
    image = {
        "order_id": {"S": ORDER_ID},
        "worked_by": {"S": "us-east-1"},
        "acknowledged_at": {"S": "2026-11-23T08:00:00Z"},
        "items": {
            "L": [
                {
                    "M": {
                        "product_id": {"S": "p1"},
                        "quantity": {"N": "2"},
                        "unit_price": {"N": "500"},
                        "gift_note": {"S": STREET},
                    }
                }
            ]
        },
        "total": {"N": "1000"},
        "currency": {"S": "EUR"},
        "payment_token": {"S": TOKEN},
        "address": {"S": STREET},
        **changes,
    }
    shown = {key: value for key, value in image.items() if value is not None}
    keys = {"order_id": {"S": ORDER_ID}}
    return {"dynamodb": {"SequenceNumber": str(number), "NewImage": shown, "Keys": keys}}


class Bus:
    """Takes entries; refuses those at the places it is told."""

    def __init__(self, *refused: int) -> None:
        self.refused = refused
        self.entries: list[dict[str, Any]] = []
        self.calls = 0

    def put_events(self, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803 - botocore's name
        self.calls += 1
        assert 1 <= len(Entries) <= 10
        answers: list[dict[str, str]] = []
        for entry in Entries:
            place = len(self.entries)
            self.entries.append(entry)
            answers.append({"ErrorCode": "Throttling"} if place in self.refused else {})
        return {"FailedEntryCount": 0, "Entries": answers}


class Queue:
    """Keeps what was put aside."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - botocore's names
        assert QueueUrl == "unread"
        self.messages.append(MessageBody)


def unsaid(bus: Bus, *records: dict[str, Any], queue: Queue | None = None) -> list[str]:
    module = execution_environment("order_intake", events=bus, sqs=queue or Queue())
    answer = module.handler({"Records": list(records)}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_an_event_has_what_its_schema_wants_and_nothing_that_is_not_in_it() -> None:
    bus = Bus()
    assert unsaid(bus, record(1, customer_id={"S": "c-1"})) == []
    (entry,) = bus.entries
    detail, schema = json.loads(entry["Detail"]), SCHEMAS["OrderAcknowledged"].document()
    assert set(schema["required"]) <= set(detail) <= set(schema["properties"])
    assert entry["Source"] == "tradewind.shop"
    assert TOKEN not in entry["Detail"]
    assert STREET not in entry["Detail"]


def test_an_event_says_of_a_drills_order_that_it_is_one() -> None:
    bus = Bus()
    unsaid(bus, record(1, drill={"BOOL": True}), record(2))
    drills, customers = (json.loads(entry["Detail"]) for entry in bus.entries)
    assert drills["drill"] is True
    assert set(drills) <= set(SCHEMAS["OrderAcknowledged"].document()["properties"])
    assert "drill" not in customers


def test_a_long_batch_is_said_in_tens() -> None:
    bus = Bus()
    assert unsaid(bus, *(record(number) for number in range(25))) == []
    assert (bus.calls, len(bus.entries)) == (3, 25)


def test_the_stream_comes_again_from_the_first_that_was_not_said() -> None:
    assert unsaid(Bus(12, 13), *(record(number) for number in range(25))) == ["12"]


def test_what_cannot_be_told_is_put_aside_and_holds_up_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Given back, it would be tried with all that is behind it, and in the end given up with it."""
    bus, queue = Bus(), Queue()
    caplog.set_level(logging.INFO)
    assert unsaid(bus, record(1), record(2, total=None), record(3), queue=queue) == []
    assert len(bus.entries) == 2
    (message,) = queue.messages
    told = json.loads(message)
    assert (told["order_id"], told["reason"]) == (ORDER_ID, "total")
    for kept in (TOKEN, STREET):
        assert kept not in caplog.text
        assert kept not in message


CARD = "4111111111111111"
AWRY = {
    "an order that is no UUID": {"order_id": {"S": "7"}},
    "no region": {"worked_by": {"S": "here"}},
    "no time": {"acknowledged_at": {"S": "today"}},
    "no lines": {"items": {"L": []}},
    "a line that is none": {"items": {"L": [{"S": "p1"}]}},
    "half a unit": {"total": {"N": "0.5"}},
    "less than nothing": {"total": {"N": "-1"}},
    "words for a number": {"total": {"S": "1000"}},
    "no currency": {"currency": {"S": "euro"}},
    "a card for a total": {"total": {"N": CARD}},
    "a card for a customer": {"customer_id": {"S": CARD}},
    "a card in groups": {"customer_id": {"S": "4111-1111-1111-1111"}},
    "a card in a product": {
        "items": {
            "L": [
                {
                    "M": {
                        "product_id": {"S": f"sku{CARD}x"},
                        "quantity": {"N": "1"},
                        "unit_price": {"N": "1"},
                    }
                }
            ]
        }
    },
}


@pytest.mark.parametrize("changes", AWRY.values(), ids=AWRY)
def test_what_is_of_another_shape_or_may_be_a_card_is_not_told(
    changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    bus, queue = Bus(), Queue()
    assert unsaid(bus, record(1, **changes), queue=queue) == []
    assert bus.entries == []
    (message,) = queue.messages
    assert CARD not in message + caplog.text


def test_a_key_that_is_no_orders_name_is_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    queue = Queue()
    one = record(1, order_id={"S": CARD})
    one["dynamodb"]["Keys"] = {"order_id": {"S": CARD}}
    assert unsaid(Bus(), one, queue=queue) == []
    assert CARD not in queue.messages[0] + caplog.text


def test_an_order_is_told_in_the_shapes_that_its_schema_has() -> None:
    schema = SCHEMAS["OrderAcknowledged"].document()["properties"]
    line = schema["items"]["items"]["properties"]
    detail = vars(execution_environment("order_detail"))
    assert {
        "ORDER_ID": schema["order_id"]["pattern"],
        "REGION": schema["region"]["pattern"],
        "CURRENCY": schema["currency"]["pattern"],
    } == {name: f"^{detail[name].pattern}$" for name in ("ORDER_ID", "REGION", "CURRENCY")}
    assert detail["MOST_LINES"] == schema["items"]["maxItems"]
    for identifier in (line["product_id"], schema["customer_id"]):
        assert detail["IDENTIFIER"].fullmatch("x" * identifier["maxLength"])
        assert not detail["IDENTIFIER"].fullmatch("x" * (identifier["maxLength"] + 1))


def test_what_comes_again_is_not_put_aside_twice() -> None:
    queue = Queue()
    again = unsaid(Bus(1), record(8), record(9), record(10, total=None), queue=queue)
    assert again == ["9"]
    assert queue.messages == []
    assert unsaid(Bus(1), record(8), record(9, total=None), record(10), queue=queue) == ["10"]
    assert len(queue.messages) == 1, "it does not come again, for it lies before what does"


class States:
    """Refuses a name that it has seen."""

    class exceptions:  # noqa: N801 - botocore's name
        class ExecutionAlreadyExists(Exception):
            """It has been started."""

    def __init__(self) -> None:
        self.started: dict[str, Any] = {}

    def start_execution(self, **asked: str) -> None:
        if asked["name"] in self.started:
            raise self.exceptions.ExecutionAlreadyExists
        self.started[asked["name"]] = json.loads(asked["input"])


def test_an_order_that_is_told_twice_is_started_once() -> None:
    states = States()
    module = execution_environment("order_starter", states=states)
    for total in (1, 2):
        module.handler({"detail": {"order_id": ORDER_ID, "total": total}}, None)
    assert states.started == {ORDER_ID: {"order": {"order_id": ORDER_ID, "total": 1}}}


class Cancelled(Exception):
    """A transaction that was not made."""

    def __init__(self, *reasons: dict[str, Any]) -> None:
        super().__init__("TransactionCanceled")
        self.response = {"CancellationReasons": list(reasons)}


class Catalogue:
    """Products with stock, as DynamoDB would change them: all of a transaction, or nothing."""

    class exceptions:  # noqa: N801 - botocore's name
        TransactionCanceledException = Cancelled

        class ConditionalCheckFailedException(Exception):
            """One item is not as it was to be."""

    def __init__(self, **stock: int) -> None:
        self.items: dict[str, dict[str, Any]] = {
            product: {"stock": pieces} for product, pieces in stock.items()
        }
        self.busy = False

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803
        if self.busy:
            raise Cancelled({"Code": "TransactionConflict"})
        updates = [item["Update"] for item in TransactItems]
        products = [update["Key"]["product_id"]["S"] for update in updates]
        assert len(set(products)) == len(products), "DynamoDB refuses an item twice"
        reasons = [self.refusal(update) for update in updates]
        if any(reason["Code"] != "None" for reason in reasons):
            raise Cancelled(*reasons)
        for update in updates:
            self.change(update)

    def update_item(self, **update: Any) -> None:
        assert update["ConditionExpression"] == "attribute_exists(#held)"
        if self.refusal(update)["Code"] != "None":
            raise self.exceptions.ConditionalCheckFailedException
        self.change(update)

    def refusal(self, update: dict[str, Any]) -> dict[str, Any]:
        item = self.items.get(update["Key"]["product_id"]["S"], {})
        held = update["ExpressionAttributeNames"]["#held"]
        if update["UpdateExpression"].startswith("SET stock = stock -"):
            fine = item.get("stock", -1) >= wanted(update) and held not in item
        else:
            fine = held in item
        shown = {name: {"N": str(value)} for name, value in item.items()}
        return {"Code": "None"} if fine else {"Code": "ConditionalCheckFailed", "Item": shown}

    def change(self, update: dict[str, Any]) -> None:
        item = self.items[update["Key"]["product_id"]["S"]]
        held = update["ExpressionAttributeNames"]["#held"]
        match update["UpdateExpression"].split(" REMOVE "):
            case [_]:
                taken = 0 if "REMOVE" in update["UpdateExpression"] else wanted(update)
                if taken:
                    item["stock"] -= taken
                    item[held] = taken
                else:
                    del item[held]
            case _:
                item["stock"] += item.pop(held)


def wanted(update: dict[str, Any]) -> int:
    return int(update["ExpressionAttributeValues"][":quantity"]["N"])


class Stock:
    """The step, run on a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.module = execution_environment("order_stock", dynamodb=catalogue)

    def __call__(self, action: str, **items: int) -> str:
        lines = [
            {"product_id": product, "quantity": 1}
            for product, pieces in items.items()
            for _ in range(pieces)
        ]
        order = {"order_id": ORDER_ID, "items": lines}
        return str(self.module.handler({"action": action, "order": order}, None)["outcome"])


def test_a_reservation_takes_all_lines_at_once_and_twice_is_once() -> None:
    catalogue = Catalogue(p1=5, p2=1)
    stock = Stock(catalogue)
    for _ in range(2):
        assert stock("reserve", p1=3, p2=1) == "done"
    assert [item["stock"] for item in catalogue.items.values()] == [2, 0]


def test_of_an_order_that_cannot_be_had_in_full_nothing_is_taken() -> None:
    catalogue = Catalogue(p1=5, p2=1)
    assert Stock(catalogue)("reserve", p1=3, p2=2) == "out-of-stock"
    assert [item["stock"] for item in catalogue.items.values()] == [5, 1]


def test_a_product_that_is_not_there_is_out_of_stock() -> None:
    assert Stock(Catalogue())("reserve", p1=1) == "out-of-stock"


def test_what_is_given_back_is_given_back_once() -> None:
    catalogue = Catalogue(p1=5)
    stock = Stock(catalogue)
    stock("reserve", p1=3)
    for _ in range(2):
        assert stock("release", p1=3) == "done"
    assert catalogue.items == {"p1": {"stock": 5}}


def test_a_product_that_is_no_longer_sold_keeps_nothing_of_the_others() -> None:
    catalogue = Catalogue(p1=5, p2=5)
    stock = Stock(catalogue)
    stock("reserve", p1=3, p2=1)
    del catalogue.items["p1"]
    assert stock("release", p1=3, p2=1) == "done"
    assert catalogue.items == {"p2": {"stock": 5}}


def test_an_order_that_reserved_nothing_gives_nothing_back() -> None:
    catalogue = Catalogue(p1=5)
    assert Stock(catalogue)("release", p1=3) == "done"
    assert catalogue.items == {"p1": {"stock": 5}}


def test_a_settled_order_leaves_no_trace_on_the_product_and_its_stock_is_gone() -> None:
    catalogue = Catalogue(p1=5)
    stock = Stock(catalogue)
    stock("reserve", p1=3)
    stock("settle", p1=3)
    stock("release", p1=3)
    assert catalogue.items == {"p1": {"stock": 2}}


def test_a_conflict_is_no_answer_and_is_tried_again() -> None:
    catalogue = Catalogue(p1=5)
    catalogue.busy = True
    with pytest.raises(Cancelled):
        Stock(catalogue)("reserve", p1=1)
