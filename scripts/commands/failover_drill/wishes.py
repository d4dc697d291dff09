"""What the command line says of a drill: how the primary is left, and what else is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])

#: Seconds after which a drill goes back, unless said.
LONGEST = 1800

TRIGGERS = ("takeover", "invert", "app-health", "outage")


@dataclass(frozen=True)
class Wishes:
    """As `wishes_options` hands them on."""

    trigger: str = "takeover"
    data: bool = False
    hold: bool = False
    max_duration: int = LONGEST


def wishes_options(function: Function) -> Function:
    """--trigger, --data, --hold and --max-duration: the command receives them as keywords of Wishes."""
    for option in (
        click.option(
            "--max-duration",
            metavar="S",
            type=click.IntRange(300, 86400),
            default=LONGEST,
            show_default=True,
            help="Seconds after which a drill that is not done goes back.",
        ),
        click.option("--hold", is_flag=True, help="Stay failed over, until failback."),
        click.option(
            "--data",
            is_flag=True,
            help="Move the database, too (Aurora global; approved apart, but in the sandbox by --yes).",
        ),
        click.option(
            "--trigger",
            type=click.Choice(TRIGGERS),
            default="takeover",
            show_default=True,
            help="How the primary is left; outage, a region that is really gone, in the sandbox only.",
        ),
    ):
        function = option(function)
    return function


#: --drill ID, of the drills that this project knows: the command receives `drill`, or None for the latest.
drill_option = click.option(
    "--drill", metavar="ID", help="Which one; by default the latest. Its beginning is enough."
)
#: --speed N: the command receives `speed`, or None.
speed_option = click.option(
    "--speed",
    metavar="N",
    type=click.FloatRange(1, 120),
    help="With --sandbox: drill seconds in a second; by default 60.",
)
