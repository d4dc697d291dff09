"""What stands for an instance: a process that serves one revision on a port of its own.

An instance keeps its id; its process and its port come and go.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.errors import Failed
from scripts.sandbox.fleets.connections import Broken, CannotConnect, Connections
from scripts.sandbox.fleets.revisions import Revision
from scripts.sandbox.fleets.target_groups import LOOPBACK
from scripts.sandbox.fleets.wire import Request

#: Seconds that a process may take to stop once it is told to.
STOP_SECONDS = 35.0

_LOOK_AGAIN = 0.05
_LOG_LINES = 8


@dataclass(frozen=True)
class Program:
    """What an instance runs: arguments to Python, in the folder of its revision.

    `bind` is the variable that tells it its address; `ready` the path that answers 200 once it can serve,
    which may take `ready_seconds`.
    """

    arguments: tuple[str, ...]
    bind: str
    ready: str
    ready_seconds: float


@dataclass
class Instance:
    """One process of the fleet, or none while it is stopped."""

    id: str
    program: Program
    log: Path
    revision: Revision | None = None
    port: int = 0
    restarts: int = 0
    """How often it was started again after it had ended by itself."""
    process: asyncio.subprocess.Process | None = None
    wanted: bool = False
    """Whether it is meant to run."""

    @property
    def pid(self) -> int | None:
        """Its process, while that runs."""
        running = self.process is not None and self.process.returncode is None
        return self.process.pid if running and self.process else None

    async def start(self, revision: Revision, environment: Mapping[str, str]) -> None:
        """Start a process on a free port; it serves when `until_ready` says so."""
        self.revision, self.port, self.wanted = revision, _free_port(), True
        search = (str(revision.path), str(revision.path / "lib"), environment.get("PYTHONPATH", ""))
        variables = {
            **environment,
            self.program.bind: f"{LOOPBACK}:{self.port}",
            "PYTHONPATH": os.pathsep.join(filter(None, search)),
        }
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self.program.arguments,
                cwd=revision.path,
                env=variables,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def until_ready(self) -> None:
        """Wait until it says that it can serve. Raises Failed when it ends, or takes too long."""
        deadline = time.monotonic() + self.program.ready_seconds
        said = "nothing"
        while time.monotonic() < deadline:
            if self.pid is None:
                code = self.process.returncode if self.process else None
                raise Failed(f"{self.id} ended with {code} before it served.{self.last_words()}")
            status = await self._asked_for(self.program.ready)
            if status == 200:
                return
            said = "nothing" if status is None else str(status)
            await asyncio.sleep(_LOOK_AGAIN)
        raise Failed(
            f"{self.id} answered {said} to {self.program.ready} for {self.program.ready_seconds:.0f} s."
            f"{self.last_words()}"
        )

    async def stop(self) -> None:
        """Have it finish and end; end it where it does not."""
        self.wanted = False
        process = self.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def last_words(self) -> str:
        """The end of its log, as a sentence that goes on."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "".join(f"\n  {line}" for line in lines[-_LOG_LINES:])

    async def _asked_for(self, path: str) -> int | None:
        asked = Connections(LOOPBACK, self.port, connect_seconds=5.0, answer_seconds=5.0)
        try:
            reply = await asked.ask(Request("GET", path, (("host", f"{LOOPBACK}:{self.port}"),)))
        except (CannotConnect, Broken, TimeoutError):
            return None
        finally:
            asked.close()
        return reply.status


def _free_port() -> int:
    """A port that nothing has, and that the system will not hand out again at once."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
