"""Fail a region on purpose, measure how long customers notice, come back, and prove it."""

from __future__ import annotations

import click

from scripts.commands.failover_drill.abort import abort
from scripts.commands.failover_drill.failback import failback
from scripts.commands.failover_drill.plan import plan
from scripts.commands.failover_drill.preflight import preflight
from scripts.commands.failover_drill.report import report
from scripts.commands.failover_drill.resume import resume
from scripts.commands.failover_drill.run import run
from scripts.commands.failover_drill.status import status
from scripts.commands.failover_drill.verify_journal import verify_journal


@click.group("failover-drill")
def failover_drill() -> None:
    """Fail a region on purpose, measure how long customers notice, come back, and prove it.

    A drill leaves the primary by one change, watches Route 53's checkers, DNS, customers and orders until the
    standby sells, buys there, and comes back. Each change is in a journal before it is made; whatever happens
    to this process, `resume` and `abort` go on from there.

    Exit codes: 0 the objectives were met, 1 they were not, 2 the preflight refused, 3 not approved, or
    aborted and restored, 4 a person has to go on: the commands are said.

    \b
    Examples:
      tradewind failover-drill preflight dev --sandbox
      tradewind failover-drill run dev --sandbox --speed 60 --yes
      tradewind failover-drill plan prod --explain
      tradewind failover-drill run prod --approve 3f6a1c09be27d458
    """


for command in (plan, preflight, run, status, resume, abort, failback, report, verify_journal):
    failover_drill.add_command(command)
