"""The sandbox's one clock: `GET` and `PUT /_tradewind/clock`.

At first a second is a second. `{"speed": 60}` lets time pass sixty times as fast: for what a workflow waits,
between two probes of a health check, while a client keeps a DNS answer. What the machine itself needs takes
as long as it takes. Every process of a machine reads the same monotonic clock, so whoever has been told a
`Reading` goes on from it alone, and agrees with all others.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.sandbox import stores
from scripts.sandbox.gateway import Head, Response, Service, json_response, number_in

PATH = "/_tradewind/clock"

#: The fastest, and the seconds (of this machine) after which a sleeper looks at the clock again.
FASTEST, GLANCE = 10_000.0, 0.2


@dataclass(frozen=True)
class Reading:
    """At the machine's monotonic time `monotonic` it was `now` (seconds since the epoch), and time passes
    `speed` times as fast."""

    monotonic: float
    now: float
    speed: float

    @classmethod
    def of_the_wall(cls) -> Reading:
        """The wall clock's time, and a second is a second."""
        return cls(time.monotonic(), time.time(), 1.0)

    @classmethod
    def told(cls, document: Mapping[str, Any]) -> Reading:
        """Of what the page answers."""
        return cls(*(float(document[name]) for name in ("monotonic", "now", "speed")))

    def time(self, monotonic: float | None = None) -> float:
        """What time it is, or is at that monotonic time."""
        at = time.monotonic() if monotonic is None else monotonic
        return self.now + (at - self.monotonic) * self.speed

    def monotonic_at(self, now: float) -> float:
        """The monotonic time at which it will be `now`."""
        return self.monotonic + (now - self.now) / self.speed


class Clock:
    """The clock, on disk at every change: a sandbox that was killed must not go back in time.

    It runs on while the sandbox is away, as it does for those who were told a reading. It is behind the
    wall clock at no start.
    """

    def __init__(self) -> None:
        self._path: Path | None = None
        self._watchers: list[Callable[[], None]] = []
        self.reading = Reading.of_the_wall()

    @property
    def speed(self) -> float:
        """How many times as fast time passes."""
        return self.reading.speed

    def time(self) -> float:
        """What time it is, in seconds since the epoch."""
        return self.reading.time()

    def settle(self, path: Path) -> None:
        """Keep it at `path` from now on, and go on from what is there."""
        self._path = path
        kept, wall = _kept(path), Reading.of_the_wall()
        if kept is not None:
            # Another start of the machine may have begun its monotonic clock anew.
            now = max(kept.time(max(wall.monotonic, kept.monotonic)), wall.now)
            self.reading = Reading(wall.monotonic, now, kept.speed)

    def set_speed(self, speed: float) -> None:
        """Go on from now as fast as that. Raises OSError where it cannot be kept, and changes nothing."""
        at = time.monotonic()
        self._set(Reading(at, self.reading.time(at), speed))

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call it whenever the clock was set."""
        self._watchers.append(watcher)

    def sleep(self, seconds: float, still: Callable[[], bool] = lambda: True) -> None:
        """Until so many seconds have passed on this clock, or it is `still` so no more."""
        while seconds > 0 and still():
            speed = self.speed
            nap = min(seconds / speed, GLANCE)
            time.sleep(nap)
            seconds -= nap * speed

    def save(self, directory: Path) -> None:
        """It is kept already."""

    def load(self, directory: Path) -> None:
        """See `settle`."""

    def reset(self) -> None:
        """The wall clock's time, and a second is a second."""
        self._set(Reading.of_the_wall())

    def _set(self, reading: Reading) -> None:
        if self._path is not None:
            stores.write_atomically(self._path, json.dumps(asdict(reading)))
        self.reading = reading
        for watcher in self._watchers:
            watcher()


CLOCK = Clock()
stores.register("clock", CLOCK)


def service() -> Service:
    """The page."""

    async def handle(head: Head, body: bytes) -> Response:
        return answer(head.method, body)

    return Service("clock", lambda head: head.path == PATH, handle)


def answer(method: str, body: bytes) -> Response:
    """The reading; or that of a new speed, from 1 up."""
    if method == "PUT":
        speed = number_in(body, "speed", 1, FASTEST)
        if speed is None:
            told = {"message": f'say {{"speed": <1 to {FASTEST:.0f}>}}'}
            return json_response(told, 400)
        try:
            CLOCK.set_speed(speed)
        except OSError as problem:
            return json_response({"message": f"The clock was not set: {problem}"}, 500)
    elif method != "GET":
        return json_response({"message": "GET or PUT"}, 405)
    return json_response(asdict(CLOCK.reading))


def _kept(path: Path) -> Reading | None:
    try:
        return Reading.told(stores.read_json(path))
    except (KeyError, TypeError, ValueError):
        return None
