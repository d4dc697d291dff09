"""Tell Personalize what customers do: views, clicks, carts and purchases, as the event bus has them.

An event that comes twice is told under the same id, and counts once. A product is told of, with its category,
when this execution environment first hears of it; where Personalize has enough, when it hears of it again.
https://docs.aws.amazon.com/personalize/latest/dg/recording-item-interaction-events.html
"""

import json
import logging
import os
from datetime import datetime

import boto3
from botocore.exceptions import ClientError

log = logging.getLogger()
log.setLevel(logging.INFO)

events = boto3.client("personalize-events")
dynamodb = boto3.client("dynamodb")
known = set()

#: Detail type -> what Personalize learns from it.
TYPES = {
    "ProductViewed": "View",
    "ProductClicked": "Click",
    "ProductAddedToCart": "AddToCart",
    "OrderConfirmed": "Purchase",
}

#: PutEvents takes so many at once, PutItems as many.
AT_ONCE = 10

#: PutItems takes ten calls a second, and none while a data set is imported.
#: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
LATER = ("ThrottlingException", "ResourceInUseException")


def handler(event, context):
    """One event of the bus; an order tells of each of its products."""
    detail = event["detail"]
    products = [line["product_id"] for line in detail.get("items", [detail])]
    told = [
        {
            "eventId": f"{event['id']}-{number}",
            "eventType": TYPES[event["detail-type"]],
            "itemId": product,
            "sentAt": datetime.fromisoformat(happened(detail)),
        }
        for number, product in enumerate(products)
    ]
    who = {"sessionId": detail.get("session_id") or detail["order_id"]}
    if "customer_id" in detail:
        who["userId"] = detail["customer_id"]
    for some in chunks(told):
        events.put_events(trackingId=os.environ["TRACKING_ID"], eventList=some, **who)
    introduce([product for product in dict.fromkeys(products) if product not in known])


def happened(detail):
    """When it did."""
    return detail.get("occurred_at") or detail["confirmed_at"]


def introduce(products):
    """Put products that are new here; one that the catalogue does not have is none."""
    items = [{"itemId": product, "properties": about(product)} for product in products]
    for some in chunks(items):
        try:
            events.put_items(datasetArn=os.environ["ITEMS_DATASET"], items=some)
        except ClientError as error:
            if error.response["Error"]["Code"] not in LATER:
                raise
            log.warning("%d products are told of later", len(some))
        else:
            known.update(item["itemId"] for item in some)


def about(product):
    """The item's metadata; a field is named as in the schema, in camel case."""
    found = dynamodb.get_item(
        TableName=os.environ["CATALOGUE_TABLE"], Key={"product_id": {"S": product}}
    )
    category = found.get("Item", {}).get("category", {}).get("S")
    return json.dumps({"category": category})


def chunks(things):
    """As many as may be told at once."""
    return [things[start : start + AT_ONCE] for start in range(0, len(things), AT_ONCE)]
