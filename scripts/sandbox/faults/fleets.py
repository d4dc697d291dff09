"""The fleets of a region that fails: killed, kept away, brought back; and what front doors are told."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.errors import Failed
from scripts.sandbox.clock import CLOCK
from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.fleets import supervision
from scripts.sandbox.fleets.spec import Spec

log = logging.getLogger("tradewind.sandbox")


@dataclass(frozen=True)
class Fleets:
    """The fleets beside the sandbox in `home`."""

    home: Path

    def kill(self, region: str) -> None:
        """SIGKILL to all that a region's fleets are made of, until nothing of them is left."""
        for fleet, _ in self._of(region):
            if supervision.kill(fleet):
                log.info("%s was killed with its region", fleet.name)

    def bring_back(self, region: str) -> None:
        """Start every fleet of a region that was killed and not stopped. Raises Failed if one fails."""
        failed: Failed | None = None
        for fleet, spec in self._of(region):
            if supervision.status(fleet).lost:
                try:
                    supervision.start(fleet, spec)
                except Failed as problem:
                    failed = problem
                else:
                    log.info("%s is back with its region", fleet.name)
        if failed is not None:
            raise failed

    def tell(self) -> None:
        """Tell every front door what is wrong with its region; one that is not there asks when it starts."""
        for fleet in supervision.every(self.home):
            with contextlib.suppress(Failed):
                fault = STANDING.of(Spec.read(fleet).region)
                supervision.impair(fleet, fault.errors, fault.latency, fault.seed, CLOCK.speed)

    def _of(self, region: str) -> Iterator[tuple[Path, Spec]]:
        for fleet in supervision.every(self.home):
            with contextlib.suppress(Failed):  # a home that never had a fleet
                spec = Spec.read(fleet)
                if spec.region == region:
                    yield fleet, spec
