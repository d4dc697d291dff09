"""Compare the standby with the primary, and say what would show in a failover."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.drill.parity.findings import Finding, Parity
    from scripts.terminal import Terminal

#: The exit code of a run that found differences which nothing explains.
DIFFERENT = 1


@click.command()
@environment_argument
@click.option("--all", "everything", is_flag=True, help="List what is equal or explained, too.")
@click.pass_obj
def parity(context: Context, environment: Environment, everything: bool) -> int:
    """Hold the standby of ENV against its primary. Changes nothing.

    Templates, parameters, ceilings, images, revisions, engines, secrets, certificates, keys, alarms, logs,
    concurrency and quotas are read in both regions, as they stand. What differs because a region's role, a
    condition or params say so is explained; what cannot be read is said, and is not called equal. Exits
    with 1 where something differs that nothing explains.

    \b
    Examples:
      tradewind parity dev --sandbox
      tradewind parity prod --all
      tradewind parity prod --json
    """
    from scripts.drill.parity.comparison import compare

    aws = context.connect(environment)
    aws.verify_account()
    with context.terminal.progress("Comparing the regions"):
        found = compare(aws, environment)
    _show(context.terminal, environment, found, everything)
    context.terminal.data({"environment": environment.name, **found.to_json()})
    return DIFFERENT if found.differences else 0


def _show(terminal: Terminal, environment: Environment, found: Parity, everything: bool) -> None:
    listed = found.findings if everything else (*found.differences, *found.unknown)
    if listed:
        terminal.table(
            ("WHAT", "SUBJECT", environment.primary_region, environment.standby_region, "VERDICT"),
            [
                (one.family, one.subject, one.primary, one.standby, str(one.outcome))
                for one in listed
            ],
        )
    for one in (*found.differences, *found.unknown):
        terminal.out(_advice(terminal, one))
    differ, unread = len(found.differences), len(found.unknown)
    said = "the standby is what the primary is" if not differ else f"{differ} differ"
    terminal.out(
        f"{said}: {len(found.findings)} compared"
        + (f", {unread} not known: what cannot be read is not called equal" if unread else "")
    )


def _advice(terminal: Terminal, one: Finding) -> str:
    colour = "red" if one.outcome == "different" else "yellow"
    return f"{terminal.paint(f'{one.family}, {one.subject}', colour)}: {one.remedy} ({one.source})"
