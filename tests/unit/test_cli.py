"""The command line: options, exit codes, and what a user sees of an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

import scripts.commands
from scripts import cli
from scripts.commands import Commands, tradewind
from scripts.context import Context
from scripts.errors import Failed, Refused, UsageError

Captured = pytest.CaptureFixture[str]
PROJECT = Path(__file__).parents[2]
TOOL = [sys.executable, "-c", "import sys; from scripts.cli import main; sys.exit(main())"]


def every(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A command and all below it, with the words that lead to each."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None, f"{path} lists {name} and does not have it"
            yield from every(below, *path, name)


EVERY = dict(every(tradewind))


@pytest.fixture(autouse=True)
def in_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "params").mkdir()
    for file in (PROJECT / "params").glob("*.yaml"):
        (tmp_path / "params" / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRADEWIND_SANDBOX", raising=False)
    return tmp_path


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """`tradewind probe`: records its context, then does what `probe["does"]` says."""
    seen: dict[str, Any] = {"does": lambda: None}

    @click.command()
    @click.option("--flag", is_flag=True)
    @click.argument("words", nargs=-1)
    @click.pass_obj
    def probe(context: Context, flag: bool, words: tuple[str, ...]) -> Any:
        seen.update(context=context, flag=flag, words=words)
        return seen["does"]()

    found = Commands.get_command
    monkeypatch.setattr(
        Commands,
        "get_command",
        lambda self, ctx, name: probe if name == "probe" else found(self, ctx, name),
    )
    return seen


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_explains_itself_anywhere(
    path: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "params" / "defaults.yaml").unlink()

    assert cli.main([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    assert " ".join(("Usage: tradewind", *path)) in shown
    assert "\\b" not in shown, "click's mark for lines that stay as they are is no text"


@pytest.mark.parametrize("path", [path for path in EVERY if path], ids=" ".join)
def test_no_command_takes_a_global_option_for_its_own(path: tuple[str, ...]) -> None:
    def names(command: click.Command) -> set[str]:
        return {name for option in command.params for name in option.opts if name.startswith("-")}

    assert not names(EVERY[path]) & names(tradewind)


def test_the_list_of_commands_says_what_each_does(capsys: Captured) -> None:
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out

    for name in tradewind.list_commands(click.Context(tradewind)):
        assert f"  {name} " in shown
        assert scripts.commands.summary(name)[0].isupper()


def loaded_by(code: str) -> set[str]:
    """The modules in a fresh interpreter once it ran `code`."""
    ask = f"import sys; before = set(sys.modules)\n{code}\nprint(*(sys.modules.keys() - before))"
    ran = subprocess.run(
        [sys.executable, "-c", ask], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split())


def test_nothing_slow_is_imported_before_the_stamp_is_asked() -> None:
    loaded = loaded_by("from scripts import cli")

    assert not loaded & {"click", "pathlib", "typing", "dataclasses", "json", "hashlib", "inspect"}


def test_no_command_imports_anything_heavy_before_it_runs() -> None:
    loaded = loaded_by(
        "import click; from scripts.commands import tradewind\n"
        "context = click.Context(tradewind)\n"
        "for name in tradewind.list_commands(context): tradewind.get_command(context, name)"
    )

    assert not loaded & {
        "boto3",
        "botocore",
        "troposphere",
        "awacs",
        "cfnlint",
        "ministack",
        "yaml",
    }


class TestGlobalOptions:
    @pytest.mark.parametrize(
        "words",
        [
            ["--json", "-q", "probe", "--flag"],
            ["probe", "--json", "--flag", "-q"],
            ["-q", "probe", "--flag", "--json"],
        ],
    )
    def test_stand_before_or_after_the_command(
        self, words: list[str], probe: dict[str, Any]
    ) -> None:
        assert cli.main(words) == 0

        context = probe["context"]
        assert (context.json, context.terminal.json, context.terminal.quiet) == (True, True, True)
        assert probe["flag"]

    @pytest.mark.parametrize("words", [["--profile", "ops"], ["--profile=ops"]])
    def test_take_their_values_along(self, words: list[str], probe: dict[str, Any]) -> None:
        assert cli.main(["probe", "one", *words, "two"]) == 0

        assert probe["context"].profile == "ops"
        assert probe["words"] == ("one", "two")

    def test_are_left_alone_after_a_double_dash(self, probe: dict[str, Any]) -> None:
        assert cli.main(["probe", "--", "--json"]) == 0

        assert probe["words"] == ("--json",)
        assert not probe["context"].json

    def test_without_a_value_are_an_error(self, probe: dict[str, Any], capsys: Captured) -> None:
        assert cli.main(["probe", "--profile"]) == 2

        assert "--profile needs a value" in capsys.readouterr().err


class TestTheProject:
    def test_is_the_nearest_parent(
        self, in_a_project: Path, probe: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (in_a_project / "a" / "b").mkdir(parents=True)
        monkeypatch.chdir(in_a_project / "a" / "b")
        cli.main(["probe"])

        assert probe["context"].project == in_a_project

    def test_can_be_named(
        self, in_a_project: Path, probe: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir("/")
        cli.main(["probe", "--project", str(in_a_project)])

        assert probe["context"].project == in_a_project

    def test_is_missed_where_there_is_none(
        self, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        monkeypatch.chdir("/")

        assert cli.main(["build"]) == 2
        assert "There is no params/defaults.yaml in /" in capsys.readouterr().err


#: Every hosted zone that the sandbox was asked to have.
brought: list[tuple[str, ...]] = []


class TestAws:
    @pytest.fixture
    def reached(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
        """Every way in which AWS was reached."""
        from scripts import aws
        from scripts.sandbox import process

        reached: list[tuple[str, ...]] = []
        monkeypatch.setattr(
            aws, "connect", lambda environment, profile: reached.append((environment.name, profile))
        )
        monkeypatch.setattr(
            aws,
            "connect_endpoint",
            lambda environment, url: reached.append((environment.name, url)),
        )
        monkeypatch.setattr(
            process,
            "start",
            lambda home: type("Running", (), {"url": f"http://sandbox/{home.name}", "lost": False}),
        )
        monkeypatch.setattr(
            process, "bring_along", lambda running, *zone: brought.append((running.url, *zone))
        )
        brought.clear()
        return reached

    def connect(self, probe: dict[str, Any]) -> None:
        context = probe["context"]
        context.connect(context.environment("dev"))

    def test_is_the_real_one_unless_said(
        self, probe: dict[str, Any], reached: list[tuple[str, ...]]
    ) -> None:
        cli.main(["probe", "--profile", "ops"])
        self.connect(probe)

        assert reached == [("dev", "ops")]

    def test_is_the_sandbox_when_said(
        self, probe: dict[str, Any], reached: list[tuple[str, ...]]
    ) -> None:
        cli.main(["probe", "--sandbox"])
        self.connect(probe)

        assert reached[0][1].startswith("http://sandbox/")

    def test_the_sandbox_has_the_hosted_zone_that_the_account_brings_along(
        self, probe: dict[str, Any], reached: list[tuple[str, ...]]
    ) -> None:
        cli.main(["probe", "--sandbox"])
        self.connect(probe)

        assert brought == [
            (reached[0][1], "111111111111", "Z01111111111111111111", "dev.example.com")
        ]

    def test_is_the_sandbox_when_the_environment_variable_says_so(
        self,
        probe: dict[str, Any],
        reached: list[tuple[str, ...]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("TRADEWIND_SANDBOX", "1")
        cli.main(["probe"])
        self.connect(probe)

        assert reached[0][1].startswith("http://sandbox/")


def raises(error: BaseException) -> Any:
    def does() -> None:
        raise error

    return does


class TestEnds:
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (Failed("it broke", fix="mend it"), 1),
            (UsageError("it broke", fix="mend it"), 2),
            (Refused("it broke", fix="mend it"), 3),
        ],
    )
    def test_an_error_is_a_sentence_a_fix_and_an_exit_code(
        self, error: Exception, code: int, probe: dict[str, Any], capsys: Captured
    ) -> None:
        probe["does"] = raises(error)

        assert cli.main(["probe"]) == code
        assert capsys.readouterr() == ("", "error: it broke\n  fix: mend it\n")

    def test_an_error_is_a_document_with_json(
        self, probe: dict[str, Any], capsys: Captured
    ) -> None:
        probe["does"] = raises(Refused("the gate is shut"))

        assert cli.main(["probe", "--json"]) == 3
        said = json.loads(capsys.readouterr().out)
        assert said == {"error": "the gate is shut", "fix": "", "exit_code": 3}

    def test_an_error_after_the_document_does_not_add_another(
        self, probe: dict[str, Any], capsys: Captured
    ) -> None:
        def does() -> None:
            probe["context"].terminal.data({"done": "half"})
            raise Failed("it broke after that")

        probe["does"] = does

        assert cli.main(["probe", "--json"]) == 1
        out, err = capsys.readouterr()
        assert json.loads(out) == {"done": "half"}
        assert "it broke after that" in err

    def test_a_bug_is_said_to_be_one_and_quotes_no_secret(
        self, probe: dict[str, Any], capsys: Captured
    ) -> None:
        probe["does"] = raises(RuntimeError("the password is hunter2"))

        assert cli.main(["probe"]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert "This is a bug in Tradewind: RuntimeError at" in err
        assert "hunter2" not in err
        assert "Traceback" not in err

    def test_a_bug_shows_its_traceback_with_v(
        self, probe: dict[str, Any], capsys: Captured
    ) -> None:
        probe["does"] = raises(RuntimeError("inside"))

        assert cli.main(["probe", "-v"]) == 1
        assert "Traceback" in capsys.readouterr().err

    def test_an_interrupt_ends_cleanly(self, probe: dict[str, Any], capsys: Captured) -> None:
        probe["does"] = raises(KeyboardInterrupt())

        assert cli.main(["probe"]) == 130
        assert capsys.readouterr().err.strip() == "error: Interrupted."

    @pytest.mark.parametrize(("result", "code"), [(None, 0), (4, 4), ("text", 0), (True, 0)])
    def test_a_command_may_give_its_own_exit_code(
        self, result: object, code: int, probe: dict[str, Any]
    ) -> None:
        probe["does"] = lambda: result

        assert cli.main(["probe"]) == code

    def test_a_reader_that_leaves_is_no_error(self, in_a_project: Path) -> None:
        read, write = os.pipe()
        os.close(read)
        ran = subprocess.run(
            [*TOOL, "parameters", "--describe", "--project", str(in_a_project)],
            cwd=PROJECT,
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.close(write)

        assert (ran.returncode, ran.stderr) == (cli.PIPE_CLOSED, "")


class TestMistakes:
    @pytest.mark.parametrize(
        ("words", "said", "fix"),
        [
            (["biuld"], "There is no command biuld.", "Did you mean build?"),
            (["build", "--chek"], "There is no option --chek.", "Did you mean --check?"),
            (["build", "--jsno"], "There is no option --jsno.", "Did you mean --json?"),
            (["package"], "--to", "tradewind package --help"),
            (["parameters", "prdo"], "there is no environment prdo", "Did you mean prod?"),
            (
                ["parameters", "dev", "--region", "eu-west-9"],
                "dev is not in eu-west-9",
                "us-east-1",
            ),
        ],
    )
    def test_are_named_with_what_is_near(
        self, words: list[str], said: str, fix: str, capsys: Captured
    ) -> None:
        (Path("templates/out")).mkdir(parents=True)
        Path("templates/out/platform.json").write_text(
            '{"Metadata": {"Tradewind": {"Root": "platform", "Layers": {}, "Parameters": {}}}}'
        )

        assert cli.main(words) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert said in err
        assert fix in err
        assert "Traceback" not in err

    def test_no_command_at_all_is_answered_with_help(self, capsys: Captured) -> None:
        assert cli.main([]) == 2
        assert "Usage: tradewind" in capsys.readouterr().err

    @pytest.mark.parametrize("words", [[], ["changeset"], ["sandbox"]])
    def test_no_command_with_json_is_a_document_all_the_same(
        self, words: list[str], capsys: Captured
    ) -> None:
        assert cli.main([*words, "--json"]) == 2
        assert json.loads(capsys.readouterr().out)["error"] == "Missing command."

    def test_of_settings_are_all_named_by_line(self, in_a_project: Path, capsys: Captured) -> None:
        dev = in_a_project / "params" / "dev.yaml"
        dev.write_text(f"waff: true\nzone_a: z\n{dev.read_text()}")

        assert cli.main(["parameters", "dev"]) == 2
        err = capsys.readouterr().err
        assert "params/dev.yaml:1: there is no setting waff" in err
        assert "params/dev.yaml:2: zone_a is 'z'" in err


def completed(words: str, position: int) -> list[str]:
    """What the shell is offered."""
    ran = subprocess.run(
        TOOL,
        cwd=PROJECT,
        env={
            **os.environ,
            "_TRADEWIND_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(position),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.partition(",")[2] for line in ran.stdout.splitlines()]


def test_commands_and_environments_are_completed() -> None:
    assert "build" in completed("tradewind bu", 1)
    assert completed("tradewind parameters ", 2) == ["dev", "prod", "staging"]
    assert completed("tradewind parameters st", 2) == ["staging"]
    assert completed("tradewind deploy prod --from st", 4) == ["staging"]


def test_the_completion_script_is_printed_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.chdir("/")

    assert cli.main(["completion", "zsh"]) == 0
    assert "_TRADEWIND_COMPLETE" in capsys.readouterr().out


def test_the_completion_script_is_a_document_too(capsys: Captured) -> None:
    assert cli.main(["completion", "zsh", "--json"]) == 0
    assert "_TRADEWIND_COMPLETE" in json.loads(capsys.readouterr().out)["script"]


def redirected(words: str, redirection: str) -> subprocess.CompletedProcess[str]:
    """The tool with a stream closed or full, as a shell does it; Python keeps output back."""
    command = f'"$@" {words} {redirection}'
    return subprocess.run(
        ["sh", "-c", command, "sh", *TOOL],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "2>/dev/full", "<&-"])
def test_a_closed_stream_or_a_full_log_stops_nothing(redirection: str) -> None:
    ran = redirected("parameters --describe", redirection)

    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""


@pytest.mark.parametrize(
    "words", ["parameters --describe", "parameters --describe --json", "--help"]
)
def test_output_that_cannot_be_written_is_a_failure_and_no_bug(words: str) -> None:
    ran = redirected(words, ">/dev/full")

    assert ran.returncode == 1
    assert "No space left on device" in ran.stderr
    assert "bug" not in ran.stderr
    assert "Exception ignored" not in ran.stderr


def test_an_error_that_nobody_reads_is_no_traceback() -> None:
    ran = redirected("bogus", "2>&1 >/dev/null | true")

    assert (ran.stdout, ran.stderr) == ("", "")


def test_a_system_that_refuses_is_quoted_with_the_file(
    probe: dict[str, Any], capsys: Captured
) -> None:
    def refused() -> None:
        raise PermissionError(13, "Permission denied", ".tradewind/sandbox/lock")

    probe["does"] = refused

    assert cli.main(["probe"]) == 1
    assert ".tradewind/sandbox/lock: Permission denied" in capsys.readouterr().err
