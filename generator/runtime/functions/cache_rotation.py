"""Rotate the password of the shop's user of the session cache, in both regions.

A user has up to two passwords: the current one stays valid beside the new one until the next rotation.
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/User-Secrets-Manager.html
"""

import os
import time

import boto3
from botocore.config import Config
from rotation_steps import rotate

CALLS = Config(
    connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
)

#: The change takes a minute or so. Seconds, for each region: both together end before the function does.
PATIENCE, PAUSE = 100, 5

user = {"UserId": os.environ["USER_ID"]}


def handler(event, context):
    """Secrets Manager's request for one step."""
    rotate(event, "password", give_both, wait_until_in_force)


def give_both(pending, earlier):
    """Both regions take the new password before anybody is told of it. Asking again is harmless.

    A user that is being changed takes no change: an earlier try may be at it still.
    """
    both = [next(earlier)["password"], pending["password"]]
    for cache in caches():
        settled(cache)
        cache.modify_user(**user, Passwords=both)


def wait_until_in_force(pending):
    """One password alone is not ours: an update of the stack has set it meanwhile."""
    for cache in caches():
        if settled(cache)["Authentication"]["PasswordCount"] != 2:
            raise RuntimeError("the user has lost the new password")


def settled(cache):
    """The user, once no change is under way."""
    for _ in range(0, PATIENCE, PAUSE):
        (found,) = cache.describe_users(**user)["Users"]
        if found["Status"] == "active":
            return found
        time.sleep(PAUSE)
    raise TimeoutError("the user is being changed still")


def caches():
    """ElastiCache of each region that has the user; one that comes later begins with the secret."""
    for region in os.environ["REGIONS"].split():
        cache = boto3.client("elasticache", region_name=region, config=CALLS)
        try:
            cache.describe_users(**user)
        except cache.exceptions.UserNotFoundFault:
            continue
        yield cache
