"""The command line: one module a command, found by its file and imported only when it runs.

A command with commands of its own may be a package: `tradewind sandbox shop` is sandbox/shop.py.

`failover_drill.py` holds the click command `failover_drill`, called `tradewind failover-drill`. The first
line of a module is its summary in `tradewind --help`, so listing the commands imports none of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import click

from scripts.terminal import Terminal

if TYPE_CHECKING:
    from scripts.context import Context

EPILOG = (
    "--sandbox, --json, -q, -v, --profile and --project may stand here too: see tradewind --help."
)

#: Commands that work outside a project; so does any command's --help.
PROJECTLESS = {"completion"}
HELP = f"{__name__}.help"


class Globals(NamedTuple):
    """What may be said to every command."""

    sandbox: bool
    json: bool
    quiet: bool
    verbose: bool
    profile: str | None
    project: str | None


#: Makes the Context of one run; `cli` has it, for only `cli` chooses between AWS and the sandbox.
Compose: TypeAlias = Callable[[Globals], "Context"]


class Commands(click.Group):
    """The root group: lazy, and taking its own options before or after the command."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every command, by name."""
        return sorted(module.name.replace("_", "-") for module in iter_modules(__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in self.list_commands(ctx):
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"{__name__}.{name}"), name)
        command.epilog = command.epilog or EPILOG
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by the first lines of their files."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(name)) for name in self.list_commands(ctx)])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the global options from wherever they stand, then parse as usual."""
        ctx.meta[HELP] = "--help" in args
        return super().parse_args(ctx, self.hoisted(ctx, args))

    def hoisted(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The same words with the global options first; what follows `--` is left alone."""
        flags, valued = set[str](), set[str]()
        for option in self.params:
            if isinstance(option, click.Option):
                (flags if option.is_flag else valued).update(option.opts)
        first, rest, words = list[str](), list[str](), iter(args)
        for word in words:
            if word == "--":
                rest += [word, *words]
            elif word in flags or ("=" in word and word.partition("=")[0] in valued):
                first.append(word)
            elif word in valued:
                value = next(words, None)
                if value is None:
                    raise click.BadOptionUsage(word, f"Option {word} needs a value.", ctx)
                first += [word, value]
            else:
                rest.append(word)
        return [*first, *rest]


def summary(name: str) -> str:
    """What a command does: the first line of its file, without quotes and its own name."""
    module = f"{__path__[0]}/{name.replace('-', '_')}"
    file = f"{module}/__init__.py" if os.path.isdir(module) else f"{module}.py"  # noqa: PTH112
    with open(file, encoding="utf-8") as source:  # noqa: PTH123 - pathlib would be a tenth of --help
        line = source.readline().strip().strip('"').rstrip(".")
    said = line.removeprefix(f"`tradewind {name}`: ")
    return said[:1].upper() + said[1:]


def _say_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib import metadata

        Terminal().out(f"tradewind {metadata.version('tradewind')}")
        ctx.exit()


@click.group(cls=Commands)
@click.option(
    "--sandbox",
    is_flag=True,
    envvar="TRADEWIND_SANDBOX",
    help="Use the embedded AWS, not the real one.",
)
@click.option("--json", is_flag=True, help="Write one JSON document to stdout, at the end.")
@click.option("-q", "--quiet", is_flag=True, help="No status lines on stderr.")
@click.option("-v", "--verbose", is_flag=True, help="More status lines, and tracebacks.")
@click.option("--profile", metavar="NAME", help="AWS profile that holds the credentials.")
@click.option(
    "--project",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    help="The project; by default the nearest parent with params/defaults.yaml.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_say_version,
    help="Say the version and exit.",
)
@click.pass_context
def tradewind(ctx: click.Context, /, **given: Any) -> None:
    """Build, deploy and drill a multi-region shop on AWS.

    ENV is an environment: the name of a file in params/. The options below may stand before or after the
    command. Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 refused by a gate.
    """
    compose: Compose = ctx.obj
    ctx.obj = None
    if ctx.invoked_subcommand not in PROJECTLESS and not ctx.meta[HELP]:
        ctx.obj = compose(Globals(**given))
