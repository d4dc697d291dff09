"""A layered drawing: boxes in rows, arrows downwards, few crossings. Pure geometry, and deterministic.

In the manner of Sugiyama, Tagawa and Toda (1981): rows by longest path, an arrow over several rows is led
through a point in each, the order within a row by barycentres, the places by least squares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum

from scripts.graph.ranks import Edge, ranks

Point = tuple[float, float]

#: Space between two boxes of a row, and between a box and an arrow that passes it.
BETWEEN, BESIDE = 26.0, 18.0
#: Above a box: where its arrows run straight down, with their labels.
LANDING = 34.0
#: Below a box, before its arrows turn.
LEAVING = 10.0
#: Least height for arrows to turn in, and what each that turns adds.
TURNING, PER_ARROW = 26.0, 1.6
#: Least width that an arrow takes of a box's edge.
PORT = 20.0
SWEEPS = 24
#: Of a row that is begun later, into how many parts it is cut.
PARTS = 8
#: How much more an arrow that passes a row resists a bend than a box with one arrow.
STRAIGHT = 4.0


@dataclass(frozen=True)
class Node:
    """A box to be placed."""

    name: str
    width: float
    height: float


@dataclass(frozen=True)
class Place:
    """Where a box is."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Route:
    """Where an arrow runs: straight between the points of a pair, curved from pair to pair.

    Its label has room in the middle of its last straight line above the lower box: `label`, `slot` wide.
    """

    edge: Edge
    points: tuple[Point, ...]
    label: Point
    slot: float


@dataclass(frozen=True)
class Drawing:
    """The result, in a frame from (0, 0)."""

    width: float
    height: float
    places: Mapping[str, Place]
    routes: tuple[Route, ...]


@dataclass
class _Cell:
    """A box in its row, or the point where an arrow passes through the row."""

    row: int
    width: float
    height: float = 0.0
    box: str = ""
    above: list[_Cell] = field(default_factory=list)
    below: list[_Cell] = field(default_factory=list)
    x: float = 0.0

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def drawn(nodes: Sequence[Node], edges: Sequence[Edge], *, widest: int = 5) -> Drawing:
    """Place the boxes, at most `widest` in a row, and lead the arrows."""
    if not nodes:
        return Drawing(0, 0, {}, ())
    rows_of = ranks([node.name for node in nodes], edges, widest)
    cells = {
        node.name: _Cell(rows_of[node.name], _room(node, edges), node.height, node.name)
        for node in nodes
    }
    chains = {edge: _chain(edge, cells) for edge in edges}
    rows = _rows(cells, chains.values())
    _order(rows)
    _place(rows)
    return _measured(rows, chains)


def _room(node: Node, edges: Iterable[Edge]) -> float:
    """The box's width: its own, or what its arrows need."""
    arrows = [0, 0]
    for edge in edges:
        arrows[0] += edge.tail == node.name
        arrows[1] += edge.head == node.name
    return max(node.width, PORT * (max(arrows) + 1))


def _chain(edge: Edge, cells: Mapping[str, _Cell]) -> list[_Cell]:
    """The cells from the upper end of an arrow to the lower, with one in every row between."""
    upper, lower = sorted((cells[edge.tail], cells[edge.head]), key=lambda cell: cell.row)
    between = [_Cell(row, 2.0) for row in range(upper.row + 1, lower.row)]
    chain = [upper, *between, lower]
    for one, next_one in pairwise(chain):
        one.below.append(next_one)
        next_one.above.append(one)
    return chain


def _rows(cells: Mapping[str, _Cell], chains: Iterable[Sequence[_Cell]]) -> list[list[_Cell]]:
    rows: list[list[_Cell]] = [[] for _ in range(1 + max(cell.row for cell in cells.values()))]
    for cell in cells.values():
        rows[cell.row].append(cell)
    for chain in chains:
        for cell in chain[1:-1]:
            rows[cell.row].append(cell)
    return rows


