"""Say on the bus that an order was acknowledged: the stream of order-intake, event by event.

What a rule listens for is named in full; no other attribute of the item leaves it, least of all the payment
token. Records are handled in order: from the first that cannot be said the stream comes again, and whoever
listens may hear an order twice.
"""

import json
import logging
import os

import boto3
from boto3.dynamodb.types import TypeDeserializer

log = logging.getLogger()
log.setLevel(logging.INFO)

events = boto3.client("events")
plain = TypeDeserializer().deserialize

#: PutEvents takes ten entries.
MOST = 10


def handler(event, context):
    """A batch of records; the answer names the first that was not said."""
    said = []
    for record in event["Records"]:
        try:
            said.append(
                (record["dynamodb"]["SequenceNumber"], entry(record["dynamodb"]["NewImage"]))
            )
        except (KeyError, TypeError, ValueError) as error:
            log.error(
                "order %s cannot be told: %s", record["dynamodb"]["Keys"], type(error).__name__
            )
            said.append((record["dynamodb"]["SequenceNumber"], None))
            break
    return {"batchItemFailures": [{"itemIdentifier": number} for number in unsaid(said)]}


def unsaid(said):
    """Put what can be put; the sequence number of the first record that was not, if any."""
    for start in range(0, len(said), MOST):
        chunk = said[start : start + MOST]
        entries = [told for _, told in chunk if told]
        answers = events.put_events(Entries=entries)["Entries"] if entries else []
        for position, (number, told) in enumerate(chunk):
            if told is None or "ErrorCode" in answers[position]:
                return [number]
    return []


def entry(image):
    """The event of one order."""
    order = {name: plain(value) for name, value in image.items()}
    detail = {
        "order_id": order["order_id"],
        "region": order["worked_by"],
        "acknowledged_at": order["acknowledged_at"],
        "items": [
            {
                "product_id": item["product_id"],
                "quantity": int(item["quantity"]),
                "unit_price": int(item["unit_price"]),
            }
            for item in order["items"]
        ],
        "total": int(order["total"]),
        "currency": order["currency"],
    }
    if "customer_id" in order:
        detail["customer_id"] = order["customer_id"]
    return {
        "EventBusName": os.environ["BUS"],
        "Source": os.environ["SOURCE"],
        "DetailType": os.environ["DETAIL_TYPE"],
        "Detail": json.dumps(detail),
    }
