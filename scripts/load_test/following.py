"""Following a run to its end: how its builds are, and what they publish."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass

from scripts.aws import Aws, AwsSaidNo
from scripts.errors import Failed
from scripts.load_test import batch, live
from scripts.load_test.batch import Batch, Project
from scripts.load_test.live import Live

#: Seconds between two looks, and how many may fail in a row before somebody is told.
PAUSE, PATIENCE = 10.0, 6


@dataclass(frozen=True)
class Look:
    """A run as it is: the batch, and the latest figures where there are any."""

    batch: Batch
    live: Live | None

    def __str__(self) -> str:
        phases: dict[str, int] = {}
        for build in self.batch.builds:
            at = build.status if build.failed else (build.phase or "SUBMITTED")
            phases[at] = phases.get(at, 0) + 1
        builds = ", ".join(f"{count} {phase}" for phase, count in phases.items())
        return "; ".join(filter(None, (builds or self.batch.phase, str(self.live or ""))))


def follow(aws: Aws, project: Project, id: str) -> Generator[Look, None, Batch]:
    """Look until the run has ended; gives how. Raises Failed where AWS no longer answers: the run goes on."""
    failed = 0
    while True:
        try:
            now = batch.look(aws, project, id)
            failed = 0
        except AwsSaidNo as error:
            failed += 1
            if failed >= PATIENCE:
                raise Failed(
                    f"The run cannot be followed: {error.message}",
                    fix="It goes on. To follow it again, or to end it: "
                    f"tradewind load-test {aws.environment.name} --follow, or --stop",
                ) from error
        else:
            figures = None
            with suppress(AwsSaidNo):  # a run is followed without figures, too
                figures = live.look(aws, project)
            yield Look(now, figures)
            if not now.at_work:
                return now
        aws.clock.sleep(PAUSE)
