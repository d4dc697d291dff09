"""The picture of the whole: regions side by side, the traffic's way down through them, copies across.

The pair's columns are mirror images, row by row, so that what is copied stands beside its copy and the arrow
between them is level.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.places import EDGE_ONLY
from scripts.graph import handing
from scripts.graph.canvas import Canvas
from scripts.graph.lettering import width
from scripts.graph.model import Root
from scripts.graph.tiles import (
    COLUMN,
    GAP,
    GUTTER,
    HEAD,
    LANES,
    LEFT,
    MARGIN,
    MIDDLE,
    PAD,
    SMALL,
    TILE,
    WIDE,
    Panel,
    chips,
    chips_high,
    draw_chips,
    draw_flow,
    draw_note,
    draw_panel,
    draw_pill,
    draw_region,
    draw_tile,
)
from scripts.graph.topology import PAIR, Place, Stop, Store, Topology, Way

#: The length of a leg of the traffic's way.
LEG = 26.0
#: From Route 53 down to the regions, with the turn to either side.
FORK, TURN = 46.0, 22.0


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
        self.panels: dict[tuple[str, Place], Panel] = {}

    def svg(self, *, embedded: bool) -> str:
        self.canvas.text(MARGIN, 42, "Tradewind", 22, "ink bold")
        self.canvas.text(MARGIN, 62, "The architecture, as the templates have it.", 12, "faint")
        bottom = draw_pill(self.canvas, "Viewers", 30)
        if self.topology.has_edge:
            bottom = self._edge(bottom)
        fork = self._routing(bottom)
        bottom = self._pair(fork)
        handing.draw(self.canvas, self.topology, self.panels, fork + FORK)
        high = self._legend(bottom + 24)
        return self.canvas.svg(WIDE, high, embedded=embedded)

    def _edge(self, start: float) -> float:
        """us-east-1, with the stop of the traffic that is nearest to the viewers."""
        place, top = Place.EDGE, start + LEG
        there = self.topology.roots(place)
        here = [root for root in there if root.name in EDGE_ONLY]
        others = ", ".join(root.name for root in there if root not in here)
        y = top + HEAD
        for root in here:
            stops = [
                stop for stop in self.topology.path if (stop.root, stop.place) == (root, place)
            ]
            tall = HEAD + len(stops) * (TILE + GAP) + chips_high(chips(self.topology, root, place))
            self.panels[root.name, place] = Panel(y, y + tall + PAD)
            y += tall + 2 * PAD
        bottom = y + (18 if others else 0)
        draw_region(self.canvas, place, top, bottom)
        for root in here:
            start = self._edge_root(root, start)
        if others:
            self.canvas.text(
                MIDDLE,
                y + 4,
                f"with {others}, where it is neither of the pair",
                SMALL,
                "faint slanted",
                anchor="middle",
                room=COLUMN - 2 * PAD,
            )
        return bottom

    def _edge_root(self, root: Root, start: float) -> float:
        """One of its roots; gives where the traffic leaves it."""
        panel = self.panels[root.name, Place.EDGE]
        draw_panel(self.canvas, self.topology, root, Place.EDGE, panel)
        y = panel.top + HEAD
        for stop in self.topology.path:
            if (stop.root, stop.place) == (root, Place.EDGE):
                draw_tile(self.canvas, stop.layer, stop.part, stop.place, y, guard=stop.guard)
                draw_flow(self.canvas, [(MIDDLE, start), (MIDDLE, y)])
                start, y = y + TILE, y + TILE + GAP
        draw_chips(self.canvas, chips(self.topology, root, Place.EDGE), Place.EDGE, y)
        return start

    def _routing(self, start: float) -> float:
        if not self.topology.routed:
            return start
        top = start + LEG
        draw_flow(self.canvas, [(MIDDLE, start), (MIDDLE, top)])
        return draw_pill(self.canvas, "Route 53: failover", top)

    def _pair(self, fork: float) -> float:
        """Both columns, root by root."""
        top = fork + FORK
        y = top + HEAD
        roots = dict.fromkeys(root for place in PAIR for root in self.topology.roots(place))
        for root in roots:
            panel = Panel(y, y + self._tall(root))
            for place in PAIR:
                if root in self.topology.roots(place):
                    self.panels[root.name, place] = panel
            y = panel.bottom + PAD
        for place in PAIR:
            draw_region(self.canvas, place, top, y)
            for root in self.topology.roots(place):
                self._root(root, place, fork)
        return y

    def _tall(self, root: Root) -> float:
        """How high a root's panel is, the same in both columns."""
        levels = len(self._levels(root))
        stores = len(self._stores(root))
        parts = [
            levels * TILE + max(0, levels - 1) * LEG,
            stores * (TILE + GAP) - GAP,
            max(chips_high(chips(self.topology, root, place)) for place in PAIR),
        ]
        used = [part for part in parts if part > 0]
        gaps = (LEG if levels and stores else 0) + (PAD if parts[2] and len(used) > 1 else 0)
        return HEAD + sum(used) + gaps + PAD

    def _levels(self, root: Root) -> list[Mapping[Place, Stop]]:
        """The stops of a root in the pair, those of both regions together."""
        levels: dict[str, dict[Place, Stop]] = {}
        for stop in self.topology.path:
            if stop.root is root and stop.place in PAIR:
                levels.setdefault(stop.layer.name, {})[stop.place] = stop
        return list(levels.values())

    def _stores(self, root: Root) -> list[Store]:
        """Its data: first what the fleet reads, then what is copied."""
        return sorted(
            self.topology.stores(root),
            key=lambda store: (not self.topology.serves_the_fleet(store), store.way is None),
        )

    def _root(self, root: Root, place: Place, fork: float) -> None:
        """A root in a column: the stops, the data, and what is beside."""
        canvas, standby = self.canvas, place is Place.STANDBY
        panel, center = self.panels[root.name, place], LEFT[place] + COLUMN / 2
        draw_panel(canvas, self.topology, root, place, panel)
        y, before = panel.top + HEAD, fork
        levels, stores = self._levels(root), self._stores(root)
        for level in levels:
            if stop := level.get(place):
                draw_tile(canvas, stop.layer, stop.part, place, y, guard=stop.guard)
                if before == fork:
                    self._enter(place, fork, y)
                else:
                    draw_flow(canvas, [(center, before), (center, y)], standby=standby)
                before = y + TILE
            y += TILE + LEG
        if levels and stores and self.topology.serves_the_fleet(stores[0]):
            draw_flow(canvas, [(center, before), (center, y)], standby=standby)
        elif levels:
            y -= LEG - GAP
        for store in stores:
            if part := store.parts.get(place):
                draw_tile(canvas, store.layer, part, place, y)
            if standby and store.way:
                self._copy(store.way, store.copied, y + TILE / 2)
            y += TILE + GAP
        y += PAD - GAP if levels or stores else 0
        draw_chips(canvas, chips(self.topology, root, place), place, y)

    def _enter(self, place: Place, fork: float, y: float) -> None:
        """From the fork to a region's first stop."""
        center, standby = LEFT[place] + COLUMN / 2, place is Place.STANDBY
        turn = fork + TURN
        points = [(MIDDLE, fork), (MIDDLE, turn), (center, turn), (center, y)]
        draw_flow(self.canvas, points, standby=standby)
        said = "on failover" if standby else "while all is well"
        draw_note(self.canvas, (MIDDLE + center) / 2, turn, said)

    def _copy(self, way: Way, said: str, y: float) -> None:
        """The level arrow between data and its copy."""
        points = [(LEFT[Place.PRIMARY] + COLUMN - 2 * PAD, y), (LEFT[Place.STANDBY] + 2 * PAD, y)]
        if way is Way.BACK:
            points.reverse()
        self.canvas.arrow(points, "data-line", "data-tip", both=way is Way.BOTH, straight=True)
        room = GUTTER - 8
        self.canvas.text(MIDDLE, y - 6, said, SMALL, "faint", anchor="middle", room=room)

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
        self.canvas.text(x, y + 12, "dashed: there if a setting says so", SMALL, "faint")
        return y + 16 + MARGIN
