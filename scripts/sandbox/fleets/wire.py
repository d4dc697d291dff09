"""HTTP/1.1 in whole messages, both ways: a server that answers, and connections that are asked again.

h11 has the protocol; what is here is sockets, time and size. A message is read to its end before anything is
done with it, so its framing is ours and not its sender's.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from http import HTTPStatus

import h11

Headers = tuple[tuple[str, str], ...]

_CHUNK = 64 * 1024


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


@dataclass(frozen=True)
class Request:
    """A whole request. `target` is the path with its query; `peer` the address it came from."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    peer: str = ""

    @property
    def path(self) -> str:
        """The path, without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the question mark."""
        return self.target.partition("?")[2]

    def values(self, name: str) -> list[str]:
        """Every value of a header; its name is lower case."""
        return [value for key, value in self.headers if key == name]

    @property
    def cookies(self) -> dict[str, str]:
        """Cookies by name."""
        pairs = (pair.partition("=") for line in self.values("cookie") for pair in line.split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs}

    def having(self, *headers: tuple[str, str]) -> Request:
        """The same with these headers instead of those of the same names."""
        names = {name for name, _ in headers}
        kept = (one for one in self.headers if one[0] not in names)
        return replace(self, headers=(*kept, *headers))


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Headers = ()
    body: bytes = b""


class CannotConnect(Exception):
    """Nobody accepts connections there."""


class Broken(Exception):
    """The connection ended, or made no sense, before the answer was whole."""


Answer = Callable[[Request], Awaitable[Reply]]


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
        self._server = await asyncio.start_server(self._connected, host, port, limit=_CHUNK)
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
                        data = await reader.read(_CHUNK)
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


@dataclass
class Connections:
    """Connections to one address, kept while it keeps them."""

    host: str
    port: int
    connect_seconds: float = 10.0
    answer_seconds: float = 60.0
    _idle: list[_Connection] = field(default_factory=list)

    async def ask(self, request: Request) -> Reply:
        """The answer to one request. Raises CannotConnect, Broken, TimeoutError.

        A request is sent once: who did not answer may have done what it asked.
        """
        connection = self._kept() or await self._connect()
        try:
            async with asyncio.timeout(self.answer_seconds):
                reply = await connection.ask(request)
        except (OSError, h11.ProtocolError) as problem:
            connection.close()
            if isinstance(problem, TimeoutError):
                raise
            raise Broken(str(problem)) from problem
        except BaseException:
            connection.close()
            raise
        if connection.reusable():
            self._idle.append(connection)
        else:
            connection.close()
        return reply

    def close(self) -> None:
        """Close what is kept."""
        while self._idle:
            self._idle.pop().close()

    def _kept(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.ended:
                return connection
            connection.close()
        return None

    async def _connect(self) -> _Connection:
        try:
            async with asyncio.timeout(self.connect_seconds):
                reader, writer = await asyncio.open_connection(self.host, self.port, limit=_CHUNK)
        except TimeoutError:
            raise
        except OSError as problem:
            raise CannotConnect(str(problem)) from problem
        return _Connection(reader, writer)


@dataclass
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    wire: h11.Connection = field(
        default_factory=lambda: h11.Connection(h11.CLIENT, max_incomplete_event_size=_CHUNK)
    )

    async def ask(self, request: Request) -> Reply:
        headers = list(request.headers)
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            headers.append(("content-length", str(len(request.body))))
        encoded = _encoded(headers)
        sent = h11.Request(method=request.method, target=request.target, headers=encoded)
        parts = (
            sent,
            *((h11.Data(data=request.body),) if request.body else ()),
            h11.EndOfMessage(),
        )
        self.writer.write(b"".join(self.wire.send(part) or b"" for part in parts))
        await self.writer.drain()
        head: h11.Response | None = None
        body = bytearray()
        while True:
            event = self.wire.next_event()
            if event is h11.NEED_DATA:
                self.wire.receive_data(await self.reader.read(_CHUNK))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return Reply(head.status_code, _decoded(head.headers), bytes(body))
            elif not isinstance(event, h11.InformationalResponse):
                raise Broken("the connection ended before an answer")

    def reusable(self) -> bool:
        if self.wire.our_state is h11.DONE and self.wire.their_state is h11.DONE:
            self.wire.start_next_cycle()
            return True
        return False

    @property
    def ended(self) -> bool:
        return self.reader.at_eof() or self.writer.is_closing()

    def close(self) -> None:
        self.writer.close()


def _request(head: h11.Request, body: bytes, peer: str) -> Request:
    method, target = head.method.decode("ascii"), head.target.decode("latin-1")
    return Request(method, target, _decoded(head.headers), body, peer)


def _decoded(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def _encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


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
    start = h11.Response(status_code=reply.status, headers=_encoded(headers), reason=reason)
    out = wire.send(start) or b""
    if reply.body and not bodiless:
        out += wire.send(h11.Data(data=reply.body)) or b""
    out += wire.send(h11.EndOfMessage()) or b""
    writer.write(out)


_STATUSES = frozenset(status.value for status in HTTPStatus)
