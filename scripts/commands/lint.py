"""Lint every template over every region in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scripts.context import Context
    from scripts.validate.lint import LintReport

EPILOG = """\b
Examples:
  tradewind lint                          every template, every region in use
  tradewind lint --regions eu-north-1     would it run there?
  tradewind lint --no-cache --jobs 1      everything again, in one process
"""


@click.command(epilog=EPILOG)
@click.option(
    "--regions",
    metavar="REGION[,REGION...]",
    help="Only these; by default every region of an environment, and six likely ones.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    metavar="N",
    help="How many processes lint; by default one for each processor.",
)
@click.option("--no-cache", is_flag=True, help="Lint again what has not changed.")
@click.pass_obj
def lint(context: Context, regions: str | None, jobs: int | None, no_cache: bool) -> int:
    """Lint every template: cfn-lint, strict, and the contract between roots and their children.

    A root is linted as it ships and once more with local URLs, and for every environment each value handed
    to a nested template must fit. Exit code: 0 when nothing is found, 1 when something is.
    """
    from scripts import stamps
    from scripts.validate import lint as linting

    read = stamps.take("lint", str(context.project))
    with context.terminal.progress("Linting") as progress:
        report = linting.run(
            context.project,
            only_regions=[region.strip() for region in regions.split(",")] if regions else (),
            jobs=jobs,
            use_cache=not no_cache,
            report=lambda done, of: progress.update(f"{done} of {of}"),
        )
    _show(context, report)
    if report.clean and not regions:
        stamps.write("lint", str(context.project), read)
    return 0 if report.clean else 1


def _show(context: Context, report: LintReport) -> None:
    from scripts.validate import provenance

    findings = provenance.located(report.findings)
    for finding in findings:
        for line in finding.lines():
            context.terminal.out(line)
    for finding in report.accepted:
        context.terminal.detail(f"accepted: {finding}")
    context.terminal.say(str(report))
    context.terminal.data(
        {
            "templates": report.templates,
            "regions": report.regions,
            "environments": report.environments,
            "lints": report.lints,
            "remembered": report.remembered,
            "findings": [finding.to_json() for finding in findings],
            "accepted": [finding.to_json() for finding in report.accepted],
        }
    )
