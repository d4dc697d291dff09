"""The composition root: parses the command line, picks AWS or the sandbox, turns every end into an exit code.

Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 refused by a gate, 130 interrupted. A command
that has codes of its own (failover-drill) returns them from its callback.
"""

from __future__ import annotations

import sys

from scripts import project as projects
from scripts import stamps
from scripts.errors import TradewindError, UsageError
from scripts.terminal import ReaderLeft, Terminal, columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import click

    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.commands import Globals
    from scripts.context import Context

INTERRUPTED = 130
#: What a shell reports of a program that SIGPIPE ended.
PIPE_CLOSED = 141
#: Help is not laid out wider than this.
WIDEST = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the process exits with what this gives."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if fresh := stamps.answer(arguments):
        Terminal(quiet="-q" in arguments).say(fresh)
        return 0
    # Guessed, for errors that come before the options are parsed.
    terminal = Terminal(json="--json" in arguments, verbose="-v" in arguments)
    try:
        return _ended(arguments, terminal)
    except ReaderLeft:
        return PIPE_CLOSED


def _ended(arguments: list[str], terminal: Terminal) -> int:
    """Run the command, and turn however it ends into its exit code."""
    try:
        return _run(arguments, terminal)
    except TradewindError as error:
        terminal.error(error.message, error.fix, exit_code=error.exit_code)
        return error.exit_code
    except KeyboardInterrupt:
        terminal.error("Interrupted.", exit_code=INTERRUPTED)
        return INTERRUPTED
    except ReaderLeft:
        raise
    except OSError as error:
        return _blame_system(error, terminal)
    except Exception as error:  # noqa: BLE001 - the last frame: whatever gets here is a bug, and is said to be one
        return _admit(error, terminal)


def _run(arguments: list[str], terminal: Terminal) -> int:
    import click

    from scripts.commands import tradewind

    try:
        result = tradewind.main(
            arguments,
            prog_name="tradewind",
            standalone_mode=False,
            terminal_width=min(columns(), WIDEST),
            obj=lambda given: _compose(given, terminal),
        )
    except click.exceptions.NoArgsIsHelpError as asked:
        if terminal.json:
            raise UsageError("Missing command.", fix="See tradewind --help.") from asked
        terminal.say(asked.format_message())
        return UsageError.exit_code
    except click.ClickException as error:
        raise _as_usage(error) from error
    except click.Abort as abort:
        raise KeyboardInterrupt from abort
    return result if type(result) is int else 0


def _as_usage(error: click.ClickException) -> UsageError:
    """click's error as ours: one sentence, and the nearest command or option."""
    import click

    from generator.problems import nearest

    context = error.ctx if isinstance(error, click.UsageError) else None
    near = ""
    match error:
        case click.exceptions.NoSuchCommand() if context and isinstance(
            context.command, click.Group
        ):
            near = nearest(error.command_name, context.command.list_commands(context))
            message = f"There is no command {error.command_name}."
        case click.NoSuchOption() if context:
            levels = (context, context.find_root())
            options = [
                name for level in levels for one in level.command.params for name in one.opts
            ]
            near = nearest(error.option_name, options)
            message = f"There is no option {error.option_name}."
        case _:
            message = error.format_message()
    told = f"See {context.command_path} --help." if context else ""
    return UsageError(message, fix=" ".join(part for part in (near, told) if part))


def _compose(given: Globals, terminal: Terminal) -> Context:
    from scripts.context import Context

    terminal.json, terminal.quiet, terminal.verbose = given.json, given.quiet, given.verbose
    project = _project(given.project)
    return Context(
        project=project,
        terminal=terminal,
        json=given.json,
        profile=given.profile,
        connect=_sandboxed(project, terminal) if given.sandbox else _on_aws(given.profile),
    )


def _on_aws(profile: str | None) -> Callable[[Environment], Aws]:
    def connect(environment: Environment) -> Aws:
        from scripts import aws

        return aws.connect(environment, profile)

    return connect


def _sandboxed(project: Path, terminal: Terminal) -> Callable[[Environment], Aws]:
    def connect(environment: Environment) -> Aws:
        from scripts import aws
        from scripts.commands.sandbox import LOST
        from scripts.sandbox import process

        sandbox = process.start(process.home_of(project))
        if sandbox.lost:
            terminal.warn(LOST)
        process.bring_along(sandbox, environment.account_id, *environment.hosted_zone)
        return aws.connect_endpoint(environment, sandbox.url)

    return connect


def _project(said: str | None) -> Path:
    from pathlib import Path

    start = Path(said or "").absolute()
    project = projects.find(str(start))
    if project is None:
        raise UsageError(
            f"There is no {projects.MARK} in {start} or above it.",
            fix="Change into a Tradewind project, or name one with --project DIR.",
        )
    return Path(project)


def _blame_system(error: OSError, terminal: Terminal) -> int:
    """A full disk, a directory that may not be written: what the system says, and of which file."""
    import traceback

    terminal.abandon_output()
    where = f"{error.filename}: " if error.filename else ""
    terminal.detail("".join(traceback.format_exception(error)))
    terminal.error(
        f"The system refused: {where}{error.strerror or error}.",
        "Put that right and run the same command again.",
    )
    return 1


def _admit(error: Exception, terminal: Terminal) -> int:
    """Say where it broke and what broke, without the message: it could quote a secret."""
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    terminal.detail("".join(traceback.format_exception(error)))
    terminal.error(
        f"This is a bug in Tradewind: {type(error).__name__} at {frame.filename}:{frame.lineno}.",
        "Run it again with -v, and report what it says.",
    )
    return 1


if __name__ == "__main__":  # as the pipeline's builds run it, from a release
    sys.exit(main())
