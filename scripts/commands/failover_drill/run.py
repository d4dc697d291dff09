"""Drill: leave the primary, measure, come back, report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scripts.commands.failover_drill.wishes import Wishes, speed_option, wishes_options
from scripts.options import approve_option, environment_argument, yes_option

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context


@click.command()
@environment_argument
@wishes_options
@speed_option
@yes_option
@approve_option
@click.option(
    "--dry-run", is_flag=True, help="Stop after the preflight, and say what would be done."
)
@click.pass_obj
def run(
    context: Context,
    /,
    environment: Environment,
    speed: float | None,
    yes: bool,
    hashes: tuple[str, ...],
    dry_run: bool,
    **wishes: Any,
) -> int:
    """Leave the primary of ENV on purpose, measure until the standby sells, come back, and report.

    Ctrl-C goes back. A drill whose process was killed goes on with `resume`, or ends with `abort`. In prod
    the environment's name is typed in, or the plan's hash is passed.

    Exit codes: 0 the objectives were met, 1 they were not, 2 the preflight refused, 3 not approved, or
    aborted and restored, 4 a person has to go on.

    \b
    Examples:
      tradewind failover-drill run dev --sandbox --yes
      tradewind failover-drill run dev --sandbox --trigger outage --speed 30 --yes
      tradewind failover-drill run prod --approve 3f6a1c09be27d458
      tradewind failover-drill run prod --data --max-duration 3600
      tradewind failover-drill run staging --approve routine
    """
    from scripts import approval
    from scripts.commands.failover_drill import drafting, drilling, staging
    from scripts.drill import routine, theatre_reading

    approval.refuse_yes_in_production(environment.name, yes=yes)
    aws = staging.connect(context, environment)
    theatre = theatre_reading.read(aws, environment)
    drafted = drafting.drafted(
        aws, environment, theatre, Wishes(**wishes), rehearsal=staging.rehearsed()
    )
    if routine.APPROVAL in hashes:
        allowance = environment.values(environment.standby_region)["drill_allowance"]
        hashes = (routine.approved(drafted, allowance),)
        context.terminal.say(f"approved by drill_allowance: {allowance}")
    unasked = yes and staging.rehearsed()
    if drafted.data and not (unasked or dry_run):
        approval.refuse_unattended_move(context.terminal)
    for line in drafting.shown(drafted):
        context.terminal.say(line)
    approve = approval.Approval(environment.name, context.terminal, yes, hashes)
    proposed = approval.Proposal(
        drafted.hash,
        "The plan of this drill",
        f"to begin drill {drafted.hash}",
        f"Begin drill {drafted.hash}?",
    )
    approve.refuse_another(proposed)
    with staging.stage(context, environment, aws, theatre, speed) as stage:
        code, document = drilling.drill(
            context,
            environment,
            stage,
            drafted,
            lambda: approve.of(proposed),
            dry_run=dry_run,
            yes=yes,
        )
    context.terminal.data(document)
    return code
