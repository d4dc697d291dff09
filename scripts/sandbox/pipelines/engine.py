"""The engine: records change under its lock, and what follows is carried out after."""

from __future__ import annotations

import contextlib
import contextvars
import json
import logging
import queue
import threading
from collections.abc import Callable, Iterator

from scripts.sandbox.pipelines.attendance import Attendance
from scripts.sandbox.pipelines.consequences import Consequences, Event
from scripts.sandbox.pipelines.passage import advance
from scripts.sandbox.pipelines.records import Pipeline
from scripts.sandbox.pipelines.store import STORE, Pipelines
from scripts.sandbox.seams import Kind, Seam
from scripts.sandbox.workflow_runs import SET_ACCOUNT, SET_REGION

PUT_EVENTS = Seam(
    "ministack.services.eventbridge",
    "_put_events",
    None,
    Kind.FUNCTION,
    ("data", "allow_aws_source"),
    "events of pipelines",
)

log = logging.getLogger("tradewind.sandbox")


class Engine:
    """Executes whatever the store holds."""

    def __init__(self, store: Pipelines) -> None:
        self.store = store
        self.on_change: Callable[[], None] = lambda: None
        self.attendance = Attendance(store, self._carry_out, self._advance)
        self._held: set[str] = set()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._teller: threading.Thread | None = None

    @contextlib.contextmanager
    def changing(self, pipeline: Pipeline | None = None) -> Iterator[Consequences]:
        """Hold the records, change them, and have done what follows. Nothing follows a ApiError."""
        then = Consequences()
        with self.store.lock:
            yield then
            if pipeline is not None:
                self._advance(pipeline, then)
        self._carry_out(then)

    @contextlib.contextmanager
    def holding(self, arn: str) -> Iterator[None]:
        """Keep a pipeline, which need not be there yet, from going on meanwhile."""
        self._held.add(arn)
        try:
            yield
        finally:
            self._held.discard(arn)
            with self.changing(self.store.pipelines.get(arn)):
                pass

    def wake(self, run: str) -> None:
        """Have a run looked at now."""
        self.attendance.wake(run)

    def resume(self) -> list[str]:
        """Take up what was under way, once every service has its state. Gives the runs."""
        then = Consequences()
        with self.store.lock:
            for pipeline in self.store.pipelines.values():
                self._advance(pipeline, then)
        self._carry_out(then)
        return self.attendance.resume()

    def _advance(self, pipeline: Pipeline, then: Consequences) -> None:
        if pipeline.arn not in self._held:
            advance(pipeline, then)

    def _carry_out(self, then: Consequences) -> None:
        for arn, run in then.work:
            self.attendance.begin(arn, run)
        for event in then.events:
            self._events.put(event)
        if then.events and self._teller is None:
            self._teller = threading.Thread(target=self._tell, daemon=True, name="pipeline-events")
            self._teller.start()
        self.on_change()

    def _tell(self) -> None:
        """Events in their order, one after the other."""
        while True:
            event = self._events.get()
            try:
                contextvars.Context().run(_put, event)
            except Exception:  # an event that a rule's target chokes on must not be the last
                log.exception("an event of %s was not told", event.resource)


def _put(event: Event) -> None:
    SET_ACCOUNT.value(event.account)
    SET_REGION.value(event.region)
    entry = {
        "Source": "aws.codepipeline",
        "DetailType": event.kind,
        "Detail": json.dumps(event.detail),
        "Resources": [event.resource],
    }
    PUT_EVENTS.value({"Entries": [entry]}, allow_aws_source=True)


ENGINE = Engine(STORE)
