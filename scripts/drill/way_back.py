"""The way back: whatever was changed is undone, in the one order that is safe, and held against its snapshot.

Nothing here heeds a rule or a full disk any more. What AWS does not do at once is asked for again.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from scripts.drill import windows
from scripts.drill.custody import Impatient
from scripts.drill.drill import Drill
from scripts.drill.events import DrillEvent
from scripts.drill.journal import Kind
from scripts.drill.mutations import intend, make, settle, undo
from scripts.drill.states import State
from scripts.drill.steps import Standing, Step
from scripts.drill.story import Known
from scripts.errors import Failed, TradewindError
from scripts.lease import LeaseLost

#: Drill seconds that customers may need to come back beyond those of the way out.
GRACE = 300.0


def homeward(drill: Drill) -> Generator[DrillEvent, None, None]:
    """Begin to come back: -> FAILING_BACK."""
    drill.custody.journal.come_back()
    yield drill.mark("back", drill.now)
    yield from drill.custody.move(State.FAILING_BACK)


def come_back(drill: Drill) -> Generator[DrillEvent, None, None]:
    """FAILING_BACK -> RESTORED: the data, then traffic; then customers have to be back, and all as it was."""
    left_over = bool(drill.story.measured.get("traffic_only"))
    if not left_over:
        yield from _bring_data_back(drill)
    yield from _undo(drill, (drill.trigger,))
    pace, bound = drill.plan.pace, drill.plan.theatre.bound
    returned = yield from _customers_back(drill, bound + pace.windows * pace.window + GRACE)
    if not left_over:
        yield from hand_back(drill)
    yield from compare(drill, (drill.trigger,) if left_over else drill.steps)
    if not returned:
        raise Impatient(
            f"All is configured as it was, and {drill.plan.theatre.primary.name} does not serve all "
            "customers yet."
        )
    yield from _restored(drill)


def undo_all(drill: Drill) -> Generator[DrillEvent, None, None]:
    """ABORTING -> RESTORED: whatever was made is undone, and all is as it was."""
    drill.stop_listening()
    if "t0" in drill.story.marks and "back" not in drill.story.marks:
        yield drill.mark("back", drill.now)
    yield from _undo(drill, drill.steps)
    if "t0" in drill.story.marks:
        theatre, pace = drill.plan.theatre, drill.plan.pace
        yield from _customers_back(drill, theatre.detection + theatre.ttl + 2 * pace.window)
        yield from hand_back(drill)
    yield from compare(drill, drill.steps)
    yield from _restored(drill)


def _customers_back(drill: Drill, patience: float) -> Generator[DrillEvent, None, bool]:
    """Wait until the primary serves everybody again, for so many drill seconds at most; whether it does.

    Whoever interrupted the drill does not wait.
    """
    drill.watch()
    began, theatre = drill.story.since, drill.plan.theatre
    home = replace(
        drill.plan, theatre=replace(theatre, primary=theatre.standby, standby=theatre.primary)
    )

    def served() -> bool:
        since = [one for one in drill.notebook.seen if one.at >= began]
        return not isinstance(windows.held_from(home, since, began), str)

    is_back, interrupted = drill.now_and_then(served), drill.company.interrupted
    return (yield from drill.until(lambda: interrupted.is_set() or is_back(), patience, heed=False))


def compare(drill: Drill, steps: tuple[Step, ...]) -> Generator[DrillEvent, None, None]:
    """Hold the snapshots of these against what is so now. Raises Failed where one of ours differs."""
    custody, story = drill.custody, drill.story
    found, wrong = [], list[str]()
    for step in steps:
        if (before := story.snapshots.get(step.name)) is None:
            continue
        differs = yield from custody.patiently(step.name, lambda: step.restored(before))  # noqa: B023
        after = yield from custody.patiently(step.name, step.snapshot)
        if differs and step.name not in story.changes and not (yield from _is_ours(drill, step)):
            custody.write(Kind.NOTE, words=f"Somebody else has changed this: {' '.join(differs)}")
            differs = ()
        wrong += differs
        found.append({"step": step.name, "before": before, "after": after, "differs": differs})
    custody.write(Kind.MEASURED, configurations=found)
    if wrong:
        raise Failed(" ".join(wrong))


def _is_ours(drill: Drill, step: Step) -> Generator[DrillEvent, None, bool]:
    """Whether a change that this journal knows nothing of was made by this drill: by another machine, whose
    mirror failed before it said so.
    """
    custody, before = drill.custody, drill.story.snapshots[step.name]
    standing = yield from custody.patiently(step.name, lambda: step.standing(before, custody.token))
    return standing is Standing.MADE


def _bring_data_back(drill: Drill) -> Generator[DrillEvent, None, None]:
    """What was begun of moving the data is undone, the writer first; what never was is left alone."""
    moving, changes = drill.relocation, drill.story.changes
    if moving is None or not any(step.name in changes for step in moving.steps):
        return
    for act in moving.back:
        change = drill.story.changes.get(act.step.name)
        if act.undo:
            if change is not None:
                yield from undo(drill.custody, act.step)
        elif change is None or not change.known.over:
            known = change and (yield from settle(drill.custody, act.step))
            if known is not Known.MADE:
                yield from make(drill.custody, act.step, drill.before(act.step))
    yield from _undo(drill, moving.steps)


def _undo(drill: Drill, steps: tuple[Step, ...]) -> Generator[DrillEvent, None, None]:
    """Undo what was made of these, the last first."""
    for step in reversed(steps):
        change = drill.story.changes.get(step.name)
        if change is not None and change.known is not Known.UNDONE:
            yield from undo(drill.custody, step)


def hand_back(drill: Drill) -> Generator[DrillEvent, None, None]:
    """Orders that wait in the standby for a database that stayed in the primary are worked there.

    It is not undone, and each order is changed on condition: so it may be tried again, and its failing ends
    nothing.
    """
    custody = drill.custody
    step = drill.parts.hand_back(drill.stage.aws, drill.plan)
    known = drill.story.changes.get(step.name)
    if known is not None and known.known is Known.MADE:
        return
    try:
        before = step.snapshot()
        if not any(before.values()):
            return
        intend(custody, step, before)
        custody.confirm()
        step.make(custody.token)
    except LeaseLost:
        raise
    except TradewindError as error:
        yield custody.unread("orders that wait in the standby", error)
        return
    custody.write(Kind.DONE, step=step.name, at=drill.now)


def _restored(drill: Drill) -> Generator[DrillEvent, None, None]:
    if "back" in drill.story.marks:
        yield drill.mark("restored", drill.now)
    yield from drill.custody.move(State.RESTORED)
