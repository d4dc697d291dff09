"""All that a drill leaves behind, of which its report is made: data, and nothing that has to be asked again.

So a report can be made at the end, after a crash, and on another machine from the mirror.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scripts.checks import Check
from scripts.drill.figures import Figures
from scripts.drill.journal import Line
from scripts.drill.ledger import Ledger
from scripts.drill.observations import Observation
from scripts.drill.plan import Plan
from scripts.drill.states import State


@dataclass(frozen=True)
class Kept:
    """The journal as it was read: where, its last hash, its lines, and what is wrong with it, empty where
    the chain is whole.
    """

    path: str
    head: str
    lines: Sequence[Line] = ()
    broken: str = ""


@dataclass(frozen=True)
class Configuration:
    """What a change touches, as it was before the drill and as it is after; `differs` says what is not as
    it was, a sentence each.
    """

    step: str
    before: Mapping[str, Any]
    after: Mapping[str, Any] | None
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """Where it was, and with what: `speed` is drill seconds in a second, `unmeasured` a store and why
    nothing can be said of it there. `versions` name the tool, the release and what else took part.
    """

    rehearsal: bool
    speed: float = 1.0
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """Of one drill. Times are drill seconds since the epoch.

    `state` is where it ended. `reason`: why it was aborted, or handed over; empty where it ran its course.
    `commands`: what a person has to do, exactly. `verified`: what the synthetic checkouts showed. `ledger`:
    every checkout and its fate. `wire`: what was sent to AWS and should not have been. `settled`: what
    `tradewind plan` would change afterwards, None where that was not asked. `approver`: who, and how.
    """

    drill: str
    plan: Plan
    state: State
    setting: Setting
    journal: Kept
    figures: Figures | None = None
    reason: str = ""
    commands: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    verified: tuple[Check, ...] = ()
    observations: Sequence[Observation] = ()
    configurations: tuple[Configuration, ...] = ()
    ledger: Ledger | None = None
    wire: tuple[str, ...] = ()
    settled: tuple[str, ...] | None = None
    approver: str = ""
    deviations: tuple[str, ...] = ()
