"""The journal's lines, read as a course of events: the states it went through, and what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scripts.drill.journal import Kind, Line
from scripts.drill.states import State
from scripts.drill.steps import Standing


@dataclass(frozen=True)
class Moment:
    """A state of the drill, and since when."""

    at: float
    state: State


@dataclass(frozen=True)
class Change:
    """One change: when it was about to be made, was made, and was undone; None where that never came."""

    step: str
    intended: float
    made: float | None = None
    undone: float | None = None


@dataclass(frozen=True)
class Chronicle:
    """The course of a drill. `notes` are (when, words); `settled` the changes of which only AWS knew."""

    moments: tuple[Moment, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[tuple[float, str], ...] = ()
    settled: tuple[str, ...] = ()

    def since(self, state: State) -> float | None:
        """When it first came to a state."""
        return next((one.at for one in self.moments if one.state is state), None)

    @property
    def back(self) -> float | None:
        """When it first turned to come back, by plan or not; None where it never did."""
        ways = (self.since(State.FAILING_BACK), self.since(State.ABORTING))
        return min((at for at in ways if at is not None), default=None)


def chronicle(lines: Sequence[Line]) -> Chronicle:
    """Read it. What a line says beyond this is not needed here."""
    return Chronicle(
        tuple(
            Moment(line.at, State(line.said["state"])) for line in lines if line.kind is Kind.STATE
        ),
        tuple(_changes(lines)),
        tuple(
            (line.at, str(line.said["words"]))
            for line in lines
            if line.kind is Kind.NOTE and "words" in line.said
        ),
        tuple(str(line.said["step"]) for line in lines if line.kind is Kind.SETTLED),
    )


def _changes(lines: Iterable[Line]) -> list[Change]:
    changes: dict[str, Change] = {}
    for line in lines:
        if line.kind not in (Kind.INTENT, Kind.DONE, Kind.UNDONE, Kind.SETTLED):
            continue
        step = str(line.said["step"])
        known = changes.get(step) or Change(step, line.at)
        match line.kind:
            case Kind.DONE:
                known = replace(known, made=line.at)
            case Kind.UNDONE:
                known = replace(known, undone=line.at)
            case Kind.SETTLED if line.said.get("standing") == Standing.MADE and known.made is None:
                known = replace(known, made=line.at)
        changes[step] = known
    return list(changes.values())
