"""Time as a drill counts it: the wall clock's on AWS, faster in a rehearsal."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Seconds since the epoch, as everything in a plan, an observation and a report has them."""

    @property
    def speed(self) -> float:
        """Drill seconds in a second."""
        ...

    def now(self) -> float:
        """What time it is."""
        ...

    def of(self, wall: float) -> float:
        """The time at which the wall clock said `wall`: AWS's timestamps are the wall clock's."""
        ...

    def sleep(self, seconds: float, until: threading.Event | None = None) -> bool:
        """Let so much time pass, or less where `until` is set meanwhile; whether it was."""
        ...


class Realtime:
    """The wall clock's."""

    speed = 1.0

    def now(self) -> float:
        """What time it is."""
        return time.time()

    def of(self, wall: float) -> float:
        """The same."""
        return wall

    def sleep(self, seconds: float, until: threading.Event | None = None) -> bool:
        """Let so much time pass, or less where `until` is set meanwhile; whether it was."""
        return (until or threading.Event()).wait(max(seconds, 0.0))


@dataclass(frozen=True)
class Accelerated:
    """A clock that said `then` when the machine's monotonic clock said `monotonic`, and runs `speed`
    times as fast.

    Every process of a machine reads the same monotonic clock, so they agree without asking one another.
    """

    monotonic: float
    then: float
    speed: float

    def now(self) -> float:
        """What time it is."""
        return self.then + (time.monotonic() - self.monotonic) * self.speed

    def of(self, wall: float) -> float:
        """The time at which the wall clock said `wall`."""
        return self.now() - (time.time() - wall) * self.speed

    def sleep(self, seconds: float, until: threading.Event | None = None) -> bool:
        """Let so much time pass, or less where `until` is set meanwhile; whether it was."""
        return (until or threading.Event()).wait(max(seconds, 0.0) / self.speed)
