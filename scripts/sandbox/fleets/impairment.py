"""What is wrong with a region as its front door shows it: answers that are errors, or late."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scripts.sandbox.fleets.wire import Reply, Request

#: Tells whoever measures how much later the answer would have been, in milliseconds of the sandbox's clock.
LATENCY_HEADER = "x-tradewind-latency-ms"

Answer = Callable[[Request], Awaitable[Reply]]


@dataclass(frozen=True)
class Impairment:
    """`errors` is the share of answers that are 503, `latency` by how many milliseconds each is later.

    They are milliseconds of a clock that runs `speed` times as fast as this machine's.
    """

    errors: float = 0.0
    latency: float = 0.0
    seed: int = 0
    speed: float = 1.0

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Impairment:
        """Of a document that has it among others. Raises KeyError, TypeError, ValueError for what is none."""
        errors, latency, speed = (float(document[name]) for name in ("errors", "latency", "speed"))
        if not (0 <= errors <= 1 and latency >= 0 and speed > 0):
            raise ValueError(f"{errors}, {latency} and {speed} impair nothing")
        return cls(errors, latency, int(document["seed"]), speed)


@dataclass
class ImpairedDoor:
    """A front door with something wrong with its region."""

    door: Answer
    refused: Callable[[int], Reply]
    impairment: Impairment = Impairment()
    _drawn: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - no secret

    def impair(self, impairment: Impairment) -> None:
        """From now on that is wrong. The same errors as before come in the same order."""
        before = self.impairment
        self.impairment = impairment
        if (before.errors, before.seed) != (impairment.errors, impairment.seed):
            self._drawn.seed(impairment.seed)

    async def answer(self, request: Request) -> Reply:
        """The door's answer, or an error in its stead; late."""
        now = self.impairment
        fails = now.errors > 0 and self._drawn.random() < now.errors
        if now.latency:
            await asyncio.sleep(now.latency / 1000 / now.speed)
        reply = self.refused(503) if fails else await self.door(request)
        if not now.latency:
            return reply
        told = (*reply.headers, (LATENCY_HEADER, f"{now.latency:g}"))
        return replace(reply, headers=told)
