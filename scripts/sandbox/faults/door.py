"""In front of everything: a call to a region that is down is answered by nobody but this refusal.

By the region of the call's signature; of an object or a bucket by that of the bucket. Global services have
their control planes in us-east-1: while that is down their changes are refused, and what they serve goes on.
What is not signed (a function's URL, an API, a load balancer of ministack's) is told by its address.
https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from scripts.sandbox import seams
from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.gateway import (
    Application,
    Head,
    Message,
    Receive,
    Response,
    Scope,
    Send,
    head_of,
    may_change,
    read_body,
    reply,
)
from scripts.sandbox.refusals import shaped
from scripts.sandbox.seams import Kind, Seam

_USED_BY = "objects of a region that is down"

BUCKETS = Seam("ministack.services.s3", "_buckets", None, Kind.MAPPING, used_by=_USED_BY)
ENTRIES = Seam(
    "ministack.core.responses", "AccountScopedDict._data", None, Kind.VALUE, None, _USED_BY
)
BALANCERS = Seam("ministack.services.alb", "_lbs", None, Kind.MAPPING, used_by=_USED_BY)
SEAMS = (BUCKETS, ENTRIES, BALANCERS)

CODE = "ServiceUnavailable"
CONTROL_PLANES = "us-east-1"
GLOBAL = frozenset(
    {
        *("iam", "route53", "route53domains", "cloudfront", "organizations", "account"),
        *("budgets", "ce", "cur", "shield", "support", "waf", "health", "globalaccelerator"),
    }
)

_OWN = "/_tradewind/"
_BUCKET_HOST = re.compile(r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.s3[.-]")
_REGION = re.compile(r"(?<![a-z0-9-])([a-z]{2}(?:-[a-z]+)+-\d)(?![a-z0-9-])")
_BALANCER = re.compile(r"/_alb/([^/]+)|([^/.:]+)\.alb\.")


class Door:
    """An ASGI application that lets through what is for regions that stand."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or have it answered."""
        if scope["type"] != "http" or not STANDING.every():
            await self._inner(scope, receive, send)
            return
        head = head_of(scope)
        if head.path.startswith(_OWN):
            await self._inner(scope, receive, send)
            return
        if _global(head):
            body = await read_body(receive)
            if may_change(head, body):
                await reply(send, unavailable(head))
                return
            receive = _again(body)
        elif STANDING.down(region_of(head)):
            await read_body(receive)
            await reply(send, unavailable(head))
            return
        await self._inner(scope, receive, send)


def region_of(head: Head) -> str:
    """The region that has to answer a request; empty where none does."""
    _, region, service = head.credential
    if not service or service == "s3":
        bucket = _bucket(head)
        if bucket is not None:
            return bucket
    return region if service else _of_address(head)


def unavailable(head: Head) -> Response:
    """The answer of a region that has none."""
    return shaped(head, 503, CODE, "Service is unavailable. Please try again later.")


def _global(head: Head) -> bool:
    _, _, service = head.credential
    return service in GLOBAL and STANDING.down(CONTROL_PLANES)


def _bucket(head: Head) -> str | None:
    """The region of the bucket that a request is for; None where there is no such bucket."""
    hosted = _BUCKET_HOST.match(head.headers.get("host", ""))
    name = hosted[1] if hosted else head.path.lstrip("/").partition("/")[0]
    every: dict[tuple[str, str], dict[str, str]] = ENTRIES.value.__get__(BUCKETS.value)
    found = (one for (_, held), one in list(every.items()) if held == name)
    bucket = next(found, None)
    return (bucket.get("region") or CONTROL_PLANES) if bucket is not None else None


def _of_address(head: Head) -> str:
    """Of the names in an address that is not signed."""
    address = head.headers.get("host", "") + head.path
    if named := _REGION.search(address):
        return named[1]
    if balancer := _BALANCER.search(address):
        name = balancer[1] or balancer[2]
        for (_, region, _), held in list(seams.everywhere(BALANCERS).items()):
            if held.get("LoadBalancerName") == name:
                return str(region)
    return ""


def _again(body: bytes) -> Callable[[], Awaitable[Message]]:
    """A request's body that was read already."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return parts.pop() if parts else {"type": "http.disconnect"}

    return receive
