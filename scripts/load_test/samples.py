"""JMeter's results: a CSV with a line for every request, read one line at a time.

A generator that was killed leaves half a line, and a full disk worse: what cannot be read is counted and
passed over. https://jmeter.apache.org/usermanual/listeners.html#csvlogformat
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from scripts.errors import Failed

#: The columns that a report is made of; black-friday.properties asks JMeter for them.
COLUMNS = ("timeStamp", "elapsed", "label", "responseCode", "success", "allThreads")
_MESSAGE = "failureMessage"


class Sample(NamedTuple):
    """One request. Times in milliseconds, `started` since the epoch; `users` at work on its generator."""

    started: int
    elapsed: int
    label: str
    code: str
    succeeded: bool
    users: int
    message: str


@dataclass
class Samples:
    """The requests in the lines of a .jtl; `unreadable` counts the lines that tell of none."""

    lines: Iterable[str]
    unreadable: int = field(default=0, init=False)

    def __iter__(self) -> Iterator[Sample]:
        """Raises Failed where there is no header with the columns that are needed."""
        rows = csv.reader(_without_nul(self.lines))
        try:
            header = next(rows, None)
        except csv.Error:
            header = []
        if header is None:
            return
        positions = _positions(header)
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:
                self.unreadable += 1
                continue
            if (sample := _sample(row, *positions)) is not None:
                yield sample
            elif row:
                self.unreadable += 1


def _positions(header: list[str]) -> tuple[list[int], int | None]:
    where = {name: position for position, name in enumerate(header)}
    if missing := [name for name in COLUMNS if name not in where]:
        raise Failed(
            f"The results have no column {', '.join(missing)}.",
            fix="Have JMeter write them: --addprop black-friday.properties",
        )
    return [where[name] for name in COLUMNS], where.get(_MESSAGE)


def _sample(row: list[str], columns: list[int], message: int | None) -> Sample | None:
    try:
        started, elapsed, label, code, success, users = (row[column] for column in columns)
        said = row[message] if message is not None else ""
        known = {"true": True, "false": False}[success]
        return Sample(int(started), int(elapsed), label, code, known, int(users), said)
    except (IndexError, KeyError, ValueError):
        return None


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    """What a file system leaves of a block that was never written is NUL."""
    return (line.replace("\0", "") for line in lines)
