"""One exchange with an endpoint, as a checker makes it: over a connection of its own, with little patience.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from http import HTTPStatus

import h11

from scripts.sandbox.routing.health_checks import Endpoint

#: Seconds to connect in, to answer in after that, and for the body after the status; and for TCP alone.
CONNECT, ANSWER, BODY, TCP = 4.0, 2.0, 2.0, 10.0

#: Bytes of a body in which a search string must appear whole.
SEARCHED = 5120

#: Seconds of the machine that an endpoint gets at least, however fast the clock runs: it does not run faster
#: for that. Whoever hangs is found out later than on AWS, by so much at that speed.
PATIENCE = 1.0

#: How many drill milliseconds a front door held an answer back on purpose; it slept that over the speed.
LATENCY_HEADER = "x-tradewind-latency-ms"

#: As GetHealthCheckStatus puts it.
TIMED_OUT = (
    "Connection timed out. The endpoint or the internet connection is down, or requests are being "
    "blocked by your firewall."
)
REFUSED = "Connection refused. The endpoint is not listening, or its firewall rejects connections."

_CHUNK = 16 * 1024
_AGENT = "Amazon-Route53-Health-Check-Service (ref {check}; report http://amzn.to/1vsZADi)"


@dataclass(frozen=True)
class Outcome:
    """What became of a probe, in the words of GetHealthCheckStatus.

    `seconds` is what it took: the machine's, and what was held back on purpose in drill time.
    """

    success: bool
    status: str
    seconds: float = 0.0


class _Failed(Exception):
    """What the endpoint did wrong, as a sentence."""


async def probe(check: str, endpoint: Endpoint, host: str, port: int, speed: float) -> Outcome:
    """Ask once, at an address of this machine. `speed` is the clock's. HTTPS is spoken without TLS."""
    began = time.monotonic()
    exchange = _Exchange(endpoint, speed)
    resolved = f". Resolved IP: {host}" if not endpoint.address else ""
    try:
        said = await exchange.make(_AGENT.format(check=check), host, port)
        return Outcome(True, f"Success: {said}{resolved}", time.monotonic() - began + exchange.held)
    except _Failed as problem:
        said = f"Failure: {str(problem).removesuffix('.')}{resolved}"
        return Outcome(False, said, time.monotonic() - began + exchange.held)


@dataclass
class _Exchange:
    """One connection. `held` is by how many drill seconds more than it slept the front door held it back."""

    endpoint: Endpoint
    speed: float
    held: float = 0.0

    async def make(self, agent: str, host: str, port: int) -> str:
        """What the endpoint did well. Raises _Failed."""
        only_connects = self.endpoint.kind == "TCP"
        reader, writer = await self._connect(host, port, TCP if only_connects else CONNECT)
        try:
            if only_connects:
                return "TCP connection established"
            return await self._ask(agent, reader, writer)
        except OSError as problem:
            raise _Failed(f"The connection ended before an answer: {problem}.") from None
        except h11.ProtocolError as problem:
            raise _Failed(f"The answer is not HTTP/1.1 as RFC 7230 has it: {problem}.") from None
        except UnicodeError as problem:
            raise _Failed(f"The request cannot be written as HTTP/1.1: {problem}.") from None
        finally:
            writer.close()

    async def _connect(
        self, host: str, port: int, seconds: float
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(self._patience(seconds)):
                return await asyncio.open_connection(host, port, limit=_CHUNK)
        except TimeoutError:
            raise _Failed(TIMED_OUT) from None
        except ConnectionRefusedError:
            raise _Failed(REFUSED) from None
        except OSError:  # no way there, or not one that leaves the machine
            raise _Failed(TIMED_OUT) from None

    async def _ask(
        self, agent: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> str:
        wire = h11.Connection(h11.CLIENT, max_incomplete_event_size=64 * 1024)
        headers = [("Host", self.endpoint.host), ("User-Agent", agent), ("Accept", "*/*")]
        headers.append(("Connection", "close"))
        request = h11.Request(method="GET", target=self.endpoint.path, headers=headers)
        connected = time.monotonic()
        try:
            async with asyncio.timeout(self._patience(ANSWER)):
                writer.write((wire.send(request) or b"") + (wire.send(h11.EndOfMessage()) or b""))
                await writer.drain()
                head = await _head(wire, reader)
        except TimeoutError:
            raise _Failed(TIMED_OUT) from None
        self.held = _latency(head) * (1 - 1 / self.speed)
        if time.monotonic() - connected + self.held > ANSWER:
            raise _Failed(TIMED_OUT)
        said = f"HTTP Status Code {head.status_code}, {_reason(head)}"
        if not 200 <= head.status_code < 400:
            raise _Failed(said)
        if self.endpoint.kind.endswith("_STR_MATCH"):
            await self._search(wire, reader)
        return said

    async def _search(self, wire: h11.Connection, reader: asyncio.StreamReader) -> None:
        try:
            async with asyncio.timeout(self._patience(BODY)):
                body = await _beginning(wire, reader)
        except TimeoutError:
            raise _Failed(TIMED_OUT) from None
        if self.endpoint.search.encode() not in body:
            raise _Failed(
                f"The string to search for is not in the first {SEARCHED} bytes of the answer."
            )

    def _patience(self, seconds: float) -> float:
        """Seconds of the machine for so many of the drill."""
        return max(seconds / self.speed, min(seconds, PATIENCE))


async def _head(wire: h11.Connection, reader: asyncio.StreamReader) -> h11.Response:
    while True:
        event = wire.next_event()
        if event is h11.NEED_DATA:
            data = await reader.read(_CHUNK)
            if not data:
                raise _Failed("The connection ended before an answer.")
            wire.receive_data(data)
        elif isinstance(event, h11.Response):
            return event


async def _beginning(wire: h11.Connection, reader: asyncio.StreamReader) -> bytes:
    """As much of a body as is searched."""
    body = b""
    while len(body) < SEARCHED:
        event = wire.next_event()
        if event is h11.NEED_DATA:
            wire.receive_data(await reader.read(_CHUNK))
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        else:
            break
    return body[:SEARCHED]


def _latency(head: h11.Response) -> float:
    """Drill seconds that the front door says it held the answer back."""
    told = next((value for name, value in head.headers if name.decode() == LATENCY_HEADER), b"0")
    try:
        return max(float(told), 0.0) / 1000
    except ValueError:
        return 0.0


def _reason(head: h11.Response) -> str:
    told = bytes(head.reason).decode("latin-1")
    known = {one.value: one.phrase for one in HTTPStatus}
    return told or known.get(head.status_code, "")
