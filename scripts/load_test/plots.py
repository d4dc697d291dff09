"""Curves over the time of a run, as inline SVG that is stretched to any width.

What stretches is lines alone; every letter is HTML beside them, so that it is as large on a telephone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10

#: The drawing's own units; a page stretches them.
WIDTH, HEIGHT = 1000, 200

#: Lines of the grid above the ground.
_STEPS = 4


@dataclass(frozen=True)
class Curve:
    """Values in the order of time, None where there is none; `style` is a class of the page's stylesheet."""

    name: str
    style: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Plot:
    """Curves of one unit over `seconds`. `limit` is a threshold, drawn across."""

    title: str
    unit: str
    curves: tuple[Curve, ...]
    seconds: float
    limit: float | None = None

    def figure(self) -> str:
        """The HTML figure."""
        highest = ceiling(self._values())
        legend = "".join(
            f'<span class="key {curve.style}">{escape(curve.name)}</span>' for curve in self.curves
        )
        if self.limit is not None:
            legend += f'<span class="key limit">at most {number(self.limit)}</span>'
        scale = "".join(
            f"<span>{number(highest * step / _STEPS)}</span>" for step in range(_STEPS, -1, -1)
        )
        return (
            f'<figure class="plot"><figcaption><strong>{escape(self.title)}</strong> '
            f"<small>{escape(self.unit)}</small><span>{legend}</span></figcaption>"
            f'<div class="scale" aria-hidden="true">{scale}</div>'
            f"{self._drawing(highest)}"
            f'<div class="clock" aria-hidden="true"><span>0</span>'
            f"<span>{clock(self.seconds / 2)}</span><span>{clock(self.seconds)}</span></div></figure>\n"
        )

    def _values(self) -> list[float]:
        known = [value for curve in self.curves for value in curve.values if value is not None]
        return known if self.limit is None else [*known, self.limit]

    def _drawing(self, highest: float) -> str:
        grid = "".join(
            f'<line class="grid" x1="0" x2="{WIDTH}" y1="{y}" y2="{y}"/>'
            for y in (HEIGHT * step // _STEPS for step in range(_STEPS + 1))
        )
        lines = "".join(
            f'<path class="{curve.style}" d="{" ".join(_path(curve.values, highest))}"/>'
            for curve in self.curves
        )
        if self.limit is not None:
            y = _y(self.limit, highest)
            lines += f'<line class="limit" x1="0" x2="{WIDTH}" y1="{y}" y2="{y}"/>'
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
            f'aria-label="{escape(self._said(), quote=True)}">{grid}{lines}</svg>'
        )

    def _said(self) -> str:
        """The plot in words, for whoever cannot see it."""
        said = []
        for curve in self.curves:
            known = [value for value in curve.values if value is not None]
            if known:
                said.append(f"{curve.name} from {number(min(known))} to {number(max(known))}")
        return f"{self.title}, {self.unit}: {'; '.join(said) or 'nothing was measured'}"


def ceiling(values: Sequence[float]) -> float:
    """The round number at the top of a scale: 1, 2 or 5 times a power of ten, at least 1."""
    highest = max(values, default=0.0)
    if highest <= 1:
        return 1.0
    power = 10.0 ** int(log10(highest))
    return next(step * power for step in (1, 2, 5, 10) if highest <= step * power * (1 + 1e-9))


def number(value: float | None) -> str:
    """`1 234`, `0.25`, or a dash for nothing."""
    if value is None:
        return "-"
    if value and abs(value) < 10 and value != int(value):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:,.0f}".replace(",", "\u202f")


def clock(seconds: float) -> str:
    """`45 s`, `7:30 min`."""
    whole = ceil(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60}:{whole % 60:02} min"


def _path(values: Sequence[float | None], highest: float) -> Iterator[str]:
    """A line through the values, each in the middle of its stretch; broken where there is none."""
    drawing = False
    for position, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        x = WIDTH * (position + 0.5) / len(values)
        yield f"{'L' if drawing else 'M'}{x:.1f} {_y(value, highest)}"
        if not drawing:
            yield "h0.1"  # a point alone would not be seen
        drawing = True


def _y(value: float, highest: float) -> float:
    return round(HEIGHT * (1 - value / highest), 1)
