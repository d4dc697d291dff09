"""How the function behind a custom resource answers CloudFormation: once, and in every case.

What is asked may lack anything, the work may hang, and CloudFormation waits until it hears: so all of it is
done below one guard, which ends the work while there is still time to answer.
"""

import json
import logging
import random
import signal
import time
import urllib.request
from contextlib import contextmanager

from botocore.exceptions import ClientError

log = logging.getLogger()
log.setLevel(logging.INFO)

#: Seconds kept back for the answer, and for one try to give it; and how many tries.
RESERVE, ANSWER, TRIES = 12, 3, 3

#: CloudFormation takes an answer of 4,096 bytes; so much of it may be the reason. Characters.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
LONGEST_REASON = 1000

#: What was never made has this at its name's end.
UNMADE = "-unmade"


class Unable(Exception):
    """Why a request cannot be fulfilled, in words that may stand in the stack's events."""


def fulfil(event, context, identify, work, undo=lambda _: None):
    """Do what is asked and answer. `identify(event)` is the physical id of what `work(event)` makes.

    To delete what was never made is done at once.
    """
    status, reason = "SUCCESS", ""
    name = event.get("PhysicalResourceId") or f"{event['LogicalResourceId']}{UNMADE}"
    try:
        with time_to_answer(context):
            match event["RequestType"]:
                case "Delete":
                    if not name.endswith(UNMADE):
                        undo(event)
                case "Create" | "Update":
                    name = identify(event)
                    work(event)
                case other:
                    raise Unable(f"there is no request {other}")
    except Exception as error:
        log.exception("%s failed", name)
        status, reason = "FAILED", f"{why(error)} (log stream {context.log_stream_name})"
    answer(event, {"Status": status, "Reason": reason, "PhysicalResourceId": name})


@contextmanager
def time_to_answer(context):
    """What hangs within ends by a TimeoutError, a while before Lambda ends the function."""
    left = context.get_remaining_time_in_millis() / 1000 - RESERVE

    def end(number, frame):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, max(left, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def why(error):
    """The error's name, and what it says only where nothing but our words or AWS's codes is in it.

    Who may read a stack's events is not who may read secrets, and a message may quote what it was given.
    """
    match error:
        case Unable():
            return str(error)[:LONGEST_REASON]
        case ClientError():
            return f"{error.operation_name}: {error.response['Error'].get('Code')}"
        case TimeoutError():
            return "it took too long"
    return type(error).__name__


def answer(event, said):
    """Tell CloudFormation. The URL is signed for this request alone, and for no content type.

    Raises OSError when it cannot be told: then Lambda runs the whole again.
    """
    body = said | {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(body).encode(), method="PUT")
    request.add_header("Content-Type", "")
    for attempt in range(TRIES):
        try:
            urllib.request.urlopen(request, timeout=ANSWER).close()
            return
        except OSError as error:
            log.warning("CloudFormation was not told: %s", type(error).__name__)
            if attempt == TRIES - 1:
                raise
        time.sleep(random.uniform(0, 2**attempt))  # noqa: S311 - jitter
