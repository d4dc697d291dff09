"""Recompute the chain of a drill's journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scripts.commands.failover_drill.wishes import drill_option
from scripts.options import environment_argument

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context


@click.command("verify-journal")
@environment_argument
@drill_option
@click.pass_obj
def verify_journal(context: Context, environment: Environment, drill: str | None) -> int:
    """Recompute the hash chain of a journal: each line is as it was written, and in its place, or not.

    The head hash stands for all lines, and the report has it. Reads what this project keeps; AWS is not
    asked.

    Exit codes: 0 it is whole, 1 it is not: the line is said.

    \b
    Examples:
      tradewind failover-drill verify-journal dev
      tradewind failover-drill verify-journal prod --drill 2026-11-23T16-49 --json
    """
    from scripts.drill import folder as folders
    from scripts.drill import journal

    name = environment.name
    folder = (
        folders.find(context.project, name, drill)
        if drill
        else folders.latest(context.project, name)
    )
    said = {"drill": folder.id, "journal": str(folder.journal)}
    match journal.verify(folder.journal):
        case journal.Tampered(line, why, before):
            context.terminal.data({**said, "whole": False, "line": line, "why": why})
            context.terminal.error(
                f"Line {line} of {folder.journal} is not as it was written: {why}.",
                f"The {len(before)} lines before it are whole. Its mirror in the standby's artifacts bucket "
                f"has each line as an object: drills/{folder.id}/journal/",
            )
            return 1
        case journal.Verified(lines, torn) as found:
            tail = (
                f"; the last write was cut off ({torn} bytes) and counts for nothing"
                if torn
                else ""
            )
            context.terminal.out(f"{len(lines)} lines are whole, head {found.head}{tail}.")
            context.terminal.data(
                {**said, "whole": True, "lines": len(lines), "head": found.head, "torn": torn}
            )
    return 0
