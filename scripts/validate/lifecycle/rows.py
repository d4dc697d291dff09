"""Until when a version of something lives, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import TypeAlias

#: A day, a month where nobody has said which day ("2027-03"), or None where no end is announced.
End: TypeAlias = str | None

#: Of when the copies are that the rows kept by hand were read from: the latest of them have entries of that
#: month, and the month's first day is the safe side.
COPIED = date(2026, 8, 1)


@dataclass(frozen=True, order=True)
class Source:
    """Who says so, and of which day what was read is: a package's data, or the `copy` of a page."""

    name: str
    url: str
    as_of: date = COPIED
    copy: bool = True

    def __str__(self) -> str:
        copy = "a copy of " if self.copy else ""
        return f"{copy}{self.name}, {self.url}, as of {self.as_of}"


@dataclass(frozen=True)
class Row:
    """A version (`*` matches anything) of a kind of thing. `over` is deprecated, by a source without dates.

    `ends` is the last day, None where no end is announced; a month counts as its first day. Of what is
    `announced` it is the day that AWS announced, or announced for, what `note` says.
    """

    kind: str
    version: str
    source: Source
    ends: date | None = None
    over: bool = False
    successor: str = ""
    note: str = ""
    announced: bool = False

    @property
    def _gravity(self) -> tuple[bool, date]:
        return not self.over, self.ends or date.max


@dataclass(frozen=True)
class Table:
    """All rows, found by kind and version."""

    rows: tuple[Row, ...]
    _by_kind: dict[str, list[Row]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            self._by_kind.setdefault(row.kind, []).append(row)

    def find(self, kind: str, version: str) -> Row | None:
        """The row of a version; where several speak of it, the one that ends it first."""
        rows = self._by_kind.get(kind, ())
        covering = [row for row in rows if fnmatchcase(version, row.version)]
        return min(covering, key=lambda row: row._gravity, default=None)

    def versions(self, kind: str) -> tuple[str, ...]:
        """Every version of a kind that a row speaks of."""
        return tuple(row.version for row in self._by_kind.get(kind, ()))

    def successors(self, row: Row) -> tuple[str, ...]:
        """What the source says to move to, else the later versions of the same major that live longer."""
        if row.successor:
            return (row.successor,)
        own = numbers(row.version)
        later = {
            other.version
            for other in self._by_kind[row.kind]
            if own
            and numbers(other.version)[:1] == own[:1]
            and numbers(other.version) > own
            and self._outlives(other, row)
        }
        return tuple(sorted(later, key=numbers))

    def _outlives(self, other: Row, row: Row) -> bool:
        found = self.find(other.kind, other.version)
        return found is not None and found._gravity > row._gravity


def listed(
    kind: str,
    source: Source,
    ends: Mapping[str, End] | Iterable[str],
    note: str = "",
    *,
    announced: bool = False,
) -> Iterator[Row]:
    """The rows of one page: version -> its end; versions alone are those without an end."""
    given = ends if isinstance(ends, Mapping) else dict.fromkeys(ends)
    for version, end in given.items():
        because = note or _approximate(end)
        yield Row(kind, version, source, _day(end), note=because, announced=announced)


def over(kind: str, source: Source, versions: Iterable[str], note: str = "") -> Iterator[Row]:
    """The rows of what is deprecated already, by a source that gives no date."""
    for version in versions:
        yield Row(kind, version, source, over=True, note=note)


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version such as 17.9; empty where it is no such version."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else ()


def _day(end: End) -> date | None:
    if end is None:
        return None
    return date.fromisoformat(f"{end}-01" if len(end) == len("2027-03") else end)


def _approximate(end: End) -> str:
    return "the source names a month" if end and len(end) == len("2027-03") else ""
