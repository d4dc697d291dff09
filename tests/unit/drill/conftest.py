"""The world that drills of these tests play in."""

from __future__ import annotations

import pytest

from tests.unit.drill.world import World


@pytest.fixture
def world() -> World:
    return World()
