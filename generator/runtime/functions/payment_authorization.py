"""Authorise the payment of an order, once, by token alone.

The workflow names the order, whose token is in order-intake; the shop brings it along. Logged are the order's
id and the outcome. The table says how far a payment is, and the order's id keeps it from being charged twice:
whoever was killed in between finds it `begun`, asks again, and hears what the processor said the first time.
"""

import logging
import os
import re
import time
import uuid

import boto3
from payment_processor import PATIENCE, PaymentRefused, ask

log = logging.getLogger()
log.setLevel(logging.INFO)

dynamodb = boto3.client("dynamodb", config=PATIENCE)

#: What passes; a card number has none of these shapes.
SHAPES = {
    "order_id": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "payment_token": r"tok_(?!.*[0-9]{12})[A-Za-z0-9]{16,64}",
    "total": r"[1-9][0-9]{0,8}",
    "currency": r"[A-Z]{3}",
}

#: Of an answer by its status; any other is none, and raises.
OUTCOMES = {200: "authorized", 402: "declined"}

#: Seconds for which a payment is known: 400 days, as a customer may object to it for that long.
KNOWN = 400 * 86400


class OrderNotThere(Exception):
    """order-intake does not have it, or not yet: it is a global table."""


def handler(event, context):
    """An `order`; of another shape it is refused before it is looked at."""
    order = event["order"]
    if "payment_token" not in order:
        order = acknowledged(str(order.get("order_id")))
    if not all(re.fullmatch(shape, str(order.get(name))) for name, shape in SHAPES.items()):
        raise PaymentRefused("of another shape")
    outcome = note(order, "begun")
    if outcome == "begun":
        outcome = authorize(order)
    if outcome == "voided":
        void_late(order["order_id"])
    log.info("%s %s", outcome, order["order_id"])
    if outcome not in OUTCOMES.values():
        raise PaymentRefused(outcome)
    return {"order_id": order["order_id"], "outcome": outcome}


def acknowledged(order_id):
    """The order as order-intake has it. Raises OrderNotThere."""
    if not re.fullmatch(SHAPES["order_id"], order_id):
        raise PaymentRefused("of another shape")
    key = {"order_id": {"S": order_id}}
    found = dynamodb.get_item(TableName=os.environ["INTAKE"], Key=key, ConsistentRead=True)
    if "Item" not in found:
        raise OrderNotThere(order_id)
    return {name: next(iter(value.values())) for name, value in found["Item"].items()}


def authorize(order):
    """Ask, and note the answer."""
    told = {name: str(order[name]) for name in SHAPES}
    outcome = OUTCOMES.get(ask("authorizations", order["order_id"], told))
    if outcome is None:
        raise PaymentRefused("status 404")
    return note(order, outcome)


def void_late(order_id):
    """A void that overtook us may have found nothing yet: asked under the same key it would say so again."""
    ask("voids", order_id, {"order_id": order_id}, under=f"late-void-{uuid.uuid4()}")


def note(order, outcome):
    """Write how far it is, unless that is settled, or about another price: then what is so is told."""
    price = f"{order['total']} {order['currency']}"
    values = {":outcome": outcome, ":begun": "begun", ":price": price}
    try:
        dynamodb.update_item(
            TableName=os.environ["PAYMENTS"],
            Key={"order_id": {"S": order["order_id"]}},
            UpdateExpression="SET outcome = :outcome, price = :price, expires_at = :expiry",
            ConditionExpression="attribute_not_exists(outcome) OR outcome = :begun AND price = :price",
            ExpressionAttributeValues={
                **{name: {"S": value} for name, value in values.items()},
                ":expiry": {"N": str(int(time.time()) + KNOWN)},
            },
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except dynamodb.exceptions.ConditionalCheckFailedException as error:
        there = {name: value.get("S") for name, value in error.response["Item"].items()}
        if there["outcome"] == "voided":
            return "voided"
        return there["outcome"] if there["price"] == price else "of another price"
    return outcome
