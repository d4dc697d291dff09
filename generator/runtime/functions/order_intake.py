"""Say on the bus that an order was acknowledged: the stream of order-intake, event by event.

What a rule listens for is named in full; no other attribute of the item leaves it, least of all the payment
token. Records are handled in order: from the first that the bus does not take the stream comes again, and
whoever listens may hear an order twice. What could never be told is put aside: Lambda would give it up with
every record behind it, for it parts a batch at the record that is named, and never after it.
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import json
import logging
import os

import boto3
from boto3.dynamodb.types import TypeDeserializer

log = logging.getLogger()
log.setLevel(logging.INFO)

events = boto3.client("events")
sqs = boto3.client("sqs")
plain = TypeDeserializer().deserialize

#: PutEvents takes ten entries.
MOST = 10


def handler(event, context):
    """A batch of records; the answer names the first that was not said."""
    told, untold = [], []
    for record in event["Records"]:
        number = record["dynamodb"]["SequenceNumber"]
        try:
            told.append((number, entry(record["dynamodb"]["NewImage"])))
        except (KeyError, TypeError, ValueError) as error:
            untold.append((number, record["dynamodb"]["Keys"], type(error).__name__))
    again = unsaid(told)
    for number, keys, reason in untold:
        if not again or int(number) < int(again[0]):
            put_aside(number, keys, reason)
    return {"batchItemFailures": [{"itemIdentifier": number} for number in again]}


def put_aside(number, keys, reason):
    """Into the queue of what nobody works: which order it is, and why."""
    log.error("order %s cannot be told: %s", keys, reason)
    body = {"keys": keys, "sequence_number": number, "reason": reason}
    sqs.send_message(QueueUrl=os.environ["UNREAD"], MessageBody=json.dumps(body))


def unsaid(told):
    """Put what can be put; the sequence number of the first record that was not, if any."""
    for start in range(0, len(told), MOST):
        chunk = told[start : start + MOST]
        answers = events.put_events(Entries=[said for _, said in chunk])["Entries"]
        for (number, _), answer in zip(chunk, answers, strict=True):
            if "ErrorCode" in answer:
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
