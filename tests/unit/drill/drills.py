"""Drills in the world: run to their end, left, gone on with; and what must be so after each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import nullcontext, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, cast

from scripts.aws import Aws
from scripts.drill import engine
from scripts.drill.company import Company, Outcome
from scripts.drill.data.relocation import Act, Relocation
from scripts.drill.events import DrillEvent, Moved
from scripts.drill.folder import Folder, new
from scripts.drill.journal import Kind, Line, Verified, read, verify
from scripts.drill.observations import Lagged, Observation
from scripts.drill.parts import Parts
from scripts.drill.plan import Plan
from scripts.drill.report.evidence import Evidence
from scripts.drill.report.verdict import judge
from scripts.drill.report.writing import Written
from scripts.drill.stage import Stage
from scripts.drill.states import State, may_move
from scripts.drill.steps import Step
from scripts.drill.story import Story
from scripts.drill.triggers.takeover import switch
from scripts.drill.verification import Drained, Verification
from scripts.drill.wire import tapped
from scripts.errors import Failed
from tests.functional.stubbed import Environment
from tests.unit.drill.services import Session
from tests.unit.drill.world import (
    PLAN,
    STANDBY,
    Guard,
    Killed,
    NothingWaits,
    Setting,
    WallClock,
    Watcher,
    World,
    WorldClock,
    order,
)

Result = TypeVar("Result")


def stage(world: World) -> Stage:
    """The world as a drill is given it."""
    aws = Aws(Session(world), Environment(), WallClock(world), asked_in=STANDBY)
    heard, wire = tapped(aws)
    nothing = cast(Any, None)
    return Stage(heard, WorldClock(world), nothing, nothing, rehearsal=True, wire=wire)


def parts(world: World, slow: int = 0) -> Parts:
    """A drill's parts, in the world; `slow` is the switchover."""

    def verify(stage: Stage, plan: Plan, drill: str, numbers: Iterable[int]) -> Verification:
        if not world.sells:
            return Verification((), ("nobody answers.",))
        orders = (order(world, drill, world.time, one, world.serving()) for one in numbers)
        return Verification(tuple(orders), ())

    return Parts(
        trigger=lambda stage, plan: switch(stage.aws, plan.theatre),
        relocation=lambda aws, theatre: relocation(world, slow),
        watch=lambda stage, plan, drill, sink, first: Watcher(world, drill, sink, first),
        guard=lambda stage, plan, sink: Guard(world),
        verify=verify,
        hand_back=lambda aws, plan: cast(Step, NothingWaits()),
        drained=lambda stage, plan, orders, patience: Drained(orders),
        unmeasured=lambda stage, plan: {},
        write=write,
    )


def relocation(world: World, slow: int = 0) -> Relocation:
    """A switchover between two fences."""
    there, back = Setting(world, "fence-there"), Setting(world, "fence-back")
    switchover = Setting(world, "switchover", slow)
    return Relocation(
        (there, back, switchover),
        switchover,
        (Act(there), Act(switchover), Act(there, undo=True)),
        (Act(back), Act(switchover, undo=True), Act(back, undo=True)),
    )


def write(directory: Path, evidence: Evidence) -> Written:
    """A report of one word."""
    verdict = judge(evidence)
    path = directory / "report.json"
    try:
        path.write_text(str(verdict), encoding="ascii")
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}.") from error
    return Written(verdict, path, path, {})


def company(**said: Any) -> Company:
    """Nobody objects."""
    usual = {"approve_data": lambda: nullcontext(lambda: True), "interrupted": threading.Event()}
    return Company(**{**usual, **said})


def begun(world: World, project: Path, plan: Plan = PLAN, **said: Any) -> Outcome:
    """A drill that is run to its end."""
    return ended(
        world, engine.run(stage(world), plan, new(project, "dev"), company(**said), parts(world))
    )


def again(world: World, folder: Folder, how: str = "resume", **said: Any) -> Outcome:
    """A drill that was left, gone on with."""
    there, beside = stage(world), company(**said)
    match how:
        case "resume":
            going = engine.resume(there, folder, beside, parts(world))
        case "abort":
            going = engine.abort(there, folder, beside, "enough", parts(world))
        case _:
            going = engine.failback(there, folder, beside, parts=parts(world))
    return ended(world, going)


def left(world: World, events: Generator[DrillEvent, None, Outcome], state: State) -> None:
    """Kill the process that has just brought a drill to that state, before it does anything more."""
    for event in events:
        if isinstance(event, Moved) and event.after is state:
            world.dead = True
            with suppress(Killed):
                events.throw(Killed())
            world.reboot()
            return
    raise AssertionError(f"it never was {state}")


def ended(world: World, events: Generator[DrillEvent, None, Result]) -> Result:
    """What a drill returns at its end; what it tells is in the world's `told`."""
    while True:
        try:
            world.told.append(next(events))
        except StopIteration as end:
            result: Result = end.value
            return result


def lines(folder: Folder) -> tuple[Line, ...]:
    """Its journal."""
    return read(folder.journal)


def lagging(seconds: float) -> Callable[[float], Iterable[Observation]]:
    """A world whose copies are late."""
    return lambda at: [Lagged(at, "order-intake", seconds)] if at % 2 < 1 else []


def with_data(plan: Plan = PLAN, **changed: Any) -> Plan:
    """A plan that moves the data."""
    return replace(plan, data=True, **changed)


def states(folder: Folder) -> list[str]:
    """Those that it went through, by name."""
    return [line.said["state"] for line in lines(folder) if line.kind is Kind.STATE]


def state_of(folder: Folder) -> State:
    """How far a drill is; PLANNED where its journal has no whole line."""
    try:
        return Story.of(lines(folder)).state
    except ValueError:
        return State.PLANNED


def held_together(world: World, folder: Folder, before: str) -> None:
    """What must be so after whatever followed a kill."""
    assert world.configuration() == before
    assert world.pulled <= 1
    assert isinstance(verify(folder.journal), Verified)
    course = [State.PLANNED, *(State(name) for name in states(folder))]
    for one, other in pairwise(course):
        assert may_move(one, other), f"{one} -> {other}"
