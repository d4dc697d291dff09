"""Rotate the master password of the orders database through the RDS API.

RDS sets the password and says when it is in force. Logging in with it, and setting it by SQL without leave
to modify the database, wait for a PostgreSQL client: it comes when functions are bundled.
"""

import os
import time

import boto3
from rotation_steps import rotate

#: RDS makes the change within a minute or so; give it four. Seconds.
PATIENCE, PAUSE = 240, 5


def handler(event, context):
    """Secrets Manager's request for one step."""
    rotate(event, "password", set_password, wait_until_in_force)


def set_password(current, pending):
    """Asking twice is harmless. RDS sets it at once, and ApplyImmediately would apply all that is pending."""
    rds("modify_db_{}", MasterUserPassword=pending["password"])


def wait_until_in_force(pending):
    """RDS lists the password among the pending changes until it has set it."""
    for _ in range(0, PATIENCE, PAUSE):
        (database,) = rds("describe_db_{}s")[f"DB{os.environ['KIND']}s"]
        if "MasterUserPassword" not in (database.get("PendingModifiedValues") or {}):
            return
        time.sleep(PAUSE)
    raise TimeoutError("RDS has not set the new password yet")


def rds(operation, **change):
    """The operation's form for an Instance or a Cluster."""
    kind = os.environ["KIND"]
    call = getattr(boto3.client("rds"), operation.format(kind.lower()))
    return call(**{f"DB{kind}Identifier": os.environ["DATABASE"]}, **change)
