"""What another shell may do with a drill that was left, in each state that one can be left in."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.drill import engine
from scripts.drill.engine import status
from scripts.drill.folder import Folder, latest, new
from scripts.drill.plan import Plan
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State
from scripts.errors import UsageError
from tests.unit.drill.drills import (
    again,
    begun,
    company,
    held_together,
    left,
    parts,
    stage,
    state_of,
    with_data,
)
from tests.unit.drill.world import PLAN, Killed, World

COMMANDS = ("resume", "abort", "failback")

#: Refused: such a drill was never armed, or is still on its way out.
NEVER, NOT_YET = "was never armed", "does not wait for anybody to bring it back"

#: What it comes to by each of the commands; None where it goes on holding.
MET, ABORTED, A_PERSON = Verdict.MET, Verdict.ABORTED, Verdict.NEEDS_OPERATOR
LEFT: Mapping[State, tuple[Verdict | str | None, Verdict | str, Verdict | str]] = {
    State.PLANNED: (NEVER, NEVER, NEVER),
    State.ARMED: (MET, ABORTED, NOT_YET),
    State.FAILING: (ABORTED, ABORTED, NOT_YET),
    State.FAILED_OVER: (MET, ABORTED, NOT_YET),
    State.VERIFIED: (MET, ABORTED, MET),
    State.DATA_MOVING: (A_PERSON, A_PERSON, NOT_YET),
    State.DATA_MOVED: (MET, A_PERSON, MET),
    State.FAILING_BACK: (MET, MET, MET),
    State.ABORTING: (ABORTED, ABORTED, ABORTED),
    State.NEEDS_OPERATOR: (A_PERSON, A_PERSON, ABORTED),
    State.RESTORED: (MET, MET, MET),
    State.REPORTED: (MET, MET, MET),
}
HOLDING: Mapping[State, tuple[Verdict | str | None, Verdict | str, Verdict | str]] = {
    State.VERIFIED: (None, ABORTED, MET),
    State.DATA_MOVED: (None, A_PERSON, MET),
}


def drill(world: World, project: Path, state: State, *, hold: bool) -> Folder:
    """One that was left in that state; with its data on the way where only such a drill comes to it."""
    plan = replace(PLAN, hold=hold)
    if state in (State.DATA_MOVING, State.DATA_MOVED, State.NEEDS_OPERATOR):
        plan = with_data(plan)
    if state is State.PLANNED:
        return _planned(world, project)
    interrupted = threading.Event()
    if state is State.ABORTING:
        interrupted.set()
    first = State.DATA_MOVED if state is State.NEEDS_OPERATOR else state
    left(world, _going(world, project, plan, interrupted), first)
    folder = latest(project, "dev")
    if state is State.NEEDS_OPERATOR:
        again(world, folder, "abort")
    assert state_of(folder) is state
    return folder


def _going(world: World, project: Path, plan: Plan, interrupted: threading.Event) -> Any:
    beside = company(interrupted=interrupted)
    return engine.run(stage(world), plan, new(project, "dev"), beside, parts(world))


def _planned(world: World, project: Path) -> Folder:
    """Killed as it says in the standby's table that it is open."""

    def kill(operation: str, said: Mapping[str, Any]) -> None:
        if operation == "put_item":
            world.dead = True
            raise Killed

    world.refuses = kill
    with pytest.raises(Killed):
        begun(world, project)
    world.refuses = lambda operation, said: None
    world.reboot()
    return latest(project, "dev")


CASES = [
    pytest.param(state, hold, command, comes_to, id=f"{command}-{state}{'-held' * hold}")
    for hold, table in ((False, LEFT), (True, HOLDING))
    for state, row in table.items()
    for command, comes_to in zip(COMMANDS, row, strict=True)
]


@pytest.mark.parametrize(("state", "hold", "command", "comes_to"), CASES)
def test_it_is_done_or_refused(
    tmp_path: Path, state: State, hold: bool, command: str, comes_to: Verdict | str | None
) -> None:
    world = World()
    before = world.configuration()
    folder = drill(world, tmp_path, state, hold=hold)
    changes = len(world.mutations)
    may_follow = status(stage(world).aws, folder).next

    if isinstance(comes_to, Verdict) or comes_to is None:
        outcome = again(world, folder, command)
        assert outcome.verdict is comes_to
    else:
        with pytest.raises(UsageError, match=comes_to) as refused:
            again(world, folder, command)
        assert folder.id in refused.value.message
        assert state_of(folder) is state
        assert f"tradewind failover-drill {command} dev" not in may_follow
        assert "tradewind failover-drill" in refused.value.fix

    if state_of(folder) in (State.REPORTED, State.PLANNED):
        held_together(world, folder, before)
    if state_of(folder) in (state, State.NEEDS_OPERATOR):
        assert world.mutations[changes:] == []


def test_every_state_has_its_row() -> None:
    assert set(LEFT) == set(State)
