"""What a suite of the audit says: what it looked at, what is wrong, what is let stand, and what it missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scripts.validate.exceptions import STALE, Accepted
from scripts.validate.findings import Finding


@dataclass(frozen=True, order=True)
class Excused:
    """A finding that stays, and why."""

    finding: Finding
    reason: str


@dataclass(frozen=True)
class Verdict:
    """Of one suite. `looked_at` is what was judged; where `unchecked` says anything, that was not all."""

    suite: str
    looked_at: str
    found: tuple[Finding, ...] = ()
    excused: tuple[Excused, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """In a word or two: what was not looked at is never fine."""
        if self.found:
            return f"{len(self.found)} found"
        return "not checked" if self.unchecked else "nothing found"

    def lines(self) -> Iterator[str]:
        """What there is to read: every finding, every gap, and what is let stand, by reason."""
        for finding in self.found:
            yield from finding.lines()
        for gap in self.unchecked:
            yield f"not checked: {gap}"
        for (rule, reason), count in sorted(
            Counter((each.finding.rule, each.reason) for each in self.excused).items()
        ):
            yield f"accepted: {rule}, {count} time{'s' * (count > 1)}: {reason}"

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "suite": self.suite,
            "looked_at": self.looked_at,
            "found": [finding.to_json() for finding in self.found],
            "accepted": [
                {**each.finding.to_json(), "reason": each.reason} for each in self.excused
            ],
            "unchecked": list(self.unchecked),
        }


def weighed(
    findings: Iterable[Finding], accepted: Sequence[Accepted], declared_in: str
) -> tuple[tuple[Finding, ...], tuple[Excused, ...]]:
    """What is wrong, and what is let stand. An exception that nothing needs is wrong, too."""
    found, excused, needed = list[Finding](), list[Excused](), set[Accepted]()
    for finding in sorted(findings):
        exception = next((each for each in accepted if each.covers(finding)), None)
        if exception is None:
            found.append(finding)
        else:
            needed.add(exception)
            excused.append(Excused(finding, exception.reason))
    found += [
        stale(each.template, each.path, each.rule, declared_in)
        for each in accepted
        if each not in needed
    ]
    return tuple(found), tuple(excused)


def once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Equal findings of several regions as one; what holds wherever a template stands names none."""
    regions: dict[Finding, set[tuple[str, ...]]] = {}
    for finding in findings:
        regions.setdefault(replace(finding, regions=()), set()).add(finding.regions)
    for finding, where in regions.items():
        yield finding if () in where else replace(finding, regions=tuple(sorted({*sum(where, ())})))


def stale(template: str, path: str, rule: str, declared_in: str) -> Finding:
    """That an exception is not needed any more."""
    return Finding(
        template,
        path,
        STALE,
        f"nothing is found any more that the exception for {rule} was made for",
        fix=f"Remove it from {declared_in}.",
    )
