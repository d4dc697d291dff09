"""While the clock runs fast, the collector passes by what was there before."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from scripts.sandbox import pauses


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    turn = sys.getswitchinterval()
    yield
    sys.setswitchinterval(turn)
    gc.unfreeze()


def test_a_fast_clock_leaves_nothing_old_to_the_collector() -> None:
    kept: list[object] = [[]]

    pauses.follow(120)

    assert not any(one is kept for one in gc.get_objects())
    assert sys.getswitchinterval() == pytest.approx(pauses.TURN)


def test_all_is_as_it_was_once_the_clock_is_slow() -> None:
    kept: list[object] = [[]]
    turn = sys.getswitchinterval()
    pauses.follow(120)

    pauses.follow(1)

    assert any(one is kept for one in gc.get_objects())
    assert sys.getswitchinterval() == turn
