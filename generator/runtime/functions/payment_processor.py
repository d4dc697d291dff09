"""Ask the payment processor, under the order's id as the idempotency key.

What its address must answer: POST /authorizations 2xx for authorised and 402 for declined; POST /voids 2xx,
or 404 where it knows of none; 401 or 403 to a key that is not in force; 400 or 422 to what it never takes.
The same Idempotency-Key must get the same answer. Nothing that it says is logged or raised, nor what it was
told. Tries again are the workflow's; here is only what every try needs: a limit, a key, and a pause.
"""

import json
import os
import time
import urllib.error
import urllib.request
from http.client import HTTPException

import boto3
from botocore.config import Config
from unfollowed import opener

#: Seconds to wait for an answer, to keep a key, and to ask no more after so many failures in a row.
ANSWER, KEPT, PAUSE, FAILURES = 8, 300, 30, 5

#: Of AWS's calls: less than a function has, with one more try.
PATIENCE = Config(
    connect_timeout=2, read_timeout=4, retries={"total_max_attempts": 2, "mode": "standard"}
)

secrets = boto3.client("secretsmanager", config=PATIENCE)

kept = {"key": "", "until": 0}
breaker = {"failures": 0, "closed_at": 0}


class PaymentRefused(Exception):
    """Not what could ever be granted."""


class ProcessorNotConfigured(Exception):
    """There is nobody to ask."""


class ProcessorUnavailable(Exception):
    """No answer, or none that settles it."""


def ask(what, order_id, told, *, under=None):
    """The status of the answer: 200, 402 or 404. `under`: the idempotency key, if not the order's first."""
    if not os.environ["PROCESSOR"]:
        raise ProcessorNotConfigured("payment_processor_url is empty")
    if time.time() < breaker["closed_at"]:
        raise ProcessorUnavailable("paused")
    under = under or f"{what}-{order_id}"
    key = api_key()
    status = answered(what, told, under, key)
    if status in (401, 403) and (newer := api_key(anew=True)) != key:
        status = answered(what, told, under, newer)
    if status in (200, 402, 404):
        breaker["failures"] = 0
        return status
    if status in (400, 422):
        raise PaymentRefused(f"status {status}")
    failed()
    raise ProcessorUnavailable(f"status {status}")


def answered(what, told, under, key):
    """One request; its status, or 0 where nothing came that is an answer."""
    url = f"{os.environ['PROCESSOR']}/{what}"
    request = urllib.request.Request(url, json.dumps(told).encode(), method="POST")
    request.add_header("Authorization", f"Bearer {key}")
    request.add_header("Idempotency-Key", under)
    request.add_header("Content-Type", "application/json")
    try:
        opener.open(request, timeout=ANSWER).close()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except (OSError, HTTPException):
        return 0
    return 200


def failed():
    """After some in a row nobody is asked for a while: it would only hold up those who wait."""
    breaker["failures"] += 1
    if breaker["failures"] >= FAILURES:
        breaker.update(failures=0, closed_at=time.time() + PAUSE)


def api_key(*, anew=False):
    """The processor's key, kept for a while: it rotates."""
    if anew or time.time() > kept["until"]:
        secret = secrets.get_secret_value(SecretId=os.environ["SECRET"])
        kept.update(key=json.loads(secret["SecretString"])["api_key"], until=time.time() + KEPT)
    return kept["key"]
