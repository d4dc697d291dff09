"""Come back from a drill that holds: data first, then traffic."""

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
@click.option("--traffic-only", is_flag=True, help="Leave the database where it is, on purpose.")
@click.pass_obj
def failback(
    context: Context,
    environment: Environment,
    drill: str | None,
    speed: float | None,
    traffic_only: bool,
) -> int:
    """Come back from a drill of ENV that holds (`run --hold`), or that was handed over: data, then traffic.

    \b
    Examples:
      tradewind failover-drill failback dev --sandbox
      tradewind failover-drill failback prod --traffic-only
    """
    from functools import partial

    from scripts.commands.failover_drill import left
    from scripts.drill import engine

    coming = partial(engine.failback, traffic_only=traffic_only)
    code = left.go_on(context, environment, drill, speed, coming)
    if traffic_only:
        _say_what_is_left_over(context, environment, drill)
    return code


def _say_what_is_left_over(context: Context, environment: Environment, drill: str | None) -> None:
    """The setting that makes the database's place the one that is meant."""
    from generator.settings import Settings
    from scripts.commands.failover_drill import left, staging
    from scripts.drill import story
    from scripts.drill.left_over import left_over

    aws = staging.connect(context, environment)
    theatre = story.read(left.found(context, environment, drill, aws)).plan.theatre
    says = environment.values(environment.primary_region)[Settings.orders_writer.key]
    if (found := left_over(aws, theatre, says)) is not None:
        context.terminal.out(f"{found} Put this above `regions:` there, and deploy: {found.line}")
