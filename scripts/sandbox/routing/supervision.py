"""The data plane seen from the sandbox: started when somebody needs it, started again, ended with it.

HOME/routing/running.json    its process and the port of its control channel
             dns-port        the port at which it serves DNS, kept
             routing.log     what it said since its last start
"""

from __future__ import annotations

import logging
import threading
import time
import urllib.error
from pathlib import Path
from typing import Any

from scripts.errors import Failed
from scripts.sandbox import daemons
from scripts.sandbox.clock import CLOCK
from scripts.sandbox.record import Record, birth

START_SECONDS = 30.0
STOP_SECONDS = 10.0

#: Seconds that a start waits for every checker to have looked once; an endpoint that hangs takes longer.
ROUND_SECONDS = 15.0

#: Seconds between two looks at whether it still runs.
LOOK = 0.5

log = logging.getLogger("tradewind.sandbox")


class Attendance:
    """Sees to it that the data plane runs, from the first need of it on."""

    def __init__(self) -> None:
        self._home = Path()
        self._seed = 0
        self._wanted = False
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._looker: threading.Thread | None = None

    def settle(self, sandbox: Path) -> None:
        """Keep it below the sandbox's home. One that outlived the last sandbox is this one's."""
        self._home = sandbox / "routing"
        CLOCK.watch(self._clock_set)
        if self._record() is not None:
            self._want()

    def start(self, seed: int | None = None) -> dict[str, Any]:
        """Have it run, and wait until every checker has looked once; gives its status. Raises Failed.

        With another `seed` than it runs with it is started anew.
        """
        with self._lock:
            if seed is not None and seed != self._seed:
                self._end()
                self._seed = seed
            self._ensure()
        self._want()
        deadline = time.monotonic() + ROUND_SECONDS
        while True:
            told: dict[str, Any] = self.ask("/status")
            if told["begun"] or time.monotonic() > deadline:
                return told
            time.sleep(0.02)

    def ask(self, path: str) -> Any:
        """A document of its control channel. Raises Failed, and KeyError for what it does not know."""
        record = self._record()
        if record is None or not record.port:
            raise Failed("Route 53's data plane does not run.")
        try:
            return daemons.ask(f"http://127.0.0.1:{record.port}{path}")
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise KeyError(path) from None
        except (OSError, ValueError) as problem:
            raise Failed(f"Route 53's data plane does not answer: {problem}.") from problem

    def needed(self, path: str) -> Any:
        """The same, and it is started where it does not run. Raises Failed, KeyError."""
        if not self._wanted or self._record() is None:
            self.start()
        return self.ask(path)

    def described(self) -> dict[str, Any] | None:
        """Its status; None where it does not run."""
        try:
            told: dict[str, Any] = self.ask("/status")
        except Failed:
            return None
        return told

    def end(self) -> None:
        """End it, for it is not needed any more."""
        self._wanted = False
        self._over.set()
        with self._lock:
            self._end()

    def _want(self) -> None:
        self._wanted = True
        if self._looker is None:
            self._looker = threading.Thread(target=self._look, name="routing", daemon=True)
            self._looker.start()

    def _look(self) -> None:
        """Start it again whenever it has ended by itself, its checkers as new."""
        while not self._over.wait(LOOK):
            if self._wanted and self._record() is None:
                log.warning("Route 53's data plane has ended; it is started again")
                try:
                    with self._lock:
                        if self._wanted:
                            self._ensure()
                except Failed as problem:
                    log.error("%s", problem.message)

    def _clock_set(self) -> None:
        """Who makes the clock run faster is about to watch something fail."""
        if CLOCK.speed > 1 and not self._wanted:
            threading.Thread(target=self._start_quietly, daemon=True).start()

    def _start_quietly(self) -> None:
        try:
            self.start()
        except Failed as problem:
            log.error("%s", problem.message)

    def _ensure(self) -> None:
        if self._record() is not None:
            return
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(self._home)
        arguments = ("--seed", str(self._seed))
        pid = daemons.spawn("scripts.sandbox.routing", self._home, self._log, *arguments)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            record = Record.read(self._home)
            if record is not None and record.pid == pid and record.port:
                return
            if birth(pid) is None:
                daemons.wait_for_end(pid)
                said = daemons.last_words(self._log)
                raise Failed(f"Route 53's data plane did not start.{said}")
            time.sleep(0.02)
        daemons.end_at_once(pid)
        raise Failed(f"Route 53's data plane did not start within {START_SECONDS:.0f} s.")

    def _end(self) -> None:
        if (record := self._record()) is not None:
            daemons.end(record, STOP_SECONDS)
        sweep(self._home)

    def _record(self) -> Record | None:
        """Of the process, if it runs."""
        record = Record.read(self._home)
        return record if record is not None and record.alive else None

    @property
    def _log(self) -> Path:
        return self._home / "routing.log"


def sweep(home: Path) -> None:
    """Take away what a process that has ended, however, left behind."""
    record = Record.read(home)
    if record is not None and not record.alive:
        daemons.end_orphans(record)
        daemons.wait_for_end(record.pid)
        Record.remove(home)


ATTENDANCE = Attendance()
