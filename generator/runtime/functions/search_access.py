"""Custom resource: who may do what in an OpenSearch domain, said as its master user.

No CloudFormation type has the roles of fine-grained access control, nor who bears them. Both are put as a
whole, so putting them again changes nothing. A role that is no longer asked for is borne by nobody.
"""

import json
import time
import urllib.error

from custom_resource import fulfil, log
from domain_requests import send

#: A new domain refuses for a while. Seconds.
PATIENCE, PAUSE = 240, 10


def handler(event, context):
    """CloudFormation's request."""
    endpoint = event["ResourceProperties"]["Endpoint"]
    fulfil(event, f"{endpoint}-roles", lambda: say(endpoint, event))


def say(endpoint, event):
    """`Roles` has, by a role's name, what it may do and the IAM roles that bear it."""
    roles = event["ResourceProperties"]["Roles"]
    for name, role in roles.items():
        put(endpoint, f"roles/{name}", role["Permissions"])
        put(endpoint, f"rolesmapping/{name}", {"backend_roles": role["Bearers"]})
    for name in event.get("OldResourceProperties", {}).get("Roles", {}).keys() - roles.keys():
        put(endpoint, f"rolesmapping/{name}", {"backend_roles": []})


def put(endpoint, path, value):
    """Again and again, until the domain takes it or patience ends."""
    url = f"https://{endpoint}/_plugins/_security/api/{path}"
    end = time.monotonic() + PATIENCE
    while True:
        try:
            send("PUT", url, json.dumps(value).encode())
            return
        except urllib.error.URLError as error:
            if time.monotonic() > end:
                raise
            log.warning("%s: %s", path, error)
            time.sleep(PAUSE)
