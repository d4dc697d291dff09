"""Say what of the templates' versions and services ends, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from scripts.context import Context
    from scripts.terminal import Terminal
    from scripts.validate.lifecycle.judgement import Entry, LifecycleReport

EPILOG = """\b
Examples:
  tradewind lifecycle                     what has an end, by its date
  tradewind lifecycle --all               what has none, too
  tradewind lifecycle --on 2027-06-01     what would it say then?
"""


@click.command(epilog=EPILOG)
@click.option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Judge as if it were that day; by default today, in UTC.",
)
@click.option("--all", "everything", is_flag=True, help="List what has no announced end, too.")
@click.pass_obj
def lifecycle(context: Context, day: datetime | None, everything: bool) -> int:
    """Say how long AWS stands by what templates/out uses: runtimes, engines, images, TLS policies, services.

    What is used is read from the templates as every environment and region resolves them; what stands in none
    is not judged. Dates are those of cfn-lint and, where it has none, of the page that is named. Exit code: 1
    where something has ended or no source speaks of it, else 0; what ends within 180 days is a warning.
    """
    from datetime import UTC
    from datetime import datetime as clock

    from scripts.validate import lint
    from scripts.validate.contract import roots
    from scripts.validate.lifecycle.judgement import HORIZON, judge
    from scripts.validate.provenance import located

    report = judge(
        roots(lint.read_templates(context.project)),
        lint.read_environments(context.project),
        (day or clock.now(UTC)).date(),
    )
    findings = located(report.findings)
    _show(context.terminal, report.entries, everything)
    for finding in findings:
        for line in finding.lines():
            context.terminal.out(line)
    if report.aged:
        context.terminal.warn(
            "These are too old to tell of what ends now; read them again, and say so in "
            "scripts/validate/lifecycle/rows.py, or take a newer cfn-lint and run make snapshots: "
            f"{'; '.join(map(str, report.aged))}."
        )
    context.terminal.say(_summary(report))
    context.terminal.data(
        {
            "on": report.on,
            "horizon_days": HORIZON.days,
            "entries": [entry.to_json() for entry in report.entries],
            "findings": [finding.to_json() for finding in findings],
            "to_read_again": [str(source) for source in report.aged],
        }
    )
    return 1 if report.failed else 0


def _show(terminal: Terminal, entries: tuple[Entry, ...], everything: bool) -> None:
    listed = [entry for entry in entries if everything or entry.ends or entry.verdict != "lasting"]
    if listed:
        terminal.table(
            ("ENDS", "WHAT", "VERSION", "ENVIRONMENTS", "VERDICT", "SAYS"),
            [
                (
                    entry.ends or ("not announced" if entry.row and not entry.row.over else ""),
                    entry.kind,
                    entry.version,
                    ", ".join(entry.environments),
                    entry.verdict,
                    entry.row.source.name if entry.row else "nobody",
                )
                for entry in listed
            ],
        )


def _summary(report: LifecycleReport) -> str:
    undated = sum(entry.verdict == "lasting" and not entry.ends for entry in report.entries)
    return (
        f"On {report.on}, of {len(report.entries)} in use: {report.count('ended')} have ended, "
        f"{report.count('ending')} end within 180 days, {report.count('unknown')} unknown, "
        f"{undated} without an announced end."
    )
