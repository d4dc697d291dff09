"""Where a drill goes that does not go on as planned: back, to a person, or to whoever has taken it over."""

from __future__ import annotations

from collections.abc import Generator

from scripts.drill import undo_script
from scripts.drill.company import Outcome
from scripts.drill.drill import Drill
from scripts.drill.events import Aborted, DrillEvent, HandedOver
from scripts.drill.mutations import settle, undo
from scripts.drill.report.verdict import Verdict
from scripts.drill.states import State
from scripts.drill.way_back import compare, hand_back
from scripts.errors import Failed, TradewindError
from scripts.lease import LeaseLost


def turn(drill: Drill, reason: str) -> Generator[DrillEvent, None, None]:
    """Go back from here, if that may be done by itself; else hand over."""
    drill.custody.journal.come_back()
    match drill.story.state:
        case State.ARMED | State.FAILING | State.FAILED_OVER | State.VERIFIED:
            yield Aborted(drill.now, reason)
            yield from drill.custody.move(State.ABORTING, reason=reason)
        case _:
            yield from hand_over(drill, reason)


def hand_over(drill: Drill, reason: str) -> Generator[DrillEvent, None, None]:
    """-> NEEDS_OPERATOR, once nothing is under way, with the commands that undo what stands."""
    drill.custody.journal.come_back()
    if drill.story.state is State.DATA_MOVING:
        for step in drill.steps:
            if step.name in drill.story.changes:
                try:
                    yield from settle(drill.custody, step)
                except LeaseLost:
                    raise
                except Failed as error:
                    reason = f"{reason} {error.message}"
                    yield drill.custody.unread(step.name, error)
    story = drill.story
    standing = [
        step
        for step in drill.steps
        if step.name in story.changes and not story.changes[step.name].known.over
    ]
    commands = undo_script.commands(standing, story.snapshots)
    yield from drill.custody.move(State.NEEDS_OPERATOR, reason=reason, commands=list(commands))


def look_again(drill: Drill) -> Generator[DrillEvent, None, None]:
    """Whether a person has put all back meanwhile: then it is RESTORED."""
    story = drill.story
    try:
        for step in reversed(drill.steps):
            change = story.changes.get(step.name)
            if change is None or change.known.over:
                continue
            if step.restored(change.before):
                return
            yield from undo(drill.custody, step)
        yield from compare(drill, drill.steps)
    except LeaseLost:
        raise
    except TradewindError as error:
        yield drill.custody.unread("what stands", error)
        return
    if "t0" in story.marks and not story.measured.get("traffic_only"):
        yield from hand_back(drill)
    yield from drill.custody.move(State.RESTORED)


def lost(drill: Drill, why: LeaseLost) -> Generator[DrillEvent, None, Outcome]:
    """Somebody else has the drill. Not even the journal is written: it is theirs."""
    drill.custody.journal.heard = None
    commands = (f"tradewind failover-drill status {drill.plan.environment}",)
    yield HandedOver(drill.now, why.message, commands)
    return Outcome(
        Verdict.NEEDS_OPERATOR, drill.story.state, None, drill.custody.folder, why.message
    )


def holding(drill: Drill, state: State) -> Outcome:
    """It stays failed over, unattended, until somebody comes back."""
    return Outcome(
        None,
        state,
        drill.figures(),
        drill.custody.folder,
        f"It holds, failed over. To come back: tradewind failover-drill failback "
        f"{drill.plan.environment}",
    )
