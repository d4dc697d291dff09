"""How much memory processes use, with those that they started."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path


def used(roots: Iterable[int]) -> dict[int, int]:
    """Bytes in memory of each process and of all below it.

    Where the system tells, what several share counts in parts (Pss of proc_pid_smaps(5)): the workers of a
    server that loads before it forks share most of it. Elsewhere it counts for each of them.
    """
    told = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=False
    ).stdout
    children, resident = defaultdict[int, list[int]](list), dict[int, int]()
    for line in told.splitlines():
        pid, parent, size = map(int, line.split())
        children[parent].append(pid)
        resident[pid] = size

    def tree(pid: int) -> Iterator[int]:
        yield pid
        for child in children[pid]:
            yield from tree(child)

    def kib(pid: int) -> int:
        return _proportional(pid) or resident.get(pid, 0)

    return {root: 1024 * sum(map(kib, tree(root))) for root in roots}


def _proportional(pid: int) -> int | None:
    """KiB of a process, what it shares in parts; None where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), None)
