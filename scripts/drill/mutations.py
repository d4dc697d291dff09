"""A change, made or undone so that a crash at any line leaves no doubt that reading AWS does not end.

intent -> call -> done. An intent without its done dangles: what became of the call is read from AWS and
written down as settled, and the call is not made again. Undoing is the same backwards, except that it may be
tried again: a step that is as it was is left alone.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import asdict
from typing import Any

from scripts import failpoints
from scripts.drill.custody import PATIENCE, PAUSE, Custody, Impatient
from scripts.drill.events import Changed, DrillEvent
from scripts.drill.journal import Kind, Line
from scripts.drill.steps import Standing, Step
from scripts.drill.story import BACK, THERE, Change, Known
from scripts.errors import Failed, TradewindError
from scripts.lease import LeaseLost

#: Drill seconds for which something that takes its time is waited for: a switchover takes minutes, and one
#: that takes an hour is for a person to look at.
SLOW = 3600.0


class Anothers(Failed):
    """What a step changes was changed by somebody else, too: it is not this drill's to put back."""


class NotMade(Failed):
    """A change was not made, and nothing of it stands."""


def make(
    custody: Custody, step: Step, before: Mapping[str, Any]
) -> Generator[DrillEvent, None, float]:
    """Make a change, once; gives the drill time at which it was made.

    Raises NotMade where it was refused, Anothers where somebody else has made it, Unwritable and LeaseLost
    before anything is done; whatever else is raised leaves it to `settle` what became of it.
    """
    token = custody.token
    line = intend(custody, step, before)
    yield Changed(line.at, step.name, done=False)
    yield from custody.announce(line)
    custody.confirm()
    failpoints.reach("drill.intended")
    try:
        at = step.make(token)
    except TradewindError as error:
        known = yield from settle(custody, step)
        if known is not Known.MADE:
            raise NotMade(error.message, fix=error.fix) from error
        return line.at
    failpoints.reach("drill.pulled")
    at = custody.stage.clock.now() if at is None else at
    yield from _rested(custody, step, custody.story.changes[step.name])
    custody.write(Kind.DONE, step=step.name, at=at)
    yield Changed(at, step.name, done=True)
    return at


def intend(custody: Custody, step: Step, before: Mapping[str, Any]) -> Line:
    """Write down what is about to be made, and whose it is."""
    return custody.write(
        Kind.INTENT,
        step=step.name,
        way=THERE,
        before=before,
        token=asdict(custody.token),
        by_hand=step.by_hand(before),
    )


def settle(custody: Custody, step: Step) -> Generator[DrillEvent, None, Known]:
    """What became of a change that dangles, by reading, and not before it is still.

    Raises Anothers where it is neither ours nor as it was, and Impatient.
    """
    change = custody.story.changes[step.name]
    if not change.known.dangles:
        return change.known
    standing = yield from _rested(custody, step, change)
    differs = yield from custody.patiently(step.name, lambda: step.restored(change.before))
    if change.known is Known.RETURNING and not differs:
        custody.write(Kind.UNDONE, step=step.name)
        return Known.UNDONE
    custody.write(Kind.SETTLED, step=step.name, standing=standing)
    if standing is Standing.ANOTHERS:
        raise _anothers(step, differs)
    if standing is Standing.MADE:
        yield Changed(custody.stage.clock.now(), step.name, done=True)
    return custody.story.changes[step.name].known


def undo(custody: Custody, step: Step) -> Generator[DrillEvent, None, None]:
    """Have it as it was, however often AWS has to be asked. Nothing is done where it is so.

    Raises Anothers where it is not ours to undo, Impatient where AWS does not let us in time, LeaseLost.
    """
    clock = custody.stage.clock
    deadline, told = clock.now() + PATIENCE, ""
    while True:
        why = Impatient(f"{step.name} does not come back.")
        try:
            if (yield from _undone(custody, step)):
                break
        except (LeaseLost, Anothers, Impatient):
            raise
        except TradewindError as error:
            why = Impatient(error.message, fix=error.fix)
            if error.message != told:
                told = error.message
                yield custody.unread(step.name, error)
        if clock.now() >= deadline:
            raise why
        clock.sleep(PAUSE)
    custody.write(Kind.UNDONE, step=step.name)
    yield Changed(clock.now(), step.name, done=True, undone=True)


def _undone(custody: Custody, step: Step) -> Generator[DrillEvent, None, bool]:
    """One try to undo; whether all is as it was. Raises what AWS says."""
    change = custody.story.changes[step.name]
    if not step.restored(change.before):
        return True
    if (yield from _rested(custody, step, change)) is not Standing.MADE:
        if not (differs := step.restored(change.before)):
            return True
        custody.write(Kind.SETTLED, step=step.name, standing=Standing.ANOTHERS)
        raise _anothers(step, differs)
    if change.known is not Known.RETURNING:
        custody.write(Kind.INTENT, step=step.name, way=BACK)
    yield Changed(custody.stage.clock.now(), step.name, done=False, undone=True)
    custody.confirm()
    step.undo(change.before, custody.token)
    failpoints.reach("drill.returned")
    return (yield from _rested(custody, step, change)) is not Standing.MADE and not step.restored(
        change.before
    )


def _rested(custody: Custody, step: Step, change: Change) -> Generator[DrillEvent, None, Standing]:
    """What reading says once nothing is under way. Raises Impatient after SLOW drill seconds."""
    clock = custody.stage.clock
    deadline = clock.now() + SLOW
    while True:
        standing = yield from custody.patiently(
            step.name, lambda: step.standing(change.before, change.token)
        )
        if standing is not Standing.UNDER_WAY:
            return standing
        if clock.now() >= deadline:
            raise Impatient(f"{step.name} has been under way for an hour.")
        clock.sleep(PAUSE)


def _anothers(step: Step, differs: tuple[str, ...]) -> Anothers:
    said = " ".join(differs) or f"{step.name} is not as this drill left it, nor as it found it."
    return Anothers(f"Somebody else has changed what {step.name} changes. {said}")
