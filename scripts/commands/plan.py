"""Show what a deploy would change, and leave nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scripts.options import environment_argument, page_option, root_option, verify_option

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.deploy.plan import Awaiting, Unchanged
    from scripts.plan_page import Unplanned
    from scripts.plan_reading import Reading
    from scripts.terminal import Terminal


@click.command()
@environment_argument
@root_option
@verify_option
@page_option
@click.pass_obj
def plan(
    context: Context,
    environment: Environment,
    roots: tuple[str, ...],
    verify: bool,
    html: Path | None,
) -> None:
    """Show, wave by wave, what `deploy` would change in ENV: from what to what, why, and what it interrupts.

    CloudFormation works it out with nested change sets, which are removed afterwards; templates that were
    uploaded for it stay in the artifact bucket. A wave that needs what an earlier one hands on is planned
    once that one is deployed. What a gate would stop is said, and refused only when it is deployed.

    \b
    Examples:
      tradewind plan dev --sandbox
      tradewind plan prod --html plan.html
      tradewind plan prod --json
      tradewind plan dev --root edge
    """
    from scripts.commands.build import warn_of_stale
    from scripts.deploy import change_sets, release, releases, waivers, waves
    from scripts.deploy.gates.examination import today
    from scripts.deploy.pipeline.planning import examined
    from scripts.deploy.plan import Awaiting, Unchanged, WavePlan
    from scripts.deploy.planner import Planner
    from scripts.lease import DEPLOY, Leases
    from scripts.plan_page import write
    from scripts.plan_reading import Reading
    from scripts.telling import Telling

    warn_of_stale(context)
    built = release.read(context.project)
    order = waves.roll_out(built.roots, environment.places)
    chosen = waves.named(order, roots, environment.places)
    let_pass = waivers.read(context.project / "params")
    aws = context.connect(environment)
    aws.verify_account()
    for line in let_pass.warnings(environment.name, today(aws)):
        context.terminal.warn(line)
    Leases(aws, environment.primary_region).refuse_if_held(DEPLOY)
    built = releases.pinned(aws, environment, built)
    planner = Planner(aws, environment, built, order, verify=verify)
    telling = Telling(context.terminal, environment.name)
    documents: list[dict[str, Any]] = []
    pages: list[Reading | Unplanned] = []
    for wave in chosen:
        inputs = planner.inputs(wave)
        outcome = (
            inputs if isinstance(inputs, Awaiting) else telling.returned(planner.plan(wave, inputs))
        )
        match outcome:
            case Awaiting() | Unchanged():
                documents.append(outcome.to_json())
                pages.append(_unplanned(context.terminal, outcome))
            case WavePlan():
                try:
                    found = examined(planner, outcome, let_pass)
                finally:
                    change_sets.delete(aws, outcome.change_set)
                reading = Reading.of(outcome, found.explanation, found.judgement)
                documents.append({**outcome.to_json(), **reading.to_json()})
                pages.append(reading)
                _show(context.terminal, reading, settles=wave.settles)
    if html is not None:
        write(html, environment.name, pages)
        context.terminal.say(f"the plan's page: {html}")
    context.terminal.data(
        {"environment": environment.name, "templates": built.digest, "waves": documents}
    )


def _unplanned(terminal: Terminal, outcome: Awaiting | Unchanged) -> Unplanned:
    """Say of a wave why it has no plan."""
    from scripts import narration
    from scripts.deploy.plan import Awaiting
    from scripts.plan_page import Unplanned

    said = (
        [f"planned when {outcome.awaited} is done"]
        if isinstance(outcome, Awaiting)
        else ["no changes", *narration.left_out(outcome.wave.region, outcome.left_out)]
    )
    _head(terminal, str(outcome.wave), settles=outcome.wave.settles)
    for line in said:
        terminal.out(f"  {line.strip()}")
    return Unplanned(str(outcome.wave), "; ".join(line.strip() for line in said))


def _show(terminal: Terminal, reading: Reading, *, settles: bool) -> None:
    from scripts import narration
    from scripts.plan_tree import painted

    _head(terminal, reading.wave, settles=settles)
    terminal.out(f"  plan {reading.hash}")
    for line in painted(reading, terminal.paint, whole=terminal.verbose, margin="    "):
        terminal.out(line)
    for name, value in reading.lookups.items():
        if value:
            terminal.out(f"    looked up {name} = {value}")
    for said in narration.left_out(reading.explanation.region, reading.left_out):
        terminal.out(said)


def _head(terminal: Terminal, wave: str, *, settles: bool) -> None:
    again = " (once both regions are there)" if settles else ""
    terminal.out(terminal.paint(f"{wave}{again}", "bold"))
