"""What goes on beside the requests: jobs that come round, each in a thread of its own, ended in order.

Threads do not survive a fork, so they are started in each worker, after it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger("shop.background")

#: Seconds that a job has to end when the worker does.
GOODBYE = 3


class Background:
    """Jobs by name, each with the seconds to its next round as its answer."""

    def __init__(self) -> None:
        self.ending = threading.Event()
        self.jobs: dict[str, Callable[[], float]] = {}
        self.last: list[Callable[[], None]] = []
        self.threads: list[threading.Thread] = []

    def add(self, name: str, job: Callable[[], float], last: Callable[[], None] | None = None):
        """`job` is done again and again, `last` once at the end."""
        self.jobs[name] = job
        if last:
            self.last.append(last)

    def start(self) -> None:
        """In a worker."""
        for name, job in self.jobs.items():
            thread = threading.Thread(target=self.rounds, args=(job,), name=name, daemon=True)
            thread.start()
            self.threads.append(thread)

    def rounds(self, job: Callable[[], float]) -> None:
        """Until the end."""
        pause = 0.0
        while not self.ending.wait(pause):
            try:
                pause = job()
            except Exception as error:  # noqa: BLE001 - a job that fails comes round again
                log.warning("a round failed: %s", type(error).__name__)
                pause = 5.0

    def stop(self) -> None:
        """What is left to say is said; who cannot end in time is left behind."""
        self.ending.set()
        for thread in self.threads:
            thread.join(GOODBYE)
        for last in self.last:
            try:
                last()
            except Exception as error:  # noqa: BLE001 - nothing may keep the worker from ending
                log.warning("the last round failed: %s", type(error).__name__)
