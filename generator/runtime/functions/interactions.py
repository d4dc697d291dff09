"""Tell Personalize what customers do: views, clicks, carts and purchases, as the event bus has them.

Who is no customer is a user by the session: Personalize learns from users alone, and the shop asks it so. An
event that comes twice is told under the same id, and counts once. A product is told of, with its category,
when this execution environment first hears of it; where Personalize has enough, when it hears of it again.
https://docs.aws.amazon.com/personalize/latest/dg/recording-item-interaction-events.html
"""

import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

log = logging.getLogger()
log.setLevel(logging.INFO)

#: Calls at a time; each is tried again with jitter, and all of them end before the function does.
TOGETHER = 8
CALLS = Config(
    connect_timeout=3,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=TOGETHER,
)

events = boto3.client("personalize-events", config=CALLS)
dynamodb = boto3.client("dynamodb", config=CALLS)
known = set()

#: Detail type -> what Personalize learns from it.
TYPES = {
    "ProductViewed": "View",
    "ProductClicked": "Click",
    "ProductAddedToCart": "AddToCart",
    "OrderConfirmed": "Purchase",
}

#: PutEvents takes so many of one session at once, PutItems as many.
AT_ONCE = 10

#: PutItems takes ten calls a second, and none while a data set is imported.
#: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
LATER = ("ThrottlingException", "ResourceInUseException")


def handler(event, context):
    """Messages of the queue, each an event of the bus; the answer names those that were not told."""
    failed, told = set(), []
    for message in event["Records"]:
        try:
            told += [
                (message["messageId"], *one) for one in interactions(json.loads(message["body"]))
            ]
        except (KeyError, TypeError, ValueError) as error:
            log.error("message %s is no interaction: %s", message["messageId"], why(error))
            failed.add(message["messageId"])
    with ThreadPoolExecutor(TOGETHER) as pool:
        for some, was_told in pool.map(tell, calls(told)):
            if not was_told:
                failed |= {message for message, _, _ in some}
        failed |= introduce(told, pool)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in sorted(failed)]}


def interactions(event):
    """Who did it, and what: an order tells of each of its products."""
    detail = event["detail"]
    session = detail.get("session_id") or detail["order_id"]
    who = (session, detail.get("customer_id") or session)
    when = datetime.fromisoformat(detail.get("occurred_at") or detail["confirmed_at"])
    for number, line in enumerate(detail.get("items", [detail])):
        yield (
            who,
            {
                "eventId": f"{event['id']}-{number}",
                "eventType": TYPES[event["detail-type"]],
                "itemId": line["product_id"],
                "sentAt": when,
            },
        )


def calls(told):
    """Those of one session together, as many as a call takes."""
    sessions = {}
    for one in told:
        sessions.setdefault(one[1], []).append(one)
    for those in sessions.values():
        yield from chunks(those)


def tell(some):
    """One call, and whether it was answered."""
    session, user = some[0][1]
    try:
        events.put_events(
            trackingId=os.environ["TRACKING_ID"],
            sessionId=session,
            userId=user,
            eventList=[said for _, _, said in some],
        )
    except (ClientError, BotoCoreError) as error:
        log.error("%d interactions were not told: %s", len(some), why(error))
        return some, False
    return some, True


def introduce(told, pool):
    """Put products that are new here; the messages that name one which Personalize refuses.

    One that the catalogue does not have is a product without a category.
    """
    named = {}
    for message, _, said in told:
        named.setdefault(said["itemId"], set()).add(message)
    try:
        items = list(pool.map(about, [product for product in named if product not in known]))
    except (ClientError, BotoCoreError) as error:
        log.error("the catalogue was not read: %s", why(error))
        return set()
    failed = set()
    for some in chunks(items):
        try:
            events.put_items(datasetArn=os.environ["ITEMS_DATASET"], items=some)
        except ClientError as error:
            if error.response["Error"]["Code"] in LATER:
                log.warning("%d products are told of later", len(some))
                break
            log.error("%d products were refused: %s", len(some), why(error))
            failed = failed.union(*(named[item["itemId"]] for item in some))
        else:
            known.update(item["itemId"] for item in some)
    return failed


def about(product):
    """The item with its metadata; a field is named as in the schema, in camel case."""
    found = dynamodb.get_item(
        TableName=os.environ["CATALOGUE_TABLE"], Key={"product_id": {"S": product}}
    )
    category = found.get("Item", {}).get("category", {}).get("S")
    return {"itemId": product, "properties": json.dumps({"category": category})}


def why(error):
    """A name, and no more: a message may quote who did what."""
    return (
        error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    )


def chunks(things):
    """As many as may be told at once."""
    return [things[start : start + AT_ONCE] for start in range(0, len(things), AT_ONCE)]
