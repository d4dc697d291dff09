"""Test every root with taskcat: `make taskcat`, on a sandbox of its own, or on an account.

    python -m tests.taskcat --python .tradewind/taskcat/bin/python
    python -m tests.taskcat --python ... --trial tcdev --at-once 2
    python -m tests.taskcat --python ... --on aws --account 123456789012
    python -m tests.taskcat --python ... --on aws --account 123456789012 --sweep [--yes]

Exit code: 0 where every test passed and nothing is left, 1 where not, 2 wrong usage, 3 refused.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from scripts.cli import INTERRUPTED
from scripts.deploy import release
from scripts.errors import Failed, Refused, TradewindError, UsageError
from scripts.terminal import Terminal
from tests.taskcat import claims, client, configuration, running, stages, trials
from tests.taskcat.report import Report
from tests.taskcat.stages import Stage

#: Where reports are kept, in a directory for each run.
RUNS = Path(".tradewind") / "taskcat-runs"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, tell, and give the exit code."""
    asked = _options().parse_args(arguments)
    terminal = Terminal(json=asked.json)
    try:
        with _stage(asked) as stage:
            return _sweep(stage, asked, terminal) if asked.sweep else _run(stage, asked, terminal)
    except TradewindError as error:
        terminal.error(error.message, error.fix, exit_code=error.exit_code)
        return error.exit_code
    except KeyboardInterrupt:
        terminal.error("Interrupted; what had been made was removed.", exit_code=INTERRUPTED)
        return INTERRUPTED


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m tests.taskcat",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--python", type=Path, required=True, help="of taskcat's own environment")
    options.add_argument("--project", type=Path, default=configuration.PROJECT)
    options.add_argument("--on", choices=("sandbox", "aws"), default="sandbox")
    options.add_argument(
        "--account", default="", help="with --on aws: the account to create stacks in"
    )
    options.add_argument(
        "--trial", action="append", default=[], help="only this one, such as tcdev"
    )
    options.add_argument("--at-once", type=int, default=running.AT_ONCE, help="regions, at most")
    options.add_argument("--no-lint", action="store_true")
    options.add_argument(
        "--sweep", action="store_true", help="remove what a killed run left, no more"
    )
    options.add_argument("--yes", action="store_true", help="with --sweep: do not ask")
    options.add_argument("--json", action="store_true", help="the report on stdout")
    return options


@contextmanager
def _stage(asked: argparse.Namespace) -> Iterator[Stage]:
    if not asked.python.is_file():
        raise UsageError(f"There is no {asked.python}.", fix="make taskcat installs it.")
    if asked.at_once < 1:
        raise UsageError("--at-once takes a number of regions, 1 at least.")
    every = trials.read(asked.project)
    if asked.on == "aws":
        yield stages.only(stages.on_aws(every, asked.account), asked.trial)
        return
    with (
        TemporaryDirectory(prefix="tradewind-taskcat-") as home,
        stages.sandbox(every, Path(home)) as stage,
    ):
        yield stages.only(stage, asked.trial)


def _run(stage: Stage, asked: argparse.Namespace, terminal: Terminal) -> int:
    config = asked.project / configuration.FILE
    if not config.is_file() or config.read_text(encoding="utf-8") != configuration.text(
        asked.project
    ):
        raise Failed(
            f"{config.name} is stale.", fix="Run `make templates` and commit what it writes."
        )
    folder = asked.project / RUNS / datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    folder.mkdir(parents=True)
    with TemporaryDirectory(prefix="tradewind-taskcat-") as tree:
        _package(asked.project, Path(tree) / configuration.TREE)
        with client.started(
            asked.python.absolute(), stage.variables, folder / "taskcat.log", Path(tree), config
        ) as taskcat:
            report = running.Run(
                stage,
                taskcat,
                release.read(asked.project),
                yaml.safe_load(config.read_text(encoding="utf-8"))["tests"],
                asked.at_once,
                terminal.say,
            ).report(lint=not asked.no_lint)
    page = report.write(folder)
    _show(report, terminal)
    terminal.say(f"kept: {page.relative_to(asked.project)}")
    return 0 if report.passed else 1


def _package(project: Path, directory: Path) -> None:
    """Lay out the addressed tree, as anybody would."""
    command = [sys.executable, "-m", "scripts.cli", "--project", str(project), "-q", "package"]
    done = subprocess.run(
        [*command, "--to", str(directory)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"tradewind package failed: {done.stderr.strip()}")


def _sweep(stage: Stage, asked: argparse.Namespace, terminal: Terminal) -> int:
    left: list[str] = []
    for trial in stage.trials:
        name = trial.environment.name
        with claims.held(trial, stage.connect(trial.environment)) as claim:
            doomed = claim.doomed()
            terminal.say(f"{name} on {stage.name}: {len(doomed) or 'nothing'} to remove")
            for what in doomed:
                terminal.out(what)
            if doomed:
                _approve(name, terminal, yes=asked.yes)
                left += claim.remove()
    for what in left:
        terminal.out(f"left: {what}")
    return 1 if left else 0


def _approve(name: str, terminal: Terminal, *, yes: bool) -> None:
    """Return if all of that may be removed. Raises Refused where nobody says so."""
    if yes:
        return
    if not terminal.interactive:
        raise Refused(
            f"Nobody is at a terminal to say that all of this of {name} may go: nothing was removed.",
            fix="Read the list, then: make taskcat ... SWEEP=yes YES=yes",
        )
    if not terminal.confirm(f"Remove all of this of {name}, for good?"):
        raise Refused("Nothing was removed.")


def _show(report: Report, terminal: Terminal) -> None:
    terminal.table(
        ("TEST", "REGION", "STATUS", "SECONDS", "RESOURCES", "DELETED"),
        [
            (
                one.test,
                one.region,
                one.status,
                f"{one.seconds:.1f}",
                one.resources,
                one.removal,
            )
            for one in report.outcomes
        ],
    )
    for line in report.lines():
        terminal.out(line)
    terminal.say(report.summary)
    terminal.data(report.to_json())


if __name__ == "__main__":
    sys.exit(main())
