"""The name server of the hosted zones: UDP and TCP, on one port of loopback."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import cast

from scripts.sandbox.routing.answers import Answer, View, answer
from scripts.sandbox.routing.dns_messages import WHOLE, respond

#: Seconds (of this machine) for which a connection may say nothing: RFC 7766, section 6.2.3.
IDLE = 10.0

#: How often a port that is free for UDP may turn out to be taken for TCP.
_PORTS = 20


class DnsServer:
    """Answers from what `view` gives at that moment. It lives in one event loop."""

    def __init__(self, view: Callable[[], View], dice: random.Random | None = None) -> None:
        self._view = view
        self._dice = dice or random.SystemRandom()
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int = 0) -> int:
        """Serve; gives the port, one number for UDP and TCP. 0 has one chosen. Raises OSError."""
        for left in reversed(range(1 if port else _PORTS)):
            try:
                return await self._open(host, port)
            except OSError:
                self.close()
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Serve no more, and hang up."""
        if self._udp is not None:
            self._udp.close()
        if self._tcp is not None:
            self._tcp.close()
        for connection in self._connections:
            connection.cancel()
        self._udp = self._tcp = None

    def answer(self, name: str, kind: str) -> Answer:
        """What is answered now."""
        return answer(self._view(), name, kind, self._dice)

    async def _open(self, host: str, port: int) -> int:
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self.answer), local_addr=(host, port)
        )
        chosen: int = self._udp.get_extra_info("sockname")[1]
        self._tcp = await asyncio.start_server(self._converse, host, chosen)
        return chosen

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer what comes over one connection, question after question."""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._connections.add(task)
        try:
            while reply := await self._next(reader):
                writer.write(len(reply).to_bytes(2, "big") + reply)
                await writer.drain()
        except (OSError, EOFError, TimeoutError):
            pass  # they have gone, or have nothing to say
        finally:
            self._connections.discard(task)
            writer.close()

    async def _next(self, reader: asyncio.StreamReader) -> bytes | None:
        async with asyncio.timeout(IDLE):
            length = int.from_bytes(await reader.readexactly(2), "big")
            packet = await reader.readexactly(length)
        return respond(packet, self.answer, WHOLE)


class _Datagrams(asyncio.DatagramProtocol):
    """One datagram, one answer: nobody is waited for."""

    def __init__(self, answering: Callable[[str, str], Answer]) -> None:
        self._answering = answering
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = respond(data, self._answering)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)
