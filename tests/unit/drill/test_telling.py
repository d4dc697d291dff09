"""A drill is told to whoever listens, and goes on where nobody does."""

from __future__ import annotations

import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from scripts.commands.failover_drill import telling
from scripts.drill.engine import Outcome
from scripts.drill.events import DrillEvent, Marked
from scripts.drill.folder import Folder
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State
from scripts.terminal import ReaderLeft, Terminal


class Deaf(Terminal):
    """Nobody reads what it says."""

    def say(self, text: str) -> None:
        raise ReaderLeft(text)

    live = warn = out = say


def drill(done: list[str]) -> Generator[DrillEvent, None, Outcome]:
    yield Marked(1.0, "t0")
    done.append("undone")
    yield Marked(2.0, "t1")
    return Outcome(Verdict.ABORTED, State.REPORTED, None, Folder(Path("dev/one")))


def test_who_stops_reading_stops_no_drill() -> None:
    done: list[str] = []
    assert telling.followed(Deaf(), drill(done), {}) == Verdict.ABORTED.exit_code
    assert done == ["undone"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_asks_it_to_go_back_and_whoever_had_it_before_has_it_again(
    number: signal.Signals,
) -> None:
    before = signal.getsignal(number)
    with telling.interruptible(Deaf()) as interrupted:
        signal.raise_signal(number)
        assert interrupted.is_set()
        signal.raise_signal(number)
    assert signal.getsignal(number) is before
