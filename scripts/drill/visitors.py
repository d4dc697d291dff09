"""Customers' machines: what each has learnt of DNS, and the connection that it keeps, are its own.

A `CachingVisitor` asks an authoritative name server by itself and believes the answer for its TTL, in the
drill's time; over a connection that stands it goes on without asking, until the load balancer's keep-alive
is over. So it is away from a lost region at the latest when both are. An `EdgeVisitor` comes by CloudFront,
which does all that for everybody.
"""

from __future__ import annotations

import contextlib
import http.client
import time
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from scripts.drill.clock import Clock
from scripts.drill.stage import Answer, Asked, Names, NoAnswer, Told, Unreachable
from scripts.errors import reason

#: Real seconds that a customer waits for a connection and for each part of an answer.
PATIENCE = 10.0

#: Bytes of an answer that are read; a page of the shop has a tenth.
_LARGEST = 1024 * 1024

#: The drill milliseconds by which a rehearsal's front door held an answer back.
LATENCY = "x-tradewind-latency-ms"

Connect = Callable[[], http.client.HTTPConnection]


class CachingVisitor:
    """Resolves `name` by itself and speaks plain HTTP to the first address of the answer, at `port`."""

    def __init__(self, names: Names, clock: Clock, name: str, port: int, keep_alive: float) -> None:
        self._names, self._clock = names, clock
        self._name, self._port, self._keep_alive = name, port, keep_alive
        self._answer, self._believed_until = Answer((), 0), float("-inf")
        self._kept: http.client.HTTPConnection | None = None
        self._kept_until, self._address = float("-inf"), ""
        self._cookies: dict[str, str] = {}

    @property
    def renews_at(self) -> float:
        """The drill time from which on what it knows of the name may be another: no earlier than that."""
        return self._kept_until if self._kept is not None else self._believed_until

    def send(self, asked: Asked) -> Told:
        """One request, by the connection that it has, or by a new one. Raises Unreachable."""
        sent_at = self._clock.now()
        if self._kept is not None and sent_at >= self._kept_until:
            self.close()
        reused = self._kept is not None
        try:
            return self._exchange(asked, sent_at)
        except Unreachable:
            # Whoever is at the other end may close a connection that is not used; then nothing was asked.
            if not (reused and asked.method == "GET"):
                raise
        return self._exchange(asked, self._clock.now())

    def close(self) -> None:
        """Hang up; what was learnt of the name is still believed."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _exchange(self, asked: Asked, now: float) -> Told:
        began = time.monotonic()
        connection = self._connected(now)
        try:
            status, headers, body = _ask(connection, asked, self._name, self._cookies)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(f"{self._address}: {reason(error)}") from error
        if connection.sock is None:  # it was closed with the answer
            self.close()
        seconds = time.monotonic() - began
        return Told(status, headers, body, _judged(seconds, headers, self._clock), self._address)

    def _connected(self, now: float) -> http.client.HTTPConnection:
        if self._kept is None:
            self._address = self._resolved(now)
            kept = http.client.HTTPConnection(self._address, self._port, timeout=PATIENCE)
            try:
                kept.connect()
            except OSError as error:
                kept.close()
                raise Unreachable(f"{self._address}: {reason(error)}") from error
            self._kept, self._kept_until = kept, now + self._keep_alive
        return self._kept

    def _resolved(self, now: float) -> str:
        """The name's address: as it is remembered, or asked anew once that has run out."""
        if now >= self._believed_until:
            self._answer = self._learnt()
            self._believed_until = now + self._answer.ttl
        if not self._answer.addresses:
            raise Unreachable(f"{self._name} has no address.")
        return self._answer.addresses[0]

    def _learnt(self) -> Answer:
        """The first name server's answer that comes."""
        why = "nobody answers for its zone"
        try:
            for server in self._names.servers(self._name):
                try:
                    return self._names.ask(server, self._name)
                except NoAnswer as error:
                    why = str(error)
        except NoAnswer as error:
            why = str(error)
        raise Unreachable(f"{self._name} is not resolved: {why}")


class EdgeVisitor:
    """Comes by https://, as customers of AWS do; who resolves the name that fails over is CloudFront."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._encrypted = (
            parts.hostname or "",
            parts.port,
            parts.scheme == "https",
        )
        self._kept: http.client.HTTPConnection | None = None
        self._cookies: dict[str, str] = {}

    def send(self, asked: Asked) -> Told:
        """One request. Raises Unreachable."""
        reused = self._kept is not None
        try:
            return self._exchange(asked)
        except Unreachable:
            if not (reused and asked.method == "GET"):
                raise
        return self._exchange(asked)

    def close(self) -> None:
        """Hang up."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _exchange(self, asked: Asked) -> Told:
        began = time.monotonic()
        if self._kept is None:
            kind = http.client.HTTPSConnection if self._encrypted else http.client.HTTPConnection
            self._kept = kind(self._host, self._port, timeout=PATIENCE)
        try:
            status, headers, body = _ask(self._kept, asked, self._host, self._cookies)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(f"{self._host}: {reason(error)}") from error
        return Told(status, headers, body, time.monotonic() - began)


def _ask(
    connection: http.client.HTTPConnection, asked: Asked, host: str, cookies: dict[str, str]
) -> tuple[int, Mapping[str, str], bytes]:
    """Send and read one answer; its cookies are kept for the next. Raises OSError, HTTPException."""
    headers = {"Host": host, **asked.headers}
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    connection.request(asked.method, asked.path, asked.body or None, headers)
    answer = connection.getresponse()
    body = answer.read(_LARGEST)
    if answer.read(1):
        connection.close()
    for line in answer.headers.get_all("Set-Cookie", []):
        with contextlib.suppress(CookieError):
            cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def _judged(seconds: float, headers: Mapping[str, str], clock: Clock) -> float:
    """How long it took, in drill seconds: what the machine needed is real time, what was put on is the
    drill's.
    """
    try:
        put_on = max(float(headers.get(LATENCY, "0")) / 1000, 0.0)
    except ValueError:
        put_on = 0.0
    return round(max(seconds - put_on / clock.speed, 0.0) + put_on, 6)
