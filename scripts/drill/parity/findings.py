"""What a comparison of the two regions found: a line for each thing that must be alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """`EXPLAINED` differs and is meant to, for a reason that is said."""

    EQUAL = "equal"
    EXPLAINED = "explained"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """One thing in both regions. `source`: the call that told; `remedy`: what to do, or the reason."""

    family: str
    subject: str
    primary: str
    standby: str
    outcome: Outcome
    source: str
    remedy: str = ""

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {**asdict(self), "outcome": str(self.outcome)}


@dataclass(frozen=True)
class Parity:
    """Everything that was compared, family by family."""

    findings: tuple[Finding, ...]

    def of(self, outcome: Outcome) -> tuple[Finding, ...]:
        """Those that came out so."""
        return tuple(one for one in self.findings if one.outcome is outcome)

    @property
    def differences(self) -> tuple[Finding, ...]:
        """What nothing explains."""
        return self.of(Outcome.DIFFERENT)

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """What could not be compared."""
        return self.of(Outcome.UNKNOWN)

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "equal": not self.differences,
            "counts": {str(outcome): len(self.of(outcome)) for outcome in Outcome},
            "findings": [one.to_json() for one in self.findings],
        }
