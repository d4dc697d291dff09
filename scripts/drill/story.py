"""What the lines of a journal come to: how far the drill is, and what becomes of each change.

Read from the lines alone, so that whoever opens a journal knows what its writer knew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from scripts.checks import Check, Verdict
from scripts.drill import journal
from scripts.drill.folder import Folder
from scripts.drill.journal import Kind, Line
from scripts.drill.plan import Plan
from scripts.drill.states import State
from scripts.drill.steps import Standing, Token
from scripts.errors import Failed

#: The way of a change: there, and back.
THERE, BACK = "there", "back"


class Known(StrEnum):
    """What is known of a change. INTENDED and RETURNING dangle: only AWS knows more."""

    INTENDED = "intended"
    MADE = "made"
    GIVEN_UP = "given up"
    ANOTHERS = "another's"
    RETURNING = "returning"
    UNDONE = "undone"

    @property
    def dangles(self) -> bool:
        """Whether its call may or may not have been made."""
        return self in (Known.INTENDED, Known.RETURNING)

    @property
    def over(self) -> bool:
        """Whether nothing of it can stand any more."""
        return self in (Known.GIVEN_UP, Known.UNDONE)


@dataclass(frozen=True)
class Change:
    """One change: what was so before it, whose it is, and when it was about to be made."""

    step: str
    known: Known
    before: Mapping[str, Any]
    token: Token
    at: float


@dataclass(frozen=True)
class Story:
    """Of one drill. `since`: when it came to `state`; `armed`: when anything could first be touched, None
    before. `verdict`: of one that is reported. `marks`: T0 and others, in drill seconds. `commands`: what a
    person was told to do. `measured` has the last of each kind that was measured.
    """

    drill: str
    opened: Mapping[str, Any]
    state: State
    since: float
    armed: float | None
    verdict: str
    reason: str
    commands: tuple[str, ...]
    marks: Mapping[str, float] = field(default_factory=dict)
    snapshots: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)
    measured: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Self:
        """Of lines of which the first opens the drill. Raises ValueError where it does not."""
        if not lines or lines[0].kind is not Kind.OPENED:
            raise ValueError("the journal does not begin with a drill")
        state, since, armed = State.PLANNED, lines[0].at, None
        verdict, reason, commands = "", "", list[str]()
        marks, snapshots = dict[str, float](), dict[str, Mapping[str, Any]]()
        changes, measured = dict[str, Change](), dict[str, Any]()
        for line in lines:
            said = line.said
            match line.kind:
                case Kind.STATE:
                    state, since = State(said["state"]), line.at
                    armed = line.at if state is State.ARMED else armed
                    reason = reason or said.get("reason", "")
                    commands = list(said.get("commands", ()))
                    verdict = said.get("verdict", "")
                case Kind.NOTE if "snapshot" in said:
                    snapshots[said["snapshot"]] = said["before"]
                case Kind.INTENT | Kind.DONE | Kind.UNDONE | Kind.SETTLED:
                    changes[said["step"]] = _changed(line, changes.get(said["step"]))
                case Kind.MEASURED if "mark" in said:
                    marks[said["mark"]] = said["at"]
                case Kind.MEASURED:
                    measured |= said
        return cls(
            lines[0].said["drill"],
            lines[0].said,
            state,
            since,
            armed,
            verdict,
            reason,
            tuple(commands),
            marks,
            snapshots,
            changes,
            measured,
        )

    @property
    def plan(self) -> Plan:
        """What was approved."""
        return Plan.of_json(self.opened["plan"])

    @property
    def checks(self) -> tuple[Check, ...]:
        """The preflight's."""
        return checks_of(self.opened.get("checks", ()))


def read(folder: Folder) -> Story:
    """Of a drill on disk. Raises Failed where its journal is not whole, or not that of a drill."""
    try:
        story = Story.of(journal.read(folder.journal))
        if (whose := story.plan.environment) != folder.environment:
            raise ValueError(f"it is of {whose}")
    except (KeyError, TypeError, ValueError) as error:
        raise Failed(
            f"{folder.journal} is not the journal of a drill of {folder.environment}: {error}.",
            fix=f"What it may have changed is undone by hand: sh {folder.undo}",
        ) from error
    return story


def checks_of(said: Sequence[Mapping[str, Any]]) -> tuple[Check, ...]:
    """Checks, read back."""
    return tuple(Check(**{**one, "verdict": Verdict(one["verdict"])}) for one in said)


def _changed(line: Line, before: Change | None) -> Change:
    """The change after this line."""
    said = line.said
    if line.kind is Kind.INTENT and said["way"] == THERE:
        token = Token(**said["token"])
        return Change(said["step"], Known.INTENDED, said["before"], token, line.at)
    if before is None:
        raise ValueError(f"line {line.number} is about a change that nobody intended")
    match line.kind:
        case Kind.INTENT:
            known = Known.RETURNING
        case Kind.DONE:
            known = Known.MADE
        case Kind.UNDONE:
            known = Known.UNDONE
        case _:
            known = _SETTLED[Standing(said["standing"])]
    return Change(before.step, known, before.before, before.token, before.at)


_SETTLED = {
    Standing.MADE: Known.MADE,
    Standing.NOT_MADE: Known.GIVEN_UP,
    Standing.ANOTHERS: Known.ANOTHERS,
}
