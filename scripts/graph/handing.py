"""What roots hand on to one another, around the columns of the whole: own region, peer, us-east-1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.places import EDGE_ONLY
from scripts.graph.canvas import Canvas
from scripts.graph.model import Handed, Root
from scripts.graph.tiles import COLUMN, LEFT, MIDDLE, PAD, SMALL, Panel, draw_note
from scripts.graph.topology import PAIR, Place, Topology

LANE = 17.0
#: Between two arrows that end at one panel.
STEP = 17.0

Panels = Mapping[tuple[str, Place], Panel]


def draw(canvas: Canvas, topology: Topology, panels: Panels, top: float) -> None:
    """All arrows of this kind; `top` is where the pair's regions begin."""
    for place in PAIR:
        _in_lanes(canvas, topology, panels, place)
        for root in topology.roots(Place.EDGE):
            if root.name in EDGE_ONLY:
                _up(canvas, root, panels[root.name, Place.EDGE], place, top)
    for root in topology.roots(Place.PRIMARY):
        if (root.name, Place.STANDBY) in panels:
            _across(canvas, root, panels[root.name, Place.PRIMARY])


def _in_lanes(canvas: Canvas, topology: Topology, panels: Panels, place: Place) -> None:
    """Within a region: one lane for each giver, beside the column, with a branch to each receiver."""
    lanes: dict[str, list[Handed]] = {}
    for root in topology.roots(place):
        for one in root.received:
            if one.where == "own" and (one.giver, place) in panels:
                lanes.setdefault(one.giver, []).append(one)
    outward = -1 if place is Place.PRIMARY else 1
    border = LEFT[place] + PAD if outward < 0 else LEFT[place] + COLUMN - PAD
    taken: dict[str, int] = {}
    for lane, (giver, handed) in enumerate(sorted(lanes.items(), key=lambda item: len(item[1]))):
        x = border + outward * (PAD + LANE * (lane + 1))
        start = panels[giver, place].top + 14
        for one in handed:
            arrival = taken[one.receiver] = taken.get(one.receiver, 0) + 1
            end = panels[one.receiver, place].bottom - STEP * arrival
            canvas.arrow(
                [(border, start), (x, start), (x, end), (border, end)],
                "line",
                "tip",
                straight=True,
                saying=f"{giver} → {one.receiver}: {', '.join(one.values)}",
            )
        for one in handed:
            end = panels[one.receiver, place].bottom - STEP * taken[one.receiver]
            draw_note(canvas, x, end, str(len(one.values)))


def _up(canvas: Canvas, root: Root, panel: Panel, place: Place, top: float) -> None:
    """What a region's roots hand on to a root of us-east-1, as one arrow."""
    handed = [one for one in root.received if one.where == place.value]
    if not handed:
        return
    outward = -1 if place is Place.PRIMARY else 1
    x = LEFT[place] + COLUMN / 2 + outward * (COLUMN / 2 - 60)
    y = (panel.top + panel.bottom) / 2
    border = MIDDLE + outward * (COLUMN / 2 - PAD)
    canvas.arrow(
        [(x, top), (x, y), (border, y)], "line", "tip", straight=True, saying=_saying(handed)
    )
    draw_note(canvas, x, (top + y) / 2, str(_values(handed)))


def _across(canvas: Canvas, root: Root, panel: Panel) -> None:
    """What a root receives of the other region, level with the root's name."""
    handed = [one for one in root.received if one.where in ("peer", "primary", "standby")]
    if not handed:
        return
    y = panel.top + 14
    points = [(LEFT[Place.PRIMARY] + COLUMN - PAD, y), (LEFT[Place.STANDBY] + PAD, y)]
    both = any(one.where == "peer" for one in handed)
    if not both and {one.where for one in handed} == {"standby"}:
        points.reverse()
    canvas.arrow(points, "line", "tip", both=both, straight=True, saying=_saying(handed))
    count = _values(handed)
    said = f"{count} {'value' if count == 1 else 'values'} handed on"
    canvas.text(MIDDLE, y - 5, said, SMALL, "faint", anchor="middle")


def _values(handed: Sequence[Handed]) -> int:
    return sum(len(one.values) for one in handed)


def _saying(handed: Sequence[Handed]) -> str:
    return "; ".join(f"{one.giver} of the {one.where}: {', '.join(one.values)}" for one in handed)
