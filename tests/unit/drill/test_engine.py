"""A drill from its plan to its report: what it changes, and that nobody else does meanwhile."""

from __future__ import annotations

import stat
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.commands.failover_drill import left, staging
from scripts.drill import open_drill, story
from scripts.drill.engine import NotBegun
from scripts.drill.folder import latest
from scripts.drill.journal import Kind
from scripts.drill.open_drill import DrillOpen, OpenDrill
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State
from scripts.errors import UsageError
from scripts.lease import DEPLOY, Leases
from tests.unit.drill.drills import again, begun, held_together, lines, stage, state_of, states
from tests.unit.drill.world import LEASES, PLAN, STANDBY, SWITCH, World

THEIRS = OpenDrill("", "ARMED", "bob", "elsewhere", 1.0, 9, "bucket")


def test_it_leaves_and_comes_back_and_all_is_as_it_was(world: World, tmp_path: Path) -> None:
    before = world.configuration()
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.MET
    assert outcome.figures is not None
    times = outcome.figures.times
    assert times.rto == pytest.approx(24, abs=6)
    assert times.detection is not None
    assert times.detection > 0
    assert world.mutations == ["takeover", "switch"]
    held_together(world, outcome.folder, before)
    assert states(outcome.folder) == [
        *("ARMED", "FAILING", "FAILED_OVER", "VERIFIED"),
        *("FAILING_BACK", "RESTORED", "REPORTED"),
    ]


def test_before_the_region_is_left_everybody_could_undo_it(world: World, tmp_path: Path) -> None:
    """The intent on disk and in the mirror, the undo script, the lock: at the very call."""

    def look(operation: str, said: Mapping[str, Any]) -> None:
        if operation == "put_object":
            time.sleep(0.02)  # so that the mirror is behind, unless it is waited for
        if operation != "put_item" or said["TableName"] != SWITCH:
            return
        folder = latest(tmp_path, "dev")
        last = lines(folder)[-1]
        assert last.kind is Kind.INTENT
        assert last.text.encode() in world.objects.values()
        assert stat.S_IMODE(folder.undo.stat().st_mode) == 0o700
        assert all(command in folder.undo.read_text() for command in last.said["by_hand"])
        assert subprocess.run(["sh", "-n", folder.undo], check=False).returncode == 0
        standing = open_drill.read(stage(world).aws, STANDBY)
        assert standing is not None
        assert standing.id == folder.id
        looked.append(True)

    looked: list[bool] = []
    world.refuses = look
    begun(world, tmp_path)
    assert looked == [True]


def test_while_it_is_open_nothing_else_changes_the_environment(
    world: World, tmp_path: Path
) -> None:
    held = begun(world, tmp_path, replace(PLAN, hold=True))
    assert held.verdict is None
    with pytest.raises(DrillOpen, match=held.folder.id):
        open_drill.refuse_if_open(stage(world).aws, STANDBY)
    before = world.configuration()
    with pytest.raises(NotBegun, match=held.folder.id) as refused:
        begun(world, tmp_path / "other")
    assert refused.value.exit_code == 2
    assert world.configuration() == before
    with pytest.raises(UsageError, match="There is no drill of dev"):
        latest(tmp_path / "other", "dev")
    assert again(world, held.folder, "failback").verdict is Verdict.MET
    open_drill.refuse_if_open(stage(world).aws, STANDBY)


def test_while_a_deploy_holds_its_lease_no_drill_is_armed(world: World, tmp_path: Path) -> None:
    """It may have begun after the preflight looked, while somebody read the plan."""
    with (
        Leases(stage(world).aws, PLAN.theatre.primary.name).hold(DEPLOY, "tradewind deploy dev"),
        pytest.raises(NotBegun, match="is being changed by"),
    ):
        begun(world, tmp_path)
    assert world.mutations == []
    open_drill.refuse_if_open(stage(world).aws, STANDBY)


def test_a_drill_of_the_sandbox_is_not_gone_on_with_on_aws(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = story.read(begun(world, tmp_path).folder)
    rehearsal = stage(world).rehearsal
    monkeypatch.setattr(staging, "rehearsed", lambda: rehearsal)
    left.refuse_another_stage(drill)
    monkeypatch.setattr(staging, "rehearsed", lambda: not rehearsal)
    with pytest.raises(UsageError, match="is a drill"):
        left.refuse_another_stage(drill)


def test_of_two_that_begin_at_once_one_does(world: World, tmp_path: Path) -> None:
    """The other's item comes after this one has looked, and before it writes its own."""
    theirs = replace(THEIRS, id="theirs")

    def come_first(operation: str, said: Mapping[str, Any]) -> None:
        if operation == "put_item" and "lease" in said["Item"]:
            world.refuses = lambda operation, said: None
            open_drill.put(stage(world).aws, STANDBY, theirs)

    world.refuses = come_first
    with pytest.raises(NotBegun, match="theirs"):
        begun(world, tmp_path)
    assert open_drill.read(stage(world).aws, STANDBY) == theirs
    assert state_of(latest(tmp_path, "dev")) is State.PLANNED
    assert world.mutations == []


def test_one_whose_lock_another_has_taken_is_not_gone_on_with(world: World, tmp_path: Path) -> None:
    held = begun(world, tmp_path, replace(PLAN, hold=True))
    world.tables.items[LEASES].pop("lease=open-drill")
    open_drill.put(stage(world).aws, STANDBY, replace(THEIRS, id="theirs"))
    with pytest.raises(NotBegun, match="theirs"):
        again(world, held.folder, "failback")
    assert world.mutations == ["takeover"]


def test_two_processes_do_not_work_on_one_drill(world: World, tmp_path: Path) -> None:
    def second(operation: str, said: Mapping[str, Any]) -> None:
        if operation == "put_item" and said["TableName"] == SWITCH:
            world.refuses = lambda operation, said: None
            with pytest.raises(NotBegun, match="is being changed by"):
                again(world, latest(tmp_path, "dev"), "abort")
            tried.append(True)

    tried: list[bool] = []
    world.refuses = second
    assert begun(world, tmp_path).verdict is Verdict.MET
    assert tried == [True]
