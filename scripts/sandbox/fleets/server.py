"""A server of HTTP/1.1 that answers whole requests. h11 has the protocol; here are sockets, time and size."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

import h11

from scripts.sandbox.fleets.wire import CHUNK, Reply, Request, decoded, encoded

Answer = Callable[[Request], Awaitable[Reply]]


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds.

    `line` is what an Application Load Balancer takes of a request line or a header, `head` of all together.
    `keep_alive` is how long a client's connection serves new requests, however busy; `idle` how long it may
    be silent.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
    """

    line: int = 16 * 1024
    head: int = 64 * 1024
    body: int = 10 * 1024 * 1024
    idle: float = 60.0
    keep_alive: float = 60.0

    def hold(self, head: h11.Request) -> bool:
        """Whether a request's head is within them."""
        lines = [len(head.target), *(len(name) + len(value) for name, value in head.headers)]
        return max(lines) <= self.line and sum(lines) <= self.head


@dataclass
class Server:
    """Answers HTTP/1.1 on one address.

    `refused` makes the answer to what is no request, or too large a one.
    """

    answer: Answer
    refused: Callable[[int], Reply]
    limits: Limits = field(default_factory=Limits)
    _server: asyncio.Server | None = None
    _closing: bool = False
    _connections: dict[asyncio.Task[None], bool] = field(default_factory=dict)
    """Each connection's task, and whether it is at work on a request."""

    async def open(self, host: str, port: int) -> int:
        """Serve; gives the port. Raises OSError when it cannot be had."""
        self._server = await asyncio.start_server(self._connected, host, port, limit=CHUNK)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self, patience: float) -> None:
        """Take no more connections, end idle ones, let the others finish what they are at."""
        self._closing = True
        if self._server is not None:
            self._server.close()
        for task, busy in list(self._connections.items()):
            if not busy:
                task.cancel()
        if self._connections:
            await asyncio.wait(self._connections, timeout=patience)
        for task in list(self._connections):
            task.cancel()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = False
        # A client that resets ends its connection, and nothing else.
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._converse(task, reader, writer)
        finally:
            del self._connections[task]
            writer.close()

    async def _converse(
        self,
        task: asyncio.Task[None],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        peer = str((writer.get_extra_info("peername") or ("",))[0])
        wire = h11.Connection(h11.SERVER, max_incomplete_event_size=self.limits.head)
        until = time.monotonic() + self.limits.keep_alive
        while True:
            self._connections[task] = False
            try:
                request = await self._read(task, wire, reader, writer, peer)
            except _Refused as problem:
                _send(wire, writer, self.refused(problem.status), "GET", last=True)
                await writer.drain()
                return
            if request is None:
                return
            reply = await self.answer(request)
            last = self._closing or time.monotonic() > until
            try:
                _send(wire, writer, reply, request.method, last=last)
            except (h11.LocalProtocolError, UnicodeEncodeError):  # no HTTP can be made of it
                _send(wire, writer, self.refused(502), request.method, last=True)
            await writer.drain()
            if wire.our_state is not h11.DONE or wire.their_state is not h11.DONE:
                return
            wire.start_next_cycle()

    async def _read(
        self,
        task: asyncio.Task[None],
        wire: h11.Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        peer: str,
    ) -> Request | None:
        """The next request; None where the client is done. Raises _Refused."""
        head: h11.Request | None = None
        body = bytearray()
        try:
            async with asyncio.timeout(self.limits.idle) as limit:
                while True:
                    event = wire.next_event()
                    if event is h11.NEED_DATA:
                        if wire.they_are_waiting_for_100_continue:
                            go_on = h11.InformationalResponse(status_code=100, headers=[])
                            writer.write(wire.send(go_on) or b"")
                        data = await reader.read(CHUNK)
                        self._connections[task] = True
                        limit.reschedule(asyncio.get_running_loop().time() + self.limits.idle)
                        wire.receive_data(data)
                    elif isinstance(event, h11.Request):
                        self._connections[task] = True
                        head = event
                        if not self.limits.hold(head):
                            raise _Refused(400)
                    elif isinstance(event, h11.Data):
                        body += event.data
                        if len(body) > self.limits.body:
                            raise _Refused(413)
                    elif isinstance(event, h11.EndOfMessage) and head is not None:
                        return _request(head, bytes(body), peer)
                    else:
                        return None
        except TimeoutError:
            if head is not None or self._connections[task]:
                raise _Refused(408) from None
            return None
        except h11.RemoteProtocolError as problem:
            raise _Refused(501 if problem.error_status_hint == 501 else 400) from None


class _Refused(Exception):
    """A request that is none, or too large, or too slow."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _request(head: h11.Request, body: bytes, peer: str) -> Request:
    method, target = head.method.decode("ascii"), head.target.decode("latin-1")
    return Request(method, target, decoded(head.headers), body, peer)


def _send(
    wire: h11.Connection, writer: asyncio.StreamWriter, reply: Reply, method: str, *, last: bool
) -> None:
    """Write an answer; `last` ends the connection after it."""
    bodiless = method == "HEAD" or reply.status in (204, 304)
    headers = [one for one in reply.headers if one[0] != "connection"]
    if not bodiless:
        headers = [one for one in headers if one[0] != "content-length"]
        headers.append(("content-length", str(len(reply.body))))
    if last:
        headers.append(("connection", "close"))
    reason = HTTPStatus(reply.status).phrase if reply.status in _STATUSES else ""
    start = h11.Response(status_code=reply.status, headers=encoded(headers), reason=reason)
    out = wire.send(start) or b""
    if reply.body and not bodiless:
        out += wire.send(h11.Data(data=reply.body)) or b""
    out += wire.send(h11.EndOfMessage()) or b""
    writer.write(out)


_STATUSES = frozenset(status.value for status in HTTPStatus)
