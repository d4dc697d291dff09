"""What a drill is made of besides its order: tests bring their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from scripts.aws import Aws
from scripts.drill.abort import Versions
from scripts.drill.data.relocation import Relocation
from scripts.drill.observations import Observation
from scripts.drill.plan import Plan
from scripts.drill.report.evidence import Evidence
from scripts.drill.report.writing import Written
from scripts.drill.stage import Stage
from scripts.drill.steps import Step
from scripts.drill.theatre import Theatre
from scripts.drill.verification import Drained, Verification


class Watching(Protocol):
    """Observers, started and stopped together."""

    def start(self) -> None:
        """Look from now on."""
        ...

    def stop(self) -> None:
        """No more."""
        ...


class Guarding(Watching, Protocol):
    """Observers of what nobody else may change."""

    @property
    def moved(self) -> Mapping[str, str]:
        """Health check -> how somebody has changed it."""
        ...


Sink = Callable[[Observation], None]


@dataclass(frozen=True)
class Parts:
    """`watch` is given the drill's id, whom to tell, and the number of its first checkout; `drained` the
    orders, and for how many seconds they are waited for.
    """

    trigger: Callable[[Stage, Plan], Step]
    relocation: Callable[[Aws, Theatre], Relocation]
    watch: Callable[[Stage, Plan, str, Sink, int], Watching]
    guard: Callable[[Stage, Plan, Sink], Guarding]
    verify: Callable[[Stage, Plan, str, Iterable[int]], Verification]
    hand_back: Callable[[Aws, Plan], Step]
    drained: Callable[[Stage, Plan, tuple[str, ...], float], Drained]
    unmeasured: Callable[[Stage, Plan], Mapping[str, str]]
    write: Callable[[Path, Evidence], Written]


def usual() -> Parts:
    """Those of every drill but a test's."""
    from scripts.drill import observing, verification
    from scripts.drill.data.relocation import relocation
    from scripts.drill.hand_back import HandBack
    from scripts.drill.report import write
    from scripts.drill.triggers import trigger

    return Parts(
        trigger=trigger,
        relocation=relocation,
        watch=lambda stage, plan, drill, sink, first: observing.Watch(
            stage, plan, drill, sink, first=first
        ),
        guard=lambda stage, plan, sink: Versions(stage.aws, stage.clock, plan, sink),
        verify=verification.verify,
        hand_back=HandBack,
        drained=verification.drained,
        unmeasured=observing.unmeasured,
        write=write,
    )
