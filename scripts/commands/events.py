"""Show what CloudFormation did in the latest operation on each stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.options import environment_argument, region_option

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context


@click.command()
@environment_argument
@region_option
@click.option("--root", metavar="ROOT", help="One root, such as platform.")
@click.option("--failed", is_flag=True, help="Only what failed.")
@click.pass_obj
def events(
    context: Context, environment: Environment, region: str | None, root: str | None, failed: bool
) -> None:
    """Show the events of the latest operation on each of ENV's stacks, nested stacks included.

    Where it failed the root cause comes first. Changes nothing.

    \b
    Examples:
      tradewind events dev --sandbox
      tradewind events prod --root platform --region us-east-1 --failed
    """
    from dataclasses import asdict

    from scripts import inventory, narration
    from scripts.deploy import follow
    from scripts.deploy.waves import Wave

    regions = context.regions(environment, region)
    aws = context.connect(environment)
    aws.verify_account()
    standing = {place: inventory.roots(aws, place) for place in regions}
    if root is not None:
        _refuse_unknown(root, {stack.root for stacks in standing.values() for stack in stacks})
    document = []
    for place, stacks in standing.items():
        for stack in stacks:
            wave = Wave(stack.root, place)
            if root not in (None, wave.root):
                continue
            told = follow.history(aws, follow.latest(aws, wave, stack.id))
            cause = follow.root_cause(told)
            context.terminal.out(context.terminal.paint(f"{wave}: {stack.status}", "bold"))
            if cause is not None:
                for line in narration.failure(wave.root, place, stack.status, cause):
                    context.terminal.out(f"  {line}")
            shown = [event for event in told if event.failed or not failed]
            for event in shown:
                context.terminal.out(f"  {narration.stack_event(event)}")
            document.append(
                {
                    "root": wave.root,
                    "region": place,
                    "status": stack.status,
                    "cause": asdict(cause) if cause else None,
                    "events": [asdict(event) for event in shown],
                }
            )
    context.terminal.data({"environment": environment.name, "stacks": document})


def _refuse_unknown(root: str, standing: set[str]) -> None:
    """Raise UsageError where no such root stands: no events would look like no failures."""
    from generator.problems import nearest
    from scripts.errors import UsageError

    if root not in standing:
        known = f"There are {', '.join(sorted(standing))}." if standing else "Nothing stands there."
        raise UsageError(
            f"No root {root} stands.", fix=f"{nearest(root, standing)} {known}".strip()
        )
