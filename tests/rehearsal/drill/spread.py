"""How drills on the twin spread: `python -m tests.rehearsal.drill.spread HOME 60 20` makes twenty at 60x.

Each has its checkers placed anew. A run in which the machine stood still for more than ten drill seconds is
invalid, says nothing, and is counted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.sandbox import process
from tests.rehearsal.drill.twin import Twin, deployed

#: Drill seconds within which detection lies beside interval x threshold: one interval, for a checker that has
#: just looked when the fault comes.
INTERVAL, DETECTION = 10, 30


@dataclass(frozen=True)
class Run:
    """One drill: what it measured, in drill seconds, and how long it took, in real ones."""

    seed: int
    verdict: str
    valid: bool
    figures: Mapping[str, Any]

    @property
    def within(self) -> bool:
        """Whether detection and the last client lie within what DRILL.md allows."""
        figures = self.figures
        if None in (figures["detection_s"], figures["times"]["t3"]):
            return False
        stall = figures["stall"]
        last_client = figures["times"]["t3"] - figures["times"]["t0"]
        detected = figures["detection_s"] <= DETECTION + INTERVAL + stall
        return bool(detected and last_client <= figures["bound"])

    def __str__(self) -> str:
        figures = self.figures
        last = figures["times"]["t3"]
        client = None if last is None else last - figures["times"]["t0"]
        said = (
            ("detection", figures["detection_s"]),
            ("last client", client),
            ("RTO", figures["rto_s"]),
            ("stall", figures["stall"]),
            ("bound", figures["bound"]),
        )
        told = ", ".join(f"{name} {'-' if at is None else f'{at:.1f}'}" for name, at in said)
        kind = "valid" if self.valid else "INVALID"
        return f"seed {self.seed}: {self.verdict}, {kind}, {told}"


def runs(
    twin: Twin, speed: float, seeds: Sequence[int], trigger: str = "takeover"
) -> Iterator[Run]:
    """A drill for each seed."""
    for seed in seeds:
        process.page(twin.sandbox.home, "POST", "routing/start", {"seed": seed})
        ended = twin.drill("--speed", f"{speed:g}", "--trigger", trigger)
        figures = ended.document.get("figures")
        if figures is None:
            why = ended.document.get("why") or ended.document.get("refused") or ended.told
            say(f"seed {seed}: no figures: {why}")
            continue
        yield Run(seed, str(ended.document["verdict"]), bool(figures["valid"]), figures)


def say(line: str) -> None:
    """At once: a run takes its time."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(home: Path, speed: float, count: int, trigger: str) -> None:
    """Print each run, and what they come to."""
    done = []
    with deployed(home) as twin:
        for run in runs(twin, speed, range(1, count + 1), trigger):
            say(str(run))
            done.append(run)
    valid = [run for run in done if run.valid]
    say(
        f"{speed:g}x: {len(done)} of {count} runs, {len(done) - len(valid)} invalid, "
        f"{sum(run.within for run in valid)} of {len(valid)} valid ones within the bound"
    )
    for name, key in (("detection", "detection_s"), ("RTO", "rto_s")):
        known = sorted(value for run in valid if (value := run.figures[key]) is not None)
        if known:
            middle = known[len(known) // 2]
            say(f"  {name}: {known[0]:.1f} to {known[-1]:.1f} s, median {middle:.1f} s")


if __name__ == "__main__":
    words = [*sys.argv[1:], "takeover"]
    main(Path(words[0]), float(words[1]), int(words[2]), words[3])
