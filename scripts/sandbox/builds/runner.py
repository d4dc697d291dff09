"""The builds that run now, each on a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from scripts.sandbox.builds import metrics, records
from scripts.sandbox.builds.build_log import BuildLog
from scripts.sandbox.builds.descriptions import log_of
from scripts.sandbox.builds.execution import Execution
from scripts.sandbox.builds.records import Build
from scripts.sandbox.builds.sources import Downloads
from scripts.sandbox.builds.workshop import Workshop
from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.fleets.account import of_this_sandbox

_END_SECONDS = 5.0


@dataclass
class Runner:
    """Starts builds and stops them."""

    _changed: Callable[[], None] = lambda: None
    _workshop: Workshop | None = None
    _downloads: Downloads | None = None
    _running: dict[str, tuple[Execution, threading.Thread]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def settle(self, home: Path, changed: Callable[[], None]) -> None:
        """Work below `home`, where what a killed sandbox left is ended first.

        `changed` is told that something is to be saved.
        """
        self._changed = changed
        self._workshop = Workshop(home)
        self._workshop.settle()
        self._downloads = Downloads(self._workshop)
        STANDING.watch(self._stand_or_go_on)

    def start(self, build: Build) -> None:
        """Begin a build. RuntimeError before `settle`."""
        if self._workshop is None or self._downloads is None:
            raise RuntimeError("builds have no place to work in")
        account = of_this_sandbox(build.account, build.region)
        group, stream = log_of(build)
        said = BuildLog(account, group, stream)
        execution = Execution(build, account, self._workshop, self._downloads, said)
        thread = threading.Thread(target=self._run, args=(execution,), name=build.id, daemon=True)
        with self._lock:
            self._running[build.id] = execution, thread
        thread.start()

    def stop(self, build: Build) -> None:
        """End a build now."""
        with self._lock:
            running = self._running.get(build.id)
        if running is not None:
            running[0].stop()
        elif build.running:
            build.settle(time.time())

    def _stand_or_go_on(self) -> None:
        """A region went down, or came back."""
        with self._lock:
            running = list(self._running.values())
        for execution, _ in running:
            execution.stand_or_go_on()

    def end(self) -> None:
        """End every build: the sandbox stops."""
        with self._lock:
            running = list(self._running.values())
        for execution, _ in running:
            execution.stop(records.FAULT)
        for _, thread in running:
            thread.join(_END_SECONDS)

    def _run(self, execution: Execution) -> None:
        try:
            execution.run()
        finally:
            with self._lock:
                self._running.pop(execution.build.id, None)
            self._changed()
            metrics.tell(execution.account, execution.build)


RUNNER = Runner()
"""The one runner of the process."""
