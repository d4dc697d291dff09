"""How drills on the twin spread: `make spread` drills dev 31 times and writes docs/drill-spread.md.

Each drill has its checkers placed anew. A run in which the machine stood still for more than ten drill
seconds is invalid, says nothing, and is counted; so is one that its preflight refused.
"""

from __future__ import annotations

import datetime
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import sandbox_pages
from tests.rehearsal.drill.twin import Twin, deployed
from tests.rehearsal.sandbox.running import until

#: Drill seconds within which detection lies beside interval x threshold: one interval, for a checker that has
#: just looked when the fault comes.
INTERVAL, DETECTION = 10, 30

#: How fast the twin's clock goes, and how many drills are made so.
SPREAD = ((1.0, 1), (30.0, 5), (60.0, 20), (120.0, 5))

PAGE = Path("docs/drill-spread.md")

HEAD = """# How drills on the twin spread

Written by `make spread`: drills of dev with `{trigger}`, each with the sixteen checkers of both regions
placed anew. Seconds are the drill's own, on the sandbox's clock, but for *wall*: what the whole command took
here, preflight and report included. The bound is interval x threshold + TTL + keep-alive + stall; a run in
which the machine stood still for more than ten drill seconds is invalid.

Last run: {date}, {cores} cores.
"""

COLUMNS = """
| seed | verdict | valid | detection | last client | RTO | stall | bound | within | wall |
|---|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Run:
    """One drill: what it measured, in drill seconds, and how long it took, in real ones."""

    seed: int
    verdict: str
    figures: Mapping[str, Any]
    wall: float

    @property
    def valid(self) -> bool:
        return bool(self.figures["valid"])

    @property
    def last_client(self) -> float | None:
        times = self.figures["times"]
        return None if times["t3"] is None else times["t3"] - times["t0"]

    @property
    def within(self) -> bool:
        """Whether detection and the last client lie within what DRILL.md allows."""
        detection, last = self.figures["detection_s"], self.last_client
        if detection is None or last is None:
            return False
        on_time = detection <= DETECTION + INTERVAL + self.figures["stall"]
        return bool(on_time and last <= self.figures["bound"])

    def __str__(self) -> str:
        said = (
            *(self.figures["detection_s"], self.last_client, self.figures["rto_s"]),
            *(self.figures["stall"], self.figures["bound"]),
        )
        told = " | ".join("-" if at is None else f"{at:.1f}" for at in said)
        valid, within = ("yes" if so else "**no**" for so in (self.valid, self.within))
        return f"| {self.seed} | {self.verdict} | {valid} | {told} | {within} | {self.wall:.0f} |"


@dataclass(frozen=True)
class NotBegun:
    """A drill that its preflight refused, or that gave no figures."""

    seed: int
    why: str

    def __str__(self) -> str:
        return f"| {self.seed} | not begun: {self.why} | | | | | | | | |"


def runs(
    twin: Twin, speed: float, seeds: Sequence[int], trigger: str = "takeover"
) -> Iterator[Run | NotBegun]:
    """A drill for each seed."""
    for seed in seeds:
        sandbox_pages.ask(twin.sandbox.endpoint, "PUT", "clock", {"speed": speed})
        sandbox_pages.ask(twin.sandbox.endpoint, "POST", "routing/start", {"seed": seed})
        until(
            lambda: not twin.alarms(), seconds=180
        )  # those of the drill before are off for minutes
        began = time.monotonic()
        ended = twin.drill_once("--speed", f"{speed:g}", "--trigger", trigger)
        figures = ended.document.get("figures")
        if figures is None:
            why = next(
                (said for key in ("why", "refused", "error") if (said := ended.document.get(key))),
                "",
            )
            yield NotBegun(seed, str(why))
            continue
        yield Run(seed, str(ended.document["verdict"]), figures, time.monotonic() - began)


def summary(speed: float, done: Sequence[Run | NotBegun]) -> str:
    """What the drills of one speed come to, in a paragraph."""
    begun = [run for run in done if isinstance(run, Run)]
    valid = [run for run in begun if run.valid]
    said = [
        f"{len(begun)} of {len(done)} drills at {speed:g}x began, {len(begun) - len(valid)} of them invalid; "
        f"of the {len(valid)} valid ones {sum(run.within for run in valid)} lie within the bound."
    ]
    for name, key in (("Detection", "detection_s"), ("RTO", "rto_s")):
        known = [value for run in valid if (value := run.figures[key]) is not None]
        if known:
            middle = statistics.median(known)
            said.append(f"{name} {min(known):.1f} to {max(known):.1f} s, median {middle:.1f} s.")
    return " ".join(said)


def main(spread: Sequence[tuple[float, int]], trigger: str = "takeover") -> str:
    """The page; each line is shown as soon as it is known."""
    page = [
        HEAD.format(
            trigger=trigger,
            date=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
            cores=os.cpu_count(),
        )
    ]
    for speed, count in spread:
        with tempfile.TemporaryDirectory() as home, deployed(Path(home)) as twin:
            done = []
            for run in runs(twin, speed, range(1, count + 1), trigger):
                sys.stderr.write(f"{speed:g}x {run}\n")
                done.append(run)
        rows = "".join(f"{run}\n" for run in done)
        page.append(f"\n## {speed:g}x\n\n{summary(speed, done)}\n{COLUMNS}{rows}")
    return "".join(page)


if __name__ == "__main__":
    if sys.argv[1:]:
        speed, count, trigger = [*sys.argv[1:], "takeover"][:3]
        sys.stdout.write(main([(float(speed), int(count))], trigger))
    else:
        PAGE.write_text(main(SPREAD))
