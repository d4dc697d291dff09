"""How long a person waits for nothing: help, and builds with nothing to do."""

from __future__ import annotations

from tests.bench.ratio import Ratio
from tests.bench.timing import TRADEWIND, best, command, python


def ratios() -> list[Ratio]:
    """`--help` against importing click; no-op builds against starting Python."""
    for name in ("build", "lint"):
        command(TRADEWIND, name)()
    took = best(
        {
            "start": command(*python("pass")),
            "click": command(*python("import click")),
            "help": command(TRADEWIND, "--help"),
            "build": command(TRADEWIND, "build"),
            "lint": command(TRADEWIND, "lint"),
        },
        rounds=20,
    )
    start = took["start"]
    return [
        Ratio(
            "`tradewind --help` / `python -c 'import click'`",
            took["help"] / took["click"],
            1.3,
            f"{took['help'] * 1000:.0f} ms / {took['click'] * 1000:.0f} ms; what is left is our own modules",
        ),
        *(
            Ratio(
                f"`tradewind {name}`, nothing changed, net of the start / interpreter start",
                (took[name] - start) / start,
                1.0,
                f"{(took[name] - start) * 1000:.0f} ms / {start * 1000:.0f} ms; stats of every input",
            )
            for name in ("build", "lint")
        ),
    ]
