"""Who is beside a drill, and how it ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scripts.drill.figures import Figures
from scripts.drill.folder import Folder
from scripts.drill.plan import Plan
from scripts.drill.preflight.findings import Check
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State


@dataclass(frozen=True)
class Outcome:
    """How it ended. `verdict` is None where it did not: the drill holds, failed over, until `failback`."""

    verdict: Verdict | None
    state: State
    figures: Figures | None
    folder: Folder
    why: str = ""


def _nothing() -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Company:
    """Who is beside the drill.

    `approve_data` lets the database be moved, or raises Refused, which ends the drill as an abort does.
    `interrupted` is set by Ctrl-C, SIGTERM, SIGHUP. `settled` says what `tradewind plan` would change
    afterwards. `prod`: a mirror that fails is a refusal. `checks` are the preflight's; `approver` says who
    approved the plan, and how. `objections`: what the wire heard that the proof has not (wire.py). `versions`
    name the tool and what else took part.
    """

    approve_data: Callable[[Plan], None]
    interrupted: threading.Event
    settled: Callable[[], tuple[str, ...]] = _nothing
    prod: bool = False
    checks: tuple[Check, ...] = ()
    approver: str = ""
    objections: Callable[[], tuple[str, ...]] = _nothing
    versions: Mapping[str, str] = field(default_factory=dict)
