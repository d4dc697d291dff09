"""Answer Route 53 on /takeover: 200 while the standby is asked to take over, else 404.

The request is one item of a table of this region. A read that fails answers what was read last, so a
takeover that has begun is not undone by the table's bad minute; an instance that has read nothing yet
answers 404, for a failover must not begin by mistake. A 5XX would count among the shop's failed answers, and
no takeover is the answer of nearly every day.
"""

import logging
import os

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

log = logging.getLogger()
log.setLevel(logging.INFO)

# Route 53 waits two seconds for an answer, so a slow table counts as one that failed. Not asked twice: the
# pause before a second attempt may be a second long, and what was read last is a good answer.
PATIENCE = Config(connect_timeout=0.5, read_timeout=0.8, retries={"total_max_attempts": 1})

dynamodb = boto3.client("dynamodb", config=PATIENCE)
last_read = {"requested": False}


def handler(event, context):
    """Answer the load balancer, whatever the table does."""
    if requested():
        return answer(200, "OK", "takeover requested")
    return answer(404, "Not Found", "no takeover requested")


def requested():
    """What the table says, or said when it was last read."""
    try:
        now = read()
    except (BotoCoreError, ClientError) as error:
        log.error("could not read the switch, it was last %s: %s", last_read["requested"], error)
        return last_read["requested"]
    if now != last_read["requested"]:
        log.warning("takeover requested: %s", now)
    last_read["requested"] = now
    return now


def read():
    """Only `Requested` true is a request: no item and any other value are none."""
    found = dynamodb.get_item(
        TableName=os.environ["SWITCH_TABLE"],
        Key={"Switch": {"S": "takeover"}},
        ConsistentRead=True,
    )
    return found.get("Item", {}).get("Requested", {}).get("BOOL") is True


def answer(code, reason, body):
    """A response as a load balancer takes it from a function."""
    return {
        "statusCode": code,
        "statusDescription": f"{code} {reason}",
        "isBase64Encoded": False,
        "headers": {"Content-Type": "text/plain", "Cache-Control": "no-store"},
        "body": body + "\n",
    }
