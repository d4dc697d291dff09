"""Mermaid flowcharts: well formed, and saying what the other pictures say."""

from __future__ import annotations

import re

from scripts.graph import mermaid
from scripts.graph.model import Architecture
from scripts.graph.topology import Topology

#: GitHub's limits (mermaid's defaults): characters of a chart, and edges.
MOST_TEXT, MOST_EDGES = 50_000, 500

_NODE = re.compile(r'^(\w+)[\[(]{1,2}"([^"]*)"[\])]{1,2}(:::\w+)?$')
_EDGE = re.compile(r'^(\w+) (==>|-->|<-->|-\.->)(?:\|"[^"]*"\|)? (\w+)$')
_REST = re.compile(r"^(flowchart TB|end|subgraph \w+\[\"[^\"]*\"\]|classDef .+|class [\w,]+ \w+)$")


def charts(topology: Topology) -> list[str]:
    roots = topology.architecture.roots
    return [mermaid.of_whole(topology), *(mermaid.of_root(root) for root in roots)]


def test_every_line_is_a_node_an_edge_or_a_frame(topology: Topology) -> None:
    for chart in charts(topology):
        for line in chart.splitlines():
            text = line.strip()
            assert _NODE.match(text) or _EDGE.match(text) or _REST.match(text), text
        assert chart.count("subgraph ") == sum(x.strip() == "end" for x in chart.splitlines())


def test_every_edge_is_between_what_is_declared_and_no_id_twice(topology: Topology) -> None:
    for chart in charts(topology):
        lines = [line.strip() for line in chart.splitlines()]
        nodes = [found[1] for line in lines if (found := _NODE.match(line))]
        frames = re.findall(r"subgraph (\w+)\[", chart)
        declared = [*nodes, *frames]

        assert len(declared) == len(set(declared))
        for line in lines:
            if found := _EDGE.match(line):
                assert {found[1], found[3]} <= set(declared), line
            if line.startswith("class "):
                assert set(line.split()[1].split(",")) <= set(declared), line


def test_it_is_small_enough_for_github(topology: Topology) -> None:
    for chart in charts(topology):
        assert len(chart) < MOST_TEXT
        assert sum(bool(_EDGE.match(line.strip())) for line in chart.splitlines()) < MOST_EDGES


def test_a_root_shows_who_feeds_whom_and_what_may_be_absent(small: Architecture) -> None:
    root = small.root("platform")
    assert root is not None
    chart = mermaid.of_root(root)

    assert 'Orders -->|"2"| Shop' in chart
    assert 'FrontDoor -.->|"1"| Firewall' in chart
    assert "class Firewall,Takeover optional" in chart


def test_a_bar_is_wired_to_the_frame_of_the_others(large: Architecture) -> None:
    root = large.root("platform")
    assert root is not None
    chart = mermaid.of_root(root)

    assert 'Alerts ==>|"feeds 24 layers"| platform' in chart
    assert 'platform ==>|"is fed by 16 layers"| Observability' in chart
    assert "Alerts -->" not in chart


def test_the_whole_leads_from_the_viewers_to_the_data(large: Architecture) -> None:
    chart = mermaid.of_whole(Topology(large, {"load-test": "primary"}))

    for leg in (
        "viewers ==> us_east_1_edge_Distribution",
        "us_east_1_edge_Distribution ==> route53",
        "route53 ==> primary_platform_FrontDoor",
        "route53 -.-> standby_platform_FrontDoor",
        "primary_platform_Storefront ==> primary_platform_Catalog",
        'primary_platform_Catalog <-->|"global tables"| standby_platform_Catalog',
    ):
        assert leg.replace("us_east_1", "edge") in chart


def test_labels_cannot_break_out() -> None:
    assert mermaid._safe('a "b" <c> & d') == "a &quot;b&quot; &lt;c> &amp; d"
