"""Show what a deploy would change, and leave nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.deploy.plan import Outcome
    from scripts.terminal import Terminal


@click.command()
@environment_argument
@click.option("--root", "roots", metavar="NAME", multiple=True, help="This root alone; repeatable.")
@click.pass_obj
def plan(context: Context, environment: Environment, roots: tuple[str, ...]) -> None:
    """Show, wave by wave, what `deploy` would change in ENV.

    CloudFormation works it out with nested change sets, which are removed afterwards; templates that were
    uploaded for it stay in the artifact bucket. A wave that needs what an earlier one hands on is planned
    once that one is deployed.

    \b
    Examples:
      tradewind plan dev --sandbox
      tradewind plan prod --json
      tradewind plan dev --root edge
    """
    from scripts.commands.build import warn_of_stale
    from scripts.deploy import change_sets, release, waves
    from scripts.deploy.plan import Awaiting, WavePlan
    from scripts.deploy.planner import Planner
    from scripts.lease import DEPLOY, Leases
    from scripts.telling import Telling

    warn_of_stale(context)
    built = release.read(context.project)
    order = waves.roll_out(built.roots, environment.places)
    chosen = waves.named(order, roots, environment.places)
    aws = context.connect(environment)
    aws.verify_account()
    Leases(aws, environment.primary_region).refuse_if_held(DEPLOY)
    planner = Planner(aws, environment, built, order)
    telling = Telling(context.terminal, environment.name)
    outcomes: list[Outcome] = []
    for wave in chosen:
        inputs = planner.inputs(wave)
        if isinstance(inputs, Awaiting):
            outcomes.append(inputs)
        else:
            outcomes.append(telling.returned(planner.plan(wave, inputs)))
        if isinstance(outcomes[-1], WavePlan):
            change_sets.delete(aws, outcomes[-1].change_set)
        _show(context.terminal, outcomes[-1])
    context.terminal.data(
        {
            "environment": environment.name,
            "release": built.digest,
            "waves": [outcome.to_json() for outcome in outcomes],
        }
    )


def _show(terminal: Terminal, outcome: Outcome) -> None:
    from scripts import narration
    from scripts.deploy.executor import planned
    from scripts.deploy.plan import Awaiting, Unchanged
    from scripts.events import NothingChanged

    again = " (once both regions are there)" if outcome.wave.settles else ""
    terminal.out(terminal.paint(f"{outcome.wave}{again}", "bold"))
    match outcome:
        case Awaiting(_, awaited):
            said = iter([f"  planned when {awaited} is done"])
        case Unchanged(wave, left_out):
            said = narration.lines(NothingChanged(wave.root, wave.region, left_out))
        case _:
            said = narration.lines(planned(outcome), whole=terminal.verbose)
    for line in said:
        terminal.out(line)
