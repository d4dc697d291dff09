"""The picture of the whole: regions side by side, the traffic's way down through them, copies across.

The pair's columns are mirror images, row by row, so that what is copied stands beside its copy and the arrow
between them is level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.places import EDGE_ONLY
from scripts.graph.canvas import Canvas
from scripts.graph.kinds import Family
from scripts.graph.layout import Point
from scripts.graph.lettering import width
from scripts.graph.model import Handed, Layer, Root
from scripts.graph.root_picture import asked
from scripts.graph.topology import PAIR, Part, Place, Stop, Store, Topology

MARGIN = 24.0
#: Beside a column: the lanes of what its own roots hand on.
LANES = 56.0
COLUMN, GUTTER = 392.0, 176.0
WIDE = 2 * (MARGIN + LANES + COLUMN) + GUTTER
MIDDLE = WIDE / 2
PAD = 14.0
TILE, GAP, ARROW = 44.0, 8.0, 26.0
CHIP, CHIP_GAP = 24.0, 6.0
HEAD = 30.0
TITLE, LINE, SMALL = 13.0, 11.0, 10.0
PILL = 30.0
LANE = 13.0

_LEFT = {
    Place.PRIMARY: MARGIN + LANES,
    Place.STANDBY: WIDE - MARGIN - LANES - COLUMN,
    Place.EDGE: MIDDLE - COLUMN / 2,
}
_NAMES = {
    Place.PRIMARY: "primary region",
    Place.STANDBY: "standby region",
    Place.EDGE: "us-east-1",
}


@dataclass(frozen=True)
class _Panel:
    """Where a root stands in the picture, in one place."""

    top: float
    bottom: float


@dataclass(frozen=True)
class _Chip:
    """A layer that is only named, with what decides whether it is there."""

    layer: Layer
    text: str
    note: str

    @property
    def wide(self) -> float:
        return width(self.text, LINE) + (width(self.note, SMALL) + 6 if self.note else 0) + 34


def picture(topology: Topology, *, embedded: bool = False) -> str:
    """The SVG of everything."""
    return _Whole(topology).svg(embedded=embedded)


def described(topology: Topology) -> str:
    """The picture in a few sentences, for who cannot see it."""
    stops = [stop for stop in topology.path if stop.place is not Place.STANDBY]
    way = ["viewers", *(stop.layer.title.lower() for stop in stops)]
    copies = [
        f"{store.layer.title} ({store.copied})"
        for root in topology.roots(Place.PRIMARY)
        for store in topology.stores(root)
        if store.way
    ]
    roots = ", ".join(root.name for root in topology.architecture.roots)
    return (
        f"A primary and a standby region side by side, with the roots {roots}. "
        f"The traffic's way: {', '.join(way)}. Copied between the regions: {', '.join(copies)}."
    )


class _Whole:
    """The regions on their canvas, and where each root came to stand."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.canvas = Canvas("architecture", "Tradewind: the architecture", described(topology))
        self.panels: dict[tuple[str, Place], _Panel] = {}

    def svg(self, *, embedded: bool) -> str:
        canvas = self.canvas
        canvas.text(MARGIN, 42, "Tradewind", 22, "ink bold")
        canvas.text(MARGIN, 62, "The architecture, as the templates have it.", 12, "faint")
        bottom = self._pill("Viewers", 30)
        if self.topology.has_edge:
            bottom = self._edge(bottom + ARROW, bottom)
        bottom = self._routing(bottom)
        bottom = self._pair(bottom)
        self._handed()
        high = self._legend(bottom + 24)
        return canvas.svg(WIDE, high, embedded=embedded)

    def _pill(self, text: str, top: float) -> float:
        wide = width(text, TITLE, bold=True) + 36
        self.canvas.rectangle(MIDDLE - wide / 2, top, wide, PILL, "pill", round_by=PILL / 2)
        self.canvas.text(MIDDLE, top + 20, text, TITLE, "ink bold", anchor="middle")
        return top + PILL

    def _edge(self, top: float, start: float) -> float:
        """us-east-1, with the stop of the traffic that is nearest to the viewers."""
        place, left = Place.EDGE, _LEFT[Place.EDGE]
        stops = [stop for stop in self.topology.path if stop.place is place]
        here = [root for root in self.topology.roots(place) if root.name in EDGE_ONLY]
        others = [root.name for root in self.topology.roots(place) if root not in here]
        room = COLUMN - 4 * PAD
        passed = {root.name: [stop for stop in stops if stop.root is root] for root in here}
        tall = {
            root.name: HEAD
            + len(passed[root.name]) * (TILE + GAP)
            + self._chips_high(self._beside(root, place), room)
            + PAD
            for root in here
        }
        note = 18 if others else 0
        bottom = top + HEAD + sum(tall.values()) + PAD * len(here) + note
        self._region(place, top, bottom - top)
        y = top + HEAD
        for root in here:
            self._panel(root, place, y, y + tall[root.name])
            at = y + HEAD
            for stop in passed[root.name]:
                self._stop(stop, at)
                self._flow([(MIDDLE, start), (MIDDLE, at)])
                start, at = at + TILE, at + TILE + GAP
            self._chips(self._beside(root, place), left + 2 * PAD, at, room)
            y += tall[root.name] + PAD
        if others:
            said = f"with {', '.join(others)}, where it is neither of the pair"
            self.canvas.text(
                MIDDLE, y + 4, said, SMALL, "faint slanted", anchor="middle", room=COLUMN - 2 * PAD
            )
        return bottom

    def _routing(self, start: float) -> float:
        if not self.topology.routed:
            return start
        top = start + ARROW
        self._flow([(MIDDLE, start), (MIDDLE, top)])
        return self._pill("Route 53: failover", top)

    def _pair(self, start: float) -> float:
        """Both columns, root by root: the stops, the data, and what is beside."""
        top = start + 46
        y = top + HEAD
        shapes: list[tuple[Root, float]] = []
        roots = self.topology.roots(Place.PRIMARY)
        for root in roots:
            tall = self._tall(root)
            shapes.append((root, y))
            y += tall + PAD
        for place in PAIR:
            self._region(place, top, y - top)
            self._to_the_edge(place, top)
        for root, begin in shapes:
            self._root(root, begin, begin + self._tall(root), start)
        return y

    def _tall(self, root: Root) -> float:
        stops = self._levels(root)
        stores = list(self.topology.stores(root))
        tall = HEAD + len(stops) * TILE + (len(stops) - 1 if stops else 0) * ARROW
        if stores:
            tall += (ARROW if stops else 0) + len(stores) * (TILE + GAP) + (4 if stops else 0)
        chips = max(self._chips_high(self._beside(root, place), COLUMN - 4 * PAD) for place in PAIR)
        if chips:
            tall += (PAD if stops or stores else 0) + chips
        return tall + PAD

    def _levels(self, root: Root) -> list[Mapping[Place, Stop]]:
        """The stops of a root in the pair, those of both regions together."""
        levels: dict[str, dict[Place, Stop]] = {}
        for stop in self.topology.path:
            if stop.root is root and stop.place in PAIR:
                levels.setdefault(stop.layer.name, {})[stop.place] = stop
        return list(levels.values())

    def _root(self, root: Root, top: float, bottom: float, start: float) -> None:
        stores = sorted(
            self.topology.stores(root), key=lambda store: not self.topology.serves_the_fleet(store)
        )
        levels = self._levels(root)
        for place in PAIR:
            self._panel(root, place, top, bottom)
            left, y = _LEFT[place] + 2 * PAD, top + HEAD
            center = _LEFT[place] + COLUMN / 2
            before = start
            for level in levels:
                if stop := level.get(place):
                    self._stop(stop, y)
                    if before == start:
                        self._enter(place, start, center, y)
                    else:
                        self._flow([(center, before), (center, y)], standby=place is Place.STANDBY)
                    before = y + TILE
                y += TILE + ARROW
            if levels and stores:
                self._flow([(center, before), (center, y)], standby=place is Place.STANDBY)
            elif levels:
                y -= ARROW
            for store in stores:
                self._store(store, place, y)
                y += TILE + GAP
            chips = self._beside(root, place)
            if chips:
                y += PAD - 2 if levels or stores else 0
                self._chips(chips, left, y, COLUMN - 4 * PAD)

    def _enter(self, place: Place, start: float, center: float, y: float) -> None:
        """From Route 53 to a region's first stop."""
        standby = place is Place.STANDBY
        turn = start + 22
        self._flow([(MIDDLE, start), (MIDDLE, turn), (center, turn), (center, y)], standby=standby)
        said = "on failover" if standby else "while all is well"
        wide = width(said, SMALL) + 12
        x = (MIDDLE + center) / 2
        self.canvas.rectangle(x - wide / 2, turn - 8, wide, 16, "paper", round_by=4)
        self.canvas.text(x, turn + 4, said, SMALL, "faint", anchor="middle")

    def _flow(self, points: Sequence[Point], *, standby: bool = False) -> None:
        kind = "traffic-line optional" if standby else "traffic-line"
        self.canvas.arrow(points, kind, "traffic-tip", straight=True)

    def _region(self, place: Place, top: float, high: float) -> None:
        left = _LEFT[place]
        self.canvas.rectangle(left, top, COLUMN, high, "region", round_by=12)
        self.canvas.text(left + PAD, top + 20, _NAMES[place], TITLE, "ink bold")

    def _panel(self, root: Root, place: Place, top: float, bottom: float) -> None:
        left = _LEFT[place] + PAD
        demanded = root.name in self.topology.on_demand
        dashed = " optional" if demanded else ""
        right = left + COLUMN - 2 * PAD
        self.canvas.rectangle(left, top, right - left, bottom - top, f"panel{dashed}")
        name = f"{root.name}, on demand" if demanded else root.name
        self.canvas.text(left + PAD, top + 19, name, LINE + 1, "ink bold")
        sure, most = self.topology.count(root, place)
        count = str(most) if sure == most else f"{sure} to {most}"
        said = f"{count} {'resource' if count == '1' else 'resources'}"
        self.canvas.text(right - PAD, top + 19, said, SMALL, "faint", anchor="end")
        self.panels[root.name, place] = _Panel(top, bottom)

    def _stop(self, stop: Stop, y: float) -> None:
        self._tile(stop.layer, stop.part, stop.place, y, aside=stop.guard)

    def _store(self, store: Store, place: Place, y: float) -> None:
        if part := store.parts.get(place):
            self._tile(store.layer, part, place, y)
        if place is Place.STANDBY and store.way:
            self._copy(store, y + TILE / 2)

    def _tile(self, layer: Layer, part: Part, place: Place, y: float, aside: str = "") -> None:
        canvas, left, wide = self.canvas, _LEFT[place] + 2 * PAD, COLUMN - 4 * PAD
        family = layer.family.name.lower()
        dashed = " optional" if part.condition else ""
        canvas.open("layer", layer.purpose)
        canvas.rectangle(left, y, wide, TILE, f"card of-{family}{dashed}")
        canvas.sign(left + 11, y + 11, layer.family, 22)
        x, room = left + 44, wide - 44 - 12
        note = asked(part.condition) or (f"behind a {aside}" if aside else "")
        told = min(width(note, SMALL), room * 0.6) if note else 0
        canvas.text(x, y + 19, layer.title, TITLE, "ink bold", room=room - told - 10)
        if note:
            canvas.text(
                left + wide - 12, y + 19, note, SMALL, "faint slanted", anchor="end", room=told + 1
            )
        canvas.text(x, y + 35, _fitting(part.said, room), LINE, "ink", room=room)
        canvas.close()

    def _copy(self, store: Store, y: float) -> None:
        """The level arrow between a store and its copy."""
        assert store.way is not None
        left = _LEFT[Place.PRIMARY] + COLUMN - 2 * PAD
        right = _LEFT[Place.STANDBY] + 2 * PAD
        points = [(left, y), (right, y)]
        if store.way.value == "←":
            points.reverse()
        self.canvas.arrow(
            points, "data-line", "data-tip", both=store.way.value == "↔", straight=True
        )
        self.canvas.text(
            MIDDLE, y - 6, store.copied, SMALL, "faint", anchor="middle", room=GUTTER - 8
        )

    def _beside(self, root: Root, place: Place) -> tuple[_Chip, ...]:
        order = list(Family)
        beside = self.topology.beside(root, place)
        return tuple(
            _Chip(
                layer,
                layer.title
                if root.nested
                else _fitting([str(held) for held in layer.holdings], 200),
                "" if self.topology.there(root, layer, place) else asked(layer.condition),
            )
            for layer in sorted(beside, key=lambda layer: (order.index(layer.family), layer.title))
        )

    def _chips(self, chips: Iterable[_Chip], left: float, top: float, room: float) -> None:
        """Layers by name alone, in rows."""
        x, y = left, top
        for chip in chips:
            if x > left and x + chip.wide > left + room:
                x, y = left, y + CHIP + CHIP_GAP
            family = chip.layer.family
            dashed = " optional" if chip.note else ""
            self.canvas.open("layer", chip.layer.purpose)
            self.canvas.rectangle(
                x, y, chip.wide, CHIP, f"card of-{family.name.lower()}{dashed}", round_by=6
            )
            self.canvas.sign(x + 5, y + 4.5, family, 15)
            after = x + 25 + self.canvas.text(x + 25, y + 16, chip.text, LINE, "ink")
            if chip.note:
                self.canvas.text(after + 6, y + 16, chip.note, SMALL, "faint slanted")
            self.canvas.close()
            x += chip.wide + CHIP_GAP

    def _chips_high(self, chips: Sequence[_Chip], room: float) -> float:
        x, rows = 0.0, 1 if chips else 0
        for chip in chips:
            if x and x + chip.wide > room:
                x, rows = 0.0, rows + 1
            x += chip.wide + CHIP_GAP
        return rows * (CHIP + CHIP_GAP) - CHIP_GAP if rows else 0

    def _handed(self) -> None:
        """What a root hands on to the next, in lanes beside its column; to its peer, across."""
        for place in PAIR:
            own = [
                one
                for root in self.topology.roots(place)
                for one in root.received
                if one.where == "own" and (one.giver, place) in self.panels
            ]
            for lane, one in enumerate(sorted(own, key=self._distance)):
                self._lane(one, place, lane)
        for root in self.topology.roots(Place.PRIMARY):
            across = [one for one in root.received if one.where in ("peer", "primary", "standby")]
            if across:
                self._across(root, across)

    def _to_the_edge(self, place: Place, top: float) -> None:
        """What the roots of a region hand on to those of us-east-1, as one arrow."""
        for root in self.topology.roots(Place.EDGE):
            taken = [one for one in root.received if one.where == place.value]
            if root.name not in EDGE_ONLY or not taken:
                continue
            panel = self.panels[root.name, Place.EDGE]
            outward = -1 if place is Place.PRIMARY else 1
            x = _LEFT[place] + COLUMN / 2 + outward * (COLUMN / 2 - 60)
            y = (panel.top + panel.bottom) / 2
            border = MIDDLE + outward * (COLUMN / 2 - PAD)
            saying = "; ".join(f"{one.giver}: {', '.join(one.values)}" for one in taken)
            self.canvas.arrow(
                [(x, top), (x, y), (border, y)], "line", "tip", straight=True, saying=saying
            )
            self._count(x, (top + y) / 2, str(sum(len(one.values) for one in taken)))

    def _distance(self, one: Handed) -> tuple[float, str]:
        giver, receiver = (self.panels[name, Place.PRIMARY] for name in (one.giver, one.receiver))
        return abs(giver.top - receiver.top), one.receiver

    def _lane(self, one: Handed, place: Place, lane: int) -> None:
        giver, receiver = self.panels[one.giver, place], self.panels[one.receiver, place]
        outward = -1 if place is Place.PRIMARY else 1
        border = _LEFT[place] + PAD if outward < 0 else _LEFT[place] + COLUMN - PAD
        x = border + outward * (PAD + LANE * (lane + 1))
        start, end = giver.top + 15 + 7 * lane, receiver.bottom - 15 - 7 * lane
        saying = f"{one.giver} → {one.receiver}: {', '.join(one.values)}"
        self.canvas.arrow(
            [(border, start), (x, start), (x, end), (border, end)],
            "line",
            "tip",
            straight=True,
            saying=saying,
        )
        self._count(x, (start + end) / 2, str(len(one.values)))

    def _across(self, root: Root, handed: Sequence[Handed]) -> None:
        panel = self.panels[root.name, Place.PRIMARY]
        y = panel.top + 14
        left = _LEFT[Place.PRIMARY] + COLUMN - PAD
        right = _LEFT[Place.STANDBY] + PAD
        both = any(one.where == "peer" for one in handed)
        saying = "; ".join(
            f"{one.giver} of the {one.where}: {', '.join(one.values)}" for one in handed
        )
        self.canvas.arrow(
            [(left, y), (right, y)], "line", "tip", both=both, straight=True, saying=saying
        )
        count = sum(len(one.values) for one in handed)
        said = f"{count} {'value' if count == 1 else 'values'} handed on"
        self.canvas.text(MIDDLE, y - 5, said, SMALL, "faint", anchor="middle")

    def _count(self, x: float, y: float, number: str) -> None:
        wide = width(number, SMALL) + 6
        self.canvas.rectangle(x - wide / 2, y - 8, wide, 15, "paper", round_by=4)
        self.canvas.text(x, y + 3.5, number, SMALL, "faint", anchor="middle")

    def _legend(self, y: float) -> float:
        x = MARGIN + LANES
        for kind, tip, text in (
            ("traffic-line", "traffic-tip", "traffic"),
            ("data-line", "data-tip", "data that is copied"),
            ("line", "tip", "values that a root hands on to another, counted"),
        ):
            self.canvas.arrow([(x, y + 8), (x + 28, y + 8)], kind, tip, straight=True)
            self.canvas.text(x + 36, y + 12, text, SMALL, "faint")
            x += 36 + width(text, SMALL) + 24
        self.canvas.text(x, y + 12, "dashed: there only where it says so", SMALL, "faint")
        return y + 16 + MARGIN


def _fitting(said: Sequence[str], room: float) -> str:
    """As many of these as there is room for, and the first in any case."""
    shown = said[0]
    for more in said[1:]:
        if width(f"{shown}, {more}", LINE) > room:
            break
        shown = f"{shown}, {more}"
    return shown
