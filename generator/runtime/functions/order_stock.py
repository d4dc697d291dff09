"""Reserve the stock of an order: all of its products, or none. Afterwards give it back, or settle it.

A product's item says `stock`, and for each order under way how much of it that order holds
(`reserved_<order id>`): so a step that runs twice takes once. The catalogue is a global table, and a
transaction holds in its own region: two regions that sell the same last piece at the same time oversell it.
"""

import os
from collections import Counter
from contextlib import suppress

import boto3
from aws_calls import CALLS

dynamodb = boto3.client("dynamodb", config=CALLS)

#: What becomes of what an order holds of a product.
ENDS = {
    "release": "SET stock = stock + #held REMOVE #held",
    "settle": "REMOVE #held",
}


def handler(event, context):
    """A step of the order workflow: an `action` for an `order`. It is done, or out-of-stock."""
    order, action = event["order"], event["action"]
    held = f"reserved_{order['order_id']}"
    pieces = sorted(quantities(order["items"]).items())
    if action == "reserve":
        return {"outcome": reserve(pieces, held)}
    for product, _ in pieces:
        end(product, held, ENDS[action])
    return {"outcome": "done"}


def quantities(items):
    """Product -> pieces; a transaction names an item once."""
    wanted = Counter()
    for item in items:
        wanted[item["product_id"]] += item["quantity"]
    return wanted


def reserve(pieces, held):
    """All of it at once; if nothing was changed, because that was done before, or there is too little."""
    try:
        dynamodb.transact_write_items(
            TransactItems=[
                {
                    "Update": {
                        **named(product, held),
                        "UpdateExpression": "SET stock = stock - :quantity, #held = :quantity",
                        "ConditionExpression": "stock >= :quantity AND attribute_not_exists(#held)",
                        "ExpressionAttributeValues": {":quantity": {"N": str(quantity)}},
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                }
                for product, quantity in pieces
            ]
        )
    except dynamodb.exceptions.TransactionCanceledException as cancelled:
        reasons = cancelled.response["CancellationReasons"]
        if any(reason["Code"] not in ("None", "ConditionalCheckFailed") for reason in reasons):
            raise
        return (
            "done" if any(held in reason.get("Item", {}) for reason in reasons) else "out-of-stock"
        )
    return "done"


def end(product, held, deed):
    """One product at a time: what is no longer held, or no longer sold, keeps nothing of the others."""
    with suppress(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.update_item(
            **named(product, held),
            UpdateExpression=deed,
            ConditionExpression="attribute_exists(#held)",
        )


def named(product, held):
    """Which item, and what the order holds of it."""
    return {
        "TableName": os.environ["CATALOGUE"],
        "Key": {"product_id": {"S": product}},
        "ExpressionAttributeNames": {"#held": held},
    }
