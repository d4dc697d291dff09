"""Response times in bins whose width grows with the time: quantiles of millions in a few KB.

Below 128 ms a bin is a millisecond; above, each power of two is cut into 64. So a quantile is never less
than the exact one, and never more than 1/64 above it (and never above the largest time).
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: Bins between two powers of two, as a power of two itself.
_PRECISION = 6
_EXACT = 1 << (_PRECISION + 1)

#: Longer times are counted as this, in milliseconds: an hour.
LONGEST = 3_600_000


@dataclass
class Histogram:
    """Times in whole milliseconds."""

    bins: dict[int, int] = field(default_factory=dict)
    count: int = 0
    total: int = 0
    least: int = 0
    most: int = 0

    def add(self, milliseconds: int) -> None:
        """Count one time; a negative one, which a clock set back makes, as 0."""
        time = min(max(milliseconds, 0), LONGEST)
        index = _bin(time)
        self.bins[index] = self.bins.get(index, 0) + 1
        self.least = time if self.count == 0 else min(self.least, time)
        self.most = max(self.most, time)
        self.count += 1
        self.total += time

    def merge(self, other: Histogram) -> None:
        """Count all that another one counted."""
        if not other.count:
            return
        for index, number in other.bins.items():
            self.bins[index] = self.bins.get(index, 0) + number
        self.least = min(self.least, other.least) if self.count else other.least
        self.most = max(self.most, other.most)
        self.count += other.count
        self.total += other.total

    @property
    def mean(self) -> float | None:
        """The average; None of nothing."""
        return self.total / self.count if self.count else None

    def quantile(self, share: float) -> int | None:
        """The least time that `share` (0 to 1) of all did not exceed; None of nothing."""
        if not self.count:
            return None
        rank = max(1, -int(-share * self.count // 1))  # rounded up
        seen = 0
        for index in sorted(self.bins):
            seen += self.bins[index]
            if seen >= rank:
                return max(min(_highest(index), self.most), self.least)
        return self.most


def _bin(time: int) -> int:
    if time < _EXACT:
        return time
    shift = time.bit_length() - _PRECISION - 1
    return (shift << _PRECISION) + (time >> shift)


def _highest(index: int) -> int:
    """The longest time of a bin."""
    if index < _EXACT:
        return index
    shift = (index >> _PRECISION) - 1
    lowest = (index - (shift << _PRECISION)) << shift
    return lowest + (1 << shift) - 1
