"""What visitors do, said on the event bus. Never in the way of an answer.

What there is no room for is dropped and counted: a recommendation may learn a little less; a customer must
not wait for it.
"""

from __future__ import annotations

import json
import logging
import queue
import time
from datetime import UTC, datetime

from .metrics import Metrics

log = logging.getLogger("shop.events")

SOURCE = "tradewind.shop"
VIEWED, CLICKED, ADDED = "ProductViewed", "ProductClicked", "ProductAddedToCart"

#: How a visitor may have found what was clicked.
FOUND_BY = ("search", "list", "recommendation")

#: What PutEvents takes at once, and what waits at most.
#: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
BATCH, ROOM = 10, 1000

#: Seconds that a batch which is not full waits for company.
PATIENCE = 1.0


class Events:
    """A queue, and what empties it; without a bus there is nobody to tell."""

    def __init__(self, client, bus: str, region: str, metrics: Metrics) -> None:
        self.client, self.bus, self.region, self.metrics = client, bus, region, metrics
        self.waiting: queue.Queue[dict[str, str]] = queue.Queue(ROOM)

    def tell(self, what: str, session_id: str, product_id: str, **more: str) -> None:
        """That a visitor did something with a product."""
        if not self.bus:
            return
        detail = {
            "session_id": session_id,
            "product_id": product_id,
            "region": self.region,
            "occurred_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            **more,
        }
        entry = {
            "EventBusName": self.bus,
            "Source": SOURCE,
            "DetailType": what,
            "Detail": json.dumps(detail),
        }
        try:
            self.waiting.put_nowait(entry)
        except queue.Full:
            self.metrics.count("EventsDropped")

    def say(self, patience: float = PATIENCE) -> float:
        """One batch, if there is any; for the background. What is refused is told once more, then dropped."""
        batch = self.batch(patience)
        for _ in range(2):
            batch = self.refused(batch) if batch else []
        if batch:
            log.warning("%d events were dropped", len(batch))
            self.metrics.count("EventsDropped", len(batch))
        return 0.0

    def say_all(self) -> None:
        """At the end."""
        while not self.waiting.empty():
            self.say(0)

    def batch(self, patience: float) -> list[dict[str, str]]:
        """The next events, as many as are there or come in time."""
        found: list[dict[str, str]] = []
        end = time.monotonic() + patience
        while len(found) < BATCH:
            left = end - time.monotonic()
            try:
                found.append(self.waiting.get(block=left > 0, timeout=max(left, 0)))
            except queue.Empty:
                break
        return found

    def refused(self, batch: list[dict[str, str]]) -> list[dict[str, str]]:
        """What the bus did not take of it."""
        try:
            answers = self.client.put_events(Entries=batch)["Entries"]
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody waits for it
            log.warning("the bus takes no events: %s", type(error).__name__)
            return batch
        return [one for one, answer in zip(batch, answers, strict=True) if "ErrorCode" in answer]
