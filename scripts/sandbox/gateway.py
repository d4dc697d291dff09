"""The door of the sandbox: an ASGI application in front of ministack's.

It answers the sandbox's own pages and the services that we add, passes everything else on, and turns a
call that nothing answers into an error in AWS's shape: never a blank success.

A `Service` says by a request's head alone whether it answers (before the body is consumed); the first
that matches does. Services added later are registered with `Gateway.add`.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_CREDENTIAL = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/")
_FORM_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_BEGINNING = 4096
_READS = re.compile(r"(Describe|List|Get|Head|BatchGet|Query|Scan|Lookup|Search|Validate|Detect)")


@dataclass(frozen=True)
class Head:
    """What is known of a request before its body: enough to decide who answers."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]

    @property
    def target(self) -> str:
        """`CodePipeline_20150709.StartPipelineExecution`, of a JSON-protocol call; else empty."""
        return self.headers.get("x-amz-target", "")

    @property
    def credential(self) -> tuple[str, str, str]:
        """Access key, region and service of the SigV4 scope, each empty when unsigned."""
        signed = self.headers.get("authorization") or "Credential=" + "".join(
            self.query.get("X-Amz-Credential", [])
        )
        match = _CREDENTIAL.search(signed + "/")
        return (match[1], match[2], match[3]) if match else ("", "", "")


@dataclass(frozen=True)
class Response:
    """A whole answer."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Service:
    """An API of our own: whose requests it answers, and how."""

    name: str
    matches: Callable[[Head], bool]
    handle: Callable[[Head, bytes], Awaitable[Response]]


@dataclass
class Gateway:
    """Dispatches a request to the first service that matches, else to `inner`.

    `unanswered` may return the refusal of a request that `inner` would not answer as AWS does.
    `on_ready` is called when `inner` has loaded its state, before the port opens; `on_change` after
    every request that may have changed something.
    """

    inner: Application
    unanswered: Callable[[Head], Response | None]
    on_change: Callable[[], None] = lambda: None
    on_ready: Callable[[], None] = lambda: None
    services: list[Service] = field(default_factory=list)

    def add(self, service: Service) -> None:
        """Have `service` answer what it matches."""
        self.services.append(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it."""
        if scope["type"] != "http":
            await self.inner(scope, receive, self._announcing(send))
            return
        head = head_of(scope)
        for service in self.services:
            if service.matches(head):
                await reply(send, await service.handle(head, await read_body(receive)))
                if not may_change(head, b""):
                    return
                break
        else:
            refusal = self.unanswered(head)
            if refusal is not None:
                await read_body(receive)
                await reply(send, refusal)
                return
            overheard = _Overheard(receive)
            await self.inner(scope, overheard, send)
            if not may_change(head, overheard.beginning):
                return
        self.on_change()

    def _announcing(self, send: Send) -> Send:
        async def announce(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                self.on_ready()
            await send(message)

        return announce


class _Overheard:
    """A request's body on its way to the emulator; its beginning is kept."""

    def __init__(self, receive: Receive) -> None:
        self.beginning = b""
        self._receive = receive

    async def __call__(self) -> Message:
        message = await self._receive()
        if not self.beginning and message["type"] == "http.request":
            self.beginning = message.get("body", b"")[:_BEGINNING]
        return message


def may_change(head: Head, beginning: bytes) -> bool:
    """Whether a request may have changed state: its action's name tells, where it has one."""
    if head.method in ("GET", "HEAD", "OPTIONS"):
        return False
    form = _FORM_ACTION.search(beginning)
    action = form[1].decode() if form else head.target.rpartition(".")[2]
    return not _READS.match(action)


async def read_body(receive: Receive) -> bytes:
    """The whole body of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def reply(send: Send, response: Response) -> None:
    """Send a whole answer."""
    headers = [
        ("content-type", response.content_type),
        ("content-length", str(len(response.body))),
        ("x-amzn-requestid", str(uuid.uuid4())),
        *response.headers,
    ]
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": [(key.encode(), value.encode()) for key, value in headers],
        }
    )
    await send({"type": "http.response.body", "body": response.body})


def json_response(document: object, status: int = 200) -> Response:
    """A JSON document as an answer."""
    return Response(status, json.dumps(document, default=str).encode())


def number_in(body: bytes, name: str, least: float, most: float) -> float | None:
    """What a JSON body says under `name`, where that is a number within these bounds."""
    try:
        said: Any = json.loads(body)[name]
    except (ValueError, KeyError, TypeError):
        return None
    number = isinstance(said, int | float) and not isinstance(said, bool)
    return float(said) if number and least <= said <= most else None


def head_of(scope: Scope) -> Head:
    """What is known of an ASGI request before its body."""
    return Head(
        scope["method"],
        scope["path"],
        parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True),
        {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]},
    )
