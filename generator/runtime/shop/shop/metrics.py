"""The shop's own figures, published each minute: what the fleet scales by and what the dashboards show.

Each worker publishes its own, once for each minute of the clock and under that minute's time, so that the sum
of a minute is the sum of the fleet (generator/layers/fleet_scaling.py, generator/region_charts.py).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

log = logging.getLogger("shop.metrics")

#: Checkouts that are taken and not yet acknowledged, on average over the minute: the seconds that they all
#: took together, by the seconds there were. A burst of a moment is no backlog; a slow table is.
CHECKOUT_QUEUE_DEPTH = "CheckoutQueueDepth"

#: Published even when nothing happened: a chart has a line, and nothing is not missing.
ALWAYS = {"OrdersAcknowledged": "Count", "Revenue": "None", "EventsDropped": "Count"}

MINUTE = 60

#: Minutes that are kept for a CloudWatch that does not answer.
MEMORY = 15


class Metrics:
    """Counts; `fleet` says which Auto Scaling group this is, or nothing as long as that is not known."""

    def __init__(self, client, namespace: str, fleet: Callable[[], str], clock=time.time) -> None:
        self.client, self.namespace, self.fleet, self.clock = client, namespace, fleet, clock
        self.lock = threading.Lock()
        self.sums = dict.fromkeys(ALWAYS, 0.0)
        self.depth, self.waited = 0, 0.0
        self.since = self.minute = clock()
        self.unpublished: deque[list[dict[str, object]]] = deque(maxlen=MEMORY)

    def count(self, name: str, amount: float = 1) -> None:
        """So much more of it."""
        with self.lock:
            self.sums[name] += amount

    @contextmanager
    def checkout_under_way(self) -> Iterator[None]:
        """From here to the acknowledgement, or the refusal."""
        self._deeper(1)
        try:
            yield
        finally:
            self._deeper(-1)

    def publish(self) -> float:
        """The minute that has ended; for the background. Seconds to the end of the next."""
        now = self.clock()
        if now // MINUTE > self.minute // MINUTE:
            self.close_minute(now)
            self.send()
        return MINUTE - self.clock() % MINUTE + 0.05

    def publish_rest(self) -> None:
        """At the end: what the minute has so far."""
        self.close_minute(self.clock())
        self.send()

    def close_minute(self, now: float) -> None:
        """Keep its figures, and begin the next."""
        with self.lock:
            self._wait(now)
            seconds = max(now - self.minute, 1e-3)
            figures = {**self.sums, CHECKOUT_QUEUE_DEPTH: self.waited / seconds}
            at = datetime.fromtimestamp(self.minute // MINUTE * MINUTE, UTC)
            self.sums = dict.fromkeys(ALWAYS, 0.0)
            self.waited, self.minute = 0.0, now
        units = {**ALWAYS, CHECKOUT_QUEUE_DEPTH: "Count"}
        self.unpublished.append(
            [
                {"MetricName": name, "Timestamp": at, "Value": value, "Unit": units[name]}
                for name, value in figures.items()
            ]
        )

    def send(self) -> None:
        """All that is unpublished, under its own time. What is not taken waits for the next minute."""
        if not self.namespace:
            self.unpublished.clear()
        fleet = self.fleet() if self.unpublished else ""
        while self.unpublished and fleet:
            dimensions = [{"Name": "AutoScalingGroupName", "Value": fleet}]
            data = [{**figure, "Dimensions": dimensions} for figure in self.unpublished[0]]
            self.client.put_metric_data(Namespace=self.namespace, MetricData=data)
            self.unpublished.popleft()

    def _deeper(self, step: int) -> None:
        with self.lock:
            self._wait(self.clock())
            self.depth += step

    def _wait(self, now: float) -> None:
        self.waited += self.depth * max(now - self.since, 0)
        self.since = now
