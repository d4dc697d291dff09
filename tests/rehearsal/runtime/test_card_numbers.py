"""A card number that is sent anywhere in a request reaches no table, log, event, queue or file."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from scripts.sandbox import process
from tests.rehearsal.runtime.platform import PRIMARY, Buyer, Platform
from tests.rehearsal.runtime.stores import answered, on_disk, places

SHAPES = {
    "plain": "{0}{1}{2}{3}",
    "spaces": "{0} {1} {2} {3}",
    "dashes": "{0}-{1}-{2}-{3}",
}


def checked(digits: str) -> str:
    """A number that nobody has: these digits, and their check digit (ISO/IEC 7812-1)."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[::-2]]
    return digits + str(-(sum(doubled) + sum(map(int, digits[-2::-2]))) % 10)


#: What is sent: a Visa's length, an American Express's, and the longest there is.
SENT = [checked("453271860492357"), checked("37128406915382"), checked("630495017283640591")]

#: What is put into a store, to see that it would be found.
PLANTED = checked("455918273640518")


def grouped(number: str, shape: str) -> str:
    return SHAPES[shape].format(number[:4], number[4:8], number[8:12], number[12:])


def shop_requests(card: str) -> dict[str, Callable[[Buyer], tuple[int, bytes]]]:
    """Every place that a request has."""
    key, lines = str(uuid.uuid4()), "/api/cart/lines"
    form = "application/x-www-form-urlencoded"
    token = json.dumps({"payment_token": f"tok_ok{card}aaaaaaaaaa"})
    bare, other = json.dumps({"payment_token": card}), json.dumps({"note": {"deep": [card]}})
    one = json.dumps({"quantity": 1})
    return {
        "path": lambda buyer: buyer.ask("GET", f"/products/{quote(card)}"),
        "unknown path": lambda buyer: buyer.ask("GET", f"/{quote(card)}/x"),
        "query": lambda buyer: buyer.ask("GET", f"/search?{urlencode({'q': card})}"),
        "name in a query": lambda buyer: buyer.ask("GET", f"/api/search?{urlencode({card: 1})}"),
        "header": lambda buyer: buyer.ask("GET", "/", X_Card=card),
        "referrer": lambda buyer: buyer.ask(
            "GET", "/", Referer=f"https://a.example/?c={quote(card)}"
        ),
        "browser": lambda buyer: buyer.ask("GET", "/", User_Agent=f"Mozilla {card}"),
        "cookie": lambda buyer: buyer.ask("GET", "/", Cookie=f"cart={quote(card)}"),
        "token": lambda buyer: buyer.ask("POST", "/api/checkout", token, Idempotency_Key=key),
        "for a token": lambda buyer: buyer.ask("POST", "/api/checkout", bare, Idempotency_Key=key),
        "in a document": lambda buyer: buyer.ask(
            "POST", "/api/checkout", other, Idempotency_Key=key
        ),
        "form": lambda buyer: buyer.ask(
            "POST",
            "/api/checkout",
            urlencode({"card": card}),
            Content_Type=form,
            Idempotency_Key=key,
        ),
        "product": lambda buyer: buyer.ask("PUT", f"{lines}/{quote(card)}", one),
        "key": lambda buyer: buyer.ask(
            "POST", "/api/checkout", json.dumps({"payment_token": "tok_ok"}), Idempotency_Key=card
        ),
        "order": lambda buyer: buyer.ask("GET", f"/api/orders/{quote(card)}"),
    }


def functions_requests(card: str) -> list[tuple[str, dict[str, Any]]]:
    """What the payments API would hand on, had its models let it through; and what a workflow would."""
    order = {
        "order_id": str(uuid.uuid4()),
        "payment_token": "tok_okA1B2C3D4E5F6G7",
        "total": 1000,
        "currency": "EUR",
    }
    asked = [("payment-authorization", {**order, field: card}) for field in order]
    return [
        *asked,
        ("payment-authorization", {"order_id": card}),
        ("payment-void", {"order_id": card}),
    ]


def test_a_card_number_that_is_sent_anywhere_is_found_nowhere(platform: Platform) -> None:
    lamp = platform.sell("lamp", stock=10)
    for card in (grouped(number, shape) for number in SENT for shape in SHAPES):
        for place, ask in shop_requests(card).items():
            status, said = ask(platform.buyer_of_all)
            assert status == 400, (place, card, status, said)
            assert places(iter([("answer", said)]), "".join(filter(str.isdecimal, card))) == []
        for name, asked in functions_requests(card):
            answer = platform.client("lambda").invoke(
                FunctionName=f"tradewind-dev-{name}-{PRIMARY}",
                Payload=json.dumps({"order": asked}),
            )
            assert answer["FunctionError"]
            told = answer["Payload"].read()
            assert b"PaymentRefused" in told
            assert places(iter([("answer", told)]), "".join(filter(str.isdecimal, card))) == []
    order = platform.buyer_of_all.order(lamp)
    assert platform.ended(order) == ["CONFIRMED"]
    plant(platform)

    kept = list(answered(platform))
    assert [places(iter(kept), number) for number in SENT] == [[], [], []]
    everywhere = {"tables", "objects", "logs", "queues", "workflows", "database"}
    assert set(places(iter(kept), PLANTED)) == everywhere, "each store is really searched"
    assert {"tables", "logs", "workflows", "payment processor", "database"} <= set(
        places(iter(kept), order)
    )

    process.stop(platform.sandbox.home)
    written = list(on_disk(platform.sandbox.home))
    assert [places(iter(written), number) for number in SENT] == [[], [], []]
    assert places(iter(written), PLANTED) == ["disk"]


def plant(platform: Platform) -> None:
    """A number in every store, as it would get there if somebody let it."""
    platform.client("dynamodb").put_item(
        TableName="tradewind-dev-carts", Item={"cart_id": {"S": PLANTED}}
    )
    bucket = platform.client("s3").list_buckets()["Buckets"][0]["Name"]
    platform.client("s3").put_object(Bucket=bucket, Key="planted", Body=PLANTED.encode())
    logs, group = platform.client("logs"), "/planted"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    event = {"timestamp": 1795430000000, "message": grouped(PLANTED, "spaces")}
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])
    queue = platform.client("sqs").create_queue(QueueName="planted")["QueueUrl"]
    platform.client("sqs").send_message(QueueUrl=queue, MessageBody=grouped(PLANTED, "dashes"))
    states = platform.client("stepfunctions")
    (machine,) = [
        one["stateMachineArn"]
        for one in states.list_state_machines()["stateMachines"]
        if "order-workflow" in one["name"]
    ]
    states.start_execution(stateMachineArn=machine, input=json.dumps({"order": {"x": PLANTED}}))
    with platform.database() as connection:
        connection.run("CREATE TABLE planted AS SELECT CAST(:n AS text) AS n", n=PLANTED)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_looked_for_is_found_in_every_shape(shape: str) -> None:
    for said in (grouped(PLANTED, shape), quote(grouped(PLANTED, shape)), f"a{PLANTED}b"):
        assert places(iter([("here", said.encode())]), PLANTED) == ["here"]
    assert places(iter([("here", b"4559")]), PLANTED) == []
