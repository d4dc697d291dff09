"""The sandbox's own pages, as whoever has its endpoint asks them."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from scripts import sandbox_pages
from scripts.commands.failover_drill.twin import Twin
from scripts.errors import Failed, UsageError


class Pages(ThreadingHTTPServer):
    """Answers what it is told to, and keeps what it was asked."""

    status, body = 200, b"{}"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.asked: list[tuple[str, str, Any]] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Page(BaseHTTPRequestHandler):
    server: Pages

    def do_GET(self) -> None:
        said = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, json.loads(said) if said else None))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def do_PUT(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing is said of it."""


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with Pages() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_what_a_page_does_not_take_from_a_drill_is_no_misuse_of_the_command(pages: Pages) -> None:
    pages.status, pages.body = 400, b'{"message": "No such region."}'

    with pytest.raises(Failed, match="No such region") as said:
        Twin(pages.endpoint).clock()

    assert not isinstance(said.value, UsageError)


def test_a_page_is_asked_past_any_proxy(pages: Pages) -> None:
    pages.body = b'{"speed": 60.0}'

    assert sandbox_pages.ask(pages.endpoint, "PUT", "clock", {"speed": 60}) == {"speed": 60.0}
    assert sandbox_pages.ask(pages.endpoint, "GET", "clock") == {"speed": 60.0}

    assert pages.asked == [
        ("PUT", "/_tradewind/clock", {"speed": 60}),
        ("GET", "/_tradewind/clock", None),
    ]


@pytest.mark.parametrize(("status", "kind"), [(400, UsageError), (404, UsageError), (502, Failed)])
def test_a_refusal_is_told_in_the_words_of_the_page(
    pages: Pages, status: int, kind: type[Exception]
) -> None:
    pages.status, pages.body = status, b'{"message": "That is no fault."}'

    with pytest.raises(kind, match=r"^That is no fault\.$"):
        sandbox_pages.ask(pages.endpoint, "PUT", "faults/us-east-1", {})


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (404, b"<h1>no such page</h1>", "HTTP Error 404: Not Found"),
        (500, b"", "HTTP Error 500: Internal Server Error"),
        (200, b"<h1>hello</h1>", "Expecting value"),
    ],
)
def test_what_answers_in_another_way_is_no_sandbox(
    pages: Pages, status: int, body: bytes, why: str
) -> None:
    pages.status, pages.body = status, body

    with pytest.raises(Failed, match=f"is no sandbox that answers: {why}"):
        sandbox_pages.ask(pages.endpoint, "GET", "status")


def test_where_nobody_listens_that_is_said() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        port = deaf.getsockname()[1]
        with pytest.raises(Failed, match=f":{port} is no sandbox that answers: .*refused"):
            sandbox_pages.ask(f"http://127.0.0.1:{port}", "GET", "status")
