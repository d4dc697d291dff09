"""The sandbox's process, seen from outside: start, stop, status, reset.

HOME/running.json   port, process id and birth of the sandbox that serves (record.py)
HOME/port           the port it was last started on, kept for the next start
HOME/sandbox.log    what it said since its last start
HOME/state/         what survives a stop (snapshots.py)
HOME/databases/     what the databases of RDS hold (databases.py)
HOME/fleets/        a home for each fleet that runs beside it (fleets/supervision.py)
HOME/routing/       that of Route 53's data plane, which runs beside it, too (routing/supervision.py)
HOME/scratch/       what functions unpack and write while it runs; it goes with the process
HOME/lock           held while one client starts, stops or resets it
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.errors import Failed, UsageError
from scripts.sandbox import daemons
from scripts.sandbox.fleets import supervision
from scripts.sandbox.record import Record, birth

HOST = "127.0.0.1"
DEFAULT_PORT = 4599
START_SECONDS = 30.0
STOP_SECONDS = 60.0
_RELEASE_SECONDS = 3.0


@dataclass(frozen=True)
class Running:
    """A sandbox that serves. `already` when it did before; `lost` when the last one was killed."""

    port: int
    pid: int
    already: bool = False
    lost: bool = False

    @property
    def url(self) -> str:
        """What AWS clients take as `endpoint_url`."""
        return f"http://{HOST}:{self.port}"


@dataclass(frozen=True)
class Status:
    """Whether a sandbox serves, and what it says of itself when it does."""

    running: Running | None
    document: dict[str, Any]


def home_of(project: Path) -> Path:
    """Where the sandbox of a project keeps what it needs: TRADEWIND_SANDBOX_HOME or in the project."""
    chosen = os.environ.get("TRADEWIND_SANDBOX_HOME")
    return Path(chosen).absolute() if chosen else project.absolute() / ".tradewind" / "sandbox"


def start(home: Path, port: int | None = None) -> Running:
    """Start the sandbox and wait until it answers; a no-op when it serves already.

    Raises UsageError when the port is another program's, Failed when it does not come up.
    """
    with daemons.alone(home):
        record = Record.read(home)
        if record is not None and record.alive:
            if port not in (None, record.port):
                raise UsageError(
                    f"The sandbox already serves port {record.port}, not {port}.",
                    fix="Stop it first: tradewind sandbox stop",
                )
            if _becomes_ready(home, record.pid, record.port):
                return Running(record.port, record.pid, already=True)
        if record is not None:
            daemons.end_orphans(record)
        chosen = port or _last_port(home) or DEFAULT_PORT
        _require_free(chosen, patience=_RELEASE_SECONDS if record is not None else 0.0)
        pid = daemons.spawn("scripts.sandbox", home, _log(home), "--port", str(chosen))
        try:
            if not _becomes_ready(home, pid, chosen):
                raise Failed(f"The sandbox did not start.{_last_words(home)}", fix=_log_hint(home))
            (home / "port").write_text(f"{chosen}\n", encoding="utf-8")
        except BaseException:
            daemons.end_at_once(pid)
            if record is None:  # else the next start still has to say what was lost
                Record.remove(home)
            raise
        return Running(chosen, pid, lost=record is not None)


def stop(home: Path) -> bool:
    """Stop the sandbox and wait until its state is saved. False when none was running.

    Its fleets are stopped before it: what they are at still needs it.
    """
    supervision.stop_all(home)
    with daemons.alone(home):
        record = Record.read(home)
        if record is None:
            return False
        if not record.alive:
            daemons.end_orphans(record)
            return False
        if not daemons.end(record, STOP_SECONDS):
            daemons.end_orphans(record)
            raise Failed(
                f"The sandbox did not stop within {STOP_SECONDS:.0f} s and was killed: "
                "what changed since its last save is lost.",
                fix=f"Its log says why: {_log(home)}",
            )
        if Record.read(home) is not None:
            raise Failed(
                "The sandbox stopped and could not save its state: "
                "what changed since its last save is lost.",
                fix=f"Its log says why: {_log(home)}",
            )
        return True


def status(home: Path) -> Status:
    """Whether the sandbox serves, and its own account of itself."""
    record = Record.read(home)
    if record is None or not record.alive:
        return Status(None, {})
    running = Running(record.port, record.pid, already=True)
    return Status(running, _request(running.url, "GET", "status"))


def reset(home: Path) -> None:
    """Empty the sandbox, running or stopped: every account, region and object, and stop its fleets."""
    supervision.stop_all(home)
    with daemons.alone(home):
        record = Record.read(home)
        if record is not None and record.alive:
            _request(f"http://{HOST}:{record.port}", "POST", "reset")
            return
        if record is not None:
            daemons.end_orphans(record)
        Record.remove(home)
        for kept in ("state", "databases", "scratch"):
            shutil.rmtree(home / kept, ignore_errors=True)


def _last_port(home: Path) -> int | None:
    try:
        return int((home / "port").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _require_free(port: int, patience: float) -> None:
    """Raise UsageError unless the port can be had within `patience`, seconds."""
    try:
        daemons.require_free(HOST, port, patience)
    except (OSError, OverflowError) as problem:
        raise UsageError(
            f"The sandbox cannot serve port {port} of {HOST}: {problem}.",
            fix="Choose another, tradewind sandbox start --port N, or end the program that has it.",
        ) from None


def bring_along(running: Running, account: str, hosted_zone_id: str, domain: str) -> None:
    """Have `account` own the public hosted zone of `domain`, as it does on AWS before any stack."""
    zone = {"account": account, "id": hosted_zone_id, "name": domain}
    _request(running.url, "POST", "hosted-zones", json.dumps(zone).encode())


def _becomes_ready(home: Path, pid: int, port: int) -> bool:
    """Wait until process `pid` answers; False when it ended instead."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if birth(pid) is None:
            return False
        try:
            if _request(f"http://{HOST}:{port}", "GET", "status").get("pid") == pid:
                return True
        except Failed:
            pass  # not yet
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    raise Failed(
        f"The sandbox did not answer on port {port} within {START_SECONDS:.0f} s and was ended."
        f"{_last_words(home)}",
        fix=_log_hint(home),
    )


def _log(home: Path) -> Path:
    return home / "sandbox.log"


def _last_words(home: Path) -> str:
    return daemons.last_words(_log(home))


def _log_hint(home: Path) -> str:
    return f"The whole log is {_log(home)}"


def _request(endpoint: str, method: str, page: str, body: bytes | None = None) -> dict[str, Any]:
    """The answer of one of the sandbox's own pages. Raises Failed when it does not answer."""
    try:
        return daemons.ask(f"{endpoint}/_tradewind/{page}", method, body)
    except (OSError, ValueError) as problem:
        raise Failed(
            f"The sandbox at {endpoint} does not answer: {problem}.",
            fix="Look at its log, or stop and start it: tradewind sandbox stop",
        ) from problem
