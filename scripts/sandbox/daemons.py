"""Processes that outlive the command that started them: started, asked, ended, and swept after a kill.

Each has a home (its log, its record, its lock) and leads a session and a process group of its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.sandbox.record import Record, birth
from scripts.sandbox.surroundings import cleaned

_LOG_LINES = 12
_ANSWER_SECONDS = 5.0
_SWEEP_SECONDS = 2.0
"""What is killed is gone at once; only what nobody waits for (state Z) stays in its group for good."""


@contextlib.contextmanager
def alone(home: Path) -> Iterator[None]:
    """One client at a time: the system gives the lock back when its holder dies."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)  # its state holds secrets' values
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def spawn(module: str, home: Path, log: Path, *arguments: str) -> int:
    """Run a module of ours in a session of its own, so that it outlives this process. Its process id."""
    created = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    package_root = str(Path(__file__).parents[2])
    search = os.pathsep.join(filter(None, (package_root, os.environ.get("PYTHONPATH"))))
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-P", "-m", module, *arguments, "--home", str(home)],
        {**cleaned(os.environ), "PYTHONPATH": search},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), created, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
            *((os.POSIX_SPAWN_CLOSE, one) for one in _handed_down()),
        ],
        setsid=True,
    )


def _handed_down() -> Iterator[int]:
    """What a process would get of this one beside its standard files: a port would outlive its server."""
    for name in os.listdir("/dev/fd"):  # noqa: PTH208 - there are no paths to be had of it
        with contextlib.suppress(OSError):
            if int(name) > 2 and os.get_inheritable(int(name)):
                yield int(name)


def end(record: Record, seconds: float) -> bool:
    """Have a process end in order, and wait. False when it had to be killed."""
    os.kill(record.pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while record.alive:
        if time.monotonic() > deadline:
            os.kill(record.pid, signal.SIGKILL)
            return False
        time.sleep(0.02)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(record.pid, os.WNOHANG)  # when this very process had started it
    return True


def end_at_once(pid: int) -> None:
    """End a process that we started, and all in its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    wait_for_end(pid)


def wait_for_end(pid: int) -> None:
    """A killed process takes a moment; our own child also waits for us."""
    while birth(pid) is not None:
        time.sleep(0.02)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def end_orphans(record: Record) -> None:
    """End what a killed process left running in its process group, and wait until it is gone.

    The system gives a process id to nobody while a group is named after it, so a group without its
    leader is that process's.
    """
    if birth(record.pid) is not None:
        return
    deadline = time.monotonic() + _SWEEP_SECONDS
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(record.pid, signal.SIGKILL)
            time.sleep(0.01)


def require_free(host: str, port: int, patience: float) -> None:
    """Raise OSError unless the port can be had.

    A killed process is gone a moment before the system has closed its sockets, hence `patience`, seconds.
    """
    deadline = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.05)
            else:
                return


def ask(
    url: str, method: str = "GET", body: bytes | None = None, seconds: float = _ANSWER_SECONDS
) -> dict[str, Any]:
    """The document that a process of ours answers within `seconds`.

    Raises OSError, or ValueError for what is none.
    """
    request = urllib.request.Request(url, body, method=method)  # noqa: S310 - our own loopback address
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=seconds) as answer:
        document: dict[str, Any] = json.load(answer)
        return document


def last_words(log: Path) -> str:
    """The end of a log, as a sentence that goes on."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    said = [line for line in lines if line.strip()][-_LOG_LINES:]
    return " It said:\n" + "\n".join(f"  {line}" for line in said) if said else " It said nothing."
