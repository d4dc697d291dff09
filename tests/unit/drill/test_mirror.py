"""The journal's copy in the standby: what is not begun without it, and who goes on by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.drill import mirror
from scripts.drill.engine import NotBegun
from scripts.drill.events import Seen
from scripts.drill.observations import Unread
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State
from tests.unit.drill.drills import again, begun, held_together, lines, stage
from tests.unit.drill.tables import refusal
from tests.unit.drill.world import PLAN, STANDBY, World


def test_it_has_every_line(world: World, tmp_path: Path) -> None:
    folder = begun(world, tmp_path).folder
    *texts, observed, report = [body.decode() for _, body in sorted(world.objects.items())]
    assert texts == [line.text for line in lines(folder)]
    assert folder.observations.read_text().startswith(observed)
    assert report == folder.report.read_text() == "met"


def test_in_prod_nothing_begins_without_it(world: World, tmp_path: Path) -> None:
    world.refuses = _no_bucket
    with pytest.raises(NotBegun, match="mirror"):
        begun(world, tmp_path, prod=True)
    assert world.mutations == []


def test_elsewhere_its_failing_is_said(world: World, tmp_path: Path) -> None:
    world.refuses = _no_bucket
    assert begun(world, tmp_path).verdict is Verdict.MET
    unread = [one.observation for one in world.told if isinstance(one, Seen)]
    assert any(isinstance(one, Unread) and "mirror" in one.what for one in unread)


def test_another_machine_goes_on_by_it(world: World, tmp_path: Path) -> None:
    before = world.configuration()
    held = begun(world, tmp_path / "here", replace(PLAN, hold=True))
    folder = mirror.fetched(stage(world).aws, STANDBY, tmp_path / "there")
    assert [one.text for one in lines(folder)] == [one.text for one in lines(held.folder)]
    assert again(world, folder, "failback").state is State.REPORTED
    held_together(world, folder, before)


def test_a_line_of_somebody_else_is_not_overwritten(world: World, tmp_path: Path) -> None:
    held = begun(world, tmp_path / "here", replace(PLAN, hold=True))
    folder = mirror.fetched(stage(world).aws, STANDBY, tmp_path / "there")
    again(world, folder, "failback")
    mirrored = dict(world.objects)
    world.reboot()
    outcome = again(world, held.folder, "abort")
    assert outcome.verdict is Verdict.MET, "this machine has learnt what the other did"
    assert lines(held.folder) == lines(folder)
    assert world.objects == mirrored


def _no_bucket(operation: str, said: Mapping[str, Any]) -> None:
    if operation == "put_object":
        raise refusal("PutObject", "NoSuchBucket")
