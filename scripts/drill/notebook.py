"""What is observed, as it comes from many threads: in memory for whoever decides, on disk for the report."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from scripts.drill.observations import Observation, of_json, to_json


class Notebook:
    """Of one drill. `take` may be called by any thread; the rest is the engine's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seen: list[Observation] = []
        self._latest: list[float] = []  # with each observation, the latest time until then
        self._remember(read(path))
        self._come: deque[Observation] = deque()
        self._fresh_line = "\n" if self.seen else ""

    def take(self, seen: Observation) -> None:
        """Something was observed."""
        self._come.append(seen)

    def fresh(self) -> tuple[Observation, ...]:
        """What has come since this was asked last; now it is on disk, too. Raises OSError, and forgets
        nothing.
        """
        come = []
        while self._come:
            come.append(self._come.popleft())
        self._remember(come)
        if come:
            self._keep(come)
        return tuple(come)

    def since(self, at: float) -> tuple[Observation, ...]:
        """What was observed from then on. They come nearly in order; CloudWatch tells of minutes ago."""
        first = bisect_left(self._latest, at)
        return tuple(one for one in self.seen[first:] if one.at >= at)

    def _remember(self, come: Iterable[Observation]) -> None:
        for one in come:
            self.seen.append(one)
            self._latest.append(max(self._latest[-1], one.at) if self._latest else one.at)

    def _keep(self, come: Iterable[Observation]) -> None:
        """The first line of a process is one of its own, whatever the last one left half-written."""
        with self.path.open("a", encoding="ascii") as file:
            file.write(self._fresh_line)
            file.writelines(json.dumps(to_json(one)) + "\n" for one in come)
        self._fresh_line = ""


def read(path: Path) -> list[Observation]:
    """What an earlier process observed; a line that a crash tore is left out. Empty where there is none."""
    found: list[Observation] = []
    with suppress(FileNotFoundError), path.open(encoding="ascii", errors="replace") as file:
        for line in file:
            with suppress(KeyError, TypeError, ValueError):
                found.append(of_json(json.loads(line)))
    return found
