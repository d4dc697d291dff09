"""What a drill tells while it goes on, named in the past tense; the command turns it into lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from scripts.checks import Check
from scripts.drill.observations import Observation
from scripts.drill.states import State


@dataclass(frozen=True)
class Planned:
    """What will be done, and by which hash it is approved."""

    drill: str
    hash: str


@dataclass(frozen=True)
class Checked:
    """A line of the preflight."""

    check: Check


@dataclass(frozen=True)
class Moved:
    """The drill is in another state."""

    at: float
    before: State
    after: State


@dataclass(frozen=True)
class Changed:
    """A change was made (`done` False: is about to be), or undone."""

    at: float
    step: str
    done: bool
    undone: bool = False


@dataclass(frozen=True)
class Seen:
    """Something was observed."""

    observation: Observation


@dataclass(frozen=True)
class Marked:
    """T0 to T5, when it is known."""

    at: float
    mark: str


@dataclass(frozen=True)
class Aborted:
    """The drill ends before its time, and why."""

    at: float
    reason: str


@dataclass(frozen=True)
class HandedOver:
    """Only a person can go on: what is so, and the exact commands."""

    at: float
    reason: str
    commands: tuple[str, ...]


@dataclass(frozen=True)
class Reported:
    """What was measured is written down."""

    verdict: str
    json: str
    page: str


@dataclass(frozen=True)
class Shared:
    """The report is where those find it who do not have this disk."""

    place: str


DrillEvent: TypeAlias = (
    Planned | Checked | Moved | Changed | Seen | Marked | Aborted | HandedOver | Reported | Shared
)
