"""Reserve, give back or settle the stock of an order: all of its products, or none.

A product's item says `stock`, and for each order under way how much of it that order holds
(`reserved_<order id>`): so a step that runs twice takes once. The catalogue is a global table, and a
transaction holds in its own region: two regions that sell the same last piece at the same time oversell it.
"""

import os
from collections import Counter

import boto3

dynamodb = boto3.client("dynamodb")

#: Action -> what becomes of the item, and on what condition.
DEEDS = {
    "reserve": (
        "SET stock = stock - :quantity, #held = :quantity",
        "stock >= :quantity AND attribute_not_exists(#held)",
    ),
    "release": ("SET stock = stock + #held REMOVE #held", "attribute_exists(#held)"),
    "settle": ("REMOVE #held", "attribute_exists(#held)"),
}


def handler(event, context):
    """A step of the order workflow: an `action` for an `order`. It is done, or out-of-stock."""
    order, action = event["order"], event["action"]
    held = f"reserved_{order['order_id']}"
    try:
        dynamodb.transact_write_items(
            TransactItems=[
                {"Update": update(product, quantity, held, action)}
                for product, quantity in sorted(quantities(order["items"]).items())
            ]
        )
    except dynamodb.exceptions.TransactionCanceledException as cancelled:
        return {"outcome": judge(cancelled, action, held)}
    return {"outcome": "done"}


def quantities(items):
    """Product -> pieces; a transaction names an item once."""
    wanted = Counter()
    for item in items:
        wanted[item["product_id"]] += item["quantity"]
    return wanted


def update(product, quantity, held, action):
    """One product's part in the transaction."""
    deed, condition = DEEDS[action]
    values = {":quantity": {"N": str(quantity)}} if action == "reserve" else {}
    return {
        "TableName": os.environ["CATALOGUE"],
        "Key": {"product_id": {"S": product}},
        "UpdateExpression": deed,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#held": held},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        **({"ExpressionAttributeValues": values} if values else {}),
    }


def judge(cancelled, action, held):
    """Nothing was changed. That is right if the deed was done before, or there was nothing to give back."""
    reasons = cancelled.response["CancellationReasons"]
    if any(reason["Code"] not in ("None", "ConditionalCheckFailed") for reason in reasons):
        raise cancelled
    if action == "reserve" and not any(held in reason.get("Item", {}) for reason in reasons):
        return "out-of-stock"
    return "done"
