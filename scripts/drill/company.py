"""Who is beside a drill, and how it ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from scripts.checks import Check
from scripts.drill.figures import Figures
from scripts.drill.folder import Folder
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

    `approve_data` asks whether the database may be moved: what it gives says whether that was answered, and
    raises Refused for a no, which ends the drill as an abort does; the drill goes on being watched meanwhile.
    `interrupted` is set by Ctrl-C, SIGTERM, SIGHUP. `settled` says what `tradewind plan` would change
    afterwards. `prod`: a mirror that fails is a refusal. `checks` are the preflight's; `approver` says who
    approved the plan, and how. `versions` name the tool and what else took part.
    """

    approve_data: Callable[[], AbstractContextManager[Callable[[], bool]]]
    interrupted: threading.Event
    settled: Callable[[], tuple[str, ...]] = _nothing
    prod: bool = False
    checks: tuple[Check, ...] = ()
    approver: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
