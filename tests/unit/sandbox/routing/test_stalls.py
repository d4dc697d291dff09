"""A loop that is held up is known to have been."""

from __future__ import annotations

import asyncio
import time

from scripts.sandbox.clock import Reading
from scripts.sandbox.routing.stalls import StallMeter
from scripts.sandbox.routing.timepiece import Timepiece


def test_the_loop_was_held_up() -> None:
    async def trial() -> None:
        timepiece = Timepiece()
        timepiece.turn(Reading(time.monotonic(), time.time(), 60.0))
        meter = StallMeter(timepiece)
        running = asyncio.create_task(meter.run())
        await asyncio.sleep(0.05)
        began = time.monotonic()
        time.sleep(0.3)
        async with asyncio.timeout(60):
            while not (found := list(meter.since(began))):
                await asyncio.sleep(0)
        running.cancel()
        assert max(one.seconds for one in found) >= 0.25
        assert all(one.drill_seconds == one.seconds * 60 for one in found)
        assert list(meter.since(time.monotonic())) == []

    asyncio.run(trial())
