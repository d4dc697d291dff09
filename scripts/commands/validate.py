"""Hold the whole graph of templates to its contracts, in every environment and region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scripts.context import Context
    from scripts.validate.contracts.graph import Deployment
    from scripts.validate.validation import Validation

EPILOG = """\b
Examples:
  tradewind validate            every contract, every environment, every region
  tradewind validate -v         and which of CloudFormation's quotas are nearest
  tradewind --json validate     one document, for a pipeline
"""


@click.command(epilog=EPILOG)
@click.pass_obj
def validate(context: Context) -> int:
    """Hold the templates to what no single one shows: handoffs, lookups, outputs, quotas, names, what regions
    have, conditions, capabilities, policies.

    Everything is resolved for every environment, with what earlier roots hand on; nothing is asked of AWS.
    Exit code: 0 when nothing is found, 1 when something is.
    """
    from scripts import stamps
    from scripts.validate import validation

    read = stamps.take("validate", str(context.project))
    with context.terminal.progress("Validating") as progress:
        found = validation.run(context.project, deployment(), progress.update)
    _show(context, found)
    if found.findings:
        return 1
    if not found.unchecked:
        stamps.write("validate", str(context.project), read)
    return 0


def deployment() -> Deployment:
    """As `tradewind deploy` does it."""
    from generator.places import Places
    from scripts.deploy import waves
    from scripts.deploy.change_sets.making import CAPABILITIES
    from scripts.validate.contracts.graph import Deployment

    carried = {root for root, *_ in waves.ROLL_OUT}

    def order(places: Places) -> list[tuple[str, str]]:
        return [(wave.root, wave.region) for wave in waves.roll_out(carried, places)]

    return Deployment(order, waves.ARTIFACTS, frozenset(CAPABILITIES))


def _show(context: Context, found: Validation) -> None:
    terminal = context.terminal
    for finding in found.findings:
        for line in finding.lines():
            terminal.out(line)
    for region in found.unchecked:
        terminal.warn(f"what {region} offers is not checked: cfn-lint ships no schemas of it")
    for use in found.tightest:
        terminal.detail(f"quota: {use}")
    terminal.say(str(found))
    terminal.data(
        {
            "templates": found.templates,
            "stacks": found.stacks,
            "environments": found.environments,
            "unchecked_regions": found.unchecked,
            "findings": [finding.to_json() for finding in found.findings],
            "tightest_quotas": [
                {"template": use.template, "what": use.what, "used": use.used, "quota": use.quota}
                for use in found.tightest
            ],
        }
    )
