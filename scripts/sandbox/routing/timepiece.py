"""The sandbox's clock as the data plane has been told of it, to wait by."""

from __future__ import annotations

import asyncio
import contextlib
import time

from scripts.sandbox.clock import Reading


class Timepiece:
    """A reading that may be replaced; who waits meanwhile goes by the new one."""

    def __init__(self) -> None:
        self.reading = Reading.of_the_wall()
        self._turned = asyncio.Event()

    @property
    def speed(self) -> float:
        """Drill seconds in a second."""
        return self.reading.speed

    def time(self) -> float:
        """What time it is in the drill, in seconds since the epoch."""
        return self.reading.time()

    def turn(self, reading: Reading) -> None:
        """Go by another reading from now on."""
        self.reading = reading
        self._turned.set()
        self._turned = asyncio.Event()

    async def until(self, at: float) -> None:
        """Wait for a time of the drill."""
        while (left := self.reading.monotonic_at(at) - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._turned.wait()

    async def sleep(self, seconds: float) -> None:
        """Let so many drill seconds pass, whatever time it is set to meanwhile."""
        while seconds > 0:
            began, speed = time.monotonic(), self.speed
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds / speed):
                    await self._turned.wait()
            seconds -= (time.monotonic() - began) * speed
