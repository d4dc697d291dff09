"""A drill in this process's hands: its lease, its journal and the mirror, and nobody else's meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from scripts.drill import mirror, open_drill
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.events import DrillEvent, Moved, Seen
from scripts.drill.folder import Folder
from scripts.drill.journal import Journal, Kind, Line, Verified, chained
from scripts.drill.mirror import Copies, Mirror
from scripts.drill.observations import Unread
from scripts.drill.open_drill import DrillOpen, OpenDrill
from scripts.drill.plan import Plan
from scripts.drill.stage import Stage
from scripts.drill.states import State, may_move
from scripts.drill.steps import Token
from scripts.drill.story import Story
from scripts.errors import Failed, TradewindError
from scripts.lease import Lease, LeaseLost, Leases

#: The lease that whoever changes something for a drill holds, beside the item of the open drill.
LEASE = "drill"

CALLS = (
    Call("sts", "GetCallerIdentity", Where.STANDBY, Plane.DATA, "says who holds the lease"),
    Call("dynamodb", "UpdateItem", Where.STANDBY, Plane.DATA, "takes and renews the lease"),
    *open_drill.CALLS,
    *mirror.CALLS,
)

#: Real seconds that a line may take to the mirror before the call that it announces is made without it, and
#: that the last lines have at the end.
MIRRORED, SENT = 10.0, 15.0

#: Drill seconds for which a way back goes on asking what AWS does not answer, and between two tries. Long
#: enough to sign in again.
PATIENCE, PAUSE = 900.0, 5.0

Answer = TypeVar("Answer")


class Impatient(Failed):
    """AWS did not do what the way back needs for as long as it was asked."""


@dataclass
class Custody:
    """What of a drill only one process may have. Every line, every state and every call goes through it."""

    stage: Stage
    plan: Plan
    folder: Folder
    journal: Journal
    copies: Copies
    mirror: Mirror
    lease: Lease
    prod: bool = False
    _warned: list[str] = field(default_factory=list)

    @property
    def story(self) -> Story:
        """What the journal comes to now."""
        return Story.of(self.journal.lines)

    @property
    def token(self) -> Token:
        """Whose changes these are."""
        return Token(self.folder.id, self.lease.held.token)

    def write(self, kind: Kind, **said: Any) -> Line:
        """A line. Raises Unwritable, unless the drill comes back already."""
        return self.journal.write(kind, **said)

    def move(self, after: State, **said: Any) -> Generator[DrillEvent, None, None]:
        """Be in another state: in the journal, then in the standby's table, which may be behind."""
        before = self.story.state
        if not may_move(before, after):
            raise ValueError(f"a drill does not go from {before} to {after}")
        self.write(Kind.STATE, state=after, **said)
        yield Moved(self.stage.clock.now(), before, after)
        if after.open:
            try:
                self.declare(after)
            except DrillOpen as error:
                raise LeaseLost(error.message, fix=error.fix) from error
            except TradewindError as error:
                yield self.unread("the item of the open drill", error)

    def declare(self, state: State) -> None:
        """Say in the standby's table that this drill is open. Raises DrillOpen where another one is."""
        holder = self.lease.held.holder
        open_drill.put(
            self.stage.aws,
            self.plan.theatre.standby.name,
            OpenDrill(
                self.folder.id,
                state,
                holder.who,
                socket.gethostname(),
                self.lease.held.since,
                self.token.fence,
                self.plan.theatre.standby.artifacts_bucket,
            ),
        )

    def announce(self, line: Line) -> Generator[DrillEvent, None, None]:
        """Have the mirror know of a change before it is made. In prod it must; elsewhere that is said."""
        if self.mirror.has(line, MIRRORED):
            return
        why = self.mirror.failure or f"line {line.number} is still on its way"
        if self.prod:
            raise Failed(f"The journal's mirror does not know what is about to be done: {why}")
        if not self._warned:
            self._warned.append(why)
            yield Seen(Unread(self.stage.clock.now(), "the journal's mirror", why))

    def share(self, *paths: Path) -> Generator[DrillEvent, None, bool]:
        """Copy files to where the mirror is, for whoever does not have this disk; whether all are there.
        Nothing hangs on it.
        """
        try:
            for path in dict.fromkeys(paths):
                self.copies.keep(path)
        except TradewindError as error:
            yield self.unread("the copies in the standby", error)
            return False
        return True

    def confirm(self) -> None:
        """Hold the lease still. Called before every change. Raises LeaseLost."""
        self.lease.confirm()

    def patiently(
        self, what: str, ask: Callable[[], Answer]
    ) -> Generator[DrillEvent, None, Answer]:
        """The answer, asked for again and again: credentials may have to be renewed, a region may be away.

        Raises Impatient after PATIENCE drill seconds, and LeaseLost at once.
        """
        clock = self.stage.clock
        deadline, told = clock.now() + PATIENCE, ""
        while True:
            try:
                return ask()
            except LeaseLost:
                raise
            except TradewindError as error:
                if clock.now() >= deadline:
                    raise Impatient(error.message, fix=error.fix) from error
                if error.message != told:
                    told = error.message
                    yield self.unread(what, error)
            clock.sleep(PAUSE)

    def unread(self, what: str, error: TradewindError) -> Seen:
        """That something could not be asked, as an event."""
        said = f"{error.message} {error.fix}".strip()
        return Seen(Unread(self.stage.clock.now(), what, said))


@contextmanager
def taken(
    stage: Stage, plan: Plan, folder: Folder, command: str, *, prod: bool
) -> Iterator[Custody]:
    """Custody of a drill, new or left by another process. Raises LeaseHeld, Busy, Unwritable, AwsSaidNo."""
    standby = plan.theatre.standby
    command = f"failover-drill {command}"
    with Leases(stage.aws, standby.name).hold(LEASE, command) as lease:
        journal = Journal.open(folder.journal, stage.clock.now)
        copies = Copies(stage.aws, standby.name, standby.artifacts_bucket, folder.id)
        copying = Mirror(copies)
        custody = Custody(stage, plan, folder, journal, copies, copying, lease, prod)
        try:
            if journal.lines:
                _catch_up(custody)
            journal.heard = copying.offer
            copying.start()
            yield custody
        finally:
            copying.close(SENT)
            journal.close()
            if not journal.lines:
                folder.journal.unlink(missing_ok=True)


def _catch_up(custody: Custody) -> None:
    """Add what the mirror has and the disk has not, which was full then; and send the mirror the rest.

    Where the mirror cannot be read it is sent all of it: what is there already stays as it is.
    """
    journal, copies = custody.journal, custody.copies
    known: list[int] = []
    with suppress(TradewindError):
        known = copies.numbers()
        more = [copies.text(number) for number in known if number > len(journal.lines)]
        found = chained([*(line.text for line in journal.lines), *more])
        if isinstance(found, Verified):
            for line in found.lines[len(journal.lines) :]:
                journal.add(line)
    for line in journal.lines:
        if line.number not in known:
            custody.mirror.offer(line)
