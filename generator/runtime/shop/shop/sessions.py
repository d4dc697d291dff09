"""What the session cache remembers of a visitor: which products were looked at, the last first.

It is Valkey, known by the password in a secret that rotates. Without it nobody is remembered, and all else
goes on.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .fuses import Fuse

#: Seconds that a session is kept, and products of it.
KEPT, MOST = 7 * 86_400, 8

#: Seconds to connect, TLS included, and for an answer.
CONNECT, ANSWER = 0.5, 0.2


class Sessions:
    """By a visitor's pseudonym. `cache` is a client of Valkey, and `login` its; or there is neither."""

    def __init__(self, cache: redis.Redis | None = None, login: Login | None = None) -> None:
        self.cache, self.login = cache, login
        self.fuse = Fuse("the session cache", self.check)

    def check(self) -> None:
        """Begin anew, with the password as it is now. Raises what the client raises."""
        self.login.forget()
        self.cache.connection_pool.disconnect()
        self.cache.ping()

    def remember(self, visitor: str, product_id: str) -> None:
        """That the visitor looked at it."""
        self.fuse.ask(lambda: self._remember(f"session:{visitor}", product_id), None)

    def seen(self, visitor: str) -> list[str]:
        """The products' ids."""
        found = self.fuse.ask(lambda: self.cache.lrange(f"session:{visitor}", 0, MOST - 1), [])
        return [product_id.decode() for product_id in found]

    def _remember(self, key: str, product_id: str) -> None:
        with self.cache.pipeline() as all_of_it:
            all_of_it.lrem(key, 0, product_id)
            all_of_it.lpush(key, product_id)
            all_of_it.ltrim(key, 0, MOST - 1)
            all_of_it.expire(key, KEPT)
            all_of_it.execute()


class Login(redis.CredentialProvider):
    """The user and the secret's password, read when it is first needed, and anew when it is forgotten."""

    def __init__(self, user: str, read: Callable[[], str]) -> None:
        self.user, self.read = user, read
        self.reading = threading.Lock()
        self.password = ""

    def get_credentials(self) -> tuple[str, str]:
        """For a new connection."""
        with self.reading:
            self.password = self.password or self.read()
            return self.user, self.password

    def forget(self) -> None:
        """The secret may have rotated."""
        self.password = ""


def valkey(host: str, port: int, login: Login) -> redis.Redis:
    """A client that connects when it is asked, and tries once: what it is asked can be done without."""
    return redis.Redis(
        host=host,
        port=port,
        credential_provider=login,
        protocol=2,
        ssl=True,
        socket_connect_timeout=CONNECT,
        socket_timeout=ANSWER,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 0),
    )


def password(secrets, secret: str) -> Callable[[], str]:
    """What reads it: the secret is JSON with `username` and `password`."""

    def read() -> str:
        return json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])["password"]

    return read
