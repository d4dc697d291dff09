"""Who runs a command, where, and whether that process is still there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Holder:
    """A process, so described that another process can tell whether it lives.

    `machine` is finer than `host`: containers may share a host's name, and a process id means something
    only among processes that see the same ids. `started` tells a process from a later one of the same id.
    """

    who: str
    host: str
    machine: str
    pid: int
    started: str
    command: str

    @classmethod
    def this_process(cls, who: str, command: str) -> Holder:
        """The process that asks."""
        pid = os.getpid()
        return cls(who, socket.gethostname(), _machine(), pid, _started(pid), command)

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Holder:
        """Read it back from strings; what was not written is empty."""
        values = {field.name: said.get(field.name, "") for field in fields(cls)}
        return cls(**{**values, "pid": int(values["pid"] or 0)})  # type: ignore[arg-type]

    def to_strings(self) -> dict[str, str]:
        """Every field as a string."""
        return {name: str(value) for name, value in asdict(self).items()}

    @property
    def is_dead(self) -> bool:
        """Whether this process is known to have ended. Of another machine's nothing is known."""
        return self.machine == _machine() and _started(self.pid) != self.started

    def __str__(self) -> str:
        return f"{self.who} on {self.host} (process {self.pid}, {self.command})"


@cache
def _machine() -> str:
    """This boot of this machine and, where there are such, this namespace of process ids."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return f"{socket.gethostname()}/{uuid.getnode():x}"


def _started(pid: int) -> str:
    """When a process started, in whatever form the system tells it; empty when there is none."""
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        state, *rest = stat.rpartition(")")[2].split()
        return "" if state == "Z" else rest[18]  # proc(5): starttime is field 22
    listed = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.strip()
