"""Whether the objectives were met: what was measured against what was aimed at, and what it comes to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Literal

from scripts.checks import Verdict as Found
from scripts.drill.figures import Orders
from scripts.drill.plan import Plan
from scripts.drill.report.evidence import Evidence
from scripts.drill.states import State


class Verdict(StrEnum):
    """How a drill ended."""

    MET = "met"
    MISSED = "missed"
    ABORTED = "aborted"
    NEEDS_OPERATOR = "needs operator"

    @property
    def exit_code(self) -> int:
        """The command's. 2 is preflight's, before there is a drill."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    Verdict.MET: 0,
    Verdict.MISSED: 1,
    Verdict.ABORTED: 3,
    Verdict.NEEDS_OPERATOR: 4,
}


#: What a synthetic checkout has to come to; what was not known is not good news.
FINE = (Found.PASSED, Found.NOT_APPLICABLE)


@dataclass(frozen=True)
class Target:
    """One objective; `measured` is None where there was nothing to measure, and `reason` says why."""

    name: str
    unit: Literal["s", "orders", "checks", "calls"]
    at_most: float
    measured: float | None
    reason: str = ""

    @property
    def met(self) -> bool:
        """Whether it is within; what was not measured is not."""
        return self.measured is not None and self.measured <= self.at_most

    def to_json(self) -> dict[str, Any]:
        """As the report has it."""
        return {**asdict(self), "met": self.met}


def judge(evidence: Evidence) -> Verdict:
    """What a drill comes to. What is not known to be met is missed; whatever is not back as it was needs
    somebody.
    """
    if evidence.state is State.NEEDS_OPERATOR or any(
        one.differs for one in evidence.configurations
    ):
        return Verdict.NEEDS_OPERATOR
    if evidence.reason:
        return Verdict.ABORTED
    met = all(target.met for target in targets(evidence))
    valid = evidence.figures is not None and evidence.figures.valid
    return Verdict.MET if met and valid else Verdict.MISSED


def targets(evidence: Evidence) -> tuple[Target, ...]:
    """Every objective. Orders that strand are allowed for by the RPO alone, unless consistency is strong:
    then none may.
    """
    figures, objectives = evidence.figures, evidence.plan.objectives
    reasons = {} if figures is None else figures.reasons
    orders = None if figures is None else figures.orders
    not_read = "orders were not counted"
    if orders is not None:
        not_read = f"{orders.unsettled} could not be looked for" if orders.unsettled else ""
    found = [
        Target(
            "recovery time",
            "s",
            objectives.rto,
            None if figures is None else figures.times.rto,
            reasons.get("rto", ""),
        ),
        Target(
            "recovery point",
            "s",
            objectives.rpo,
            None if figures is None else figures.rpo,
            reasons.get("rpo", ""),
        ),
        Target("orders lost", "orders", 0, _counted(orders, "lost"), not_read),
    ]
    if strong(evidence.plan):
        found.append(Target("orders stranded", "orders", 0, _counted(orders, "stranded"), not_read))
    if evidence.verified:
        failed = [one.name for one in evidence.verified if one.verdict not in FINE]
        reason = f"not so: {'; '.join(failed)}" if failed else ""
        found.append(Target("verification failed", "checks", 0, len(failed), reason))
    wire = evidence.wire
    found.append(Target("calls outside the proof", "calls", 0, len(wire), " ".join(wire[:1])))
    return tuple(found)


def _counted(orders: Orders | None, which: Literal["lost", "stranded"]) -> int | None:
    """How many; None where some could not be looked for, and none is known to be."""
    if orders is None:
        return None
    count: int = getattr(orders, which)
    return None if orders.unsettled and not count else count


def strong(plan: Plan) -> bool:
    """Whether an acknowledged order is in both regions by then (MRSC), so that none may strand."""
    return plan.theatre.intake_consistency.lower() == "strong"
