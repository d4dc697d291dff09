"""When the machine itself was late: what is measured then is the machine, and not what a drill is about."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from scripts.sandbox.routing.timepiece import Timepiece

#: Seconds between two looks, and from which lateness on one is kept.
EVERY, WORTH = 0.02, 0.02

#: From how many drill seconds on an exchange that took longer than it should is kept.
SLOW = 5.0

#: So many are kept; of more, the oldest are forgotten.
MOST = 10_000


@dataclass(frozen=True)
class Stall:
    """At a monotonic time the loop was late by so many seconds, which were so many of the drill."""

    monotonic: float
    seconds: float
    drill_seconds: float


class StallMeter:
    """How late this process' event loop is."""

    def __init__(self, timepiece: Timepiece) -> None:
        self._timepiece = timepiece
        self._stalls: deque[Stall] = deque(maxlen=MOST)

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            due = time.monotonic() + EVERY
            await asyncio.sleep(EVERY)
            now = time.monotonic()
            if now - due >= WORTH:
                late = now - due
                self._stalls.append(Stall(now, late, late * self._timepiece.speed))

    def late(self, drill_seconds: float) -> None:
        """A probe was answered by so much later than at the clock's own pace: the endpoint's time is real."""
        if drill_seconds >= SLOW:
            seconds = drill_seconds / self._timepiece.speed
            self._stalls.append(Stall(time.monotonic(), seconds, drill_seconds))

    def since(self, monotonic: float) -> Iterator[Stall]:
        """Those that ended after that, in order."""
        return (one for one in tuple(self._stalls) if one.monotonic > monotonic)
