"""Requests to an OpenSearch domain: signed with the function's role, and repeated while that may help."""

import json
import logging
import os
import random
import time
import urllib.request
from urllib.error import HTTPError

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

credentials = botocore.session.get_session().get_credentials()

log = logging.getLogger()

#: Seconds for one answer; and the longest pause before the next try, which begins with the first.
ANSWER, FIRST, LONGEST = 15, 0.5, 10

#: The domain says that the request itself is wrong: no second try would help.
WRONG = (400, 405, 409, 413)


class Refused(OSError):
    """The domain answered, and did not do it. `kind` is OpenSearch's name for why."""

    def __init__(self, status, kind):
        super().__init__(f"{status} {kind}")
        self.status, self.kind = status, kind


def send(method, url, body=b"", content_type="application/json"):
    """The answer, read from JSON. Raises Refused, or another OSError where no answer comes."""
    signed = AWSRequest(method, url, {"Content-Type": content_type}, body)
    SigV4Auth(credentials, "es", os.environ["AWS_REGION"]).add_auth(signed)
    request = urllib.request.Request(url, body, dict(signed.headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=ANSWER) as answer:
            return json.loads(answer.read() or b"{}")
    except HTTPError as error:
        with error:
            raise Refused(error.code, kind_of(error.read())) from None


def insist(end, method, url, body=b"", content_type="application/json"):
    """Send until it is done, until the domain says that it never will be, or until `end` (monotonic)."""
    for _ in tries(end):
        try:
            return send(method, url, body, content_type)
        except OSError as error:
            failure = error
            if getattr(error, "status", None) in WRONG:
                break
            log.warning("%s %s: %s", method, url, error)
    raise failure


def tries(end):
    """The first at once, each other after a pause of full jitter: many who wait come back apart."""
    yield
    longest = FIRST
    while True:
        pause = random.uniform(0, longest)  # noqa: S311 - jitter
        if time.monotonic() + pause > end:
            return
        time.sleep(pause)
        yield
        longest = min(LONGEST, 2 * longest)


def kind_of(body):
    """What OpenSearch calls an error; what stands in front of it answers in other shapes, or not in JSON."""
    try:
        error = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return ""
    return error.get("type", "") if isinstance(error, dict) else str(error)
