"""The wire, heard while a drill is on its way out, and no longer."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.drill.engine import Outcome
    from scripts.drill.events import DrillEvent
    from scripts.drill.stage import Stage


def way_out(
    stage: Stage, events: Generator[DrillEvent, None, Outcome]
) -> Generator[DrillEvent, None, Outcome]:
    """The same events. From the first to the turn back, or to the database's move, the wire is heard."""
    from scripts.drill.events import Moved
    from scripts.drill.states import State

    out = {State.ARMED, State.FAILING, State.FAILED_OVER, State.VERIFIED}
    assert stage.wire is not None, "every stage of a command hears what it sends"
    stage.wire.listen()
    try:
        while True:
            event = next(events)
            if isinstance(event, Moved) and event.after not in out:
                stage.wire.pause()
            yield event
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
    finally:
        stage.wire.pause()
