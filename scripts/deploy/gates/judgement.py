"""All the gates' findings on a plan, with the waivers that cover them: what passes and what does not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from scripts.deploy.gates.findings import Concern, Finding
from scripts.deploy.waivers import FILE, Place, Waiver, Waivers
from scripts.errors import Refused

#: How long the waiver that a refusal proposes would last.
_PROPOSED = timedelta(days=7)


@dataclass(frozen=True)
class Judged:
    """A finding, the waiver that covers it, or else the one that did until it expired.

    `accepted` says that somebody let the data go with --accept-loss instead.
    """

    finding: Finding
    waiver: Waiver | None = None
    lapsed: Waiver | None = None
    accepted: bool = False

    @property
    def refused(self) -> bool:
        """Whether it stops the plan."""
        return self.finding.refuses and self.waiver is None and not self.accepted

    def __str__(self) -> str:
        said = f"{self.finding} [{self.finding.concern}]"
        if self.lapsed is not None and self.refused:
            said += f"; the waiver of {self.lapsed.place} expired on {self.lapsed.until}"
        return said

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            **self.finding.to_json(),
            "refused": self.refused,
            "accepted": self.accepted,
            "waiver": self.waiver.to_json() if self.waiver else None,
            "lapsed": self.lapsed.to_json() if self.lapsed else None,
        }


@dataclass(frozen=True)
class Judgement:
    """What the gates say of the plan for one place, on one day; `warnings` are of its waivers."""

    wave: str
    place: Place
    today: date
    judged: tuple[Judged, ...]
    warnings: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[Judged, ...]:
        """What stops the plan."""
        return tuple(one for one in self.judged if one.refused)

    @property
    def used(self) -> tuple[Waiver, ...]:
        """The waivers without which the plan would be stopped; history keeps them."""
        return tuple(dict.fromkeys(one.waiver for one in self.judged if one.waiver))

    @property
    def shown(self) -> tuple[Judged, ...]:
        """What stops nothing, and is for the eyes of whoever approves."""
        return tuple(one for one in self.judged if not one.refused)

    def refuse(self) -> None:
        """Raise Refused where anything stops the plan, with everything that does."""
        if not self.refused:
            return
        raise Refused(
            f"The plan for {self.wave} does not pass its gates:{_lines(self.refused)}",
            fix="Nothing was changed. Take it back, or have it waived by these lines in "
            f"{FILE}:{_lines(self._proposals())}",
        )

    def _proposals(self) -> list[str]:
        until = self.today + _PROPOSED
        named = dict.fromkeys((one.finding.where, one.finding.concern) for one in self.refused)
        return [
            f"- {{environment: {self.place.environment}, region: {self.place.region}, "
            f"resource: {where}, finding: {concern}, reason: WHY, until: {until}}}"
            for where, concern in named
        ]

    def to_json(self) -> dict[str, Any]:
        """For --json, the plan's page and history."""
        return {
            "wave": self.wave,
            "refused": len(self.refused),
            "findings": [one.to_json() for one in self.judged],
            "waivers": [waiver.to_json() for waiver in self.used],
            "warnings": list(self.warnings),
        }


def judge(
    wave: str,
    place: Place,
    findings: Iterable[Finding],
    waivers: Waivers,
    today: date,
    accepted: Collection[str] = (),
) -> Judgement:
    """Hold the findings against the waivers; `accepted` names data that may go, as --accept-loss does.

    What stops the plan comes first, then what would without a waiver; otherwise the findings' order stands.
    """
    judged = [_judged(one, place, waivers, today, accepted) for one in findings]
    return Judgement(
        wave,
        place,
        today,
        tuple(sorted(judged, key=lambda one: (not one.refused, one.waiver is None))),
        waivers.warnings(place.environment, today),
    )


def _lines(several: Iterable[object]) -> str:
    """One behind the sentence, or each on a line of its own, for whoever copies them."""
    said = [str(one) for one in several]
    return f" {said[0]}" if len(said) == 1 else "".join(f"\n  {one}" for one in said)


def _judged(
    finding: Finding, place: Place, waivers: Waivers, today: date, accepted: Collection[str]
) -> Judged:
    if not finding.refuses:
        return Judged(finding)
    covering = waivers.covering(place, finding.path, finding.concern)
    lasting = next((one for one in covering if one.lasts(today)), None)
    lapsed = max(covering, key=lambda one: one.until, default=None)
    named = finding.concern is Concern.DATA_LOSS and {finding.path[-1], finding.where} & {*accepted}
    return Judged(finding, lasting, None if lasting else lapsed, bool(named))
