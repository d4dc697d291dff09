"""A drill is killed at every line: before and after each call, in the middle of a line, and behind it.

Whoever goes on with it, and however, leaves the configuration as it was, and has not failed a region twice.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from scripts.drill import journal
from scripts.drill.folder import Folder, latest
from scripts.drill.journal import Verified, verify
from scripts.drill.plan import Plan
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State
from scripts.errors import TradewindError, UsageError
from tests.unit.drill.drills import again, begun, held_together, lines, state_of, with_data
from tests.unit.drill.world import PLAN, Killed, World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """One in which a kill may tear a line, or come when it is on disk."""
    world = World()

    def write(handle: int, data: bytes) -> int:
        try:
            world.point()
        except Killed:
            os.write(handle, data[: len(data) // 2])
            raise
        return os.write(handle, data)

    monkeypatch.setattr(journal, "write", write)
    monkeypatch.setattr(journal, "fsync", lambda handle: world.point())
    return world


def killed_at(world: World, project: Path, point: int, plan: Plan = PLAN) -> Folder | None:
    """A drill that was killed there; None where it came to its end before."""
    world.die_at = point
    try:
        begun(world, project, plan)
    except Killed:
        world.reboot()
        return latest(project, "dev")
    return None


def points(world: World, tmp_path: Path, plan: Plan = PLAN) -> Iterator[tuple[World, Folder]]:
    """The world after a kill at each point of a whole drill, one after the other."""
    for point in range(1, 10_000):
        project = tmp_path / str(point)
        for table in world.tables.items.values():
            table.clear()
        world.mutations.clear()
        world.points = 0
        world.config.clear()
        try:
            if (folder := killed_at(world, project, point, plan)) is None:
                assert point > 60, "a drill has more lines than that"
                return
        except UsageError:
            continue  # nothing was written yet
        yield world, folder


@pytest.mark.parametrize("how", ["resume", "abort"])
def test_a_kill_at_any_line_leaves_nothing_once_somebody_goes_on(
    world: World, tmp_path: Path, how: str
) -> None:
    before = world.configuration()
    ends = set()
    for here, folder in points(world, tmp_path):
        if state_of(folder) is State.PLANNED:
            with pytest.raises(TradewindError, match=r"never armed|not the journal of a drill"):
                again(here, folder, how)
        else:
            goes_on = state_of(folder) is State.ARMED and how == "resume"
            pulled = here.pulled
            outcome = again(here, folder, how)
            assert outcome.state is State.REPORTED
            assert goes_on or here.pulled == pulled
            ends.add(outcome.verdict)
            if outcome.verdict is Verdict.ABORTED and how == "resume":
                assert "pulled the trigger" in outcome.why
        held_together(here, folder, before)
    assert ends == {Verdict.MET, Verdict.ABORTED}


def test_data_that_move_are_never_reversed_by_whoever_goes_on(world: World, tmp_path: Path) -> None:
    """After a kill in the middle a person is told the commands; `failback` is a person's, and works."""
    before = world.configuration()
    handed_over = 0
    for here, folder in points(world, tmp_path, with_data()):
        if state_of(folder) not in (State.DATA_MOVING, State.DATA_MOVED):
            continue
        moved = here.config.copy()
        outcome = again(here, folder, "resume")
        if outcome.state is State.NEEDS_OPERATOR:
            handed_over += 1
            assert here.config == moved
            assert outcome.verdict is Verdict.NEEDS_OPERATOR
            standing = [f"aws put {name} back" for name in ("switchover", "fence-there")]
            told = lines(folder)[-1].said["commands"]
            assert [one for one in told if one in standing] == [
                one for one in standing if one.split()[2] in here.config
            ]
            here.reboot()
            outcome = again(here, folder, "failback")
        assert outcome.state is State.REPORTED
        held_together(here, folder, before)
    assert handed_over > 5


@pytest.mark.parametrize("seed", range(12))
def test_who_goes_on_may_be_killed_as_well(world: World, tmp_path: Path, seed: int) -> None:
    before = world.configuration()
    dice = random.Random(seed)
    folder = None
    while folder is None or state_of(folder) is State.PLANNED:
        world.die_at = dice.randint(20, 100)
        with suppress(Killed):
            folder = begun(world, tmp_path).folder
        world.reboot()
        folder = latest(tmp_path, "dev")
    while True:
        world.die_at = dice.randint(1, 120)
        try:
            again(world, folder, dice.choice(["abort", "resume"]))
        except Killed:
            world.reboot()
            assert world.pulled <= 1
            assert isinstance(verify(folder.journal), Verified)
            continue
        break
    held_together(world, folder, before)
