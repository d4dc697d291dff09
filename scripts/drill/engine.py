"""A drill from its plan to its report, and the ways to go on with one that was left.

Each is a generator of what happens (events.py); its return value is the outcome. What is done is in the
journal before it is done, so that `resume`, `abort` and `failback` may come from another shell, or from
another machine by the mirror. While one of them runs, it alone may write: the lease `drill` in the standby's
region says so.

    forward     whatever goes wrong ends in ABORTING: undone, verified, reported
    data        from DATA_MOVING on nothing is reversed by itself: NEEDS_OPERATOR, with the commands
    back        what cannot be undone in time, or is not ours to undo: NEEDS_OPERATOR
    lease lost  somebody else has the drill: nothing more is changed or written
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress

from scripts import lease_table
from scripts.drill import custody as custodies
from scripts.drill import open_drill
from scripts.drill import story as stories
from scripts.drill.closing import close, conclude, handed_over
from scripts.drill.company import Company, Outcome
from scripts.drill.custody import Custody
from scripts.drill.drill import Drill, Ended
from scripts.drill.events import DrillEvent
from scripts.drill.folder import Folder
from scripts.drill.journal import Busy, Kind, Unwritable
from scripts.drill.mutations import settle
from scripts.drill.open_drill import DrillOpen
from scripts.drill.parts import Parts, usual
from scripts.drill.phases import PHASES, arm, prepare
from scripts.drill.plan import Plan
from scripts.drill.report.verdict import Verdict
from scripts.drill.stage import Stage
from scripts.drill.states import State
from scripts.drill.status import Status, status
from scripts.drill.story import Known, Story
from scripts.drill.turns import hand_over, holding, look_again, lost, turn
from scripts.drill.way_back import homeward
from scripts.errors import Failed, TradewindError, UsageError
from scripts.lease import LeaseHeld, LeaseLost

__all__ = [
    "Company",
    "NotBegun",
    "Outcome",
    "Status",
    "abort",
    "failback",
    "resume",
    "run",
    "status",
]

Going = Generator[DrillEvent, None, Outcome]


class NotBegun(UsageError):
    """Refused before anything was touched. Exit code 2, as the preflight's."""


def run(
    stage: Stage, plan: Plan, folder: Folder, company: Company, parts: Parts | None = None
) -> Going:
    """The whole of it, from an approved plan to the report; to VERIFIED, where the plan holds.

    Raises NotBegun where nothing was touched. Afterwards it ends as an outcome, except that ReportUnwritten
    is raised where all is restored and only the report is missing.
    """
    try:
        lease_table.make(stage.aws, plan.theatre.standby.name)  # no control plane from here on
        with (
            _not_begun(),
            custodies.taken(stage, plan, folder, "run", prod=company.prod) as ours,
        ):
            drill = Drill.of(ours, company, parts or usual())
            try:
                yield from arm(drill)
            except (TradewindError, OSError):
                yield from _disarm(drill)
                raise
            return (yield from _through(drill))
    except NotBegun:
        raise
    except TradewindError as error:
        if _armed(folder):
            raise
        raise NotBegun(f"The drill was not begun. {error.message}", fix=error.fix) from error


def resume(stage: Stage, folder: Folder, company: Company, parts: Parts | None = None) -> Going:
    """Go on where a drill was left. What nobody knows of is read from AWS; a region is never failed twice:
    a drill that was left after it said that it would pull the trigger, and had not, is aborted. One that was
    handed over is held against its snapshot, and where no data have moved it is undone once more.
    """
    with _again(stage, folder, company, "resume", parts) as drill:
        if drill.story.state is State.NEEDS_OPERATOR:
            yield from look_again(drill)
        if drill.story.state is State.NEEDS_OPERATOR and not _data_moved(drill):
            yield from drill.custody.move(State.ABORTING, reason=drill.story.reason)
        return (yield from _through(drill))


def abort(
    stage: Stage, folder: Folder, company: Company, reason: str, parts: Parts | None = None
) -> Going:
    """Undo everything, verify it, and report. Where data have begun to move it waits, and hands over."""
    with _again(stage, folder, company, "abort", parts) as drill:
        match drill.story.state:
            case State.ARMED | State.FAILING | State.FAILED_OVER | State.VERIFIED:
                yield from turn(drill, reason)
            case State.DATA_MOVING | State.DATA_MOVED:
                yield from hand_over(drill, reason)
            case State.NEEDS_OPERATOR if not _data_moved(drill):
                yield from drill.custody.move(State.ABORTING, reason=reason)
        return (yield from _through(drill))


