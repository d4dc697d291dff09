"""Shoppers who ask, wait for the answer and ask again, until they are told to stop."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

#: One connection, and what a shopper finds wrong; each call is one round of a shopper's.
Round = Callable[[http.client.HTTPConnection, "Findings"], None]

#: Every so many rounds a shopper opens a new connection.
_ROUNDS_A_CONNECTION = 7


@dataclass
class Findings:
    """What all shoppers saw: answers by status, and what was wrong, in words."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @property
    def asked(self) -> int:
        return self.statuses.total()


@contextmanager
def shoppers(count: int, url: str, round_of: Callable[[int], Round]) -> Iterator[Findings]:
    """Have `count` shoppers at it for as long as the block runs, and each finish its round."""
    found = Findings()
    stop = threading.Event()

    def shop(number: int) -> None:
        one = round_of(number)
        host, port = urlsplit(url).hostname or "", urlsplit(url).port
        connection = http.client.HTTPConnection(host, port, timeout=30)
        rounds = 0
        while not stop.is_set():
            rounds += 1
            if rounds % _ROUNDS_A_CONNECTION == 0:
                connection.close()
            try:
                one(connection, found)
            except (OSError, http.client.HTTPException) as problem:
                found.wrong.append(f"{type(problem).__name__}: {problem}")
                connection.close()
        connection.close()

    threads = [threading.Thread(target=shop, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        stop.set()
        for thread in threads:
            thread.join()
