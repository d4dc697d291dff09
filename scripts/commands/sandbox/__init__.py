"""Start, stop, look at or empty the AWS on this machine.

What `--sandbox` deploys to. It listens on loopback alone and reaches no network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scripts.commands.sandbox.fault import fault
from scripts.commands.sandbox.shop import shop

if TYPE_CHECKING:
    from scripts.context import Context
    from scripts.sandbox.process import Status

#: What a start says after a kill.
LOST = "the last sandbox ended without a stop: what changed after its last save is lost"

_BACKINGS = {
    "native": "by the emulator itself",
    "api": "through the emulator's API",
    "schema": "as records checked against their provider schema",
    "added": "by the sandbox",
}


@click.group()
def sandbox() -> None:
    """Start, stop, look at or empty the AWS on this machine.

    It listens on loopback alone, reaches no network, and keeps its state over a stop.

    \b
    Examples:
      tradewind sandbox start
      tradewind deploy dev --sandbox
      tradewind sandbox stop
    """


sandbox.add_command(fault)
sandbox.add_command(shop)


@sandbox.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Loopback port; by default the last.")
@click.pass_obj
def start(context: Context, port: int | None) -> None:
    """Start it and wait until it answers; a no-op when it runs.

    \b
    Examples:
      tradewind sandbox start
      tradewind sandbox start --port 4700
    """
    from scripts.sandbox import process

    running = process.start(process.home_of(context.project), port)
    if running.lost:
        context.terminal.warn(LOST)
    verb = "already serves" if running.already else "serves"
    context.terminal.say(f"The sandbox {verb} {running.url} (process {running.pid}).")
    context.terminal.data(
        {
            "endpoint": running.url,
            "port": running.port,
            "pid": running.pid,
            "already_running": running.already,
            "state_lost": running.lost,
        }
    )


@sandbox.command()
@click.pass_obj
def stop(context: Context) -> None:
    """Stop it, once its state is saved, and the shops that run beside it.

    \b
    Example:
      tradewind sandbox stop
    """
    from scripts.sandbox import process

    stopped = process.stop(process.home_of(context.project))
    context.terminal.say("The sandbox stopped." if stopped else "No sandbox was running.")
    context.terminal.data({"stopped": stopped})


@sandbox.command()
@click.pass_obj
def status(context: Context) -> None:
    """Say whether it runs, what it holds, and what it cannot imitate.

    \b
    Examples:
      tradewind sandbox status
      tradewind sandbox status --json
    """
    from scripts.commands.sandbox import fleets
    from scripts.sandbox import process

    found = process.status(process.home_of(context.project))
    shops = fleets.told(context)
    for line in _described(found):
        context.terminal.out(line)
    if shops:
        context.terminal.out("Shops:")
        fleets.show(context.terminal, shops)
    running = found.running
    context.terminal.data(
        {
            "running": running is not None,
            "endpoint": running.url if running else None,
            "shops": [shop.document for shop in shops if shop.running],
            **found.document,
        }
    )


@sandbox.command()
@click.pass_obj
def reset(context: Context) -> None:
    """Empty it, running or stopped: every account and region; shops stop.

    \b
    Example:
      tradewind sandbox reset
    """
    from scripts.sandbox import process

    process.reset(process.home_of(context.project))
    context.terminal.say("The sandbox is empty.")
    context.terminal.data({"reset": True})


def _names(routing: dict[str, Any] | None) -> str:
    """How Route 53's data plane is reached."""
    if routing is None:
        return "Health checks and DNS start with the shop: tradewind sandbox shop start"
    dns, checks = routing["dns"], routing["checks"]
    well = sum(checks.values())
    return f"DNS: dig @{dns['host']} -p {dns['port']} NAME; {well} of {len(checks)} health checks healthy."


def _described(found: Status) -> list[str]:
    from scripts.sandbox.limits import every_limit

    lines = []
    if found.running is None:
        lines.append("The sandbox does not run: tradewind sandbox start")
    else:
        told = found.document
        lines.append(
            f"The sandbox serves {found.running.url} (process {found.running.pid}, "
            f"up {told['uptime_seconds']:.0f} s, ministack {told['ministack']})."
        )
        for place, statuses in sorted(told["stacks"].items()):
            counts = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
            lines.append(f"Stacks in {place}: {counts}.")
        failing = ", ".join(sorted(told["faults"])) or "none"
        lines.append(f"Regions that fail: {failing}.")
        lines.append(_names(told["routing"]))
        lines.append("Resource types:")
        for backing, types in told["resource_types"].items():
            lines.append(f"  {len(types)} {_BACKINGS.get(backing, backing)}")
    lines.append("What it cannot imitate:")
    lines.extend(f"  {limit.area}: {limit.difference}" for limit in every_limit())
    return lines
