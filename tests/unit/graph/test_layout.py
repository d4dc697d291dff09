"""The layered layout, over whatever graph it is given."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.graph import layout
from scripts.graph.layout import Drawing, Node, Place
from scripts.graph.ranks import Edge, ranks
from tests.unit.graph import samples

WIDEST = 5


def graphs(*, most: int = 24) -> st.SearchStrategy[tuple[list[Node], list[Edge]]]:
    """Boxes of any size, and arrows between any two of them: cycles too."""

    def arrows(count: int) -> st.SearchStrategy[tuple[list[Node], list[Edge]]]:
        names = [f"n{number}" for number in range(count)]
        sizes = st.tuples(st.floats(40, 240), st.floats(30, 160))
        nodes = st.lists(sizes, min_size=count, max_size=count).map(
            lambda found: [Node(name, *size) for name, size in zip(names, found, strict=True)]
        )
        pair = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(
            lambda ends: ends[0] != ends[1]
        )
        edges = st.lists(pair, max_size=3 * count, unique=True) if count > 1 else st.just([])
        return st.tuples(nodes, edges.map(lambda found: [Edge(*ends) for ends in found]))

    return st.integers(1, most).flatmap(arrows)


def overlap(one: Place, other: Place) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def drawn(nodes: Sequence[Node], edges: Sequence[Edge]) -> Drawing:
    return layout.drawn(nodes, edges, widest=WIDEST)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_boxes_keep_apart_and_in_the_frame(graph: tuple[list[Node], list[Edge]]) -> None:
    drawing = drawn(*graph)

    assert drawing.places.keys() == {node.name for node in graph[0]}
    for node in graph[0]:
        place = drawing.places[node.name]
        assert place.width >= node.width - 0.01
        assert place.height >= node.height - 0.01
        assert place.x >= -0.01
        assert place.x + place.width <= drawing.width + 0.01
        assert place.y + place.height <= drawing.height + 0.01
    for one, other in combinations(drawing.places.values(), 2):
        assert not overlap(one, other)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_every_arrow_runs_from_its_tail_to_its_head_and_through_no_box(
    graph: tuple[list[Node], list[Edge]],
) -> None:
    nodes, edges = graph
    drawing = drawn(nodes, edges)

    assert [route.edge for route in drawing.routes] == list(edges)
    for route in drawing.routes:
        for end, name in (
            (route.points[0], route.edge.tail),
            (route.points[-1], route.edge.head),
        ):
            place = drawing.places[name]
            assert place.x < end[0] < place.x + place.width
            assert min(abs(end[1] - place.y), abs(end[1] - place.y - place.height)) < 0.01
        for straight in list(pairwise(route.points))[::2]:
            (x, y), (same, below) = straight
            assert x == same
            for place in drawing.places.values():
                inside = place.x < x < place.x + place.width
                low, high = sorted((y, below))
                assert not (
                    inside and low < place.y + place.height - 0.01 and high > place.y + 0.01
                )


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_labels_have_room_of_their_own(graph: tuple[list[Node], list[Edge]]) -> None:
    labels: dict[float, list[tuple[float, float]]] = {}
    for route in drawn(*graph).routes:
        labels.setdefault(round(route.label[1], 3), []).append((route.label[0], route.slot))
    for level in labels.values():
        for (x, slot), (other, room) in pairwise(sorted(level)):
            assert other - x >= (slot + room) / 2 - 0.01


@settings(max_examples=30, deadline=None)
@given(graphs(most=10))
def test_the_same_graph_is_drawn_the_same(graph: tuple[list[Node], list[Edge]]) -> None:
    assert drawn(*graph) == drawn(*graph)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_rows_are_no_wider_than_they_may_be(graph: tuple[list[Node], list[Edge]]) -> None:
    rows = list(ranks([node.name for node in graph[0]], graph[1], WIDEST).values())

    assert max(rows.count(row) for row in rows) <= WIDEST
    assert set(rows) == set(range(max(rows) + 1))


def test_what_feeds_stands_above() -> None:
    edges = [Edge("a", "b"), Edge("b", "c"), Edge("a", "c")]

    assert ranks(["c", "b", "a"], edges, WIDEST) == {"a": 0, "b": 1, "c": 2}


def test_what_feeds_something_far_below_comes_down_to_it() -> None:
    edges = [Edge("a", "b"), Edge("b", "c"), Edge("late", "c")]

    assert ranks(["a", "b", "c", "late"], edges, WIDEST)["late"] == 1


def crossings(drawing: Drawing) -> int:
    """How often two arrows cross, read off their points."""
    levels: dict[float, list[tuple[float, float]]] = {}
    for route in drawing.routes:
        for (x, y), (to, _) in list(pairwise(route.points))[1::2]:
            levels.setdefault(round(y, 3), []).append((x, to))
    return sum(
        (one[0] - other[0]) * (one[1] - other[1]) < 0
        for lines in levels.values()
        for one, other in combinations(lines, 2)
    )


def test_of_thirty_layers_few_arrows_cross() -> None:
    """154 would without the barycentres, 61 from one start, 43 without the exchange of neighbours."""
    names = [name for name in samples.MANY if name not in ("Alerts", "Network", "Observability")]
    edges = [
        Edge(producer, consumer)
        for consumer in names
        for producer in dict.fromkeys(taken.split(".")[0] for taken in samples.MANY[consumer][1])
        if producer in names
    ]
    drawing = drawn([Node(name, 212, 100) for name in names], edges)

    assert len(edges) > 40
    assert crossings(drawing) <= 42


def test_arrows_leave_a_box_in_the_order_of_where_they_go() -> None:
    names = ["root", *(f"n{number}" for number in range(WIDEST))]
    edges = [Edge("root", name) for name in reversed(names[1:])]
    drawing = drawn([Node(name, 100, 50) for name in names], edges)

    assert crossings(drawing) == 0
    assert len({route.points[0][0] for route in drawing.routes}) == WIDEST


def test_a_box_is_as_wide_as_its_arrows_need() -> None:
    names = [f"n{number}" for number in range(12)]
    edges = [Edge(name, "goal") for name in names]
    drawing = drawn([Node(name, 100, 50) for name in [*names, "goal"]], edges)

    assert all(route.slot >= layout.PORT for route in drawing.routes)


def test_crossings_that_need_not_be_are_taken_away() -> None:
    nodes = [Node(name, 100, 50) for name in "abcdef"]
    drawing = drawn(nodes, [Edge("a", "f"), Edge("b", "e"), Edge("c", "d")])
    order = sorted("abc", key=lambda name: drawing.places[name].x)

    assert sorted("fed", key=lambda name: drawing.places[name].x) == [
        {"a": "f", "b": "e", "c": "d"}[name] for name in order
    ]


def test_nothing_is_drawn_of_nothing() -> None:
    assert drawn([], []) == Drawing(0, 0, {}, ())
