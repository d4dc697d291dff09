"""Custom resource: what CloudFormation has no type for in an OpenSearch domain, said as its master user.

The roles of fine-grained access control and who bears them, and settings. All are put as a whole, so putting
them again changes nothing. A role that is no longer asked for is borne by nobody.
"""

import json
import time

from custom_resource import fulfil, log
from domain_requests import send

#: A new domain refuses for a while. Seconds.
PATIENCE, PAUSE = 240, 10


def handler(event, context):
    """CloudFormation's request."""
    endpoint = event["ResourceProperties"]["Endpoint"]
    fulfil(event, f"{endpoint}-roles", lambda: say(endpoint, event))


def say(endpoint, event):
    """`Roles` has, by a role's name, what it may do and who bears it; `Settings`, by a path, a JSON text."""
    asked, before = event["ResourceProperties"], event.get("OldResourceProperties", {})
    roles, mappings = "_plugins/_security/api/roles", "_plugins/_security/api/rolesmapping"
    texts = {}
    for name, role in asked["Roles"].items():
        texts[f"{roles}/{name}"] = json.dumps(role["Permissions"])
        texts[f"{mappings}/{name}"] = json.dumps({"backend_roles": role["Bearers"]})
    for name in before.get("Roles", {}).keys() - asked["Roles"].keys():
        texts[f"{mappings}/{name}"] = json.dumps({"backend_roles": []})
    end = time.monotonic() + PATIENCE
    for path, text in (texts | asked["Settings"]).items():
        put(f"https://{endpoint}/{path}", text.encode(), end)


def put(url, body, end):
    """Again and again, until the domain takes it or patience ends."""
    while True:
        try:
            send("PUT", url, body)
            return
        except OSError as error:
            if time.monotonic() > end:
                raise
            log.warning("%s: %s", url, error)
            time.sleep(PAUSE)
