"""The price cache: a product as a page shows it, for some seconds, so that a rush asks the table less.

It is Memcached, which knows its nodes by auto discovery. Nobody pays what it says: checkout asks the table.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from dataclasses import asdict

from pymemcache.client.base import Client
from pymemcache.client.hash import HashClient

from .fuses import Fuse
from .products import Product

#: Seconds that a price is shown without looking.
KEPT = 10

#: Seconds to connect, TLS included, and for an answer.
CONNECT, ANSWER = 0.5, 0.2

#: Connections to a node.
CONNECTIONS = 20


class Prices:
    """In front of the catalogue, for pages. `connect` gives a client of Memcached, or there is none."""

    def __init__(
        self, find: Callable[[str], Product], connect: Callable[[], HashClient] | None = None
    ) -> None:
        self.find_in_table, self.connect = find, connect
        self.cache: HashClient | None = None
        self.fuse = Fuse("the price cache", self.check)

    def check(self) -> None:
        """Find the nodes; they may be others than before. Raises what the client raises."""
        self.cache = self.connect()

    def find(self, product_id: str) -> Product:
        """Raises Unknown, as the catalogue does."""
        kept = self.fuse.ask(lambda: self.read(product_id), None)
        if kept is not None:
            return kept
        found = self.find_in_table(product_id)
        self.fuse.ask(lambda: self.write(found), None)
        return found

    def read(self, product_id: str) -> Product | None:
        """What is kept, if it is."""
        kept = self.cache.get(f"product:{product_id}")
        return Product(**json.loads(kept)) if kept else None

    def write(self, product: Product) -> None:
        """Keep it; without waiting for an answer."""
        self.cache.set(f"product:{product.product_id}", json.dumps(asdict(product)), KEPT)


def memcached(host: str, port: int) -> Callable[[], HashClient]:
    """What connects to the nodes that the configuration endpoint names.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoDiscovery.AddingToYourClientLibrary.html
    """
    context = ssl.create_default_context()
    patience = {"connect_timeout": CONNECT, "timeout": ANSWER, "tls_context": context}

    def connect() -> HashClient:
        asked = Client((host, port), **patience)
        try:
            told = asked.raw_command("config get cluster", b"\n\r\nEND\r\n")
        finally:
            asked.close()
        return HashClient(
            nodes(told), use_pooling=True, max_pool_size=CONNECTIONS, retry_attempts=0, **patience
        )

    return connect


def nodes(told: bytes) -> list[tuple[str, int]]:
    """Of `CONFIG cluster 0 <length>`, a version, and `name|address|port` of each."""
    *_, line = told.decode().strip().splitlines()
    parts = (node.split("|") for node in line.split())
    return [(name, int(port)) for name, _, port in parts]
