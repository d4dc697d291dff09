"""How far a drill is, and where it may go from there. A table by hand: what counts is that it is on disk."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Of a drill, as its journal has it."""

    PLANNED = "PLANNED"
    ARMED = "ARMED"
    FAILING = "FAILING"
    FAILED_OVER = "FAILED_OVER"
    VERIFIED = "VERIFIED"
    DATA_MOVING = "DATA_MOVING"
    DATA_MOVED = "DATA_MOVED"
    FAILING_BACK = "FAILING_BACK"
    RESTORED = "RESTORED"
    REPORTED = "REPORTED"
    ABORTING = "ABORTING"
    NEEDS_OPERATOR = "NEEDS_OPERATOR"

    @property
    def open(self) -> bool:
        """Whether something may stand that has to be undone."""
        return self not in (State.PLANNED, State.RESTORED, State.REPORTED)

    @property
    def returning(self) -> bool:
        """Whether it is on its way back, or is back: nothing keeps it from that any more."""
        return self in (
            State.FAILING_BACK,
            State.ABORTING,
            State.NEEDS_OPERATOR,
            State.RESTORED,
            State.REPORTED,
        )


#: Nothing is undone by itself once data has begun to move: from there only a person goes back.
MOVES: Mapping[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.ARMED}),
    State.ARMED: frozenset({State.FAILING, State.ABORTING}),
    State.FAILING: frozenset({State.FAILED_OVER, State.ABORTING}),
    State.FAILED_OVER: frozenset({State.VERIFIED, State.ABORTING}),
    State.VERIFIED: frozenset({State.DATA_MOVING, State.FAILING_BACK, State.ABORTING}),
    State.DATA_MOVING: frozenset({State.DATA_MOVED, State.NEEDS_OPERATOR}),
    State.DATA_MOVED: frozenset({State.FAILING_BACK, State.NEEDS_OPERATOR}),
    State.FAILING_BACK: frozenset({State.RESTORED, State.NEEDS_OPERATOR}),
    State.ABORTING: frozenset({State.RESTORED, State.NEEDS_OPERATOR}),
    State.NEEDS_OPERATOR: frozenset({State.FAILING_BACK, State.ABORTING, State.RESTORED}),
    State.RESTORED: frozenset({State.REPORTED}),
    State.REPORTED: frozenset(),
}


def may_move(before: State, after: State) -> bool:
    """Whether the table has it."""
    return after in MOVES[before]
