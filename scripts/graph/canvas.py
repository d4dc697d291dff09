"""An SVG under construction: shapes and texts with classes, one stylesheet for light and dark.

Colours are written out for each class and again for dark, not as CSS variables, which some viewers of
SVG do not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from scripts.graph import icons
from scripts.graph.kinds import Family
from scripts.graph.layout import Point
from scripts.graph.lettering import FONTS, fitted, width

#: Family -> its colour on light, and on dark.
COLOURS = {
    Family.TRAFFIC: ("#0f766e", "#2dd4bf"),
    Family.NETWORK: ("#6d28d9", "#a78bfa"),
    Family.COMPUTE: ("#c2410c", "#fb923c"),
    Family.DATA: ("#1d4ed8", "#60a5fa"),
    Family.EVENTS: ("#be185d", "#f472b6"),
    Family.SECURITY: ("#a16207", "#facc15"),
    Family.OPERATION: ("#475569", "#94a3b8"),
}

#: Class -> its declarations on light, and on dark.
_PAINTS = {
    "paper": ("fill:#ffffff", "fill:#0d1117"),
    "region": ("fill:#f6f8fa;stroke:#d0d7de", "fill:#010409;stroke:#30363d"),
    "panel": ("fill:#ffffff;stroke:#d0d7de", "fill:#0d1117;stroke:#30363d"),
    "card": ("fill:#ffffff;stroke:#afb8c1", "fill:#161b22;stroke:#484f58"),
    "pill": ("fill:#ffffff;stroke:#d0d7de", "fill:#161b22;stroke:#484f58"),
    "ink": ("fill:#1f2328", "fill:#e6edf3"),
    "faint": ("fill:#59636e", "fill:#9198a1"),
    "sign": ("stroke:#ffffff", "stroke:#0d1117"),
    "badge": ("fill:#ffffff", "fill:#0d1117"),
    "line": ("stroke:#818b98", "stroke:#656c76"),
    "tip": ("fill:#818b98", "fill:#656c76"),
    "traffic-line": ("stroke:#0f766e", "stroke:#2dd4bf"),
    "traffic-tip": ("fill:#0f766e", "fill:#2dd4bf"),
    "data-line": ("stroke:#1d4ed8", "stroke:#60a5fa"),
    "data-tip": ("fill:#1d4ed8", "fill:#60a5fa"),
}
_SHAPES = (
    ".sign{fill:none;stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}"
    ".line,.wire{fill:none;stroke-width:1.4}"
    ".traffic-line,.data-line{fill:none;stroke-width:2.2}"
    ".wire{opacity:.6}"
    ".optional{stroke-dasharray:5 4}"
    ".bold{font-weight:600}"
    ".slanted{font-style:italic}"
)


def stylesheet() -> str:
    """The rules of every picture."""
    light = {name: paints[0] for name, paints in _PAINTS.items()}
    dark = {name: paints[1] for name, paints in _PAINTS.items()}
    for family, (day, night) in COLOURS.items():
        for rules, colour in ((light, day), (dark, night)):
            rules[f"of-{family.name.lower()}"] = f"stroke:{colour}"
            rules[f"in-{family.name.lower()}"] = f"fill:{colour}"

    def written(rules: dict[str, str]) -> str:
        return "".join(f".{name}{{{paint}}}" for name, paint in rules.items())

    return (
        f"text{{font-family:{FONTS}}}{written(light)}{_SHAPES}"
        f"@media (prefers-color-scheme:dark){{{written(dark)}}}"
    )


class Canvas:
    """What was drawn so far, from back to front."""

    def __init__(self, name: str, title: str, description: str) -> None:
        self.name, self.title, self.description = name, title, description
        self._parts: list[str] = []

    def rectangle(
        self, x: float, y: float, wide: float, high: float, kind: str, *, round_by: float = 8
    ) -> None:
        """A rectangle with round corners."""
        self._parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}" '
            f'rx="{_n(round_by)}" class="{kind}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        kind: str = "ink",
        *,
        anchor: str = "start",
        room: float | None = None,
    ) -> float:
        """A line of text on the baseline y, shortened to its room; gives the width that it takes."""
        bold = "bold" in kind.split()
        shown = text if room is None else fitted(text, room, size, bold=bold)
        if not shown:
            return 0
        anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" class="{kind}"{anchored}>'
            f"{escape(shown, quote=False)}</text>"
        )
        return width(shown, size, bold=bold)

    def sign(self, x: float, y: float, family: Family, size: float = 20) -> None:
        """The family's sign on a square of its colour."""
        self.rectangle(x, y, size, size, f"in-{family.name.lower()}", round_by=size / 4)
        scale = size * 0.72 / 16
        inset = size * 0.14
        self._parts.append(
            f'<path transform="translate({_n(x + inset)} {_n(y + inset)}) scale({_n(scale)})" '
            f'd="{icons.SIGNS[family]}" class="sign"/>'
        )

    def badge(self, x: float, y: float, letters: str, family: Family) -> None:
        """A small disc with a letter or two, centred on (x, y)."""
        self._parts.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="8" class="in-{family.name.lower()}"/>'
        )
        self.text(x, y + 3, letters, 8, "badge bold", anchor="middle")

    def arrow(
        self,
        points: Iterable[Point],
        kind: str,
        tip: str,
        *,
        both: bool = False,
        straight: bool = False,
        saying: str = "",
        of: str = "",
    ) -> None:
        """A line through the points, with a tip at its end or at both. `saying` is its tooltip.

        Of each two points the line is straight between them and curved on to the next two, unless it is
        straight throughout.
        """
        points = list(points)
        path = [f"M{_xy(points[0])}"]
        for index, point in enumerate(points[1:], 1):
            before = points[index - 1]
            if straight or index % 2:
                path.append(f"L{_xy(point)}")
            else:
                middle = (before[1] + point[1]) / 2
                path.append(f"C{_xy((before[0], middle))} {_xy((point[0], middle))} {_xy(point)}")
        self.open(of, saying)
        self._parts.append(f'<path d="{"".join(path)}" class="{kind}"/>')
        self._tip(points[-2], points[-1], tip)
        if both:
            self._tip(points[1], points[0], tip)
        self.close()

    def _tip(self, before: Point, end: Point, kind: str) -> None:
        """A triangle that ends where the line does."""
        across, along = end[0] - before[0], end[1] - before[1]
        length = (across**2 + along**2) ** 0.5 or 1.0
        across, along = across / length * 7, along / length * 7
        left = (end[0] - across - along * 0.55, end[1] - along + across * 0.55)
        right = (end[0] - across + along * 0.55, end[1] - along - across * 0.55)
        self._parts.append(f'<path d="M{_xy(end)}L{_xy(left)}L{_xy(right)}z" class="{kind}"/>')

    def open(self, kind: str, saying: str = "", name: str = "") -> None:
        """Begin a group; `saying` is its tooltip, `name` makes it a place that a keyboard can reach."""
        reached = f' id="{escape(name)}" tabindex="0"' if name else ""
        classed = f' class="{kind}"' if kind else ""
        told = f"<title>{escape(saying, quote=False)}</title>" if saying else ""
        self._parts.append(f"<g{classed}{reached}>{told}")

    def close(self) -> None:
        """End the group."""
        self._parts.append("</g>")

    def svg(self, wide: float, high: float, *, embedded: bool = False) -> str:
        """The document; embedded in a page it brings no stylesheet, for the page has it."""
        style = "" if embedded else f"<style>{stylesheet()}</style>"
        return "".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(wide)} {_n(high)}" '
                f'width="{_n(wide)}" height="{_n(high)}" role="img" '
                f'aria-labelledby="{self.name}-title {self.name}-description">',
                f'<title id="{self.name}-title">{escape(self.title, quote=False)}</title>',
                f'<desc id="{self.name}-description">{escape(self.description, quote=False)}</desc>',
                style,
                f'<rect width="{_n(wide)}" height="{_n(high)}" class="paper"/>',
                *(f"\n{part}" for part in self._parts),
                "\n</svg>\n",
            )
        )


def _n(value: float) -> str:
    """A coordinate, to a tenth of a pixel, as short as it goes."""
    return f"{value:.1f}".removesuffix(".0") if abs(value) >= 0.05 else "0"


def _xy(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"
