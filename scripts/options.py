"""Arguments and options that several commands take, so that each is spelt and completed in one way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scripts import project as projects

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context

Function = TypeVar("Function", bound=Callable[..., Any])


def region_option(function: Function) -> Function:
    """--region, one of the environment's: the command receives `region`, or None."""
    return click.option("--region", metavar="REGION", help="One of the environment's regions.")(
        function
    )


def page_option(function: Function) -> Function:
    """--html FILE: the command receives `html`, a path, or None."""
    return click.option(
        "--html",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write the plan as one page for a browser, which needs nothing else.",
    )(function)


def answer_options(function: Function) -> Function:
    """[HASH], --wave and --reason, of an answer to a plan: the command receives `hash`, `wave`, `reason`."""
    hash = click.argument("hash", metavar="[HASH]", required=False)
    wave = click.option(
        "--wave", metavar="NAME", help="Whose plan: primary, standby, edge, or ROOT/REGION."
    )
    reason = click.option(
        "--reason", metavar="TEXT", required=True, help="Why; it is kept in the history."
    )
    return hash(wave(reason(function)))


#: --yes, where plans are approved: the command receives `yes`.
yes_option = click.option("--yes", is_flag=True, help="Approve without asking; not in production.")
#: --approve HASH: the command receives `hashes`.
approve_option = click.option(
    "--approve", "hashes", metavar="HASH", multiple=True, help="Approve this plan; repeatable."
)
#: --root NAME: the command receives `roots`, none of them for all.
root_option = click.option(
    "--root", "roots", metavar="NAME", multiple=True, help="This root alone; repeatable."
)
#: --standby-first: the command receives `standby_first`.
standby_first_option = click.option(
    "--standby-first", is_flag=True, help="Change the standby before the primary."
)
#: --verify: the command receives `verify`.
verify_option = click.option(
    "--verify", is_flag=True, help="Ask the buckets what they hold, whatever was noted."
)


def _read(click_context: click.Context, _: click.Parameter, name: str | None) -> Environment | None:
    if name is None or click_context.resilient_parsing:
        return None
    context: Context = click_context.obj
    return context.environment(name)


def environment_names(
    click_context: click.Context, _: click.Parameter, incomplete: str
) -> list[str]:
    """The environments that begin with what is typed so far, for the shell's completion."""
    from generator import environments

    project = projects.find(str(click_context.find_root().params.get("project") or "."))
    names = environments.names(Path(project, "params")) if project else ()
    return [name for name in names if name.startswith(incomplete)]


def _environment(*, required: bool) -> Callable[[Function], Function]:
    return click.argument(
        "environment",
        metavar="ENV",
        required=required,
        callback=_read,
        shell_complete=environment_names,
    )


#: ENV: the command receives `environment`, read and checked.
environment_argument = _environment(required=True)
#: The same where it may be left out: the command then receives None.
optional_environment_argument = _environment(required=False)
