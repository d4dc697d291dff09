"""What a run comes to: figures of the whole, of each kind of request and of each moment.

They are gathered sample by sample in memory that does not grow with the run: times are bins, moments become
wider as the run gets longer, and names that hostile or broken results invent share one place.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from scripts.load_test.histogram import Histogram
from scripts.load_test.samples import Sample

#: At most so many moments, kinds of request and causes of failure are told apart.
MOMENTS = 240
LABELS = 100
CAUSES = 40

OTHERS = "(others)"

#: A kind's name and a cause are cut here.
_LONGEST_NAME = 120
_DIGITS = re.compile(r"\d[\d.,]*")

#: A moment that lies further from the first than this, in ms, is a clock gone wrong: three days.
_LONGEST_RUN = 3 * 24 * 3_600_000


@dataclass
class Tally:
    """Requests that belong together, and how many of them failed."""

    times: Histogram = field(default_factory=Histogram)
    failed: int = 0

    def add(self, sample: Sample) -> None:
        """Count a request."""
        self.times.add(sample.elapsed)
        self.failed += not sample.succeeded

    def merge(self, other: Tally) -> None:
        """Count all that another one counted."""
        self.times.merge(other.times)
        self.failed += other.failed

    @property
    def requests(self) -> int:
        """How many there were."""
        return self.times.count

    @property
    def failed_percent(self) -> float | None:
        """How many of a hundred failed; None of nothing."""
        return 100 * self.failed / self.requests if self.requests else None


@dataclass
class Moment(Tally):
    """What was started in a stretch of time; `users` by generator, each at its most."""

    users: dict[str, int] = field(default_factory=dict)

    def merge(self, other: Tally) -> None:
        """Count all that another one counted, users at the most."""
        super().merge(other)
        if isinstance(other, Moment):
            for generator, users in other.users.items():
                self.users[generator] = max(self.users.get(generator, 0), users)


@dataclass
class Figures:
    """Of one generator or of several. Moments are numbered by `width` ms since the epoch."""

    whole: Tally = field(default_factory=Tally)
    kinds: dict[str, Tally] = field(default_factory=dict)
    causes: Counter[str] = field(default_factory=Counter)
    moments: dict[int, Moment] = field(default_factory=dict)
    width: int = 1000
    unreadable: int = 0
    _anchor: int | None = None

    def add(self, sample: Sample, generator: str = "") -> None:
        """Count a request. One whose clock is days away from the others' counts as unreadable."""
        if not self._plausible(sample.started):
            self.unreadable += 1
            return
        self.whole.add(sample)
        self._kind(sample.label).add(sample)
        if not sample.succeeded:
            self._blame(cause(sample), 1)
        moment = self._moment(sample.started // self.width)
        moment.add(sample)
        moment.users[generator] = max(moment.users.get(generator, 0), sample.users)

    def merge(self, other: Figures) -> None:
        """Count all that another one counted. Moments become as wide as they have to be."""
        self.whole.merge(other.whole)
        self.unreadable += other.unreadable
        for label, kind in other.kinds.items():
            self._kind(label).merge(kind)
        for said, number in other.causes.items():
            self._blame(said, number)
        for index, moment in other.moments.items():
            self._moment(index * other.width // self.width).merge(moment)

    @property
    def started(self) -> int | None:
        """When the first moment began, in ms since the epoch."""
        return min(self.moments) * self.width if self.moments else None

    @property
    def seconds(self) -> float:
        """From the first moment to the end of the last."""
        if not self.moments:
            return 0.0
        return (max(self.moments) - min(self.moments) + 1) * self.width / 1000

    def course(self) -> list[tuple[float, Moment]]:
        """Every moment in its order, with the seconds since the first; those without a request, too."""
        if not self.moments:
            return []
        first, last = min(self.moments), max(self.moments)
        return [
            ((index - first) * self.width / 1000, self.moments.get(index, Moment()))
            for index in range(first, last + 1)
        ]

    def _plausible(self, started: int) -> bool:
        if self._anchor is None:
            self._anchor = started
        return abs(started - self._anchor) <= _LONGEST_RUN

    def _kind(self, label: str) -> Tally:
        name = label[:_LONGEST_NAME]
        if name not in self.kinds and len(self.kinds) >= LABELS:
            name = OTHERS
        return self.kinds.setdefault(name, Tally())

    def _blame(self, said: str, number: int) -> None:
        known = said in self.causes or len(self.causes) < CAUSES
        self.causes[said if known else OTHERS] += number

    def _moment(self, index: int) -> Moment:
        """The moment of that number; made, and all made wider, where it lies too far from the others."""
        if index not in self.moments:
            self.moments[index] = Moment()
            while max(self.moments) - min(self.moments) >= MOMENTS:
                self._widen()
                index //= 2
        return self.moments[index]

    def _widen(self) -> None:
        """Let every two moments be one."""
        self.width *= 2
        wider: dict[int, Moment] = {}
        for index, moment in self.moments.items():
            wider.setdefault(index // 2, Moment()).merge(moment)
        self.moments = wider


def cause(sample: Sample) -> str:
    """Why a request failed, so that like is counted with like: the code, and the message without numbers."""
    message = _DIGITS.sub("…", " ".join(sample.message.split()))
    said = f"{sample.code}: {message}" if message else sample.code
    return said[:_LONGEST_NAME] or "no answer"
