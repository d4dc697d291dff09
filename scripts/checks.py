"""What a preflight's check found, against what it should have found; and the forms of its answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """`UNKNOWN` is never the same as passed: no data is not good news."""

    PASSED = "passed"
    WARNED = "warned"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


SIGNS = {
    Verdict.PASSED: "ok",
    Verdict.WARNED: "!!",
    Verdict.REFUSED: "no",
    Verdict.UNKNOWN: "??",
    Verdict.NOT_APPLICABLE: "--",
}


@dataclass(frozen=True)
class Check:
    """One line of a preflight. `remedy` is what to do about it, empty where nothing is to be done."""

    name: str
    verdict: Verdict
    found: str
    expected: str
    remedy: str = ""

    def refuses(self, *, prod: bool) -> bool:
        """Whether what it was asked for must not begin; in prod also where nobody knows."""
        return self.verdict is Verdict.REFUSED or (prod and self.verdict is Verdict.UNKNOWN)

    def to_json(self) -> dict[str, Any]:
        """For reports and --json."""
        return {**asdict(self), "verdict": str(self.verdict)}


@dataclass(frozen=True)
class Answer:
    """A check without its name."""

    verdict: Verdict
    found: str
    expected: str
    remedy: str = ""

    def named(self, name: str) -> Check:
        """The line of the table."""
        return Check(name, self.verdict, self.found, self.expected, self.remedy)


def passed(found: str, expected: str) -> Answer:
    """As it should be."""
    return Answer(Verdict.PASSED, found, expected)


def warned(found: str, expected: str, remedy: str) -> Answer:
    """Not as it should be; it may go on."""
    return Answer(Verdict.WARNED, found, expected, remedy)


def refused(found: str, expected: str, remedy: str) -> Answer:
    """It must not begin."""
    return Answer(Verdict.REFUSED, found, expected, remedy)


def unknown(why: str, expected: str, remedy: str = "") -> Answer:
    """No data is not good news."""
    return Answer(Verdict.UNKNOWN, why, expected, remedy)


def not_applicable(why: str) -> Answer:
    """What a toggle leaves out, or has not come due."""
    return Answer(Verdict.NOT_APPLICABLE, why, "nothing")


def judged(holds: bool, found: str, expected: str, remedy: str) -> Answer:
    """Passed where it holds, else refused."""
    return passed(found, expected) if holds else refused(found, expected, remedy)


def all_of(troubles: list[str], well: str, expected: str, remedy: str) -> Answer:
    """Passed where there is no trouble, else refused with all of it."""
    return judged(not troubles, "; ".join(troubles) or well, expected, remedy)


def told(check: Check) -> Iterator[str]:
    """A line of the table, and what to do about it."""
    yield f"{SIGNS[check.verdict]}  {check.name}: {check.found}"
    if check.verdict in (Verdict.WARNED, Verdict.REFUSED, Verdict.UNKNOWN):
        yield f"      expected {check.expected}"
        if check.remedy:
            yield f"      {check.remedy}"
