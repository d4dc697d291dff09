"""Rotate the payment processor's API key.

What the processor's address must answer: PUT, signed with the key in force, registers the one in the body;
GET tells by 2xx, or by 401 or 403, whether the key that signs it works.
"""

import json
import os
import urllib.error
import urllib.request

from rotation_steps import rotate
from unfollowed import opener


def handler(event, context):
    """Secrets Manager's request for one step; without an address none runs, and the key stays."""
    if not os.environ["URL"]:
        raise RuntimeError("payment_key_url is empty: exchange the key with the processor by hand")
    rotate(event, "api_key", register, use)


def register(pending, earlier):
    """It may be registered already; else whatever key is in force registers it."""
    if works(pending):
        return
    for value in earlier:
        if works(value):
            send("PUT", value, json.dumps({"api_key": pending["api_key"]}).encode())
            return
    raise RuntimeError("the processor takes no key that the secret holds or has held")


def use(pending):
    """The processor must take the new key before it becomes the current one."""
    if not works(pending):
        raise RuntimeError("the processor refuses the new key")


def works(value):
    """Any error but a refusal is no answer, and is raised."""
    try:
        send("GET", value)
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            return False
        raise
    return True


def send(method, value, body=None):
    """One request, signed with a key."""
    request = urllib.request.Request(os.environ["URL"], body, method=method)
    request.add_header("Authorization", f"Bearer {value['api_key']}")
    request.add_header("Content-Type", "application/json")
    opener.open(request, timeout=10).close()
