"""Start the workflow of an acknowledged order, once: the execution bears the order's id as its name.

The bus may tell of an order twice, and a replay does so on purpose. Step Functions refuses a name that it
has seen in the last ninety days, so the second telling changes nothing. To run what ended badly again:
`aws stepfunctions redrive-execution`.
"""

import json
import logging
import os

import boto3
from aws_calls import CALLS

log = logging.getLogger()
log.setLevel(logging.INFO)

states = boto3.client("stepfunctions", config=CALLS)


def handler(event, context):
    """An event of the bus. What it raises has Lambda call again, and then fill the dead-letter queue."""
    order = event["detail"]
    try:
        states.start_execution(
            stateMachineArn=os.environ["WORKFLOW"],
            name=order["order_id"],
            input=json.dumps({"order": order}),
        )
    except states.exceptions.ExecutionAlreadyExists:
        log.info("order %s is being worked, or was", order["order_id"])
