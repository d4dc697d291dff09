"""Show what a drill would do, and the hash that approves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scripts.commands.failover_drill.wishes import Wishes, wishes_options
from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.drill.proof import Judged


@click.command()
@environment_argument
@wishes_options
@click.option(
    "--explain", is_flag=True, help="List every call on the way out: its plane, its region."
)
@click.pass_obj
def plan(context: Context, /, environment: Environment, explain: bool, **wishes: Any) -> int | None:
    """Show what a drill of ENV would do, and the hash that approves it. Changes nothing.

    With --explain, also every call of AWS between arming and verification: what needs the impaired region, or
    for a takeover a control plane, is objected to, and the exit code is 1. A drill hears at the wire what is
    really sent, and holds it against this list.

    \b
    Examples:
      tradewind failover-drill plan dev --sandbox
      tradewind failover-drill plan prod --explain
      tradewind failover-drill plan prod --trigger invert --json
    """
    from scripts.commands.failover_drill import drafting, staging
    from scripts.drill import path, theatre_reading
    from scripts.drill.proof import judged

    aws = staging.connect(context, environment)
    theatre = theatre_reading.read(aws, environment)
    drafted = drafting.drafted(
        aws, environment, theatre, Wishes(**wishes), rehearsal=staging.rehearsed()
    )
    for line in drafting.shown(drafted):
        context.terminal.out(line)
    calls = judged(path.calls(drafted), theatre, drafted.trigger) if explain else ()
    if explain:
        _show(context, calls)
    context.terminal.data(
        {
            "hash": drafted.hash,
            "plan": drafted.to_json(),
            "calls": [one.to_json() for one in calls] if explain else None,
        }
    )
    return 1 if any(one.objection for one in calls) else None


def _show(context: Context, calls: tuple[Judged, ...]) -> None:
    terminal = context.terminal
    terminal.out("")
    terminal.table(
        ("CALL", "REGION", "PLANE", "NEEDED", "WHY"),
        [
            (
                f"{one.call.service}:{one.call.operation}",
                one.region,
                one.call.plane,
                "yes" if one.call.needed else "no",
                one.call.why,
            )
            for one in calls
        ],
    )
    for one in calls:
        if one.objection:
            terminal.warn(f"{one.call.service}:{one.call.operation}: {one.objection}")
