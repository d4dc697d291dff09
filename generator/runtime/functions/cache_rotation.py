"""Rotate the password of the shop's user of the session cache, in both regions.

A user has up to two passwords: the current one stays valid beside the new one until the next rotation.
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/User-Secrets-Manager.html
"""

import os
import time

import boto3
from rotation_steps import rotate

#: The change takes a minute or so. Seconds, for each region.
PATIENCE, PAUSE = 120, 5

user = {"UserId": os.environ["USER_ID"]}


def handler(event, context):
    """Secrets Manager's request for one step."""
    rotate(event, "password", give_both, wait_until_in_force)


def give_both(current, pending):
    """Both regions take the new password before anybody is told of it. Asking again is harmless."""
    both = [current["password"], pending["password"]]
    for cache in caches():
        cache.modify_user(**user, Passwords=both)


def wait_until_in_force(pending):
    """One password alone is not ours: an update of the stack has set it meanwhile."""
    for cache in caches():
        for _ in range(0, PATIENCE, PAUSE):
            (found,) = cache.describe_users(**user)["Users"]
            if found["Status"] == "active":
                break
            time.sleep(PAUSE)
        else:
            raise TimeoutError("the new password is not in force yet")
        if found["Authentication"]["PasswordCount"] != 2:
            raise RuntimeError("the user has lost the new password")


def caches():
    """ElastiCache of each region that has the user; one that comes later begins with the secret."""
    for region in os.environ["REGIONS"].split():
        cache = boto3.client("elasticache", region_name=region)
        try:
            cache.describe_users(**user)
        except cache.exceptions.UserNotFoundFault:
            continue
        yield cache
