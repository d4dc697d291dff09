"""Void the payment of an order, whatever became of it: nothing can be authorised for it afterwards.

Logged are the order's id and the outcome.
"""

import logging
import os
import re
import time

import boto3
from payment_processor import PATIENCE, PaymentRefused, ask

log = logging.getLogger()
log.setLevel(logging.INFO)

dynamodb = boto3.client("dynamodb", config=PATIENCE)

ORDER_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

#: Seconds for which a payment is known: 400 days, as a customer may object to it for that long.
KNOWN = 400 * 86400


def handler(event, context):
    """An `order`. The table says so first, lest an authorisation begun late be noted after the void."""
    order_id = str(event["order"].get("order_id"))
    if not re.fullmatch(ORDER_ID, order_id):
        raise PaymentRefused("of another shape")
    dynamodb.update_item(
        TableName=os.environ["PAYMENTS"],
        Key={"order_id": {"S": order_id}},
        UpdateExpression="SET outcome = :voided, price = if_not_exists(price, :none), expires_at = :expiry",
        ExpressionAttributeValues={
            ":voided": {"S": "voided"},
            ":none": {"S": ""},
            ":expiry": {"N": str(int(time.time()) + KNOWN)},
        },
    )
    status = ask("voids", order_id, {"order_id": order_id})
    if status == 402:
        raise PaymentRefused("status 402")
    log.info("voided %s", order_id)
    return {"order_id": order_id, "outcome": "voided"}
