"""A search domain on loopback, as the sandbox has it, for functions that reach it by its host."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from scripts.sandbox.gateway import Head
from scripts.sandbox.search_domains import STORE, Contents, answer
from tests.loopback import LOOPBACK, LoopbackServer, serving

HOST = "vpc-shop.us-east-1.es.amazonaws.com"

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "CATALOGUE_TABLE": "shop-catalogue",
    "ENDPOINT": HOST,
    "INDEX": "catalogue",
    "KEY": "product_id",
    "NO_PRODUCT": "top-products",
    "UNINDEXED": "unindexed",
}


class Domain:
    """The domain, what it was asked, and CloudFormation's address beside it.

    `refusals` are statuses with which it answers before it does anything again; `busy` are ids that one _bulk
    each does not take.
    """

    def __init__(self, cloudformation: str) -> None:
        self.cloudformation = cloudformation
        self.contents = STORE.domains[HOST] = Contents()
        self.refusals: list[int] = []
        self.busy: list[str] = []
        self.requests: list[tuple[str, str]] = []
        self.signatures: list[str] = []
        self.heard: list[dict[str, Any]] = []

    def holds(self, alias: str = "catalogue") -> dict[str, Any]:
        """What is found under an alias: id -> document."""
        return {
            which: document
            for index in self.contents.indices.values()
            if alias in index.aliases
            for which, (_, document) in index.documents.items()
        }

    def aliases(self) -> dict[str, list[str]]:
        """Index -> the aliases by which it is known."""
        return {name: sorted(index.aliases) for name, index in self.contents.indices.items()}

    def said(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        if path == "/cloudformation":
            self.heard.append(json.loads(body))
            return 200, {}
        self.requests.append((method, path))
        self.signatures.append(headers.get("authorization", ""))
        if self.refusals:
            return self.refusals.pop(0), {"error": {"type": "unavailable"}}
        url = urlsplit(path)
        head = Head(method, url.path, parse_qs(url.query), headers)
        if url.path.endswith("/_bulk"):
            return 200, {"items": [self.one(head, deed) for deed in deeds(body)]}
        told = answer(head, body)
        return told.status, json.loads(told.body)

    def one(self, head: Head, deed: bytes) -> dict[str, Any]:
        """What becomes of one deed of a _bulk."""
        ((kind, which),) = json.loads(deed.splitlines()[0]).items()
        if which["_id"] in self.busy:
            self.busy.remove(which["_id"])
            return {kind: {"status": 429, "error": {"type": "rejected_execution_exception"}}}
        (item,) = json.loads(answer(head, deed).body)["items"]
        told: dict[str, Any] = item
        return told


def deeds(body: bytes) -> Iterator[bytes]:
    """Each deed of a _bulk, with its document."""
    assert body.endswith(b"\n"), "_bulk wants an end to its last line"
    lines = iter(body.splitlines(keepends=True))
    for line in lines:
        yield line + (next(lines) if "index" in json.loads(line) else b"")


@contextmanager
def domain_on_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[Domain]:
    """The domain, at which every HTTPS request of this process arrives, by whatever name."""

    class Answers(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, document = said.said(self.command, self.path, headers, body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        do_POST = do_GET = do_PUT  # noqa: N815 - as the base class calls them

        def log_message(self, *_: object) -> None:
            pass

    server = LoopbackServer(Answers)
    said = Domain(f"{server.url}/cloudformation")

    def without_tls(connection: HTTPSConnection) -> None:
        connection.sock = socket.create_connection((LOOPBACK, server.port))

    monkeypatch.setattr(HTTPSConnection, "connect", without_tls)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    try:
        with serving(server):
            yield said
    finally:
        STORE.reset()
