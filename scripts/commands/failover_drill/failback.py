"""Come back from a drill that holds: data first, then traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scripts.commands.failover_drill.wishes import drill_option, speed_option
from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.drill.plan import Plan
    from scripts.drill.stage import Stage


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
    if not traffic_only:
        return left.go_on(context, environment, drill, speed, coming)
    told = partial(_left_over, context, environment)
    return left.go_on(context, environment, drill, speed, coming, told)


def _left_over(
    context: Context, environment: Environment, stage: Stage, plan: Plan
) -> dict[str, Any]:
    """The settings that make the database's place the one that is meant; said, where there are any."""
    from generator.settings import Settings
    from scripts.drill.left_over import left_over
    from scripts.errors import TradewindError

    says = environment.values(environment.primary_region)[Settings.orders_writer.key]
    try:
        found = left_over(stage.aws, plan.theatre, says)
    except TradewindError as error:
        context.terminal.warn(
            f"where the database is written now cannot be read: {error.message} "
            f"Before {environment.name} is deployed, {Settings.orders_writer.key} must say it."
        )
        return {"settings": None}
    if found is None:
        return {"settings": {}}
    context.terminal.out(f"{found} Put this above `regions:` there, and deploy: {found.line}")
    return {"settings": {found.key: found.wants}}
