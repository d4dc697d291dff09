"""Find what was changed past CloudFormation, and say how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.options import environment_argument, region_option, root_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.environments import Environment
    from scripts.context import Context
    from scripts.deploy.drift import Survey
    from scripts.deploy.mending import Step
    from scripts.inventory import Stack
    from scripts.terminal import Terminal

#: The exit code of a run that found drift.
DRIFTED = 1


@click.command()
@environment_argument
@region_option
@root_option
@click.pass_obj
def drift(
    context: Context, environment: Environment, region: str | None, roots: tuple[str, ...]
) -> int:
    """Hold every resource of ENV against its template. Changes nothing.

    Every stack is asked, nested ones too, in every region. What AWS changes because it was told to (an Aurora
    switchover, a group that scales) is told apart, with the reason. What CloudFormation cannot look at is
    counted. Exits with 1 where something has drifted.

    \b
    Examples:
      tradewind drift dev --sandbox
      tradewind drift prod --region eu-central-1 --root platform
      tradewind drift prod --json
    """
    from scripts import inventory
    from scripts.deploy.drift import survey
    from scripts.deploy.mending import mending

    aws = context.connect(environment)
    aws.verify_account()
    standing = [
        stack
        for place in context.regions(environment, region)
        for stack in inventory.roots(aws, place)
    ]
    stacks = _chosen(standing, roots)
    terminal = context.terminal
    with terminal.progress("Looking for drift") as progress:
        found = survey(
            aws, stacks, lambda done, of, where: progress.update(f"{done} of {of} stacks, {where}")
        )
    steps = mending(environment.name, found.drifted)
    if stacks:
        _show(terminal, found, steps)
    else:
        terminal.out(f"nothing of {environment.name} stands")
    terminal.data(
        {
            "environment": environment.name,
            **found.to_json(),
            "mend": [step.to_json() for step in steps],
        }
    )
    return DRIFTED if found.drifted else 0


def _chosen(standing: Sequence[Stack], roots: tuple[str, ...]) -> list[Stack]:
    """The stacks of the named roots, or all. Raises UsageError for a root that does not stand."""
    from generator.problems import nearest
    from scripts.errors import UsageError

    known = list(dict.fromkeys(stack.root for stack in standing))
    for root in roots:
        if root not in known:
            raise UsageError(
                f"There is no stack of {root}.",
                fix=f"{nearest(root, known)} There are {', '.join(known) or 'none'}.".strip(),
            )
    return [stack for stack in standing if not roots or stack.root in roots]


def _show(terminal: Terminal, found: Survey, steps: Sequence[Step]) -> None:
    for drifted in found.drifted:
        what = "was deleted" if drifted.status == "DELETED" else "was changed"
        place = f"{drifted.root}/{drifted.where} ({drifted.type}) in {drifted.region}"
        terminal.out(terminal.paint(f"{place} {what}", "red"))
        for difference in drifted.differences:
            terminal.out(f"  {difference}")
    if found.benign:
        terminal.out(f"{len(found.benign)} as they should be, though not as in the template:")
    for benign in found.benign:
        drifted = benign.drifted
        where = f"{drifted.root}/{drifted.where} in {drifted.region}"
        terminal.out(f"  {where}: {benign.difference}; {benign.reason} ({benign.source})")
    for unasked in found.unasked:
        where = "/".join((unasked.root, *unasked.path))
        terminal.out(f"{where} in {unasked.region} could not be looked at: {unasked.reason}")
    if steps:
        terminal.out("To mend it, in this order:")
    for number, step in enumerate(steps, 1):
        terminal.out(f"{number:3}. {step.drifted.root}/{step.drifted.where}")
        for way in step.ways:
            terminal.out(f"     {way}")
    _count(terminal, found)


def _count(terminal: Terminal, found: Survey) -> None:
    unseen = sum(found.unseen.values())
    said = "in sync" if not found.drifted else f"{len(found.drifted)} drifted"
    terminal.out(
        f"{said}: {found.seen} resources of {found.stacks} stacks were looked at; {unseen}, "
        f"of {len(found.unseen)} types, CloudFormation does not look at"
    )
    for type, count in sorted(found.unseen.items()):
        terminal.detail(f"  not looked at: {count} {type}")
