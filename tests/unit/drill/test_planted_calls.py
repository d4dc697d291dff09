"""A call on the way out that the proof does not have is in the report, whoever writes that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest

from scripts.drill import engine, report
from scripts.drill.engine import Going
from scripts.drill.folder import Folder, latest, new
from scripts.drill.observations import Observation
from scripts.drill.parts import Parts
from scripts.drill.plan import Plan
from scripts.drill.stage import Stage
from scripts.drill.states import State
from scripts.drill.verification import Verification
from tests.unit.drill.drills import company, ended, left, parts, stage, with_data
from tests.unit.drill.world import INTAKE, PLAN, PRIMARY, Killed, World

PLANTED = f"dynamodb:PutItem in {PRIMARY} was called, and no step declares it."


def plant(there: Stage, region: str = PRIMARY) -> None:
    there.aws.client("dynamodb", region).call(
        "put_item", TableName=INTAKE, Item={"order_id": {"S": "planted"}}
    )


def at(world: World, seconds: float, do: Callable[[], None]) -> None:
    """Have it done once, so many seconds from now."""
    due, shown = world.time + seconds, world.shows

    def shows(now: float) -> Iterable[Observation]:
        if now == due:
            do()
        return shown(now)

    world.shows = shows


def die(world: World) -> NoReturn:
    world.dead = True
    raise Killed


def reporting(world: World) -> Parts:
    """A drill's parts, with the whole tool's report."""
    return replace(parts(world), write=report.write)


def run(world: World, project: Path, plan: Plan = PLAN, there: Stage | None = None) -> Folder:
    folder = new(project, "dev")
    ended(world, engine.run(there or stage(world), plan, folder, company(), reporting(world)))
    return folder


def objections(folder: Folder) -> list[str]:
    """What the report says of the wire; each is a finding."""
    said = report.read(folder.report)
    found: list[str] = said["wire"]
    assert all(any(one in finding["what"] for finding in said["findings"]) for one in found)
    return found


@pytest.mark.parametrize("plan", [PLAN, with_data()], ids=["traffic", "data"])
def test_what_a_drill_sends_was_declared(world: World, tmp_path: Path, plan: Plan) -> None:
    assert objections(run(world, tmp_path, plan)) == []


def test_what_moves_the_data_is_not_on_the_way_out(world: World, tmp_path: Path) -> None:
    there, folder = stage(world), new(tmp_path, "dev")

    @contextmanager
    def approve() -> Iterator[Callable[[], bool]]:
        plant(there)
        asked = world.time
        yield lambda: world.time > asked + 5

    beside = company(approve_data=approve)
    ended(world, engine.run(there, with_data(), folder, beside, reporting(world)))
    assert objections(folder) == []


def test_what_was_planted_is_found_once(world: World, tmp_path: Path) -> None:
    there = stage(world)
    for seconds in (10, 12, 20):
        at(world, seconds, lambda: plant(there))
    at(world, 14, lambda: plant(there, "eu-west-1"))
    elsewhere = PLANTED.replace(PRIMARY, "eu-west-1")
    assert objections(run(world, tmp_path, there=there)) == [PLANTED, elsewhere]


@pytest.mark.parametrize("going_on", [engine.resume, partial(engine.abort, reason="enough")])
def test_a_process_that_was_killed_has_left_it_to_the_next(
    world: World, tmp_path: Path, going_on: Callable[..., Going]
) -> None:
    there = stage(world)
    at(world, 10, lambda: plant(there))
    at(world, 12, lambda: die(world))
    with pytest.raises(Killed):
        run(world, tmp_path, there=there)
    world.reboot()
    folder = latest(tmp_path, "dev")
    ended(world, going_on(stage(world), folder, company(), parts=reporting(world)))
    assert objections(folder) == [PLANTED]


def test_so_has_one_that_holds(world: World, tmp_path: Path) -> None:
    there = stage(world)
    at(world, 10, lambda: plant(there))
    folder = run(world, tmp_path, replace(PLAN, hold=True), there)
    ended(world, engine.failback(stage(world), folder, company(), parts=reporting(world)))
    assert objections(folder) == [PLANTED]


def test_whoever_goes_on_before_it_is_verified_listens_too(world: World, tmp_path: Path) -> None:
    going = engine.run(stage(world), PLAN, new(tmp_path, "dev"), company(), parts(world))
    left(world, going, State.FAILED_OVER)
    there, usual, folder = stage(world), reporting(world), latest(tmp_path, "dev")

    def verify(*asked: Any) -> Verification:
        plant(there)
        return usual.verify(*asked)

    ended(world, engine.resume(there, folder, company(), replace(usual, verify=verify)))
    assert objections(folder) == [PLANTED]
