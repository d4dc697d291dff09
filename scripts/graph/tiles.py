"""What the picture of the whole is put together from: regions, panels, tiles, chips, in columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scripts.graph.canvas import Canvas
from scripts.graph.kinds import Family
from scripts.graph.layout import Point
from scripts.graph.lettering import width
from scripts.graph.model import Layer, Root
from scripts.graph.root_picture import asked
from scripts.graph.topology import Part, Place, Topology

MARGIN = 24.0
#: Beside a column: the lanes of what its own roots hand on.
LANES = 60.0
COLUMN, GUTTER = 392.0, 176.0
WIDE = 2 * (MARGIN + LANES + COLUMN) + GUTTER
MIDDLE = WIDE / 2
#: Inside a region, a panel.
PAD = 14.0
#: What a region and a panel begin with.
HEAD = 30.0
TILE, GAP = 44.0, 8.0
CHIP, CHIP_GAP = 24.0, 6.0
PILL = 30.0
TITLE, LINE, SMALL = 13.0, 11.0, 10.0

#: Where a place's column begins.
LEFT = {
    Place.PRIMARY: MARGIN + LANES,
    Place.STANDBY: WIDE - MARGIN - LANES - COLUMN,
    Place.EDGE: MIDDLE - COLUMN / 2,
}
_NAMES = {
    Place.PRIMARY: "primary region",
    Place.STANDBY: "standby region",
    Place.EDGE: "us-east-1",
}
#: Room inside a panel.
ROOM = COLUMN - 4 * PAD


@dataclass(frozen=True)
class Panel:
    """Where a root stands in a column."""

    top: float
    bottom: float


@dataclass(frozen=True)
class Chip:
    """A layer that is only named; `condition` says in words what decides whether it is there."""

    layer: Layer
    text: str
    condition: str

    @property
    def wide(self) -> float:
        """Its width."""
        return width(self.text, LINE) + 34


def chips(topology: Topology, root: Root, place: Place) -> tuple[Chip, ...]:
    """The layers beside the traffic and the data, family by family."""
    order = list(Family)
    beside = topology.beside(root, place)

    def text(layer: Layer) -> str:
        part = None if root.nested else topology.part(root, layer, layer.resources, place)
        return _fitting(part.said, ROOM / 2) if part else layer.title

    return tuple(
        Chip(layer, text(layer), topology.asked(root, layer, place))
        for layer in sorted(beside, key=lambda layer: (order.index(layer.family), layer.title))
    )


def chips_high(found: Sequence[Chip]) -> float:
    """How high so many chips are, in their rows."""
    x, rows = 0.0, 1 if found else 0
    for chip in found:
        if x and x + chip.wide > ROOM:
            x, rows = 0.0, rows + 1
        x += chip.wide + CHIP_GAP
    return rows * (CHIP + CHIP_GAP) - CHIP_GAP if rows else 0


def draw_chips(canvas: Canvas, found: Iterable[Chip], place: Place, top: float) -> None:
    """The chips in rows."""
    left = LEFT[place] + 2 * PAD
    x, y = left, top
    for chip in found:
        if x > left and x + chip.wide > left + ROOM:
            x, y = left, y + CHIP + CHIP_GAP
        family = chip.layer.family
        told = [chip.layer.purpose or chip.text, asked(chip.condition)]
        canvas.open("layer", ", ".join(filter(None, told)))
        canvas.rectangle(x, y, chip.wide, CHIP, outline(family, chip.condition), round_by=6)
        canvas.sign(x + 5, y + 4.5, family, 15)
        canvas.text(x + 25, y + 16, chip.text, LINE, "ink")
        canvas.close()
        x += chip.wide + CHIP_GAP


def draw_region(canvas: Canvas, place: Place, top: float, bottom: float) -> None:
    """The frame of a region."""
    canvas.rectangle(LEFT[place], top, COLUMN, bottom - top, "region", round_by=12)
    canvas.text(LEFT[place] + PAD, top + 20, _NAMES[place], TITLE, "ink bold")


def draw_panel(canvas: Canvas, topology: Topology, root: Root, place: Place, panel: Panel) -> None:
    """The frame of a root, with its name and how many resources it has there."""
    left, right = LEFT[place] + PAD, LEFT[place] + COLUMN - PAD
    demanded = root.name in topology.on_demand
    dashed = " optional" if demanded else ""
    canvas.rectangle(left, panel.top, right - left, panel.bottom - panel.top, f"panel{dashed}")
    name = f"{root.name}, on demand" if demanded else root.name
    canvas.text(left + PAD, panel.top + 19, name, LINE + 1, "ink bold")
    sure, most = topology.count(root, place)
    count = str(most) if sure == most else f"{sure} to {most}"
    said = f"{count} {'resource' if count == '1' else 'resources'}"
    canvas.text(right - PAD, panel.top + 19, said, SMALL, "faint", anchor="end")


def draw_tile(
    canvas: Canvas, layer: Layer, part: Part, place: Place, y: float, *, guard: str = ""
) -> None:
    """A layer with what it has there; `guard` stands before it."""
    left = LEFT[place] + 2 * PAD
    canvas.open("layer", layer.purpose)
    canvas.rectangle(left, y, ROOM, TILE, outline(layer.family, part.condition))
    canvas.sign(left + 11, y + 11, layer.family, 22)
    x, room = left + 44, ROOM - 44 - 12
    note = asked(part.condition) or (f"behind a {guard}" if guard else "")
    told = min(width(note, SMALL), room * 0.6)
    canvas.text(x, y + 19, layer.title, TITLE, "ink bold", room=room - told - 10)
    if note:
        canvas.text(
            left + ROOM - 12, y + 19, note, SMALL, "faint slanted", anchor="end", room=told + 1
        )
    canvas.text(x, y + 35, _fitting(part.said, room), LINE, "ink", room=room)
    canvas.close()


def draw_pill(canvas: Canvas, text: str, top: float) -> float:
    """Something that stands in no region, in the middle; gives where it ends."""
    wide = width(text, TITLE, bold=True) + 36
    canvas.rectangle(MIDDLE - wide / 2, top, wide, PILL, "pill", round_by=PILL / 2)
    canvas.text(MIDDLE, top + 20, text, TITLE, "ink bold", anchor="middle")
    return top + PILL


def draw_flow(canvas: Canvas, points: Sequence[Point], *, standby: bool = False) -> None:
    """A leg of the traffic's way; to the standby it is dashed."""
    kind = "traffic-line optional" if standby else "traffic-line"
    canvas.arrow(points, kind, "traffic-tip", straight=True)


def draw_note(canvas: Canvas, x: float, y: float, text: str) -> None:
    """A few words on a line, which they interrupt."""
    wide = width(text, SMALL) + 6
    canvas.rectangle(x - wide / 2, y - 7.5, wide, 15, "paper", round_by=4)
    canvas.text(x, y + 3.5, text, SMALL, "faint", anchor="middle")


def outline(family: Family, condition: str) -> str:
    """The classes of a frame: dashed where a condition decides."""
    return f"card of-{family.name.lower()}{' optional' if condition else ''}"


def _fitting(said: Sequence[str], room: float) -> str:
    """As many of these as there is room for, and the first in any case."""
    shown = said[0]
    for more in said[1:]:
        if width(f"{shown}, {more}", LINE) > room:
            break
        shown = f"{shown}, {more}"
    return shown