def _order(rows: list[list[_Cell]]) -> None:
    """Sort each row by its neighbours' barycentres, down and up; keep the order with least crossings.

    The sweeps end in whatever valley is near, so they begin from several orders.
    """
    best, fewest = [list(row) for row in rows], _crossings(rows)
    for start in _starts(rows):
        rows[:] = start
        for sweep in range(SWEEPS):
            downwards = sweep % 2 == 0
            for row in rows[1:] if downwards else rows[-2::-1]:
                _sort(row, rows, above=downwards)
            _exchange(rows)
            if (crossings := _crossings(rows)) < fewest:
                best, fewest = [list(row) for row in rows], crossings
    rows[:] = best


def _starts(rows: Sequence[Sequence[_Cell]]) -> list[list[list[_Cell]]]:
    """The order as given, turned round, and with each row begun later."""

    def begun(row: Sequence[_Cell], part: int) -> list[_Cell]:
        cut = len(row) * part // PARTS
        return [*row[cut:], *row[:cut]]

    turned = [list(reversed(row)) for row in rows]
    return [turned, *([begun(row, part) for row in rows] for part in range(PARTS))]


def _positions(rows: Sequence[Sequence[_Cell]]) -> dict[_Cell, int]:
    return {cell: index for row in rows for index, cell in enumerate(row)}


def _sort(row: list[_Cell], rows: Sequence[Sequence[_Cell]], *, above: bool) -> None:
    at = _positions(rows)

    def barycentre(cell: _Cell) -> float:
        neighbours = cell.above if above else cell.below
        if not neighbours:
            return at[cell]
        return sum(at[one] for one in neighbours) / len(neighbours)

    weights = {cell: barycentre(cell) for cell in row}
    row.sort(key=lambda cell: weights[cell])


def _exchange(rows: Sequence[list[_Cell]]) -> None:
    """Swap neighbours in a row wherever that takes crossings away."""
    at = _positions(rows)
    for row in rows:
        for left in range(len(row) - 1):
            one, other = row[left], row[left + 1]
            now = _between(one, other, at)
            if _between(other, one, at) < now:
                row[left], row[left + 1] = other, one
                at[one], at[other] = left + 1, left


def _between(left: _Cell, right: _Cell, at: Mapping[_Cell, int]) -> int:
    """The crossings of two neighbours' arrows, when they stand in this order."""
    return sum(
        at[one] > at[other]
        for lefts, rights in ((left.above, right.above), (left.below, right.below))
        for one in lefts
        for other in rights
    )


def _crossings(rows: Sequence[Sequence[_Cell]]) -> int:
    at = _positions(rows)
    total = 0
    for row in rows:
        lines = sorted((at[cell], at[below]) for cell in row for below in cell.below)
        total += sum(
            one[1] > other[1]
            for index, one in enumerate(lines)
            for other in lines[index + 1 :]
            if one[0] < other[0]
        )
    return total


def _place(rows: Sequence[Sequence[_Cell]]) -> None:
    """Give every cell the x that keeps its arrows straight, in the order of its row and within the frame."""
    frame = max(_offsets(row)[-1] + (row[0].width + row[-1].width) / 2 for row in rows)
    for row in rows:
        _spread(row, [frame / 2] * len(row), [1.0] * len(row), frame)
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wishes, weights = [], []
            for cell in row:
                pull = [one.x for one in cell.above + cell.below] or [cell.x]
                wishes.append(fsum(pull) / len(pull))  # sum() rounds otherwise from Python 3.12 on
                weights.append(float(len(pull)) if cell.box else STRAIGHT)
            _spread(row, wishes, weights, frame)


def _offsets(row: Sequence[_Cell]) -> list[float]:
    """How far each cell is from the first at least, centre to centre."""
    offsets = [0.0]
    for left, right in pairwise(row):
        gap = BETWEEN if left.box and right.box else BESIDE
        offsets.append(offsets[-1] + (left.width + right.width) / 2 + gap)
    return offsets


