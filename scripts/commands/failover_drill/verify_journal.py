"""Recompute the chain of a drill's journal."""

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
    from scripts.drill.journal import Tampered, Verified


@click.command("verify-journal")
@environment_argument
@drill_option
@click.option(
    "--journal",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A journal that lies elsewhere.",
)
@click.pass_obj
def verify_journal(
    context: Context, environment: Environment, drill: str | None, journal: Path | None
) -> int:
    """Recompute the hash chain of a journal: each line is as it was written, and in its place, or not.

    Where the drill has a report, the journal must be the one that it was made of: lines that are cut off the
    end leave the chain whole. Reads what this project keeps; AWS is not asked.

    Exit codes: 0 it is whole, 1 it is not: the line is said.

    \b
    Examples:
      tradewind failover-drill verify-journal dev
      tradewind failover-drill verify-journal prod --drill 2026-11-23T16-49 --json
      tradewind failover-drill verify-journal prod --journal evidence/journal.jsonl
    """
    from scripts.drill import folder as folders
    from scripts.drill import journal as journals
    from scripts.drill.folder import Folder
    from scripts.drill.report import journal_words

    name = environment.name
    if journal is not None:
        folder = Folder(journal.absolute().parent)
    elif drill:
        folder = folders.find(context.project, name, drill)
    else:
        folder = folders.latest(context.project, name)
    path = journal or folder.journal
    found, sealed = journals.verify(path), _sealed(folder)
    for line in journal_words.words(path, found, sealed):
        context.terminal.out(line)
    whole = journal_words.agrees(found, sealed)
    context.terminal.data({"journal": str(path), "whole": whole, **_told(found)})
    return 0 if whole else 1


def _sealed(folder: Folder) -> str:
    """The head of the journal that the report was made of; empty where there is no report."""
    from scripts.drill import report

    return str(report.read(folder.report)["journal_head"]) if folder.report.exists() else ""


def _told(found: Verified | Tampered) -> dict[str, Any]:
    from scripts.drill.journal import Tampered

    if isinstance(found, Tampered):
        return {"line": found.line, "why": found.why}
    return {"lines": len(found.lines), "head": found.head, "torn": found.torn}
