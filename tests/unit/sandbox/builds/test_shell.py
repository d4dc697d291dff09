"""All commands run in one shell, and nothing of it outlives the build."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scripts.sandbox.builds.shell import Interrupted, Shell


@dataclass
class Heard:
    """A shell, what was heard of it, and the processes that it was."""

    shell: Shell
    lines: list[str] = field(default_factory=list)
    born: list[int] = field(default_factory=list)

    def said(self, command: str) -> list[str]:
        """What a command says; it must have said it when it is over."""
        self.lines.clear()
        self.shell.run(command)
        return list(self.lines)


@pytest.fixture(params=["/bin/sh", "/bin/bash"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Heard]:
    if not Path(request.param).exists():
        pytest.skip(f"no {request.param} here")
    work = tmp_path / "work"
    work.mkdir()
    variables = {"PATH": "/usr/bin:/bin", "GIVEN": "yes"}
    lines, born = list[str](), list[int]()
    shell = Shell(
        request.param,
        tmp_path,
        work,
        variables,
        lambda line: lines.append(line.decode().rstrip("\n")),
        born.append,
    )
    yield Heard(shell, lines, born)
    shell.close()


def gone(pid: int) -> bool:
    """Whether no process of that id runs."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and ") Z " in stat.read_text():
            return True
        time.sleep(0.02)
    return False


def test_a_trap_of_a_command_s_own_keeps_nothing_from_being_exported(heard: Heard) -> None:
    heard.shell.run("set -eu; trap 'echo cleaned' EXIT; export SHOWN=yes")
    assert heard.shell.exported()["SHOWN"] == "yes"
    assert heard.lines == ["cleaned"]


def test_what_a_command_sets_the_next_one_sees(heard: Heard) -> None:
    heard.shell.run("mkdir below; cd below; PLAIN=1; export SHOWN='a b'; greet() { echo hi; }")
    assert heard.said('echo "$PLAIN $SHOWN $GIVEN"; greet; basename "$PWD"') == [
        "1 a b yes",
        "hi",
        "below",
    ]


@pytest.mark.parametrize(
    ("command", "code"),
    [("true", 0), ("false", 1), ("no-such-command", 127), ("exit 3", 3), ("kill -9 $$", 137)],
)
def test_a_command_ends_with_its_own_code(heard: Heard, command: str, code: int) -> None:
    assert heard.shell.run(command) == code
    assert heard.shell.run("true") == 0


def test_a_command_that_ends_the_shell_leaves_directory_and_exported_variables(
    heard: Heard,
) -> None:
    heard.shell.run("mkdir below; cd below; export SHOWN=1; PLAIN=1; exit 7")
    assert heard.said('echo "$SHOWN,$PLAIN"; basename "$PWD"') == ["1,", "below"]
    assert len(heard.born) == 2


def test_output_without_a_line_end_is_heard_before_the_command_is_over(heard: Heard) -> None:
    assert heard.said("printf half; printf '%s' ' and half'") == ["half and half"]


def test_what_is_exported_is_known_at_the_end(heard: Heard) -> None:
    heard.shell.run('export MORE="it\'s\nso"; PLAIN=1')
    heard.shell.run("export SET='it'\\''s'")
    exported = heard.shell.exported()
    assert (exported["MORE"], exported["SET"], exported["GIVEN"]) == ("it's\nso", "it's", "yes")
    assert "PLAIN" not in exported
    assert not [name for name in exported if name.startswith("SHELL_")]


def test_it_has_the_variables_that_it_was_given_and_no_other(heard: Heard) -> None:
    os.environ["OF_THE_TEST"] = "seen"
    try:
        names = {line.partition("=")[0] for line in heard.said("env")}
    finally:
        del os.environ["OF_THE_TEST"]
    assert names <= {"PATH", "GIVEN", "PWD", "SHLVL", "_"}


def test_it_is_ended_with_all_that_it_started(heard: Heard) -> None:
    heard.shell.run("sleep 600 & echo $!")
    child = int(heard.lines[0])
    waiting = threading.Timer(0.1, heard.shell.end)
    waiting.start()
    with pytest.raises(Interrupted):
        heard.shell.run("sleep 600")
    assert gone(child)
    assert gone(heard.born[0])
    with pytest.raises(Interrupted):
        heard.shell.run("true")


def test_what_a_command_left_running_ends_with_the_shell(heard: Heard) -> None:
    heard.shell.run("sleep 600 & echo $!")
    child = int(heard.lines[0])
    heard.shell.exported()
    assert gone(child)
