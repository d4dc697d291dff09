"""Bring the catalogue's changes into the search index.

A batch may come again, whole or from where it failed: a document is put under its item's key, so the last
change wins however often it is told. What no second try would bring in is put aside, and holds up nobody.
"""

import json
import os
from decimal import Decimal

import boto3
from boto3.dynamodb.types import TypeDeserializer
from domain_requests import send

OK, NOT_FOUND, BUSY, BROKEN = 300, 404, 429, 500
AGAIN = "again"
read = TypeDeserializer().deserialize
sqs = boto3.client("sqs")

#: What orders under way hold of a product (`order_stock`): each would be a field of the index's mapping.
HELD = "reserved_"


def handler(event, context):
    """The first change that the domain did not take, from which Lambda tries again."""
    told = [(change, *say(change)) for change in event["Records"]]
    outcomes = iter(bulk([line for _, lines, _ in told for line in lines]))
    for change, lines, lack in told:
        reason = refusal(next(outcomes)) if lines else lack
        if reason == AGAIN:
            return {"batchItemFailures": [{"itemIdentifier": change["dynamodb"]["SequenceNumber"]}]}
        if reason:
            put_aside(change, reason)
    return {"batchItemFailures": []}


def say(change):
    """A change as _bulk wants it, what to do and with what; or why JSON cannot tell it."""
    item = change["dynamodb"]
    which = {"_id": read(item["Keys"][os.environ["KEY"]])}
    if change["eventName"] == "REMOVE":
        return [json.dumps({"delete": which})], ""
    shown = {name: value for name, value in item["NewImage"].items() if not name.startswith(HELD)}
    try:
        document = json.dumps({n: read(value) for n, value in shown.items()}, default=plain)
    except TypeError as error:
        return [], str(error)
    return [json.dumps({"index": which}), document], ""


def bulk(lines):
    """What became of each."""
    if not lines:
        return []
    url = f"https://{os.environ['ENDPOINT']}/{os.environ['INDEX']}/_bulk"
    body = "".join(line + "\n" for line in lines)
    return json.loads(send("POST", url, body.encode(), "application/x-ndjson"))["items"]


def refusal(said):
    """Nothing, `AGAIN`, or why no second try would help. What is not there is deleted, too."""
    ((deed, outcome),) = said.items()
    status = outcome["status"]
    if status < OK or (deed, status) == ("delete", NOT_FOUND):
        return ""
    if status == BUSY or status >= BROKEN:
        return AGAIN
    return str(outcome.get("error", status))


def put_aside(change, reason):
    """Into the queue of what was given up, by its key."""
    body = {"keys": change["dynamodb"]["Keys"], "reason": reason}
    sqs.send_message(QueueUrl=os.environ["UNINDEXED"], MessageBody=json.dumps(body))


def plain(value):
    """DynamoDB's numbers and sets, as JSON has them. Raises TypeError for bytes."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, set):
        return sorted(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