def _spread(
    row: Sequence[_Cell], wishes: Sequence[float], weights: Sequence[float], frame: float
) -> None:
    """The places nearest to the wishes (weighted least squares) that keep order, distance and frame.

    Subtracting the least distances leaves an isotonic regression, solved by pooling adjacent violators; of
    a bounded one the solution is that of the unbounded, cut to the bounds.
    """
    offsets = _offsets(row)
    pools: list[tuple[float, float, int]] = []  # mean, weight, cells
    for wish, weight, offset in zip(wishes, weights, offsets, strict=True):
        mean, total, count = wish - offset, weight, 1
        while pools and pools[-1][0] > mean:
            before, heavy, many = pools.pop()
            mean = (before * heavy + mean * total) / (heavy + total)
            total, count = total + heavy, count + many
        pools.append((mean, total, count))
    least = row[0].width / 2
    most = frame - row[-1].width / 2 - offsets[-1]
    means = (min(max(mean, least), most) for mean, _, count in pools for _ in range(count))
    for cell, mean, offset in zip(row, means, offsets, strict=True):
        cell.x = mean + offset


def _measured(
    rows: Sequence[Sequence[_Cell]],
    chains: Mapping[Edge, Sequence[_Cell]],
) -> Drawing:
    """Turn cells into places, and chains into points."""
    left = min(cell.x - cell.width / 2 for row in rows for cell in row)
    right = max(cell.x + cell.width / 2 for row in rows for cell in row)
    for row in rows:
        for cell in row:
            cell.x -= left
    tops, bottoms, y = [], [], 0.0
    for row in rows:
        tops.append(y)
        bottoms.append(y + max(cell.height for cell in row))
        arrows = sum(len(cell.below) for cell in row)
        y = bottoms[-1] + (LEAVING + TURNING + PER_ARROW * arrows + LANDING if arrows else BETWEEN)
    places = {
        cell.box: Place(
            cell.x - cell.width / 2, tops[cell.row], cell.width, bottoms[cell.row] - tops[cell.row]
        )
        for row in rows
        for cell in row
        if cell.box
    }
    ports = _ports(chains)
    routes = []
    for edge, chain in chains.items():
        points: list[Point] = []
        for cell in chain:
            x = ports.get((edge, cell), cell.x)
            entering, leaving = tops[cell.row] - LANDING, bottoms[cell.row] + LEAVING
            if cell is not chain[0]:
                last = tops[cell.row] if cell is chain[-1] else leaving
                points += [(x, entering), (x, last)]
            else:
                points += [(x, bottoms[cell.row]), (x, leaving)]
        lower = chain[-1]
        label = (points[-1][0], points[-1][1] - LANDING / 2)
        if lower.box != edge.head:
            points.reverse()
        routes.append(Route(edge, tuple(points), label, lower.width / (len(lower.above) + 1)))
    return Drawing(right - left, bottoms[-1], places, tuple(routes))


def _ports(chains: Mapping[Edge, Sequence[_Cell]]) -> dict[tuple[Edge, _Cell], float]:
    """Where on a box's edge each arrow begins or ends: spread evenly, in the order of the other ends."""
    below: dict[_Cell, list[tuple[float, Edge]]] = {}
    above: dict[_Cell, list[tuple[float, Edge]]] = {}
    for edge, chain in chains.items():
        below.setdefault(chain[0], []).append((chain[1].x, edge))
        above.setdefault(chain[-1], []).append((chain[-2].x, edge))
    ports = {}
    for side in (below, above):
        for cell, arrows in side.items():
            arrows.sort(key=lambda arrow: (arrow[0], arrow[1].tail, arrow[1].head))
            for index, (_, edge) in enumerate(arrows, 1):
                ports[edge, cell] = cell.x - cell.width / 2 + cell.width * index / (len(arrows) + 1)
    return ports
