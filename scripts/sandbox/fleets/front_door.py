"""What stands for a region's load balancer: each request to a healthy target, to a function, or refused.

Its refusals are those of an Application Load Balancer, and so is what it adds and takes away.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from scripts.sandbox.fleets.connections import Broken, CannotConnect
from scripts.sandbox.fleets.listeners import Forward, Rules
from scripts.sandbox.fleets.target_groups import Stickiness, TargetGroup
from scripts.sandbox.fleets.wire import Headers, Reply, Request

#: Invokes a function with an event; gives what it returned. Raises FunctionFailed.
Invoke = Callable[[str, Mapping[str, Any]], Awaitable[Any]]

#: Addresses that X-Forwarded-For may have before a request is refused with 463.
MOST_FORWARDERS = 30

#: Bytes of a body that a function can be given.
MOST_FOR_FUNCTION = 1024 * 1024

_VALID_NAME = re.compile(r"[-A-Za-z0-9]+")
#: What is between two ends of one connection alone; and the length, which is ours to tell.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
    | {"content-length"}
)
_STICKY = "AWSALBAPP-0"


class FunctionFailed(Exception):
    """A function raised, or could not be invoked."""


@dataclass
class FrontDoor:
    """Routes requests by `rules` to `groups`, or to the `functions` of groups that hold one; both by ARN.

    `protocol` and `port` are the listener's, as clients of the real one see them.
    """

    rules: Rules
    groups: Mapping[str, TargetGroup]
    functions: Mapping[str, str]
    invoke: Invoke
    protocol: str = "https"
    port: int = 443
    drops_invalid_headers: bool = False
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    async def answer(self, request: Request) -> Reply:
        """The answer to one request."""
        forwarders = sum(value.count(",") + 1 for value in request.values("x-forwarded-for"))
        if forwarders > MOST_FORWARDERS:
            return refused(463)
        if request.method == "TRACE":
            return refused(405)
        action = self.rules.action(request)
        if isinstance(action, Reply):
            return action
        return await self._forward(action, self._forwarded(request))

    async def _forward(self, action: Forward, request: Request) -> Reply:
        group = self.groups.get(action.target_group_arn)
        if group is not None:
            return await self._to_target(group, request)
        function = self.functions.get(action.target_group_arn)
        if function is None:
            return refused(503)
        return await self._to_function(action.target_group_arn, function, request)

    async def _to_target(self, group: TargetGroup, request: Request) -> Reply:
        """A request is tried once: the load balancer cannot know what a target did before it failed."""
        sticky = group.settings.stickiness
        target = group.choose(self._tied_to(sticky, request))
        if target is None:
            return refused(503)
        with target.at_work():
            try:
                reply = await target.connections.ask(request)
            except (CannotConnect, Broken):
                return refused(502)
            except TimeoutError:
                return refused(504)
        headers = tuple(
            one for one in reply.headers if one[0] not in _HOP_BY_HOP - {"content-length"}
        )
        return Reply(reply.status, (*headers, *self._tie(sticky, target.id, headers)), reply.body)

    def _forwarded(self, request: Request) -> Request:
        """The request as a target gets it."""
        kept = tuple(
            (name, value)
            for name, value in request.headers
            if name not in _HOP_BY_HOP
            and (not self.drops_invalid_headers or _VALID_NAME.fullmatch(name))
        )
        trail = ", ".join((*request.values("x-forwarded-for"), request.peer))
        trace = request.values("x-amzn-trace-id") or [
            f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"
        ]
        return Request(request.method, request.target, kept, request.body, request.peer).having(
            ("x-forwarded-for", trail),
            ("x-forwarded-proto", self.protocol),
            ("x-forwarded-port", str(self.port)),
            ("x-amzn-trace-id", trace[0]),
        )

    def _tie(self, sticky: Stickiness | None, target_id: str, headers: Headers) -> Headers:
        """The cookie that ties a client to its target: sent whenever the target sends its own.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html
        """
        if sticky is None or not any(
            name == "set-cookie" and value.partition("=")[0].strip() == sticky.cookie
            for name, value in headers
        ):
            return ()
        said = f"{int(time.time()) + sticky.seconds}.{target_id}"
        value = base64.urlsafe_b64encode(f"{said}.{self._signature(said)}".encode()).decode()
        return (("set-cookie", f"{_STICKY}={value}; Path=/; Max-Age={7 * 24 * 3600}"),)

    def _tied_to(self, sticky: Stickiness | None, request: Request) -> str | None:
        """The target that both cookies, the shop's and ours, tie a client to."""
        if sticky is None or sticky.cookie not in request.cookies:
            return None
        try:
            told = base64.urlsafe_b64decode(request.cookies.get(_STICKY, "")).decode()
        except ValueError:
            return None
        said, _, signature = told.rpartition(".")
        until, _, target_id = said.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(said).encode()):
            return None
        return target_id if time.time() < int(until) else None

    def _signature(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), "sha256").hex()

    async def _to_function(self, group: str, function: str, request: Request) -> Reply:
        """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html."""
        if len(request.body) > MOST_FOR_FUNCTION:
            return refused(413)
        try:
            told = await self.invoke(function, _event(group, request))
            return _told(told)
        except (FunctionFailed, KeyError, TypeError, ValueError):
            return refused(502)


def refused(status: int) -> Reply:
    """An answer of the load balancer's own."""
    known = {463: "Client Error", **{one.value: one.phrase for one in HTTPStatus}}
    line = f"{status} {known.get(status, 'Error')}"
    page = (
        f"<html>\r\n<head><title>{line}</title></head>\r\n<body>\r\n"
        f"<center><h1>{line}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
    return Reply(status, (("content-type", "text/html"),), page.encode())


def _event(group: str, request: Request) -> dict[str, Any]:
    return {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": request.method,
        "path": request.path,
        "queryStringParameters": dict(parse_qsl(request.query, keep_blank_values=True)),
        "headers": dict(request.headers),
        "body": base64.b64encode(request.body).decode() if request.body else "",
        "isBase64Encoded": bool(request.body),
    }


def _told(answer: Any) -> Reply:
    """What a function returned as an answer. Raises KeyError, TypeError, ValueError for what is none."""
    if not isinstance(answer, Mapping):
        raise TypeError(type(answer).__name__)
    body = str(answer.get("body") or "").encode()
    if answer.get("isBase64Encoded"):
        body = base64.b64decode(body)
    headers = dict(answer.get("headers") or {})
    told = tuple((str(name).lower(), str(value)) for name, value in headers.items())
    return Reply(int(answer["statusCode"]), told, body)
