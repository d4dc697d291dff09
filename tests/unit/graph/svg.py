"""An SVG as a person sees it: frames, texts with their extents, and lines; read back from the file alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from scripts.graph.lettering import width

_SVG = "{http://www.w3.org/2000/svg}"
#: How far a font reaches above and below the baseline, in ems.
_ABOVE, _BELOW = 0.76, 0.24
_STEP = re.compile(r"([MLC])([^MLCz]+)")


@dataclass(frozen=True)
class Box:
    """A rectangle, with the text or the classes that it has."""

    left: float
    top: float
    right: float
    bottom: float
    said: str

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def around(self, x: float, y: float) -> bool:
        return self.left < x < self.right and self.top < y < self.bottom


class Picture:
    """One parsed document."""

    def __init__(self, text: str) -> None:
        self.root = ElementTree.fromstring(text)
        _, _, wide, high = (float(part) for part in self.root.get("viewBox", "").split())
        self.frame = Box(0, 0, wide, high, "frame")

    @property
    def texts(self) -> list[Box]:
        return [self._text(one) for one in self.root.iter(f"{_SVG}text")]

    def frames(self, *kinds: str) -> list[Box]:
        """The rectangles of these classes."""
        return [
            Box(x, y, x + wide, y + high, one.get("class", ""))
            for one in self.root.iter(f"{_SVG}rect")
            if set(one.get("class", "").split()) & set(kinds)
            for x, y, wide, high in [
                tuple(float(one.get(name, 0)) for name in ("x", "y", "width", "height"))
            ]
        ]

    def lines(self, kind: str) -> list[list[tuple[float, float]]]:
        """The paths of a class, as points along them."""
        return [
            list(_along(one.get("d", "")))
            for one in self.root.iter(f"{_SVG}path")
            if kind in one.get("class", "").split()
        ]

    def said(self) -> str:
        return " | ".join(text.said for text in self.texts)

    @staticmethod
    def _text(element: ElementTree.Element) -> Box:
        said, size = element.text or "", float(element.get("font-size", 0))
        x, y = float(element.get("x", 0)), float(element.get("y", 0))
        wide = width(said, size, bold="bold" in element.get("class", "").split())
        left = {"middle": x - wide / 2, "end": x - wide}.get(element.get("text-anchor", ""), x)
        return Box(left, y - _ABOVE * size, left + wide, y + _BELOW * size, said)


def _along(path: str) -> Iterator[tuple[float, float]]:
    at = (0.0, 0.0)
    for letter, numbers in _STEP.findall(path):
        values = [float(number) for number in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        if letter == "C":
            first, second, end = points
            for step in range(1, 20):
                t = step / 20
                yield tuple(  # type: ignore[misc]
                    (1 - t) ** 3 * at[axis]
                    + 3 * (1 - t) ** 2 * t * first[axis]
                    + 3 * (1 - t) * t**2 * second[axis]
                    + t**3 * end[axis]
                    for axis in (0, 1)
                )
        elif letter == "L":
            for step in range(1, 20):
                t = step / 20
                yield (at[0] + t * (points[0][0] - at[0]), at[1] + t * (points[0][1] - at[1]))
        at = points[-1]
        yield at
