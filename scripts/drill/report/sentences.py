"""What a drill came to, in a sentence, and what a rehearsal is worth."""

from __future__ import annotations

from typing import assert_never

from scripts.drill.report.evidence import Evidence, Setting
from scripts.drill.report.verdict import Verdict, targets
from scripts.drill.report.words import many, seconds


def rehearsal(setting: Setting) -> str:
    """The plain statement; empty on AWS."""
    if not setting.rehearsal:
        return ""
    return (
        "This was a rehearsal: not AWS but an imitation of it on one machine, at "
        f"{setting.speed:g} times the speed. It shows that the procedure and the tool work. It says nothing "
        "of how fast AWS is, and is no evidence of the environment's recovery time."
    )


def verdict_words(evidence: Evidence, verdict: Verdict) -> str:
    """The verdict as a person would say it."""
    match verdict:
        case Verdict.MET:
            return f"{_measured(evidence)}."
        case Verdict.MISSED:
            return f"{_missed(evidence)}."
        case Verdict.ABORTED:
            return evidence.reason
        case Verdict.NEEDS_OPERATOR:
            said = [one for each in evidence.configurations for one in each.differs]
            return " ".join([evidence.reason, *said]).strip() or "It could not come back by itself."
    assert_never(verdict)


def _measured(evidence: Evidence) -> str:
    figures = evidence.figures
    if figures is None or figures.times.rto is None:
        return "Nothing was measured"
    orders = figures.orders
    return (
        f"The shop was back after {seconds(figures.times.rto)}, and of "
        f"{many(orders.acknowledged, 'acknowledged order')} {_none(orders.lost)} lost"
    )


def _missed(evidence: Evidence) -> str:
    figures = evidence.figures
    if figures is None:
        return "Nothing was measured"
    said = [
        f"{target.name} is not known"
        if target.measured is None
        else f"{target.name} {_amount(target.measured, target.unit)}, "
        f"at most {_amount(target.at_most, target.unit)}"
        for target in targets(evidence)
        if not target.met
    ]
    if not figures.valid:
        said.append(
            f"the figures are not valid, for the machine stood still for {seconds(figures.stall)}"
        )
    words = "; ".join(said)
    return words[:1].upper() + words[1:]


def _amount(value: float, unit: str) -> str:
    return seconds(value) if unit == "s" else f"{value:g}"


def _none(number: int) -> str:
    return "none was" if number == 0 else f"{number} were"
