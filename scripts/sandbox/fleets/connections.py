"""Connections to one address over which one asks again and again. h11 has the protocol."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import h11

from scripts.sandbox.fleets.wire import CHUNK, Reply, Request, decoded, encoded


class CannotConnect(Exception):
    """Nobody accepts connections there."""


class Broken(Exception):
    """The connection ended, or made no sense, before the answer was whole."""


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
                reader, writer = await asyncio.open_connection(self.host, self.port, limit=CHUNK)
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
        default_factory=lambda: h11.Connection(h11.CLIENT, max_incomplete_event_size=CHUNK)
    )

    async def ask(self, request: Request) -> Reply:
        headers = list(request.headers)
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            headers.append(("content-length", str(len(request.body))))
        sent_headers = encoded(headers)
        sent = h11.Request(method=request.method, target=request.target, headers=sent_headers)
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
                self.wire.receive_data(await self.reader.read(CHUNK))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return Reply(head.status_code, decoded(head.headers), bytes(body))
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
