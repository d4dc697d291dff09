"""The sandbox's process, seen from outside: start, stop, status, reset.

HOME/running.json   port, process id and birth of the sandbox that serves (record.py)
HOME/port           the port it was last started on, kept for the next start
HOME/sandbox.log    what it said since its last start
HOME/state/         what survives a stop (snapshots.py)
HOME/lock           held while one client starts, stops or resets it
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.errors import Failed, UsageError
from scripts.sandbox.record import Record, birth
from scripts.sandbox.surroundings import cleaned

HOST = "127.0.0.1"
DEFAULT_PORT = 4599
START_SECONDS = 30.0
STOP_SECONDS = 60.0
_STATUS_SECONDS = 5.0
_RELEASE_SECONDS = 3.0
_LOG_LINES = 12


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
    with _alone(home):
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
            _end_orphans(record)
        chosen = port or _last_port(home) or DEFAULT_PORT
        _require_free(chosen, patience=_RELEASE_SECONDS if record is not None else 0.0)
        pid = _launch(home, chosen)
        if not _becomes_ready(home, pid, chosen):
            raise Failed(f"The sandbox did not start.{_log_tail(home)}", fix=_log_hint(home))
        (home / "port").write_text(f"{chosen}\n", encoding="utf-8")
        return Running(chosen, pid, lost=record is not None)


def stop(home: Path) -> bool:
    """Stop the sandbox and wait until its state is saved. False when none was running."""
    with _alone(home):
        record = Record.read(home)
        if record is None or not record.alive:
            return False
        os.kill(record.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while record.alive:
            if time.monotonic() > deadline:
                os.kill(record.pid, signal.SIGKILL)
                raise Failed(
                    f"The sandbox did not stop within {STOP_SECONDS:.0f} s and was killed: "
                    "what changed since its last save is lost.",
                    fix=f"Its log says why: {home / 'sandbox.log'}",
                )
            time.sleep(0.02)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(record.pid, os.WNOHANG)  # when this very process had started it
        return True


def status(home: Path) -> Status:
    """Whether the sandbox serves, and its own account of itself."""
    record = Record.read(home)
    if record is None or not record.alive:
        return Status(None, {})
    running = Running(record.port, record.pid, already=True)
    return Status(running, _request(running.url, "GET", "status"))


def reset(home: Path) -> None:
    """Empty the sandbox, running or stopped: every account, region and object."""
    with _alone(home):
        record = Record.read(home)
        if record is not None and record.alive:
            _request(f"http://{HOST}:{record.port}", "POST", "reset")
            return
        Record.remove(home)
        shutil.rmtree(home / "state", ignore_errors=True)


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One client at a time: the system gives the lock back when its holder dies."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)  # its state holds secrets' values
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _end_orphans(record: Record) -> None:
    """End what a killed sandbox left running: its Lambda workers, which are in its process group.

    The system gives a process id to nobody while a group is named after it, so a group without its
    leader is that sandbox's.
    """
    if birth(record.pid) is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(record.pid, signal.SIGKILL)


def _last_port(home: Path) -> int | None:
    try:
        return int((home / "port").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _require_free(port: int, patience: float) -> None:
    """Raise UsageError unless the port can be had.

    A killed process is gone a moment before the system has closed its sockets, hence `patience`.
    """
    deadline = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except (OSError, OverflowError) as problem:
                if time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                raise UsageError(
                    f"The sandbox cannot serve port {port} of {HOST}: {problem}.",
                    fix="Choose another with --port, or end the program that has it.",
                ) from None
            return


def _launch(home: Path, port: int) -> int:
    """Start the server in a session of its own, so that it outlives this process. Its process id."""
    log = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    package_root = str(Path(__file__).parents[2])
    search = os.pathsep.join(filter(None, (package_root, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-P", "-m", "scripts.sandbox"]
    return os.posix_spawn(
        sys.executable,
        [*command, "--port", str(port), "--home", str(home)],
        {**cleaned(os.environ), "PYTHONPATH": search},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(home / "sandbox.log"), log, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


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
        f"{_log_tail(home)}",
        fix=_log_hint(home),
    )


def _log_tail(home: Path) -> str:
    lines = (home / "sandbox.log").read_text(encoding="utf-8", errors="replace").splitlines()
    said = [line for line in lines if line.strip()][-_LOG_LINES:]
    return " It said:\n" + "\n".join(f"  {line}" for line in said) if said else " It said nothing."


def _log_hint(home: Path) -> str:
    return f"The whole log is {home / 'sandbox.log'}"


def _request(endpoint: str, method: str, page: str, body: bytes | None = None) -> dict[str, Any]:
    """The answer of one of the sandbox's own pages. Raises Failed when it does not answer."""
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{endpoint}/_tradewind/{page}", body, method=method
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=_STATUS_SECONDS) as answer:
            document: dict[str, Any] = json.load(answer)
            return document
    except (OSError, ValueError) as problem:
        raise Failed(
            f"The sandbox at {endpoint} does not answer: {problem}.",
            fix="Look at its log, or stop and start it: tradewind sandbox stop",
        ) from problem
