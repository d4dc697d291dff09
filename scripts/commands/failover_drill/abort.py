"""End a drill: undo everything, verify it, and report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.commands.failover_drill.wishes import drill_option, speed_option
from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context


@click.command()
@environment_argument
@drill_option
@speed_option
@click.option("--reason", metavar="TEXT", default="", help="Why; it is kept in the journal.")
@click.pass_obj
def abort(
    context: Context,
    environment: Environment,
    drill: str | None,
    speed: float | None,
    reason: str,
) -> int:
    """End a drill of ENV: undo everything, verify that it is as it was, and report.

    Where the database has begun to move nothing is reversed: it waits for the end of that, and says which
    commands bring it back.

    Exit codes: 2 it could not begin, and nothing was changed; 3 restored, 4 a person has to go on.

    \b
    Examples:
      tradewind failover-drill abort dev --sandbox
      tradewind failover-drill abort prod --reason "real incident"
    """
    from functools import partial

    from scripts.commands.failover_drill import left
    from scripts.drill import engine

    ending = partial(engine.abort, reason=reason or "abort was asked for")
    return left.go_on(context, environment, drill, speed, ending)
