"""What a preflight check found, against what it should have found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """`UNKNOWN` is a warning outside prod and a refusal in prod: no data is not good news."""

    PASSED = "passed"
    WARNED = "warned"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Check:
    """One line of the preflight. `remedy` is what to do about it, empty where nothing is to be done."""

    name: str
    verdict: Verdict
    found: str
    expected: str
    remedy: str = ""

    def refuses(self, *, prod: bool) -> bool:
        """Whether the drill must not begin."""
        return self.verdict is Verdict.REFUSED or (prod and self.verdict is Verdict.UNKNOWN)

    def to_json(self) -> dict[str, Any]:
        """For reports and --json."""
        return {**asdict(self), "verdict": str(self.verdict)}
