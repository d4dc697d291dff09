from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.graph import model
from scripts.graph.model import Architecture
from scripts.graph.topology import Topology
from tests.unit.graph import samples

BUILT = Path(__file__).parents[3] / "templates" / "out"


@pytest.fixture(scope="session")
def templates() -> dict[str, Any]:
    """The real ones, parsed, by file name."""
    return {path.name: json.loads(path.read_text()) for path in sorted(BUILT.glob("*.json"))}


@pytest.fixture
def small(tmp_path: Path) -> Architecture:
    return model.read(samples.small(tmp_path / "small"))


@pytest.fixture
def large(tmp_path: Path) -> Architecture:
    return model.read(samples.large(tmp_path / "large"))


@pytest.fixture
def real() -> Architecture:
    return model.read(BUILT)


@pytest.fixture(params=["small", "large", "real"])
def topology(request: pytest.FixtureRequest) -> Topology:
    """Each architecture in turn."""
    return Topology(request.getfixturevalue(request.param), {"load-test": "primary"})
