"""The record of a running sandbox in its home: port, process id, and when that process started.

A process id alone is not trusted: the system gives it to another process in time. The moment a process
started, as the system tells it, goes with it.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.sandbox import stores

_FILE = "running.json"


@dataclass(frozen=True)
class Record:
    """Which process serves, where. `born` is the system's own notation, compared for equality."""

    port: int
    pid: int
    born: str

    @classmethod
    def of_this_process(cls, port: int) -> Record:
        """This process, serving `port`."""
        return cls(port, os.getpid(), birth(os.getpid()) or "")

    @classmethod
    def read(cls, home: Path) -> Record | None:
        """The record in `home`, or None when there is none, or it is torn."""
        document = stores.read_json(home / _FILE)
        try:
            return cls(int(document["port"]), int(document["pid"]), str(document["born"]))
        except (TypeError, KeyError, ValueError):
            return None

    def write(self, home: Path) -> None:
        """Leave this record in `home`."""
        home.mkdir(parents=True, exist_ok=True)
        stores.write_atomically(home / _FILE, json.dumps(asdict(self)))

    @staticmethod
    def remove(home: Path) -> None:
        """Take the record out of `home`: its process ended in order."""
        (home / _FILE).unlink(missing_ok=True)

    @property
    def alive(self) -> bool:
        """Whether that very process still runs."""
        return birth(self.pid) == self.born != ""


def birth(pid: int) -> str | None:
    """When process `pid` started, in the system's notation; None when it does not run.

    Field 22 of /proc/PID/stat on Linux (proc_pid_stat(5)), else what ps says. A process that has
    ended and waits for its parent (state Z) does not run.
    """
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] == "Z" else fields[19]
    told = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return None if not told or told.startswith("Z") else told.partition(" ")[2].strip()
