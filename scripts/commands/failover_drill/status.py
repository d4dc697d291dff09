"""Say how far a drill is, and what may follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.commands.failover_drill.wishes import drill_option
from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context


@click.command()
@environment_argument
@drill_option
@click.pass_obj
def status(context: Context, environment: Environment, drill: str | None) -> None:
    """Say how far a drill of ENV is, what of it stands, and what may follow. Changes nothing.

    \b
    Examples:
      tradewind failover-drill status dev --sandbox
      tradewind failover-drill status prod --json
    """
    from datetime import UTC, datetime

    from scripts.commands.failover_drill import left, staging
    from scripts.drill import engine

    aws = staging.connect(context, environment)
    found = engine.status(aws, left.found(context, environment, drill, aws))
    since = datetime.fromtimestamp(found.since, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    out = context.terminal.out
    out(f"{found.drill} ({found.trigger}): {found.state} since {since}")
    if found.reason:
        out(f"  why: {found.reason}")
    out(f"  {'a' if found.running else 'no'} process of this machine is at it")
    if found.open_by:
        out(f"  open by {found.open_by}")
    for name, mark in found.marks.items():
        out(f"  {name}: {datetime.fromtimestamp(mark, UTC):%H:%M:%S}")
    for step in found.standing:
        out(f"  stands: {step}")
    for step in found.dangling:
        out(f"  only AWS knows whether it stands: {step}")
    for command in found.next:
        out(f"  next: {command}")
    out(f"  journal: {found.lines} lines, head {found.head[:16]}")
    context.terminal.data(found.to_json())
