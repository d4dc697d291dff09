"""A network that misbehaves, between the tool and the sandbox: a loopback proxy with a seeded temper."""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from tests.loopback import LoopbackServer, serving

#: What may happen to a call. After the last three AWS has done what was asked, and nobody hears of it.
FAULTS = ("throttled", "unavailable", "reset", "slow", "lost", "truncated", "garbled")

#: How operations begin that change something.
MUTATING = ("Create", "Delete", "Execute", "Update")

#: What AWS answers by itself: (status, code, message).
_REFUSALS = {
    "throttled": (400, "Throttling", "Rate exceeded"),
    "expired": (403, "ExpiredToken", "The security token included in the request is expired"),
}


class Faults(LoopbackServer):
    """Passes calls on to `endpoint`; a share of them, `rate`, meets a fault. `met` counts them.

    The fault "forgotten" loses the first answer to every call that changes something, and no other; "expired"
    refuses the credentials. With a `region`, only its calls meet any.
    """

    def __init__(
        self, endpoint: str, seed: int, rate: float, kinds: tuple[str, ...], region: str = ""
    ) -> None:
        super().__init__(_Handler)
        self.endpoint = urlsplit(endpoint)
        self.rate, self.kinds, self.region = rate, kinds, region
        self.met: Counter[str] = Counter()
        self.forgotten: set[str] = set()
        self._invocations: set[str] = set()
        self._random, self._lock = random.Random(seed), threading.Lock()

    def next_fault(self, path: str, signed: str) -> str:
        """What happens to the next call; the sandbox's own pages are not AWS's."""
        with self._lock:
            if path.startswith("/_tradewind/") or self._random.random() >= self.rate:
                return ""
            if (
                self.region and f"/{self.region}/" not in signed
            ):  # Credential=account/date/region/service/...
                return ""
            fault = self._random.choice(self.kinds)
            self.met[fault] += 1
            return fault

    def forgets(self, operation: str, invocation: str) -> bool:
        """Whether this is the first attempt at a call that changes something."""
        with self._lock:
            if not operation.startswith(MUTATING) or invocation in self._invocations:
                return False
            self._invocations.add(invocation)
            self.forgotten.add(operation)
            return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Faults

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match fault := self.server.next_fault(self.path, self.headers.get("Authorization", "")):
            case "throttled" if self.command != "POST":
                return self.answer(
                    503, self.refusal("SlowDown", "Please reduce your request rate.")
                )
            case "throttled" | "expired":
                return self.answer(_REFUSALS[fault][0], self.refusal(*_REFUSALS[fault][1:]))
            case "unavailable":
                return self.answer(503, b"")
            case "reset":
                return self.hang_up()
            case "slow":
                time.sleep(0.3)
        status, headers, answer = self.forward(body)
        match fault:
            case "lost":
                return self.hang_up()
            case "forgotten" if self.server.forgets(
                self.operation(body), self.headers.get("amz-sdk-invocation-id", "")
            ):
                return self.hang_up()
            case "truncated":
                self.answer(status, answer[: len(answer) // 2], headers, len(answer))
                return self.hang_up()
            case "garbled":
                return self.answer(status, answer[: len(answer) // 2], headers)
        return self.answer(status, answer, headers)

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST  # noqa: N815 - as http.server calls them

    def refusal(self, code: str, message: str) -> bytes:
        """An error as the service of the call would write it."""
        if "X-Amz-Target" in self.headers:
            return json.dumps({"__type": f"{code}Exception", "message": message}).encode()
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        return f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>".encode()

    def operation(self, body: bytes) -> str:
        """The API's name of the call, where the protocol says it."""
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        return target or dict(parse_qsl(body.decode(errors="replace"))).get("Action", "")

    def forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        endpoint = self.server.endpoint
        onward = HTTPConnection(endpoint.hostname or "", endpoint.port, timeout=60)
        try:
            onward.request(self.command, self.path, body, dict(self.headers))
            answer = onward.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            onward.close()

    def answer(
        self,
        status: int,
        body: bytes,
        headers: list[tuple[str, str]] | None = None,
        length: int | None = None,
    ) -> None:
        self.send_response_only(status)
        kept = {"content-length", "transfer-encoding", "connection"}
        for name, value in headers or ():
            if name.lower() not in kept or (
                self.command == "HEAD" and name.lower() == "content-length"
            ):
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        """Reset the connection, as a lost network does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def misbehaving(
    home: Path,
    endpoint: str,
    elsewhere: Path,
    seed: int,
    rate: float,
    kinds: tuple[str, ...] = FAULTS,
    region: str = "",
) -> Iterator[Faults]:
    """Faults before the sandbox of `home`; with `elsewhere` as its home a command runs into them."""
    with serving(Faults(endpoint, seed, rate, kinds, region)) as faults:
        record = json.loads((home / "running.json").read_text())
        elsewhere.mkdir(exist_ok=True)
        (elsewhere / "running.json").write_text(json.dumps({**record, "port": faults.port}))
        yield faults
