"""What the search index will never take: put into a queue, for somebody to mend."""

import json
import os

import boto3
from aws_calls import CALLS

sqs = boto3.client("sqs", config=CALLS)


def put_aside(key, reason):
    """The product by its key, as DynamoDB tells it, and why."""
    body = json.dumps({"keys": key, "reason": reason})
    sqs.send_message(QueueUrl=os.environ["UNINDEXED"], MessageBody=body)
