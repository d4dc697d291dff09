"""What holding the whole graph to its contracts costs, and what it costs when nothing changed."""

from __future__ import annotations

from collections.abc import Callable

from scripts import stamps
from tests.bench.ratio import Ratio
from tests.bench.timing import PROJECT, TRADEWIND, best, command, python


def ratios() -> list[Ratio]:
    """Both against importing boto3, which whoever asks AWS anything pays."""
    validate = command(TRADEWIND, "validate")
    validate()
    took = best(
        {
            "boto3": command(*python("import boto3")),
            "warm": validate,
            "cold": _forgetful(validate),
        },
        rounds=10,
    )
    ours = {"cold": 15.0, "warm": 2.0}
    notes = {
        "cold": "one process: every template resolved in every environment and region, twice for names",
        "warm": "nothing changed: stats of every input",
    }
    return [
        Ratio(
            f"`tradewind validate`, {how} / `python -c 'import boto3'`",
            took[how] / took["boto3"],
            limit,
            f"{took[how] * 1000:.0f} ms / {took['boto3'] * 1000:.0f} ms; {notes[how]}",
        )
        for how, limit in ours.items()
    ]


def _forgetful(validate: Callable[[], object]) -> Callable[[], object]:
    def run() -> object:
        stamps.forget("validate", str(PROJECT))
        return validate()

    return run
