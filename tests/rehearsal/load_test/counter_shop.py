"""A shop as small as can be: what the Black Friday plan expects of one, and switches to disappoint it."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import Any

from tests.loopback import LoopbackServer, serving

PRODUCTS = [
    {"product_id": f"p-{number}", "name": f"Lamp {number}", "category": "lamps"}
    for number in range(1, 8)
]


@dataclass
class Shop:
    """What it was asked, and how it should answer: `region` "" leaves the header out."""

    region: str = "eu-central-1"
    forgets_keys: bool = False
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    tokens: set[str] = field(default_factory=set)
    carts: dict[str, dict[str, int]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def order(self, key: str) -> str:
        """The order of a key: always the same one, unless it forgets."""
        with self.lock:
            self.keys[key] += 1
            attempt = self.keys[key] if self.forgets_keys else 1
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key}/{attempt}"))


@contextmanager
def open_shop(**switches: Any) -> Iterator[Shop]:
    """A shop on a free port of loopback, for the length of a block."""
    shop = Shop(**switches)
    handler = type("Handler", (_Handler,), {"shop": shop})
    with serving(LoopbackServer(handler)) as server:
        shop.url = server.url
        yield shop


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shop: Shop

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        match self._parts():
            case ["api", "products"] | ["api", "search"]:
                self._json(200, {"products": PRODUCTS})
            case ["api", "products", product]:
                self._json(200, {"product_id": product, "name": "Lamp"})
            case ["api", "cart"]:
                self._json(200, {"lines": self._cart()})
            case ["api", "orders", order]:
                self._json(200, {"order_id": order, "state": "CONFIRMED"})
            case [] | ["categories", "lamps"] | ["products", _] | ["search"]:
                self._answer(200, "<html><body>a lamp</body></html>", "text/html")
            case _:
                self._json(404, {})

    def do_PUT(self) -> None:
        body = json.loads(self._body())
        self._cart()[self._parts()[-1]] = body["quantity"]
        self._json(200, {"lines": self._cart()})

    def do_DELETE(self) -> None:
        self._parts()
        self._cart().clear()
        self._answer(204, "", "application/json")

    def do_POST(self) -> None:
        self._parts()
        body = json.loads(self._body())
        with self.shop.lock:
            self.shop.tokens.add(body["payment_token"])
        order = self.shop.order(self.headers["Idempotency-Key"])
        self._json(202, {"order_id": order, "state": "ACKNOWLEDGED", "region": "eu-central-1"})

    def _parts(self) -> list[str]:
        path = self.path.partition("?")[0]
        with self.shop.lock:
            self.shop.asked.append((self.command, path))
        return [part for part in path.split("/") if part]

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _cart(self) -> dict[str, int]:
        with self.shop.lock:
            return self.shop.carts.setdefault(self._cart_id(), {})

    def _cart_id(self) -> str:
        if not hasattr(self, "_given"):
            self._given = ""
        cookies = SimpleCookie(self.headers.get("Cookie", ""))
        if "cart" in cookies:
            return cookies["cart"].value
        self._given = self._given or uuid.uuid4().hex
        return self._given

    def _json(self, status: int, document: object) -> None:
        self._answer(status, json.dumps(document), "application/json")

    def _answer(self, status: int, text: str, type: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(body)))
        if self.shop.region:
            self.send_header("X-Tradewind-Region", self.shop.region)
        if given := getattr(self, "_given", ""):
            self.send_header("Set-Cookie", f"cart={given}; HttpOnly; SameSite=Lax; Path=/")
            self._given = ""
        self.end_headers()
        self.wfile.write(body)
