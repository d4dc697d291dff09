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
from aws_calls import CALLS
from order_detail import ORDER_ID, Untellable, detail_of

log = logging.getLogger()
log.setLevel(logging.INFO)

events = boto3.client("events", config=CALLS)
sqs = boto3.client("sqs", config=CALLS)

#: PutEvents takes ten entries.
MOST = 10


def handler(event, context):
    """A batch of records; the answer names the first that was not said."""
    told, untold = [], []
    for record in event["Records"]:
        number = record["dynamodb"]["SequenceNumber"]
        try:
            told.append((number, entry(detail_of(record["dynamodb"]["NewImage"]))))
        except Untellable as problem:
            untold.append((number, name_of(record), str(problem)))
    again = unsaid(told)
    for number, order, reason in untold:
        if not again or int(number) < int(again[0]):
            put_aside(number, order, reason)
    return {"batchItemFailures": [{"itemIdentifier": number} for number in again]}


def unsaid(told):
    """Put what can be put; the sequence number of the first record that was not, if any."""
    for start in range(0, len(told), MOST):
        chunk = told[start : start + MOST]
        answers = events.put_events(Entries=[said for _, said in chunk])["Entries"]
        for (number, _), answer in zip(chunk, answers, strict=True):
            if "ErrorCode" in answer:
                log.warning("the bus did not take an order: %s", answer["ErrorCode"])
                return [number]
    return []


def put_aside(number, order, reason):
    """Into the queue of what nobody works: which order it is, and why."""
    log.error("order %s cannot be told: %s", order, reason)
    body = {"order_id": order, "sequence_number": number, "reason": reason}
    sqs.send_message(QueueUrl=os.environ["UNREAD"], MessageBody=json.dumps(body))


def name_of(record):
    """The order's id; of another shape it may be anything, and is not repeated."""
    named = record["dynamodb"]["Keys"].get("order_id", {}).get("S", "")
    return named if ORDER_ID.fullmatch(named) else "of no name"


def entry(detail):
    """The event of one order."""
    return {
        "EventBusName": os.environ["BUS"],
        "Source": os.environ["SOURCE"],
        "DetailType": os.environ["DETAIL_TYPE"],
        "Detail": json.dumps(detail),
    }
