"""How much memory processes use, with those that they started."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterable


def resident(roots: Iterable[int]) -> dict[int, int]:
    """Resident bytes of each process and of all below it; what they share is counted for each."""
    told = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=False
    ).stdout
    children, sizes = defaultdict[int, list[int]](list), dict[int, int]()
    for line in told.splitlines():
        pid, parent, kib = map(int, line.split())
        children[parent].append(pid)
        sizes[pid] = kib * 1024

    def below(pid: int) -> int:
        return sizes.get(pid, 0) + sum(below(child) for child in children[pid])

    return {pid: below(pid) for pid in roots}
