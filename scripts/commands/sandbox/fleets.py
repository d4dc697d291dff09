"""How the fleets beside a sandbox are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.sandbox.fleets.supervision import Fleet
    from scripts.terminal import Terminal

_MIB = 1024 * 1024


def told(context: Context, environment: Environment | None = None) -> list[Fleet]:
    """Every fleet of the project's sandbox that was not stopped, or those of an environment."""
    from scripts.commands.sandbox import shop_fleets
    from scripts.sandbox import process
    from scripts.sandbox.fleets import supervision

    if environment is None:
        homes = list(supervision.every(process.home_of(context.project)))
    else:
        homes = [shop_fleets.home(context, environment, region) for region in environment.pair]
    fleets = [supervision.status(home) for home in homes]
    return [fleet for fleet in fleets if fleet.running or fleet.lost]


def show(terminal: Terminal, fleets: list[Fleet]) -> None:
    """A table of instances, and a line for each fleet that was killed."""
    if not fleets:
        terminal.out("No shop runs: tradewind sandbox shop start ENV")
        return
    rows = [
        (
            fleet.document["region"],
            fleet.document["url"],
            one["id"],
            one["health"] or "-",
            one["pid"] or "-",
            f"{one['memory_bytes'] // _MIB} MiB" if one["memory_bytes"] else "-",
            one["restarts"],
            one["revision"] or "-",
        )
        for fleet in fleets
        for one in fleet.document.get("instances", ())
    ]
    heads = ("REGION", "URL", "INSTANCE", "HEALTH", "PROCESS", "MEMORY", "RESTARTS", "REVISION")
    if rows:
        terminal.table(heads, rows)
    for fleet in fleets:
        if fleet.lost:
            terminal.warn(
                f"{fleet.home.name} was killed; the next start or stop sweeps what it left"
            )
