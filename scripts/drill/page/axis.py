"""A drill's time, from left to right: where a moment stands, which marks it has, and what is written below.

What stretches is lines alone; every letter is HTML beside them, so that it is as large on a telephone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.drill.page.markup import Markup, text

#: The drawings' own units across; a page stretches them.
WIDTH = 1000

#: Seconds between the times that are written below: the first of which fewer than so many fit.
_TICKS, _MOST = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200), 8

#: Percent of the width that a mark's name needs on a telephone.
_ROOM = 8.0

#: What T0 to T5 are.
MARKS = {
    "t0": "the fault",
    "t1": "the checkers agree",
    "t2": "the first name server answers the standby",
    "t3": "the last vantage has changed over",
    "t4": "the standby takes its first order",
    "t5": "from here on the objective is held",
}


@dataclass(frozen=True)
class Axis:
    """From and until, in seconds since the fault; `marks` the same of T0 to T5, as far as they came."""

    began: float
    ended: float
    marks: Mapping[str, float]

    @classmethod
    def of(cls, said: Mapping[str, Any], lanes: Mapping[str, Any]) -> Axis:
        """That of a report's lanes."""
        timeline = said["timeline"]
        marks = {mark: timeline[mark]["s"] for mark in MARKS if timeline[mark] is not None}
        return cls(lanes["from_s"], max(lanes["to_s"], lanes["from_s"] + 1.0), marks)

    def x(self, at: float) -> int:
        """Where it stands, in the drawings' units."""
        share = (at - self.began) / (self.ended - self.began)
        return round(WIDTH * min(max(share, 0.0), 1.0))

    def percent(self, at: float) -> float:
        """The same, of the width."""
        return self.x(at) * 100 / WIDTH

    def svg(self, height: int, drawn: str, words: str) -> Markup:
        """A drawing over this time: behind it the marks, and `words` for whoever cannot see it."""
        lines = "".join(f"M{self.x(at)} -6V{height + 6}" for at in self.marks.values())
        return Markup(
            f'<svg viewBox="0 0 {WIDTH} {height}" height="{height}" preserveAspectRatio="none" role="img" '
            f'aria-label="{text(words)}"><path class="mark" d="{lines}"/>{drawn}</svg>'
        )

    def heads(self) -> Markup:
        """The names of the marks above the drawings, in as many rows as they need."""
        ends: list[float] = []
        names = []
        for mark, at in sorted(self.marks.items(), key=lambda one: (one[1], one[0])):
            left = min(self.percent(at), 100 - _ROOM / 2)
            row = next((number for number, end in enumerate(ends) if end <= left), len(ends))
            ends[row : row + 1] = [left + _ROOM]
            names.append(
                f'<span style="left:{left:.1f}%;top:{row * 1.15:.2f}rem" '
                f'title="{text(MARKS[mark])}">{mark.upper()}</span>'
            )
        height = max(len(ends), 1) * 1.15
        return Markup(
            f'<div class="heads" aria-hidden="true" style="height:{height:.2f}rem">{"".join(names)}</div>'
        )

    def feet(self) -> Markup:
        """The times below the drawings."""
        ticks = "".join(
            f'<span style="left:{self.percent(at):.1f}%">{clock(at)}</span>' for at in self._ticks()
        )
        return Markup(f'<div class="feet" aria-hidden="true">{ticks}</div>')

    def _ticks(self) -> Iterator[float]:
        length = self.ended - self.began
        step = next((step for step in _TICKS if length / step <= _MOST), _TICKS[-1])
        at = -(-self.began // step) * step
        while at <= self.ended:
            if 1.5 <= self.percent(at) <= 96:
                yield at
            at += step


def clock(at: float) -> str:
    """`-0:30`, `2:05`, `1:02:05`: minutes and seconds since the fault."""
    sign, whole = ("-", round(-at)) if at < 0 else ("", round(at))
    hours, rest = divmod(whole, 3600)
    if hours:
        return f"{sign}{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"{sign}{rest // 60}:{rest % 60:02}"