def failback(
    stage: Stage,
    folder: Folder,
    company: Company,
    *,
    traffic_only: bool = False,
    parts: Parts | None = None,
) -> Going:
    """Come back from a drill that holds, or that was handed over: data first, then traffic.

    With `traffic_only` the database stays where it is, on purpose, if it has moved; else what was begun of
    moving it is undone as usual. Raises UsageError for a drill that is still on its way out.
    """
    with _again(stage, folder, company, "failback", parts) as drill:
        match drill.story.state:
            case State.VERIFIED | State.DATA_MOVED | State.NEEDS_OPERATOR:
                if drill.relocation is not None:
                    stays = traffic_only and (yield from _switched(drill))
                    drill.custody.write(Kind.MEASURED, traffic_only=stays)
                yield from homeward(drill)
            case State.FAILING_BACK | State.ABORTING | State.RESTORED | State.REPORTED:
                pass
            case state:
                name = folder.environment
                raise UsageError(
                    f"{folder.id} is {state}, and does not wait for anybody to bring it back.",
                    fix=f"Go on with it: tradewind failover-drill resume {name}. End it: "
                    f"tradewind failover-drill abort {name}",
                )
        return (yield from _through(drill, holds=False))


@contextmanager
def _again(
    stage: Stage, folder: Folder, company: Company, command: str, parts: Parts | None
) -> Iterator[Drill]:
    """A drill that was left, in this process's hands. Raises UsageError for one that was never armed."""
    with _custody(stage, folder, command, prod=company.prod) as ours:
        drill = Drill.of(ours, company, parts or usual())
        state = drill.story.state
        if state is State.PLANNED:
            for _ in _disarm(drill):
                pass
            raise UsageError(
                f"{folder.id} was never armed: nothing of it stands, and nothing is locked any more.",
                fix=f"Begin one: tradewind failover-drill run {folder.environment}",
            )
        if state.returning or command in ("abort", "failback"):
            ours.journal.come_back()
        if state.open:
            with _not_begun():
                ours.declare(state)
        if state is not State.REPORTED:
            holder = ours.lease.held.holder
            with suppress(Unwritable):
                ours.write(Kind.NOTE, words=f"{command} by {holder.who} on {holder.host}")
            with suppress(OSError):
                prepare(drill)
        yield drill


@contextmanager
def _custody(stage: Stage, folder: Folder, command: str, *, prod: bool) -> Iterator[Custody]:
    """Custody of a drill that was left. Raises NotBegun where somebody else has it: nothing was undone."""
    with ExitStack() as held:
        with _not_begun():
            taken = custodies.taken(stage, stories.read(folder).plan, folder, command, prod=prod)
            ours = held.enter_context(taken)
        yield ours


@contextmanager
def _not_begun() -> Iterator[None]:
    """Whoever is refused here has done nothing. Raises NotBegun."""
    try:
        yield
    except (LeaseHeld, DrillOpen, Busy) as error:
        raise NotBegun(error.message, fix=error.fix) from error


def _through(drill: Drill, *, holds: bool = True) -> Going:
    """From the drill's state on to its end, or until it holds."""
    bug: Exception | None = None
    try:
        while (state := drill.story.state) in PHASES:
            if holds and drill.plan.hold and state is _held_at(drill.plan):
                return holding(drill, state)
            try:
                yield from PHASES[state](drill)
            except LeaseLost:
                raise
            except (Ended, TradewindError) as error:
                yield from turn(drill, str(error))
            except Exception as error:  # noqa: BLE001 - a bug of ours must not leave a region failed
                bug = bug or error
                yield from turn(drill, f"Tradewind met a bug of its own: {type(error).__name__}.")
        if state is State.REPORTED:
            yield from close(drill)
            return _reported(drill.custody.folder, drill.story)
        if state is State.NEEDS_OPERATOR:
            return (yield from handed_over(drill))
        outcome = yield from conclude(drill)
    except LeaseLost as error:
        return (yield from lost(drill, error))
    finally:
        drill.stop_watching()
    if bug is not None:
        raise bug
    return outcome


def _held_at(plan: Plan) -> State:
    return State.DATA_MOVED if plan.data else State.VERIFIED


def _switched(drill: Drill) -> Generator[DrillEvent, None, bool]:
    """Whether the database is where the drill moved it."""
    assert drill.relocation is not None
    step = drill.relocation.switchover
    if step.name not in drill.story.changes:
        return False
    return (yield from settle(drill.custody, step)) is Known.MADE


def _data_moved(drill: Drill) -> bool:
    """Whether any of the data's steps stands."""
    changes = drill.story.changes
    moved = drill.relocation.steps if drill.relocation else ()
    return any(one.name in changes and not changes[one.name].known.over for one in moved)


def _disarm(drill: Drill) -> Generator[DrillEvent, None, None]:
    """Leave no trace of a drill that was never armed but, in the journal, that it ended."""
    custody, journal = drill.custody, drill.custody.journal
    try:
        open_drill.remove(
            drill.stage.aws,
            drill.plan.theatre.standby.name,
            custody.folder.id,
            custody.token.fence,
        )
    except TradewindError as error:
        yield custody.unread("the item of the open drill", error)
    journal.come_back()
    if journal.lines:
        journal.write(Kind.CLOSED, verdict="", why="never armed")


def _armed(folder: Folder) -> bool:
    try:
        return stories.read(folder).armed is not None
    except Failed:
        return False


def _reported(folder: Folder, story: Story) -> Outcome:
    """What a drill that is over came to."""
    verdict = Verdict(story.verdict) if story.verdict else None
    return Outcome(verdict, story.state, None, folder, story.reason)
