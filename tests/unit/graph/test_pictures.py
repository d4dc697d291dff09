"""The pictures are legible, whatever the templates grow to: checked on a small, a large and the real set."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest

from scripts.errors import UsageError
from scripts.graph import pictures, root_picture, whole_picture
from scripts.graph.canvas import Canvas
from scripts.graph.kinds import Family
from scripts.graph.model import Architecture
from scripts.graph.root_picture import hubs
from scripts.graph.topology import Topology
from tests.unit.graph.svg import Picture

FRAMES = ("card", "panel", "region", "pill")


def every(topology: Topology) -> Iterator[tuple[str, Picture]]:
    for name, body in pictures.every(topology).items():
        yield name, Picture(body)


class TestLegibility:
    def test_no_text_leaves_the_picture(self, topology: Topology) -> None:
        for name, picture in every(topology):
            for text in picture.texts:
                assert picture.frame.holds(text), f"{name}: {text}"

    def test_no_text_leaves_its_box(self, topology: Topology) -> None:
        for name, picture in every(topology):
            frames = picture.frames(*FRAMES)
            for text in picture.texts:
                middle = ((text.left + text.right) / 2, (text.top + text.bottom) / 2)
                inner = min(
                    (frame for frame in frames if frame.around(*middle)),
                    key=lambda frame: frame.right - frame.left,
                    default=picture.frame,
                )
                assert inner.holds(text), f"{name}: {text} leaves {inner}"

    def test_no_two_texts_overlap(self, topology: Topology) -> None:
        for name, picture in every(topology):
            for one, other in combinations(picture.texts, 2):
                assert not one.overlaps(other), f"{name}: {one} and {other}"

    def test_cards_keep_apart(self, topology: Topology) -> None:
        for name, picture in every(topology):
            for one, other in combinations(picture.frames("card"), 2):
                assert not one.overlaps(other), f"{name}: {one} and {other}"

    def test_no_arrow_between_layers_runs_through_a_card_or_a_label_of_another(
        self, topology: Topology
    ) -> None:
        for root in topology.architecture.roots:
            picture = Picture(root_picture.picture(root))
            cards = picture.frames("card")
            for line in picture.lines("wire"):
                for x, y in line:
                    assert not any(card.around(x, y) for card in cards), f"{root.name}: {x}, {y}"

    def test_no_leg_of_the_traffic_runs_through_a_text(self, topology: Topology) -> None:
        picture = Picture(whole_picture.picture(topology))
        notes = {"while all is well", "on failover"}
        for line in picture.lines("traffic-line"):
            for text in picture.texts:
                if text.said not in notes:
                    assert not any(text.around(x, y) for x, y in line), text

    def test_a_picture_fits_a_page(self, topology: Topology) -> None:
        for name, picture in every(topology):
            assert picture.frame.right <= 2600, name
            assert picture.frame.bottom <= 3200, name


class TestRootPicture:
    def test_every_layer_is_there_once(self, topology: Topology) -> None:
        for root in topology.architecture.roots:
            texts = [text.said for text in Picture(root_picture.picture(root)).texts]
            for layer in root.layers:
                assert texts.count(layer.title) == 1, f"{root.name}: {layer.title}"

    def test_every_wire_is_an_arrow_or_a_letter(self, topology: Topology) -> None:
        for root in topology.architecture.roots:
            apart = {hub.layer.name for hub in hubs(root)}
            direct = [wire for wire in root.wires if not {wire.producer, wire.consumer} & apart]
            picture = Picture(root_picture.picture(root))
            assert len(picture.lines("wire")) == len(direct)
            for hub in hubs(root):
                marked = {end for wire in hub.wires for end in (wire.producer, wire.consumer)} - {
                    hub.layer.name,
                    *apart,
                }
                letters = [text.said for text in picture.texts].count(hub.letters)
                assert letters == 1 + len(marked), f"{root.name}: {hub.layer.title}"

    def test_what_feeds_nearly_all_is_a_bar(self, large: Architecture) -> None:
        platform = large.root("platform")
        assert platform is not None

        found = [(hub.layer.name, hub.feeds) for hub in hubs(platform)]
        assert found == [("Alerts", True), ("Network", True), ("Observability", False)]

    def test_a_layer_that_may_be_absent_is_dashed_and_says_when(self, small: Architecture) -> None:
        root = small.root("platform")
        assert root is not None
        picture = Picture(root_picture.picture(root))
        dashed = [card for card in picture.frames("card") if "optional" in card.said]

        said = {text.said for text in picture.texts if any(card.holds(text) for card in dashed)}
        assert {"Firewall", "if waf", "Takeover", "in the standby"} <= said
        assert "Orders" not in said

    def test_an_arrow_is_named_where_there_is_room_and_counted_where_not(
        self, small: Architecture
    ) -> None:
        root = small.root("platform")
        assert root is not None
        said = Picture(root_picture.picture(root)).said()

        assert "listener" in said
        assert "2 values" in said or " | 2 | " in said

    def test_what_it_receives_is_said(self, small: Architecture) -> None:
        root = small.root("platform")
        assert root is not None

        assert "Receives 1 value of foundation, 1 value of the primary's platform." in (
            Picture(root_picture.picture(root)).said()
        )


class TestWholePicture:
    def test_the_standby_shows_what_is_there_and_the_primary_what_is_there(
        self, small: Architecture
    ) -> None:
        picture = Picture(whole_picture.picture(Topology(small)))
        middle = picture.frame.right / 2
        takeover = [text for text in picture.texts if text.said == "Takeover"]

        assert [text.left > middle for text in takeover] == [True]

    def test_what_is_copied_is_level_with_its_copy(self, topology: Topology) -> None:
        picture = Picture(whole_picture.picture(topology))
        lines = picture.lines("data-line")[:-1]  # the last is the legend's

        assert lines
        for line in lines:
            assert len({y for _, y in line}) == 1

    def test_without_an_edge_there_is_no_third_region(self, small: Architecture) -> None:
        said = Picture(whole_picture.picture(Topology(small))).said()

        assert "us-east-1" not in said
        assert "Viewers" in said

    def test_a_root_on_demand_is_where_it_goes_and_says_so(self, large: Architecture) -> None:
        picture = Picture(whole_picture.picture(Topology(large, {"load-test": "primary"})))
        (name,) = [text for text in picture.texts if "load-test" in text.said]

        assert name.said == "load-test, on demand"
        assert name.right < picture.frame.right / 2


class TestPictures:
    def test_are_the_same_on_every_run(self, topology: Topology) -> None:
        again = Topology(topology.architecture, topology.on_demand)

        assert pictures.every(topology) == pictures.every(again)

    def test_bring_their_own_colours_for_light_and_dark_and_nothing_from_outside(
        self, topology: Topology
    ) -> None:
        for body in pictures.every(topology).values():
            assert "prefers-color-scheme:dark" in body
            assert body.count("http") == 1, "only the namespace"
            assert "<script" not in body

    def test_say_in_words_what_they_show(self, topology: Topology) -> None:
        for body in pictures.every(topology).values():
            assert 'role="img"' in body
            assert "<desc id=" in body

    def test_of_a_root_that_is_not_there_name_the_nearest(self, small: Architecture) -> None:
        with pytest.raises(UsageError) as refused:
            pictures.root(Topology(small), "platfrom")
        assert "Did you mean platform?" in refused.value.fix


def test_text_is_escaped() -> None:
    canvas = Canvas("x", "a < b", "c & d")
    canvas.text(0, 10, "<script>&", 10)

    assert "&lt;script&gt;&amp;" in canvas.svg(100, 20)


def test_every_family_has_a_sign_and_a_colour() -> None:
    from scripts.graph.canvas import COLOURS
    from scripts.graph.icons import SIGNS

    assert set(COLOURS) == set(SIGNS) == set(Family)
