"""While somebody is asked whether the database may move, the drill is watched as before."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import TextIO

import pytest

from scripts.approval import NotApproved, of_data
from scripts.drill import engine
from scripts.drill.folder import latest, new
from scripts.drill.observations import Observation, Probed
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State
from scripts.drill.story import Story
from scripts.terminal import Terminal
from tests.unit.drill.drills import (
    again,
    begun,
    company,
    held_together,
    left,
    lines,
    parts,
    stage,
    with_data,
)
from tests.unit.drill.world import LEASES, World


@dataclass
class Operator:
    """Has the question before them for so many seconds."""

    world: World
    seconds: float = 5_000.0
    asked: float = 0.0
    open: bool = False

    @contextmanager
    def __call__(self) -> Iterator[Callable[[], bool]]:
        self.asked, self.open = self.world.time, True
        try:
            yield lambda: self.world.time >= self.asked + self.seconds
        finally:
            self.open = False


def test_an_answer_may_take_its_time_which_is_told_apart(world: World, tmp_path: Path) -> None:
    operator = Operator(world, seconds=100.0)
    outcome = begun(world, tmp_path, with_data(), approve_data=operator)
    assert outcome.verdict is Verdict.MET
    assert Story.of(lines(outcome.folder)).measured["decision"] == pytest.approx(100, abs=2)


def while_asked(world: World, operator: Operator, do: Callable[[], None]) -> None:
    """Have it happen once, a little after the question."""

    def shows(at: float) -> tuple[Observation, ...]:
        if operator.open and at >= operator.asked + 5:
            world.shows = lambda at: ()
            do()
        return ()

    world.shows = shows


def unhealthy(world: World, _: threading.Event) -> None:
    world.shows = lambda at: [
        Probed(at, "standby-endpoint", str(one), at, success=False, status="") for one in range(14)
    ]


def interrupted(_: World, event: threading.Event) -> None:
    event.set()


def nothing(_: World, __: threading.Event) -> None:
    """The operator has gone to lunch."""


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (unhealthy, "find the standby well"),
        (interrupted, "It was interrupted."),
        (nothing, "It took longer than the 600 seconds that were approved."),
    ],
)
def test_a_rule_that_breaks_takes_the_question_back(
    world: World, tmp_path: Path, happens: Callable[[World, threading.Event], None], why: str
) -> None:
    before, event, operator = world.configuration(), threading.Event(), Operator(world)
    while_asked(world, operator, lambda: happens(world, event))
    outcome = begun(world, tmp_path, with_data(), approve_data=operator, interrupted=event)
    assert outcome.verdict is Verdict.ABORTED
    assert why in outcome.why
    assert not operator.open
    assert world.mutations == ["takeover", "switch"]
    held_together(world, outcome.folder, before)


def test_whoever_has_lost_the_lease_meanwhile_moves_nothing(world: World, tmp_path: Path) -> None:
    operator = Operator(world, seconds=100.0)

    def take_over() -> None:
        world.tables.items[LEASES]["lease=drill"]["token"] = {"N": "77"}

    while_asked(world, operator, take_over)
    outcome = begun(world, tmp_path, with_data(), approve_data=operator)
    assert "somebody else has taken it over" in outcome.why
    assert world.mutations == ["takeover"]


def test_whoever_goes_on_with_a_drill_watches_it_meanwhile(world: World, tmp_path: Path) -> None:
    left(
        world,
        engine.run(stage(world), with_data(), new(tmp_path, "dev"), company(), parts(world)),
        State.VERIFIED,
    )
    operator = Operator(world)
    while_asked(world, operator, lambda: unhealthy(world, threading.Event()))
    outcome = again(world, latest(tmp_path, "dev"), approve_data=operator)
    assert outcome.verdict is Verdict.ABORTED
    assert "find the standby well" in outcome.why


class TestAtATerminal:
    @pytest.fixture
    def keyboard(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[TextIO]:
        """What is written to it is typed in."""
        ours, theirs = os.openpty()
        with (
            os.fdopen(theirs, encoding="utf-8") as stdin,
            os.fdopen(ours, "w", encoding="utf-8") as keys,
        ):
            monkeypatch.setattr(sys, "stdin", stdin)
            yield keys

    def test_the_environments_name_approves_it_once_it_is_typed_in(self, keyboard: TextIO) -> None:
        with of_data(Terminal(), "dev") as approved:
            type_in(keyboard, "de")
            assert not approved()
            type_in(keyboard, "v\n")
            assert select([sys.stdin], [], [], 30)[0]
            assert approved()

    def test_anything_else_is_a_no(self, keyboard: TextIO) -> None:
        with of_data(Terminal(), "dev") as approved:
            type_in(keyboard, "prod\n")
            assert select([sys.stdin], [], [], 30)[0]
            with pytest.raises(NotApproved, match="was not typed in"):
                approved()

    def test_what_happens_meanwhile_stands_above_the_question(
        self, keyboard: TextIO, capsys: pytest.CaptureFixture[str]
    ) -> None:
        terminal = Terminal()
        with of_data(terminal, "dev"):
            terminal.live("a moving line")
            terminal.say("the primary is gone")
        terminal.say("undone")
        asked = "Type dev to move its database: \n"
        assert capsys.readouterr().err == f"{asked}the primary is gone\n{asked}undone\n"


def type_in(keyboard: TextIO, words: str) -> None:
    keyboard.write(words)
    keyboard.flush()
