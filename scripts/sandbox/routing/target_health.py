"""Whether a load balancer has a healthy target, as an alias that evaluates its target's health asks.

Its fleet says so over its control channel. How soon Route 53 knows is documented nowhere: here it knows what
a fleet says within `EVERY`, and gives up one that says nothing any more as a default health check would.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable

from scripts.sandbox.fleets.connections import Broken, CannotConnect, Connections
from scripts.sandbox.fleets.target_groups import LOOPBACK, Health
from scripts.sandbox.fleets.wire import Request
from scripts.sandbox.routing.snapshot import Balancer
from scripts.sandbox.routing.timepiece import Timepiece

#: Drill seconds between two questions, and the seconds of the machine that they are apart at least.
EVERY, AT_LEAST = 10.0, 0.25

#: Drill seconds of silence after which nobody is taken to be there: 30 seconds, three times.
SILENCE = 90.0

_PATIENCE = 2.0


class TargetHealth:
    """What the fleets behind load balancers said last. `balancers` are those that somebody asks about."""

    def __init__(self, balancers: Callable[[], Iterable[Balancer]], timepiece: Timepiece) -> None:
        self._balancers = balancers
        self._timepiece = timepiece
        self._said: dict[str, tuple[bool, float]] = {}

    def well(self, balancer: Balancer) -> bool:
        """Whether it is. Of one without a fleet nobody has said so: it has no registered target."""
        said, at = self._said.get(balancer.name, (False, 0.0))
        return said and self._timepiece.time() - at < SILENCE

    async def ask(self) -> None:
        """Ask every fleet once."""
        asked = [one for one in self._balancers() if one.control]
        answers = await asyncio.gather(*(_healthy(one.control) for one in asked))
        now = self._timepiece.time()
        for balancer, answer in zip(asked, answers, strict=True):
            if answer is not None:
                self._said[balancer.name] = (answer, now)

    async def run(self) -> None:
        """Ask again and again, until cancelled."""
        while True:
            await self.ask()
            await asyncio.sleep(AT_LEAST)
            await self._timepiece.sleep(max(EVERY - AT_LEAST * self._timepiece.speed, 0.0))


async def _healthy(port: int) -> bool | None:
    """Whether a fleet has a healthy target; None where it does not answer."""
    connections = Connections(LOOPBACK, port, _PATIENCE, _PATIENCE)
    try:
        host = ("host", f"{LOOPBACK}:{port}")
        reply = await connections.ask(Request("GET", "/status", (host,)))
        instances = json.loads(reply.body)["instances"]
        return any(one["health"] == Health.HEALTHY for one in instances)
    except (CannotConnect, Broken, TimeoutError, ValueError, KeyError):
        return None
    finally:
        connections.close()
