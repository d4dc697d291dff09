"""Drills that move the data, too: there and back, half the way, or left there on purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from scripts.drill import engine, open_drill
from scripts.drill.events import Aborted
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State
from scripts.errors import Refused
from tests.unit.drill.drills import (
    again,
    begun,
    company,
    held_together,
    parts,
    stage,
    state_of,
    with_data,
)
from tests.unit.drill.world import STANDBY, World


def test_they_move_there_and_back(world: World, tmp_path: Path) -> None:
    before = world.configuration()
    outcome = begun(world, tmp_path, with_data())
    assert outcome.verdict is Verdict.MET
    assert [one for one in world.mutations if one != "switch"] == [
        *("takeover", "fence-there", "switchover", "fence-there"),
        *("fence-back", "switchover", "fence-back"),
    ]
    assert world.mutations[-1] == "switch", "traffic comes back last"
    held_together(world, outcome.folder, before)


def test_what_was_so_before_is_nothing_to_undo(world: World, tmp_path: Path) -> None:
    """A step that has nothing to change says that it is made, and that all is as it was."""
    world.config["switchover"] = "there"
    before = world.configuration()
    outcome = begun(world, tmp_path, with_data())
    assert outcome.verdict is Verdict.MET
    held_together(world, outcome.folder, before)


def test_without_approval_traffic_comes_back(world: World, tmp_path: Path) -> None:
    def refuse() -> AbstractContextManager[Callable[[], bool]]:
        raise Refused("ada said no.")

    before = world.configuration()
    outcome = begun(world, tmp_path, with_data(), approve_data=refuse)
    assert outcome.verdict is Verdict.ABORTED
    assert outcome.why.startswith("ada said no.")
    held_together(world, outcome.folder, before)


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_what_fails_in_the_middle_is_not_reversed(world: World, tmp_path: Path, nth: int) -> None:
    before, tried = world.configuration(), iter(range(1, 100))

    def refuse(operation: str, said: Mapping[str, Any]) -> None:
        if operation in ("fence-there", "switchover") and next(tried) == nth:
            raise Refused("RDS says no.")

    world.refuses = refuse
    outcome = begun(world, tmp_path, with_data())
    if nth == 3:  # undoing the fence is tried again
        assert outcome.verdict is Verdict.MET
        return
    assert outcome.verdict is Verdict.NEEDS_OPERATOR
    made = ["fence-there", "switchover"][: nth - 1]
    assert sorted(world.config) == made
    assert world.asked(), "traffic stays where it is, too"
    assert [one for one in world.told if isinstance(one, Aborted)] == []
    with pytest.raises(Refused):
        open_drill.refuse_if_open(stage(world).aws, STANDBY)
    # `abort` does not reverse them either; `failback` is a person's.
    assert again(world, outcome.folder, "abort").state is (
        State.NEEDS_OPERATOR if made else State.REPORTED
    )
    if made:
        assert again(world, outcome.folder, "failback").state is State.REPORTED
    held_together(world, outcome.folder, before)


def test_on_purpose_they_may_stay(world: World, tmp_path: Path) -> None:
    held = begun(world, tmp_path, with_data(hold=True))
    assert held.state is State.DATA_MOVED
    events = engine.failback(
        stage(world), held.folder, company(), traffic_only=True, parts=parts(world)
    )
    for _ in events:
        pass
    assert state_of(held.folder) is State.REPORTED
    assert world.config == {"switchover": "there"}
    assert not world.asked()
