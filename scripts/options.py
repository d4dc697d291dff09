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
