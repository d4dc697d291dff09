"""The page: whole, reachable, and needing nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from scripts.graph import page
from scripts.graph.model import Architecture
from scripts.graph.topology import Topology

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Document(HTMLParser):
    """Tags as they open and close, ids, links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.reachable = 0
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if id := said.get("id"):
            self.ids.append(id)
        if href := said.get("href"):
            self.links.append(href)
        self.reachable += said.get("tabindex") == "0"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def document(topology: Topology) -> tuple[str, Document]:
    text = page.page(topology, topology.architecture.roots)
    return text, Document(text)


def test_every_picture_is_in_the_contents(topology: Topology) -> None:
    _, read = document(topology)

    assert read.open == []
    assert len(read.ids) == len(set(read.ids))
    for link in read.links:
        assert link.startswith("#")
        assert link[1:] in read.ids
    names = ["architecture", *(root.name for root in topology.architecture.roots)]
    assert [f"#{name}" for name in names] == read.links[1:]
    assert read.tags.count("svg") == len(names)


def test_it_needs_nothing_from_outside_and_runs_nothing(topology: Topology) -> None:
    text, read = document(topology)

    assert not {"script", "link", "img", "iframe", "object"} & set(read.tags)
    assert "@import" not in text
    assert "url(" not in text
    assert set(re.findall(r"https?://[^\"' ]+", text)) == {"http://www.w3.org/2000/svg"}


def test_every_layer_can_be_reached_with_the_keyboard(small: Architecture) -> None:
    text, read = document(Topology(small))
    layers = [f"{root.name}-{layer.name}" for root in small.roots for layer in root.layers]

    assert read.reachable == len(layers)
    assert set(layers) <= set(read.ids)
    for layer in layers:
        assert f"svg:has(#{layer}:is(:hover,:focus))" in text


def test_the_same_is_said_in_tables(small: Architecture) -> None:
    text, _ = document(Topology(small))

    assert "Orders (Reader, Writer); " in text or "Orders (Reader, Writer)" in text
    assert "<td>if waf</td>" in text


def test_of_one_root_it_has_one_picture(small: Architecture) -> None:
    text = page.page(Topology(small), small.roots[:1])

    assert Document(text).tags.count("svg") == 1
    assert "The whole" not in text
