"""One clock: as fast as somebody said, never back, and the same for all who were told it once."""

from __future__ import annotations

import contextvars
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from scripts.sandbox import workflow_runs
from scripts.sandbox.clock import CLOCK, Clock, Reading, answer


@dataclass
class Machine:
    """The clocks of a machine that a test sets."""

    monotonic: float = 1_000.0
    wall: float = 1_700_000_000.0

    def pass_by(self, seconds: float) -> None:
        self.monotonic += seconds
        self.wall += seconds

    def start_again(self, *, away: float) -> None:
        """Its monotonic clock begins anew."""
        self.wall += away
        self.monotonic = 3.0


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = Machine()
    monkeypatch.setattr(time, "monotonic", lambda: found.monotonic)
    monkeypatch.setattr(time, "time", lambda: found.wall)
    return found


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    CLOCK.reset()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    naps: list[float] = []
    monkeypatch.setattr(time, "sleep", naps.append)
    return naps


def test_it_begins_as_the_wall_clock_and_passes_as_fast_as_somebody_said(machine: Machine) -> None:
    clock = Clock()
    machine.pass_by(5)
    assert clock.time() == machine.wall
    clock.set_speed(60)
    machine.pass_by(2)
    assert clock.time() == machine.wall - 2 + 120


def test_a_change_of_speed_is_no_jump(machine: Machine) -> None:
    clock = Clock()
    for speed in (60, 7, 10_000, 1):
        machine.pass_by(3)
        before = clock.time()
        clock.set_speed(speed)
        assert clock.time() == before


def test_whoever_was_told_a_reading_goes_on_alone(machine: Machine) -> None:
    clock = Clock()
    clock.set_speed(30)
    told = Reading.told(json.loads(json.dumps(asdict(clock.reading))))
    machine.pass_by(10)
    assert told.time() == clock.time()
    assert told.time(machine.monotonic + 1) == clock.time() + 30
    assert told.monotonic_at(clock.time() + 60) == machine.monotonic + 2


def test_a_sandbox_that_was_killed_does_not_go_back(machine: Machine, tmp_path: Path) -> None:
    """Nothing but what is on disk since the last change is left."""
    first, second = Clock(), Clock()
    first.settle(tmp_path / "clock.json")
    first.set_speed(60)
    told = first.reading
    machine.pass_by(10)
    second.settle(tmp_path / "clock.json")
    assert second.speed == 60
    assert second.time() == told.time() == first.time()


@pytest.mark.parametrize("away", [0.5, 3_600])
def test_a_machine_that_was_started_again_does_not_go_back(
    machine: Machine, tmp_path: Path, away: float
) -> None:
    first, second = Clock(), Clock()
    first.settle(tmp_path / "clock.json")
    first.set_speed(60)
    at = first.time()
    machine.start_again(away=away)
    second.settle(tmp_path / "clock.json")
    assert second.time() == at + away, "as late as the wall clock, at least"
    machine.pass_by(1)
    assert second.time() == at + away + 60


def test_it_is_not_behind_the_wall_clock_after_the_machine_slept(
    machine: Machine, tmp_path: Path
) -> None:
    first, second = Clock(), Clock()
    first.settle(tmp_path / "clock.json")
    first.set_speed(1)
    machine.wall += 7_200
    second.settle(tmp_path / "clock.json")
    assert second.time() == machine.wall


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"speed": 60}', '{"speed": null}'])
def test_a_torn_file_is_no_clock(machine: Machine, tmp_path: Path, torn: str) -> None:
    (tmp_path / "clock.json").write_text(torn)
    clock = Clock()
    clock.settle(tmp_path / "clock.json")
    assert (clock.time(), clock.speed) == (machine.wall, 1)


def test_a_reset_is_the_wall_clock_again_also_for_the_next(
    machine: Machine, tmp_path: Path
) -> None:
    first, second = Clock(), Clock()
    first.settle(tmp_path / "clock.json")
    first.set_speed(60)
    machine.pass_by(100)
    first.reset()
    second.settle(tmp_path / "clock.json")
    for clock in (first, second):
        assert (clock.time(), clock.speed) == (machine.wall, 1)


def test_a_clock_that_cannot_be_kept_is_not_set(tmp_path: Path) -> None:
    clock = Clock()
    clock.settle(tmp_path / "not-there" / "clock.json")
    with pytest.raises(OSError, match="not-there"):
        clock.set_speed(60)
    assert clock.speed == 1


def test_those_who_watch_it_are_told_of_every_change() -> None:
    clock, speeds = Clock(), list[float]()
    clock.watch(lambda: speeds.append(clock.speed))
    clock.set_speed(60)
    clock.reset()
    assert speeds == [60, 1]


@pytest.mark.parametrize(("speed", "takes"), [(1, 90), (60, 1.5), (10_000, 0.009)])
def test_a_wait_takes_its_share_of_time(speed: float, takes: float, slept: list[float]) -> None:
    CLOCK.set_speed(speed)
    CLOCK.sleep(90)
    assert sum(slept) == pytest.approx(takes)


def test_a_sleeper_follows_a_clock_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        CLOCK.set_speed(1000)

    monkeypatch.setattr(time, "sleep", nap)
    CLOCK.sleep(3600)
    assert sum(naps) < 5


def test_nobody_waits_for_what_was_stopped(slept: list[float]) -> None:
    def stopped() -> None:
        workflow_runs.goes_on.set(lambda: len(slept) < 2)
        workflow_runs.wait(3600)

    contextvars.copy_context().run(stopped)
    assert len(slept) == 2


def test_the_page_tells_the_reading_and_sets_the_speed(machine: Machine) -> None:
    CLOCK.reset()
    at = {"monotonic": machine.monotonic, "now": machine.wall}
    assert json.loads(answer("GET", b"").body) == {**at, "speed": 1}
    assert json.loads(answer("PUT", b'{"speed": 60}').body) == {**at, "speed": 60}
    assert CLOCK.speed == 60


@pytest.mark.parametrize(
    "said",
    [
        *(b"", b"60", b"{}", b"[]", b'{"speed": 0.5}', b'{"speed": 10001}'),
        *(b'{"speed": "fast"}', b'{"speed": NaN}', b'{"speed": true}'),
    ],
)
def test_what_is_no_speed_is_refused_and_changes_nothing(said: bytes) -> None:
    assert answer("PUT", said).status == 400
    assert answer("DELETE", b"").status == 405
    assert CLOCK.speed == 1
