"""Have a region of the sandbox fail, and see what stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scripts.context import Context
    from scripts.terminal import Terminal


@click.command()
@click.argument("region", required=False)
@click.option("--down", is_flag=True, help="Nothing in it runs, nothing answers.")
@click.option("--errors", type=click.FloatRange(0, 1), metavar="RATE", help="Share of 503s.")
@click.option("--latency", type=click.FloatRange(0, 600_000), metavar="MS", help="Later by that.")
@click.option("--partition", is_flag=True, help="It serves; nothing crosses its border.")
@click.option("--replication-pause", is_flag=True, help="It serves; nothing it writes leaves it.")
@click.option("--destroy", is_flag=True, help="It is down; what it held is lost for good.")
@click.option("--clear", is_flag=True, help="It is well again; what ran in it runs.")
@click.option("--seed", type=int, default=0, help="Draws which answers are errors.")
@click.option(
    "--replication-lag",
    type=click.FloatRange(0, 86_400),
    metavar="SECONDS",
    help="How long a write takes to another region, in all of them.",
)
@click.option("--yes", is_flag=True, help="Destroy without asking.")
@click.pass_obj
def fault(context: Context, /, region: str | None, **wishes: Any) -> None:
    """Have REGION of the sandbox fail; without options, show what stands.

    What is said takes the place of what stood. Milliseconds and seconds are of the sandbox's clock.

    \b
    Examples:
      tradewind sandbox fault us-east-1 --down
      tradewind sandbox fault us-east-1 --errors 0.2 --latency 300
      tradewind sandbox fault us-east-1 --clear
      tradewind sandbox fault --replication-lag 5
    """
    from functools import partial

    from scripts import sandbox_pages
    from scripts.errors import UsageError
    from scripts.sandbox import process

    told = _fault(wishes)
    if region is None and (told or wishes["clear"]):
        raise UsageError("A fault is a region's.", fix="Name it: tradewind sandbox fault us-east-1")
    if told and wishes["clear"]:
        raise UsageError("--clear takes everything away.", fix="Give it alone.")
    running = process.status(process.home_of(context.project)).running
    if running is None:
        raise UsageError("The sandbox does not run.", fix="Start it: tradewind sandbox start")
    ask = partial(sandbox_pages.ask, running.url)
    if wishes["destroy"] and not wishes["yes"]:
        _confirm(context.terminal, str(region))
    if wishes["replication_lag"] is not None:
        ask("PUT", "replication", {"lag": wishes["replication_lag"]})
    if wishes["clear"]:
        ask("DELETE", f"faults/{region}")
    elif told:
        ask("PUT", f"faults/{region}", told)
    standing, replication = ask("GET", "faults"), ask("GET", "replication")
    show(context.terminal, standing, replication)
    context.terminal.data({"faults": standing, "replication": replication})


def show(terminal: Terminal, standing: dict[str, Any], replication: dict[str, Any]) -> None:
    """What stands, a line a region, and what is on its way between them."""
    for region, document in standing.items():
        terminal.out(f"{region}: {', '.join(_described(document))}.")
    if not standing:
        terminal.out("No region fails.")
    terminal.out(f"A write reaches other regions after {replication['lag']:g} s.")
    rows = [
        (
            one["table"],
            f"{one['source']} to {one['target']}",
            one["queued"],
            "-" if one["oldest_seconds"] is None else f"{one['oldest_seconds']:.1f} s",
            one["applied"],
            one["dropped"],
        )
        for one in replication["tables"]
    ]
    if rows:
        terminal.table(("TABLE", "WAY", "QUEUED", "OLDEST", "APPLIED", "LOST"), rows)


def _fault(wishes: dict[str, Any]) -> dict[str, Any]:
    """What the options say, as the sandbox takes it; empty when they say nothing."""
    flags = {
        "down": wishes["down"],
        "destroyed": wishes["destroy"],
        "partition": wishes["partition"],
        "replication_pause": wishes["replication_pause"],
    }
    numbers = {name: wishes[name] for name in ("errors", "latency") if wishes[name] is not None}
    said = {name: True for name, given in flags.items() if given} | numbers
    return said | ({"seed": wishes["seed"]} if said else {})


def _described(document: dict[str, Any]) -> list[str]:
    if document["destroyed"]:
        return ["destroyed"]
    if document["down"]:
        return ["down"]
    said = []
    if document["errors"]:
        said.append(f"{document['errors']:.0%} of its shop's answers are errors")
    if document["latency"]:
        said.append(f"each is {document['latency']:g} ms later")
    if document["partition"]:
        said.append("nothing crosses its border")
    if document["replication_pause"]:
        said.append("nothing it writes leaves it")
    return said or ["well"]


def _confirm(terminal: Terminal, region: str) -> None:
    from scripts.approval import named
    from scripts.errors import Refused

    if not terminal.interactive:
        raise Refused(
            f"Destroying {region} has to be confirmed, and nobody is there to do it.",
            fix="Pass --yes.",
        )
    terminal.warn(f"what {region} holds, and has not sent to another region, is lost for good")
    if not named(terminal, region, "to destroy it"):
        raise Refused(f"{region} was not destroyed: its name was not typed in.")
