"""What ends a drill early, and that all is as it was before whenever that is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.drill import notebook, story
from scripts.drill.folder import latest
from scripts.drill.observations import Alarmed, Fetched, Observation, Probed
from scripts.drill.plan import Plan
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State
from tests.unit.drill.drills import begun, held_together, lagging, lines, states
from tests.unit.drill.world import PLAN, STANDBY, World

Shows = Callable[[float], Iterable[Observation]]


def unhealthy(at: float) -> list[Observation]:
    """Fourteen of Route 53's checkers find the standby unwell; three others do not."""
    return [
        Probed(at, "standby-endpoint", str(one), at, success=False, status="") for one in range(14)
    ]


def failing(at: float) -> list[Observation]:
    return [Fetched(at, "another", STANDBY, 503, 0.1, good=False)]


def goes_off(at: float) -> list[Observation]:
    return [Alarmed(at, STANDBY, f"tradewind-dev-no-healthy-instance-{STANDBY}", "ALARM")]


@pytest.mark.parametrize(
    ("shows", "why"),
    [
        (unhealthy, "of Route 53's checkers find the standby well"),
        (failing, "The standby failed"),
        (lagging(6.0), "The copy of order-intake in the standby is 6 seconds behind"),
        (goes_off, "no-healthy-instance"),
    ],
    ids=["standby unhealthy", "standby's errors", "lag", "alarm"],
)
@pytest.mark.parametrize("from_", [0.0, 8.0, 30.0], ids=["at once", "failing", "moving"])
def test_by_what_is_observed(
    world: World, tmp_path: Path, shows: Shows, why: str, from_: float
) -> None:
    before, began = world.configuration(), world.time
    world.shows = lambda at: shows(at) if at > began + from_ else ()
    outcome = begun(world, tmp_path)
    assert (outcome.verdict, outcome.state) == (Verdict.ABORTED, State.REPORTED)
    assert why in outcome.why
    assert world.pulled == (1 if from_ else 0) or shows is failing
    held_together(world, outcome.folder, before)


def test_not_by_what_every_failover_sets_off(world: World, tmp_path: Path) -> None:
    world.shows = lambda at: [
        Alarmed(at, STANDBY, f"tradewind-dev-unusual-traffic-{STANDBY}", "ALARM"),
        Alarmed(at, STANDBY, f"tradewind-dev-region-{STANDBY}", "ALARM"),
        Alarmed(at, "us-east-1", "tradewind-dev-anything", "ALARM"),
    ]
    assert begun(world, tmp_path).verdict is Verdict.MET


def test_when_it_takes_too_long(world: World, tmp_path: Path) -> None:
    before = world.configuration()
    world.shows = lambda at: [Fetched(at, "stuck", "us-east-1", 200, 0.1, good=True)]
    outcome = begun(world, tmp_path, _short(PLAN))
    assert outcome.verdict is Verdict.ABORTED
    assert "longer than the 90 seconds" in outcome.why
    held_together(world, outcome.folder, before)


def test_what_is_seen_on_the_way_back_is_not_of_the_failure(world: World, tmp_path: Path) -> None:
    began = world.time
    world.shows = lambda at: unhealthy(at) if at > began + 8 else ()
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.ABORTED
    assert outcome.figures is not None
    assert outcome.figures.failback is not None
    marks = story.Story.of(lines(outcome.folder)).marks
    fetched = [
        one for one in notebook.read(outcome.folder.observations) if isinstance(one, Fetched)
    ]
    of_the_failure = [one for one in fetched if marks["t0"] <= one.at <= marks["back"]]
    assert outcome.figures.requests.total == len(of_the_failure) < len(fetched)


def test_when_somebody_changes_a_health_check(world: World, tmp_path: Path) -> None:
    began = world.time

    def changes(at: float) -> tuple[Observation, ...]:
        if at > began + 10:
            world.versions["standby-endpoint"] = 4
        return ()

    world.shows = changes
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.ABORTED
    assert "health check standby-endpoint: it is at version 4" in outcome.why


@pytest.mark.parametrize("after", [2.0, 8.0, 40.0], ids=["baseline", "failing", "verified"])
def test_when_it_is_interrupted(world: World, tmp_path: Path, after: float) -> None:
    before, interrupted, began = world.configuration(), threading.Event(), world.time

    def press(at: float) -> tuple[Observation, ...]:
        if at > began + after:
            interrupted.set()
        return ()

    world.shows = press
    outcome = begun(world, tmp_path, interrupted=interrupted)
    assert outcome.verdict is Verdict.ABORTED
    assert outcome.why.startswith("It was interrupted.")
    held_together(world, outcome.folder, before)


def test_when_the_standby_does_not_sell(world: World, tmp_path: Path) -> None:
    before = world.configuration()
    world.sells = False
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.ABORTED
    assert "does not sell as it should: nobody answers." in outcome.why
    held_together(world, outcome.folder, before)


def test_by_a_bug_of_ours_that_is_raised_once_all_is_back(world: World, tmp_path: Path) -> None:
    before, began = world.configuration(), world.time

    def bug(at: float) -> tuple[Observation, ...]:
        if at == began + 20:
            raise ZeroDivisionError
        return ()

    world.shows = bug
    with pytest.raises(ZeroDivisionError):
        begun(world, tmp_path)
    held_together(world, latest(tmp_path, "dev"), before)
    assert "RESTORED" in states(latest(tmp_path, "dev"))


def _short(plan: Plan) -> Plan:
    return replace(plan, pace=replace(plan.pace, longest=90))
