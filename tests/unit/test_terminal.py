"""What goes to stdout, what to stderr, and what is kept back."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from select import select

import pytest

from scripts.terminal import PACE, Question, Terminal

Captured = pytest.CaptureFixture[str]


def test_status_is_stderr_and_data_is_stdout(capsys: Captured) -> None:
    terminal = Terminal()
    terminal.say("working")
    terminal.out("result")

    assert capsys.readouterr() == ("result\n", "working\n")


def test_json_keeps_stdout_for_one_document(capsys: Captured) -> None:
    terminal = Terminal(json=True)
    terminal.out("not this")
    terminal.table(("A",), [("nor this",)])
    terminal.data({"a": 1})
    terminal.error("failed after the document")

    out, err = capsys.readouterr()
    assert json.loads(out) == {"a": 1}
    assert "failed after the document" in err


def test_an_error_is_the_document_where_there_is_no_other(capsys: Captured) -> None:
    Terminal(json=True).error("it broke", "mend it", exit_code=3)

    assert json.loads(capsys.readouterr().out) == {
        "error": "it broke",
        "fix": "mend it",
        "exit_code": 3,
    }


def test_without_json_there_is_no_document(capsys: Captured) -> None:
    Terminal().data({"a": 1})

    assert capsys.readouterr().out == ""


def test_quiet_keeps_back_status_and_not_warnings(capsys: Captured) -> None:
    terminal = Terminal(quiet=True)
    terminal.say("working")
    with terminal.progress("copying") as progress:
        progress.update("1 of 2")
    terminal.warn("look at this")

    assert capsys.readouterr().err == "warning: look at this\n"


def test_details_are_for_those_who_ask(capsys: Captured) -> None:
    Terminal().detail("hidden")
    Terminal(verbose=True).detail("shown")

    assert capsys.readouterr().err == "shown\n"


def test_a_table_is_aligned_and_has_no_trailing_blanks(capsys: Captured) -> None:
    Terminal().table(("NAME", "VALUE"), [("a", 1), ("longer", "")])

    assert capsys.readouterr().out == "NAME    VALUE\na       1\nlonger\n"


def test_progress_off_a_terminal_is_a_line_now_and_then(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    with Terminal().progress("copying") as progress:
        progress.update("1 of 3")
        now += PACE
        progress.update("2 of 3")
        progress.update("3 of 3")

    assert capsys.readouterr().err == "copying\ncopying: 2 of 3\n"


class Screen(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def show(monkeypatch: pytest.MonkeyPatch) -> Screen:
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return screen


def test_progress_on_a_terminal_moves_on_one_line_and_leaves_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = show(monkeypatch)
    terminal = Terminal()
    with terminal.progress("copying") as progress:
        progress.update("a step that is too long for the line")
        terminal.say("a status in between")

    shown = screen.getvalue()
    assert shown.count("\n") == 1
    assert "a status in between\n" in shown
    assert shown.endswith("\r\x1b[2K")
    assert max(len(part) for part in shown.split("\r\x1b[2K")) <= 20


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], object]]:
    """Types at the terminal that stdin is."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield partial(os.write, ours)
    os.close(ours)


def answered(question: Question) -> str | None:
    """What is read until something is, for a while: a terminal hands on what is typed a moment later."""
    deadline = time.monotonic() + 0.5
    while (said := question.answer()) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    return said


def test_what_was_typed_before_a_question_does_not_answer_it(
    typing: Callable[[bytes], object],
) -> None:
    typing(b"dev\n")
    assert select([sys.stdin], [], [], 5)[0]
    with Terminal().asking("Sure?") as question:
        assert answered(question) is None
        typing(b"prod\n")
        assert answered(question) == "prod"


def test_a_line_that_is_not_ended_holds_nothing_up(typing: Callable[[bytes], object]) -> None:
    with Terminal().asking("Sure?") as question:
        typing(b"de\x04")  # Ctrl-D hands on what there is of it
        assert answered(question) is None
        typing(b"v\n")
        assert answered(question) == "dev"


def test_the_end_of_the_input_is_an_empty_answer(typing: Callable[[bytes], object]) -> None:
    with Terminal().asking("Sure?") as question:
        typing(b"\x04")
        assert answered(question) == ""


def test_a_question_that_nobody_sees_may_be_answered(
    typing: Callable[[bytes], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    unread, closed = os.pipe()
    os.close(unread)
    with os.fdopen(closed, "w") as stderr:
        monkeypatch.setattr("sys.stderr", stderr)
        with Terminal().asking("Sure?") as question:
            typing(b"dev\n")
            assert answered(question) == "dev"


@pytest.mark.usefixtures("typing")
def test_an_open_question_stays_on_the_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = show(monkeypatch)
    terminal = Terminal()
    terminal.live("moving")
    with terminal.asking("Sure?"):
        terminal.live("moving still")
        terminal.say("a status in between")
        assert screen.getvalue().endswith("Sure? \r\x1b[2Ka status in between\nSure? ")
    terminal.live("moving again")

    assert screen.getvalue().endswith("Sure? \r\x1b[2K\r\x1b[2Kmoving again")


def test_progress_on_a_dumb_terminal_has_no_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = show(monkeypatch)
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal()
    with terminal.progress("copying"):
        terminal.say("a status in between")

    assert "\x1b" not in screen.getvalue()
    assert "a status in between\n" in screen.getvalue()


def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = show(monkeypatch)
    Terminal().warn("look")

    assert "\x1b[33m" in screen.getvalue()


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_can_be_declined(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = show(monkeypatch)
    monkeypatch.setenv(name, value)
    Terminal().warn("look")

    assert screen.getvalue() == "warning: look\n"


@pytest.mark.parametrize(
    ("typed", "agreed"),
    [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False), ("", False)],
)
def test_only_yes_is_yes(
    typed: str, agreed: bool, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))

    assert Terminal().confirm("Go on?") is agreed
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Go on? [y/N] ")
