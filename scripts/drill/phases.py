"""The phases of a drill: each is entered in one state and leaves it for another, or raises why it cannot.

PHASES is their order, and so is what a drill that was left goes on with: nothing but its state decides.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Generator, Mapping
from typing import NoReturn

from scripts import failpoints
from scripts.checks import Check, Verdict
from scripts.drill import ledger, open_drill, undo_script, verification
from scripts.drill.drill import Drill, Ended
from scripts.drill.events import Checked, DrillEvent, Planned
from scripts.drill.figures import Times
from scripts.drill.journal import Kind
from scripts.drill.measures import times
from scripts.drill.mutations import make, settle, undo
from scripts.drill.observations import Fetched
from scripts.drill.states import State
from scripts.drill.story import Known
from scripts.drill.way_back import come_back, homeward, undo_all
from scripts.errors import Failed
from scripts.lease import DEPLOY, Leases

#: The times that nothing which is seen later can move.
SETTLED = ("t1", "t2", "t4")

Phase = Callable[[Drill], Generator[DrillEvent, None, None]]


def arm(drill: Drill) -> Generator[DrillEvent, None, None]:
    """PLANNED -> ARMED: written down, and ready to be undone, before anything is touched."""
    custody, plan = drill.custody, drill.plan
    holder = custody.lease.held.holder
    yield Planned(custody.folder.id, plan.hash)
    open_drill.refuse_if_open(drill.stage.aws, plan.theatre.standby.name)
    opened = custody.write(
        Kind.OPENED,
        drill=custody.folder.id,
        environment=plan.environment,
        plan=plan.to_json(),
        hash=plan.hash,
        approver=drill.company.approver,
        checks=[check.to_json() for check in drill.company.checks],
        versions=dict(drill.company.versions),
        rehearsal=drill.stage.rehearsal,
        speed=drill.stage.clock.speed,
        who=holder.who,
        host=socket.gethostname(),
    )
    yield from custody.announce(opened)
    for step in drill.steps:
        before = step.snapshot()
        custody.write(Kind.NOTE, words=f"how {step.name} was", snapshot=step.name, before=before)
    try:
        prepare(drill)
    except OSError as error:
        raise Failed(
            f"{custody.folder.path} cannot be written: {error.strerror}.",
            fix="Make room there, or make it writable.",
        ) from error
    custody.confirm()
    custody.declare(State.ARMED)
    # Asked once the drill is declared: a deploy asks for that once it holds its lease.
    Leases(drill.stage.aws, plan.theatre.primary.name).refuse_if_held(DEPLOY)
    yield from custody.move(State.ARMED)
    failpoints.reach("drill.armed")


def prepare(drill: Drill) -> None:
    """Have the undo script and the plan on disk. Raises OSError."""
    folder, plan = drill.custody.folder, drill.plan
    befores = drill.story.snapshots
    undo_script.put(folder, plan.theatre.account, undo_script.commands(drill.steps, befores))
    folder.plan.write_text(json.dumps(plan.to_json(), indent=1) + "\n", encoding="ascii")


def fail(drill: Drill) -> Generator[DrillEvent, None, None]:
    """ARMED -> FAILING: a baseline, and then the one trigger."""
    drill.watch()
    began = drill.now
    yield from drill.until(lambda: False, drill.plan.pace.baseline)
    served = (one for one in drill.notebook.since(began) if isinstance(one, Fetched))
    if not any(one.good for one in served):
        raise Ended("No customer was served before anything was done: there is nothing to compare.")
    yield from drill.custody.move(State.FAILING)
    drill.listen()
    at = yield from make(drill.custody, drill.trigger, drill.before(drill.trigger))
    yield drill.mark("t0", at)


def observe(drill: Drill) -> Generator[DrillEvent, None, None]:
    """FAILING -> FAILED_OVER: until the standby has held the objective for as long as the plan wants.

    Whoever resumes here settles first whether the trigger was pulled; it is not pulled a second time.
    """
    trigger = drill.trigger.name
    if trigger not in drill.story.changes:
        raise Ended("The process ended before it pulled the trigger, which nobody does after it.")
    if (yield from settle(drill.custody, drill.trigger)) is not Known.MADE:
        raise Ended("The process ended while it pulled the trigger, and the region was not left.")
    if "t0" not in drill.story.marks:
        yield drill.mark("t0", drill.story.changes[trigger].at)
    drill.listen()
    drill.watch()

    def found() -> Times:
        return times(drill.plan, drill.notebook.seen, drill.marks())

    def news() -> list[str]:
        known, now = drill.story.marks, found()
        return [one for one in SETTLED if one not in known and getattr(now, one) is not None]

    # The deadline is a rule of its own, and ends the drill before this does.
    held = drill.now_and_then(lambda: found().t5 is not None or bool(news()))
    while found().t5 is None:
        if not (yield from drill.until(held, 2 * drill.plan.pace.longest)):
            raise Ended("The standby never held the objective.")
        for name in news():
            yield drill.mark(name, getattr(found(), name))
    for name in ("t3", "t5"):
        if (at := getattr(found(), name)) is not None:
            yield drill.mark(name, at)
    yield from drill.custody.move(State.FAILED_OVER)
    failpoints.reach("drill.failed-over")


def verify(drill: Drill) -> Generator[DrillEvent, None, None]:
    """FAILED_OVER -> VERIFIED: customers can buy in the standby, by the name that they know."""
    custody, plan, stage = drill.custody, drill.plan, drill.stage
    drill.listen()
    drill.watch()
    away = ledger.look(stage, plan, plan.theatre.standby.name, drill.orders)
    custody.write(Kind.MEASURED, away=away.to_json())
    nth = sum("verifying" in line.said for line in custody.journal.lines)
    first = verification.FIRST + nth * verification.CHECKOUTS
    custody.write(Kind.NOTE, words="checkouts that verify", verifying=first)
    found = drill.parts.verify(
        stage, plan, custody.folder.id, range(first, first + verification.CHECKOUTS)
    )
    for ordered in found.orders:
        drill.notebook.take(ordered)
    yield from drill.until(lambda: True, 0.0)
    bought = sum(one.acknowledged for one in found.orders)
    check = Check(
        "the standby sells",
        Verdict.REFUSED if found.problems else Verdict.PASSED,
        found=f"{bought} of {len(found.orders)} checkouts acknowledged. {' '.join(found.problems)}".strip(),
        expected=f"all served and acknowledged by {plan.theatre.standby.name}, and readable there",
    )
    custody.write(Kind.MEASURED, verified=[check.to_json()])
    yield Checked(check)
    if found.problems:
        raise Ended(f"The standby does not sell as it should: {found.problems[0]}")
    yield from custody.share(drill.notebook.path)
    drill.stop_listening()
    yield from custody.move(State.VERIFIED)


def onward(drill: Drill) -> Generator[DrillEvent, None, None]:
    """VERIFIED -> FAILING_BACK; where data are moved, by way of DATA_MOVING and DATA_MOVED."""
    if drill.relocation is None:
        yield from homeward(drill)
        return
    drill.watch()
    asked = drill.now
    with drill.company.approve_data() as approved:
        yield from drill.until(approved, float("inf"))
    drill.custody.write(Kind.MEASURED, decision=round(drill.now - asked, 3))
    yield from drill.custody.move(State.DATA_MOVING)
    for act in drill.relocation.there:
        if act.undo:
            yield from undo(drill.custody, act.step)
        else:
            yield from make(drill.custody, act.step, drill.before(act.step))
    yield from drill.custody.move(State.DATA_MOVED)


def stopped_moving(_: Drill) -> NoReturn:
    """DATA_MOVING, come upon: nothing of it is reversed or repeated."""
    raise Ended("The process that moved the data ended before it was done.")


PHASES: Mapping[State, Phase] = {
    State.ARMED: fail,
    State.FAILING: observe,
    State.FAILED_OVER: verify,
    State.VERIFIED: onward,
    State.DATA_MOVING: stopped_moving,
    State.DATA_MOVED: homeward,
    State.FAILING_BACK: come_back,
    State.ABORTING: undo_all,
}
