"""What a rule may look at, and what it may say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from scripts.drill.figures import Times
from scripts.drill.observations import Observation
from scripts.drill.report.chronicle import Chronicle
from scripts.drill.report.evidence import Evidence
from scripts.drill.report.traffic import Traffic


class Severity(StrEnum):
    """The heaviest first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """`what` was seen, `why` it matters, and `todo`, what to do about it."""

    severity: Severity
    what: str
    why: str
    todo: str

    def to_json(self) -> dict[str, Any]:
        """As the report has it."""
        return {
            "severity": str(self.severity),
            "what": self.what,
            "why": self.why,
            "todo": self.todo,
        }


@dataclass(frozen=True)
class Facts:
    """What the rules judge."""

    evidence: Evidence
    traffic: Traffic
    course: Chronicle

    @property
    def times(self) -> Times:
        """T0 to T5, all None where nothing was measured."""
        figures = self.evidence.figures
        return Times() if figures is None else figures.times

    def reason(self, figure: str) -> str:
        """Why a figure is None."""
        figures = self.evidence.figures
        return (
            "nothing was measured"
            if figures is None
            else figures.reasons.get(figure, "not observed")
        )

    @property
    def standby(self) -> str:
        """The region that takes over."""
        return self.evidence.plan.theatre.standby.name

    @property
    def primary(self) -> str:
        """The region that is left."""
        return self.evidence.plan.theatre.primary.name

    def seen(self, kind: type[Observation]) -> Iterator[Any]:
        """The observations of one kind."""
        return (seen for seen in self.evidence.observations if isinstance(seen, kind))


Rule: TypeAlias = Callable[[Facts], Iterator[Finding]]
