"""Customers who look around: each keeps asking for a light page, by its own DNS cache and connection.

The page is the empty cart of somebody who has none: it is kept by no cache, comes from the shop itself, and
costs it nothing. Who served it is said by the shop, in a header.
"""

from __future__ import annotations

from collections.abc import Iterable

from scripts.drill.clock import Clock
from scripts.drill.observations import Fetched, Observation
from scripts.drill.stage import Asked, Unreachable, Visitor
from scripts.drill.visitors import CachingVisitor

#: Never kept by CloudFront or a browser (generator/shop_paths.py), and no table is read for it.
PAGE = "/api/cart"

#: In which region an answer was made (generator/runtime/shop/shop/envelope.py).
REGION = "x-tradewind-region"

_GOOD = range(200, 400)


class Client:
    """One of them. Besides its period it asks when what it knows of the name runs out: then it is DNS that
    is measured, and not the period.
    """

    def __init__(self, name: str, visitor: Visitor, clock: Clock, period: float) -> None:
        self.name, self.period = name, period
        self._visitor, self._clock = visitor, clock
        self._sent_at = self._answered_at = float("-inf")

    def look(self) -> Iterable[Observation]:
        """One request."""
        at = self._sent_at = self._clock.now()
        try:
            told = self._visitor.send(Asked("GET", PAGE))
        except Unreachable:
            seconds = (self._clock.now() - at) / self._clock.speed
            self._answered_at = at + seconds
            yield Fetched(at, self.name, "", 0, round(seconds, 3), good=False)
            return
        self._answered_at = at + told.seconds
        region = told.headers.get(REGION, "")
        good = told.status in _GOOD and bool(region)
        yield Fetched(at, self.name, region, told.status, round(told.seconds, 3), good=good)

    def next_at(self, due: float, now: float) -> float:  # noqa: ARG002 - neither counts, see below
        """A period later, or when its DNS answer and its connection are over; once it was answered.

        What this machine needed beyond that is not waited for: then the client is late, and that is told.
        """
        renewal, planned = self._renewal(), self._sent_at + self.period
        if self._sent_at < renewal < planned:
            planned = renewal
        return max(planned, self._answered_at)

    def close(self) -> None:
        """Hang up."""
        self._visitor.close()

    def _renewal(self) -> float:
        if isinstance(self._visitor, CachingVisitor):
            return self._visitor.renews_at
        return float("inf")  # CloudFront's, which nobody can see
