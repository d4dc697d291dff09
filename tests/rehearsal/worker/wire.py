"""What stands between a worker and AWS: a test may hold a call, answer it itself, or lose its answer."""

from __future__ import annotations

import http.client
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.loopback import LoopbackServer, serving

#: What answers carry for one connection alone.
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"}

#: As S3 says that it is asked too much.
SLOW_DOWN = (
    503,
    b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>",
)

#: As Auto Scaling says that it waits for nobody.
NOT_WAITING = (
    400,
    b"<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>"
    b"<Message>No active Lifecycle Action found</Message></Error></ErrorResponse>",
)


@dataclass
class Rule:
    """What happens to the calls numbered `first` to `last` that have `what` in their description."""

    what: str
    first: int
    last: int
    answer: tuple[int, bytes] | None = None
    loses: bool = False
    holds: bool = False
    seen: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)


class Wire:
    """A proxy on loopback; `calls` is what went over it: `PUT /bucket/key`, or the name of an action."""

    def __init__(self, endpoint: str) -> None:
        self.target = urllib.parse.urlsplit(endpoint).netloc
        self.calls: list[str] = []
        self.rules: list[Rule] = []
        self.lock = threading.Lock()
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def __getattr__(self, name: str) -> Any:
                """What http.server looks for: do_GET and its like."""
                if name.startswith("do_"):
                    return lambda: wire.pass_on(self)
                raise AttributeError(name)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self.server = LoopbackServer(Handler)
        self.url = self.server.url

    def holding(self, what: str, number: int = 1) -> Rule:
        """The call is not passed on before the test releases it."""
        return self._rule(Rule(what, number, number, holds=True))

    def answering(self, what: str, answer: tuple[int, bytes], times: int) -> Rule:
        """These calls are answered here, and not passed on."""
        return self._rule(Rule(what, 1, times, answer=answer))

    def losing(self, what: str, number: int = 1) -> Rule:
        """The call is passed on, and its answer is lost."""
        return self._rule(Rule(what, number, number, loses=True))

    def count(self, what: str) -> int:
        """How many such calls there were."""
        return sum(what in call for call in self.calls)

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        """One call."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        target = request.headers.get("X-Amz-Target") or ""
        action = urllib.parse.parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
        call = target.rpartition(".")[2] or action or f"{request.command} {request.path}"
        rules = self._noted(call)
        for rule in rules:
            rule.reached.set()
            if rule.holds:
                rule.released.wait()
        answer = next((rule.answer for rule in rules if rule.answer), None)
        status, headers, content = (
            (*answer[:1], {}, answer[1]) if answer else self._asked(request, body)
        )
        if any(rule.loses for rule in rules):
            request.close_connection = True
            return
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(content)

    def _rule(self, rule: Rule) -> Rule:
        self.rules.append(rule)
        return rule

    def _noted(self, call: str) -> list[Rule]:
        with self.lock:
            self.calls.append(call)
            matching = [rule for rule in self.rules if rule.what in call]
            for rule in matching:
                rule.seen += 1
            return [rule for rule in matching if rule.first <= rule.seen <= rule.last]

    def _asked(
        self, request: BaseHTTPRequestHandler, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        headers = {name: value for name, value in request.headers.items() if name != "Expect"}
        with closing(http.client.HTTPConnection(self.target, timeout=60)) as connection:
            connection.request(request.command, request.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        kept = {
            name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP
        }
        return answer.status, kept, content


@contextmanager
def laid(endpoint: str) -> Iterator[Wire]:
    """A wire that serves, and ends with the test."""
    wire = Wire(endpoint)
    with serving(wire.server):
        try:
            yield wire
        finally:
            for rule in wire.rules:
                rule.released.set()
