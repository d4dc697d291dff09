"""Bring the catalogue's changes into the search index.

A batch may come again, whole or from where it failed: a document is put under its item's key, so the last
change wins however often it is told.
"""

import json
import os
from decimal import Decimal

from boto3.dynamodb.types import TypeDeserializer
from domain_requests import send

NOT_FOUND = 404
read = TypeDeserializer().deserialize


def handler(event, context):
    """The changes that the domain refused, from the first of which Lambda tries again."""
    changes = event["Records"]
    lines = [json.dumps(line, default=plain) for change in changes for line in told(change)]
    body = "\n".join(lines) + "\n"
    url = f"https://{os.environ['ENDPOINT']}/{os.environ['INDEX']}/_bulk"
    answer = json.loads(send("POST", url, body.encode(), "application/x-ndjson"))
    refused = [
        change["dynamodb"]["SequenceNumber"]
        for change, said in zip(changes, answer["items"], strict=True)
        if not taken(said)
    ]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in refused]}


def told(change):
    """A change as _bulk wants it: what to do, and with what."""
    item = change["dynamodb"]
    which = {"_id": read(item["Keys"][os.environ["KEY"]])}
    if change["eventName"] == "REMOVE":
        return [{"delete": which}]
    return [{"index": which}, {name: read(value) for name, value in item["NewImage"].items()}]


def taken(said):
    """What is not there is deleted, too."""
    ((deed, outcome),) = said.items()
    return outcome["status"] < 300 or (deed == "delete" and outcome["status"] == NOT_FOUND)


def plain(value):
    """DynamoDB's numbers and sets, as JSON has them. Raises TypeError for bytes."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, set):
        return sorted(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
