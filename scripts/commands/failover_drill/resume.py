"""Go on with a drill whose process ended."""

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
@click.pass_obj
def resume(
    context: Context, environment: Environment, drill: str | None, speed: float | None
) -> int:
    """Go on with a drill of ENV whose process ended, from this shell or from another machine.

    What was under way is read from AWS, never made again: a region is not failed twice. A drill that was left
    before its trigger was pulled goes on, or is aborted.

    \b
    Examples:
      tradewind failover-drill resume dev --sandbox
      tradewind failover-drill resume prod --drill 2026-11-23T16-49
    """
    from scripts.commands.failover_drill import left
    from scripts.drill import engine

    return left.go_on(context, environment, drill, speed, engine.resume)
