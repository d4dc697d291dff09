"""How long a workflow waits: `GET` and `PUT /_tradewind/clock`.

At first a second is a second. `{"speed": 60}` lets waits and pauses between tries pass sixty times as fast,
so that an order which waits a quarter of an hour for its database can be watched; definitions and the time
limits of tasks stay as they are. A reset sets it back.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from scripts.sandbox import stores
from scripts.sandbox.gateway import Head, Response, Service, json_response

PATH = "/_tradewind/clock"

#: The fastest, and the seconds (of this machine) after which a sleeper looks at the clock again.
FASTEST, GLANCE = 10_000.0, 0.2

#: Whether the execution of this thread still runs: nobody waits for one that was stopped.
goes_on: ContextVar[Callable[[], bool]] = ContextVar("goes_on")


class Clock:
    """Its speed, kept with the sandbox's state."""

    def __init__(self) -> None:
        self.speed = 1.0

    def sleep(self, seconds: float) -> None:
        """Until so many seconds have passed on this clock, or the execution is stopped."""
        still = goes_on.get(lambda: True)
        while seconds > 0 and still():
            nap = min(seconds / self.speed, GLANCE)
            time.sleep(nap)
            seconds -= nap * self.speed

    def save(self, directory: Path) -> None:
        """As one document."""
        stores.write_atomically(directory / "clock.json", json.dumps({"speed": self.speed}))

    def load(self, directory: Path) -> None:
        """What was saved."""
        self.speed = float((stores.read_json(directory / "clock.json") or {}).get("speed", 1))

    def reset(self) -> None:
        """A second is a second."""
        self.speed = 1.0


CLOCK = Clock()
stores.register("workflow-clock", CLOCK)


def service() -> Service:
    """The page."""

    async def handle(head: Head, body: bytes) -> Response:
        return answer(head.method, body)

    return Service("clock", lambda head: head.path == PATH, handle)


def answer(method: str, body: bytes) -> Response:
    """The speed; or a new one, from 1 up."""
    if method == "PUT":
        speed = _wanted(body)
        if speed is None:
            told = {"message": f'say {{"speed": <1 to {FASTEST:.0f}>}}'}
            return json_response(told, 400)
        CLOCK.speed = speed
    elif method != "GET":
        return json_response({"message": "GET or PUT"}, 405)
    return json_response({"speed": CLOCK.speed})


def _wanted(body: bytes) -> float | None:
    try:
        said: Any = json.loads(body)
        speed = float(said["speed"])
    except (ValueError, KeyError, TypeError):
        return None
    return speed if 1 <= speed <= FASTEST else None
