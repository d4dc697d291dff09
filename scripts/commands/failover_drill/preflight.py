"""Ask whether a drill could begin: everything that would stop it, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scripts.commands.failover_drill.wishes import Wishes, speed_option, wishes_options
from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context


@click.command()
@environment_argument
@wishes_options
@speed_option
@click.pass_obj
def preflight(
    context: Context, /, environment: Environment, speed: float | None, **wishes: Any
) -> int:
    """Ask whether a drill of ENV could begin. Changes nothing.

    Each check says what was found, what is expected, and what to do. What cannot be read is unknown: a
    warning, and in prod a refusal. What a setting leaves out does not apply.

    Exit codes: 0 it could, 2 it could not.

    \b
    Examples:
      tradewind failover-drill preflight dev --sandbox
      tradewind failover-drill preflight prod --json
    """
    from scripts.commands.failover_drill import checking, drafting, staging
    from scripts.drill import theatre_reading

    aws = staging.connect(context, environment)
    theatre = theatre_reading.read(aws, environment)
    drafted = drafting.drafted(
        aws, environment, theatre, Wishes(**wishes), rehearsal=staging.rehearsed()
    )
    with staging.stage(context, environment, aws, theatre, speed) as stage:
        checks = checking.checked(context, environment, stage, drafted)
        refused = checking.refusals(environment, stage, checks)
    context.terminal.data({"checks": [one.to_json() for one in checks], "refused": refused})
    context.terminal.out(
        f"A drill must not begin: {', '.join(refused)}." if refused else "A drill may begin."
    )
    return checking.REFUSED if refused else 0
