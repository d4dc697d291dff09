"""Ask the payment processor, under the order's id as the idempotency key.

What its address must answer: POST /authorizations 2xx for authorised and 402 for declined; POST /voids 2xx,
or 404 where it knows of none. Nothing that it says is logged or raised, nor what it was told.
"""

import json
import os
import time
import urllib.error
import urllib.request
from http.client import HTTPException

import boto3

secrets = boto3.client("secretsmanager")

#: Seconds to wait for an answer, to keep a key, and to ask no more after so many failures in a row.
ANSWER, KEPT, PAUSE, FAILURES = 8, 300, 30, 5

seen = {"failures": 0, "paused": 0, "key": "", "read": 0}


class PaymentRefused(Exception):
    """Not what could ever be granted."""


class ProcessorNotConfigured(Exception):
    """There is nobody to ask."""


class ProcessorUnavailable(Exception):
    """No answer, or none that settles it."""


def ask(what, order_id, told):
    """The status of the answer: 200, 402 or 404."""
    if not os.environ["PROCESSOR"]:
        raise ProcessorNotConfigured("payment_processor_url is empty")
    if time.time() < seen["paused"]:
        raise ProcessorUnavailable("paused")
    url = f"{os.environ['PROCESSOR']}/{what}"
    request = urllib.request.Request(url, json.dumps(told).encode(), method="POST")
    request.add_header("Authorization", f"Bearer {api_key()}")
    request.add_header("Idempotency-Key", f"{what}-{order_id}")
    request.add_header("Content-Type", "application/json")
    try:
        urllib.request.urlopen(request, timeout=ANSWER).close()
        status = 200
    except (OSError, HTTPException) as error:
        status = getattr(error, "code", 0)
    if status in (200, 402, 404):
        seen["failures"] = 0
        return status
    seen.update(failures=seen["failures"] + 1, read=0)
    if seen["failures"] >= FAILURES:
        seen.update(failures=0, paused=time.time() + PAUSE)
    raise ProcessorUnavailable(f"status {status}")


def api_key():
    """Read anew after a while, and after a failure: it rotates."""
    if time.time() > seen["read"] + KEPT:
        secret = secrets.get_secret_value(SecretId=os.environ["SECRET"])
        seen.update(key=json.loads(secret["SecretString"])["api_key"], read=time.time())
    return seen["key"]
