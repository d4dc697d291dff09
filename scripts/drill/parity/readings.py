"""A comparison by reading the same of both regions, and the ways to judge what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from scripts.aws import AwsSaidNo, Client
from scripts.drill.parity.findings import Finding, Outcome
from scripts.drill.parity.sides import Side

#: What a region says of each subject.
Reading: TypeAlias = Mapping[str, str]

#: What is said of a subject that a region has not, and of one that its stacks have and its service does not.
MISSING, GONE = "missing", "gone"


@dataclass(frozen=True)
class Comparison:
    """What is read of each side, and what to do where the two differ.

    `source`: the call that tells. `wanted`: what a value must be besides being the same in both regions.
    `suffices`: whether the standby's may stand for the primary's where they differ.
    """

    family: str
    source: str
    remedy: str
    read: Callable[[Side], Reading]
    wanted: Callable[[str], bool] = lambda _: True
    suffices: Callable[[str, str], bool] = lambda primary, standby: primary == standby

    def judged(
        self, primary: Side, standby: Side, one: Reading, other: Reading
    ) -> Iterator[Finding]:
        """A finding for each subject of either region.

        What a region's stacks do not have, of the same template, its conditions leave out.
        """
        for subject in sorted({*one, *other}):
            here, there = one.get(subject, MISSING), other.get(subject, MISSING)
            outcome, why = Outcome.EQUAL, ""
            left_out = (subject not in one and subject not in primary.resources) or (
                subject not in other and subject not in standby.resources
            )
            if GONE in (here, there) or not all(
                self.wanted(said) for said in (here, there) if said != MISSING
            ):
                outcome, why = Outcome.DIFFERENT, self.remedy
            elif here == there:
                pass
            elif MISSING in (here, there) and left_out:
                outcome, why = Outcome.EXPLAINED, "The template leaves it out in one of the two."
            elif MISSING not in (here, there) and self.suffices(here, there):
                outcome, why = Outcome.EXPLAINED, "The standby has more than the primary."
            else:
                outcome, why = Outcome.DIFFERENT, self.remedy
            yield Finding(self.family, subject, here, there, outcome, self.source, why)

    def unread(self, why: str) -> Finding:
        """That one of the two sides could not be read."""
        return Finding(self.family, "all", "", "", Outcome.UNKNOWN, self.source, why)


def told(client: Client, operation: str, **parameters: Any) -> dict[str, Any] | None:
    """What a service says of one thing; None where it is not there any more."""
    try:
        return client.call(operation, **parameters)
    except AwsSaidNo as error:
        if "NotFound" in error.code or error.code.endswith("DoesNotExistException"):
            return None
        raise


def at_least(primary: str, standby: str) -> bool:
    """Numbers: the standby has as much, or more."""
    return float(standby) >= float(primary)
