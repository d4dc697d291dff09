"""The pictures that the README shows are what the templates say."""

from __future__ import annotations

from pathlib import Path

from scripts.deploy.waves import ON_DEMAND
from scripts.graph import pictures
from scripts.graph.model import Architecture
from scripts.graph.topology import Topology

DOCS = Path(__file__).parents[3] / "docs"


def test_the_committed_pictures_are_not_stale(real: Architecture) -> None:
    drawn = pictures.every(Topology(real, dict(ON_DEMAND)))
    committed = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.svg")}
    stale = sorted(
        name for name in drawn.keys() | committed.keys() if drawn.get(name) != committed.get(name)
    )

    assert not stale, f"draw {', '.join(stale)} again: tradewind graph --output docs/"
