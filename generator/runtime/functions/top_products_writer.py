"""Publish the most popular products: one item of the catalogue, whole or not at all.

The input is what GetStatementResult answered: a row has the product's id and how many were sold. No row at
all publishes nothing, for an old list is better than none.
"""

import logging
import os
import time

import boto3
from aws_calls import CALLS

log = logging.getLogger()
log.setLevel(logging.INFO)

dynamodb = boto3.client("dynamodb", config=CALLS)


def handler(event, context):
    """Write the list, the most popular first; how many it holds is the answer."""
    products = [product(row) for row in event["Records"]]
    if not products:
        log.warning("nothing was sold: the last list stays")
        return {"published": 0}
    dynamodb.put_item(
        TableName=os.environ["CATALOGUE_TABLE"],
        Item={
            "product_id": {"S": os.environ["ITEM"]},
            "products": {"L": [{"M": product} for product in products]},
            "ranked_at": {"N": str(int(time.time()))},
        },
    )
    log.info("published %d products", len(products))
    return {"published": len(products)}


def product(row):
    """A row's two fields, as DynamoDB keeps them."""
    identifier, sold = row
    return {
        "product_id": {"S": identifier["StringValue"]},
        "sold": {"N": str(sold["LongValue"])},
    }
