"""The clock of the workflows runs as fast as somebody said, and waits for nobody who was stopped."""

from __future__ import annotations

import contextvars
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.sandbox.workflow_clock import CLOCK, Clock, answer, goes_on


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    CLOCK.reset()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    naps: list[float] = []
    monkeypatch.setattr(time, "sleep", naps.append)
    return naps


@pytest.mark.parametrize(("speed", "takes"), [(1, 90), (60, 1.5), (10_000, 0.009)])
def test_a_wait_takes_its_share_of_time(speed: float, takes: float, slept: list[float]) -> None:
    CLOCK.speed = speed
    CLOCK.sleep(90)
    assert sum(slept) == pytest.approx(takes)


def test_a_sleeper_follows_a_clock_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        CLOCK.speed = 1000

    monkeypatch.setattr(time, "sleep", nap)
    CLOCK.sleep(3600)
    assert sum(naps) < 5


def test_nobody_waits_for_what_was_stopped(slept: list[float]) -> None:
    def stopped() -> None:
        goes_on.set(lambda: len(slept) < 2)
        CLOCK.sleep(3600)

    contextvars.copy_context().run(stopped)
    assert len(slept) == 2


def test_the_page_tells_and_sets_the_speed() -> None:
    assert json.loads(answer("GET", b"").body) == {"speed": 1}
    assert json.loads(answer("PUT", b'{"speed": 60}').body) == {"speed": 60}
    assert CLOCK.speed == 60


@pytest.mark.parametrize(
    "said", [b"", b"60", b"{}", b'{"speed": 0.5}', b'{"speed": "fast"}', b"[]"]
)
def test_what_is_no_speed_is_refused_and_changes_nothing(said: bytes) -> None:
    assert answer("PUT", said).status == 400
    assert answer("DELETE", b"").status == 405
    assert CLOCK.speed == 1


def test_the_speed_survives_a_stop_and_no_reset(tmp_path: Path) -> None:
    CLOCK.speed = 60
    CLOCK.save(tmp_path)
    read = Clock()
    read.load(tmp_path)
    assert read.speed == 60
    read.reset()
    assert read.speed == 1
