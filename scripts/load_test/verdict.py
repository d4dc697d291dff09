"""Whether the shop held: what was measured against what was asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scripts.load_test.figures import Figures

#: `incomplete`: what was measured is within the thresholds, but not all of it is there.
Outcome: TypeAlias = Literal["held", "missed", "incomplete"]


@dataclass(frozen=True)
class Thresholds:
    """The most of a hundred requests that may fail, and the most that 95 and 99 of a hundred may take."""

    failed_percent: float = 1.0
    p95_ms: int = 1000
    p99_ms: int = 2500


@dataclass(frozen=True)
class Check:
    """One figure against its threshold; None where there was nothing to measure."""

    name: str
    unit: str
    measured: float | None
    at_most: float

    @property
    def met(self) -> bool:
        """Whether it is within; what was not measured is not."""
        return self.measured is not None and self.measured <= self.at_most

    @property
    def missed(self) -> bool:
        """Whether it is beyond."""
        return self.measured is not None and self.measured > self.at_most


@dataclass(frozen=True)
class Verdict:
    """The checks, and what is missing of the results."""

    checks: tuple[Check, ...]
    missing: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """What it comes to."""
        if any(check.missed for check in self.checks):
            return "missed"
        return (
            "held" if all(check.met for check in self.checks) and not self.missing else "incomplete"
        )

    def __str__(self) -> str:
        match self.outcome:
            case "held":
                return "The shop held."
            case "missed":
                return "The shop did not hold."
        return "Whether the shop held is not known: not all was measured."


def judge(figures: Figures, thresholds: Thresholds, missing: Sequence[str] = ()) -> Verdict:
    """Hold a run against its thresholds."""
    times = figures.whole.times
    return Verdict(
        (
            Check("failed", "%", figures.whole.failed_percent, thresholds.failed_percent),
            Check("p95", "ms", times.quantile(0.95), thresholds.p95_ms),
            Check("p99", "ms", times.quantile(0.99), thresholds.p99_ms),
        ),
        tuple(missing),
    )
