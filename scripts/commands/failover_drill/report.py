"""Say what a drill measured, write its report again, or set two side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scripts.commands.failover_drill.wishes import drill_option
from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.drill.folder import Folder


@click.command()
@environment_argument
@drill_option
@click.option("--compare", "other", metavar="ID", help="Set this drill beside that one.")
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --compare: write the comparison as a page.",
)
@click.pass_obj
def report(
    context: Context,
    environment: Environment,
    drill: str | None,
    other: str | None,
    html: Path | None,
) -> None:
    """Say what a drill of ENV measured, and where its page is; of two drills, which figures got better.

    Reads what this project keeps; AWS is not asked. docs/drill-report.md says what the document has.

    \b
    Examples:
      tradewind failover-drill report dev
      tradewind failover-drill report prod --drill 2026-11-23T16-49 --json
      tradewind failover-drill report prod --compare 2026-08-20 --html drills.html
    """
    from scripts.drill import folder as folders
    from scripts.drill import report as reports
    from scripts.errors import UsageError

    if html is not None and other is None:
        raise UsageError("--html writes a comparison.", fix="Say with which: --compare ID")
    name = environment.name
    folder = (
        folders.find(context.project, name, drill)
        if drill
        else folders.latest(context.project, name)
    )
    document = reports.read(folder.report)
    if other is None:
        _show(context, folder, document)
        context.terminal.data(document)
        return
    _compare(context, folders.find(context.project, name, other), document, html)


def _show(context: Context, folder: Folder, document: dict[str, Any]) -> None:
    out = context.terminal.out
    out(document["verdict_words"])
    context.terminal.table(
        ("OBJECTIVE", "AT MOST", "MEASURED", "MET"),
        [
            (
                target["name"],
                f"{target['at_most']:g} {target['unit']}",
                "-" if target["measured"] is None else f"{target['measured']:g} {target['unit']}",
                "yes" if target["met"] else "no",
            )
            for target in document["targets"]
        ],
    )
    for finding in document["findings"]:
        out(f"{finding['severity']}: {finding['what']}")
    out(f"page: {folder.page}")


def _compare(
    context: Context, earlier: Folder, document: dict[str, Any], html: Path | None
) -> None:
    from scripts.drill import report as reports
    from scripts.drill.page.side_by_side import comparison
    from scripts.drill.report import compare

    compared = compare.compare(reports.read(earlier.report), document)
    for line in compare.lines(compared):
        context.terminal.out(line)
    if html is not None:
        reports.render(html, comparison(compared))
        context.terminal.say(f"the comparison's page: {html}")
    context.terminal.data(compared.to_json())
