"""A drill under way: what its phases share."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.drill import abort, path
from scripts.drill.abort import View
from scripts.drill.company import Company
from scripts.drill.custody import Custody
from scripts.drill.data.relocation import Relocation
from scripts.drill.events import DrillEvent, Marked, Seen
from scripts.drill.figures import Figures
from scripts.drill.journal import Kind
from scripts.drill.ledger import Ledger, Look, order_of, reckon
from scripts.drill.measures import Marks, figures
from scripts.drill.notebook import Notebook
from scripts.drill.observations import Ordered, Unread
from scripts.drill.parts import Guarding, Parts, Watching
from scripts.drill.plan import Plan
from scripts.drill.proof import judged
from scripts.drill.stage import Stage
from scripts.drill.steps import Step
from scripts.drill.story import Story

#: Checkouts are numbered: each process that watches a drill has as many numbers of its own.
NUMBERS = 100_000

#: Between two looks at what has come: drill seconds, and the least of real ones.
TICK, LEAST = 1.0, 0.05

#: Drill seconds between two judgements of whether the objective is held.
JUDGED = 5.0


class Ended(Exception):
    """The drill must end before its time. Its text is the reason, a sentence."""


@dataclass
class Drill:
    """One process's work on it. What must outlive the process is in the journal."""

    custody: Custody
    company: Company
    parts: Parts
    notebook: Notebook
    trigger: Step
    relocation: Relocation | None
    _watching: tuple[Watching, Guarding] | None = field(default=None, init=False)
    _full: bool = field(default=False, init=False)

    @classmethod
    def of(cls, custody: Custody, company: Company, parts: Parts) -> Drill:
        """A drill that this process has taken."""
        stage, plan = custody.stage, custody.plan
        return cls(
            custody,
            company,
            parts,
            Notebook(custody.folder.observations),
            parts.trigger(stage, plan),
            parts.relocation(stage.aws, plan.theatre) if plan.data else None,
        )

    @property
    def stage(self) -> Stage:
        """Where it plays."""
        return self.custody.stage

    @property
    def plan(self) -> Plan:
        """What was approved."""
        return self.custody.plan

    @property
    def story(self) -> Story:
        """How far it is."""
        return self.custody.story

    @property
    def steps(self) -> tuple[Step, ...]:
        """All that it may change, in the order in which that is made."""
        return (self.trigger, *(self.relocation.steps if self.relocation else ()))

    @property
    def now(self) -> float:
        """The drill's time."""
        return self.stage.clock.now()

    def before(self, step: Step) -> Mapping[str, Any]:
        """What was so of a step before anything was touched."""
        return self.story.snapshots[step.name]

    def watch(self) -> None:
        """Have observers at work; once begun they go on through the phases."""
        if self._watching is not None:
            return
        nth = sum(
            line.kind is Kind.NOTE and "first" in line.said for line in self.custody.journal.lines
        )
        first = nth * NUMBERS + 1
        self.custody.write(Kind.NOTE, words=f"watched from checkout {first} on", first=first)
        take, stage, plan = self.notebook.take, self.stage, self.plan
        watch = self.parts.watch(stage, plan, self.custody.folder.id, take, first)
        guard = self.parts.guard(stage, plan, take)
        self._watching = watch, guard
        watch.start()
        guard.start()

    def stop_watching(self) -> None:
        """Have them stop; what they saw until now stays."""
        if self._watching is not None:
            for one in self._watching:
                one.stop()
            self._watching = None

    def listen(self) -> None:
        """From here on what is sent to AWS is held against the static proof."""
        if self.stage.wire is not None:
            self.stage.wire.listen()

    def stop_listening(self) -> None:
        """What is sent from here on is not on the way out any more."""
        if self.stage.wire is not None:
            self.stage.wire.pause()
        self._object()

    def take(self) -> Generator[DrillEvent, None, None]:
        """Tell what was observed meanwhile. Raises Ended where it cannot be kept."""
        try:
            fresh = self.notebook.fresh()
        except OSError as error:
            raise Ended(f"{self.notebook.path} cannot be written: {error.strerror}.") from error
        for seen in fresh:
            yield Seen(seen)

    def take_what_can_be_kept(self) -> Generator[DrillEvent, None, None]:
        """The same on the way back, where a full disk keeps nothing from being undone."""
        try:
            yield from self.take()
        except Ended as error:
            if not self._full:
                self._full = True
                yield Seen(Unread(self.now, "what is observed", str(error)))

    def until(
        self, done: Callable[[], bool], within: float, *, heed: bool = True
    ) -> Generator[DrillEvent, None, bool]:
        """Watch until `done`, or for so many drill seconds; whether it came to that.

        With `heed` it raises Ended as soon as a rule says so, and LeaseLost.
        """
        clock, wake = self.stage.clock, self.company.interrupted if heed else None
        end = self.now + within
        while True:
            yield from self.take() if heed else self.take_what_can_be_kept()
            if heed:
                self._object()
                self._heed()
                self.custody.lease.heed()
            if done():
                return True
            if self.now >= end:
                return False
            clock.sleep(max(TICK, LEAST * clock.speed), wake)

    def now_and_then(self, judge: Callable[[], bool]) -> Callable[[], bool]:
        """The same judgement, made every JUDGED drill seconds at most, for it reads all that was seen."""
        due = float("-inf")

        def judged() -> bool:
            nonlocal due
            if self.now < due:
                return False
            due = self.now + max(JUDGED, LEAST * self.stage.clock.speed * JUDGED)
            return judge()

        return judged

    def mark(self, name: str, at: float) -> Marked:
        """Write down when something was so; gives the event."""
        self.custody.write(Kind.MEASURED, mark=name, at=at)
        return Marked(at, name)

    def marks(self) -> Marks:
        """What the measures have to know."""
        marks = self.story.marks
        back, restored = marks.get("back"), marks.get("restored")
        return Marks(
            fault=marks.get("t0"),
            until=back,
            decision=self.story.measured.get("decision"),
            failback=None if back is None or restored is None else round(restored - back, 3),
        )

    @property
    def orders(self) -> tuple[str, ...]:
        """Every order that was tried, whether or not its customer was told so."""
        drill = self.custody.folder.id
        return tuple(one.order or order_of(drill, one.number) for one in self._checkouts())

    @property
    def told(self) -> tuple[str, ...]:
        """The orders of which a customer was told that it is taken."""
        return tuple(one.order for one in self._checkouts() if one.acknowledged)

    def ledger(self) -> Ledger | None:
        """What became of the orders; None where nobody looked for them."""
        measured = self.story.measured
        if "away" not in measured and "after" not in measured:
            return None
        away = measured.get("away")
        return reckon(
            self.custody.folder.id,
            self._checkouts(),
            self.story.marks.get("t0"),
            self.plan.theatre.primary.name,
            Look.of_json(away) if away else None,
            tuple(Look.of_json(one) for one in measured.get("after", ())),
        )

    def figures(self) -> Figures | None:
        """What was measured; None where the region was never left."""
        marks = self.marks()
        if marks.fault is None:
            return None
        unmeasured = self.parts.unmeasured(self.stage, self.plan)
        return figures(self.plan, self.notebook.seen, marks, self.ledger(), unmeasured)

    def _checkouts(self) -> tuple[Ordered, ...]:
        return tuple(one for one in self.notebook.seen if isinstance(one, Ordered))

    def _object(self) -> None:
        """Write down what was sent and the proof has not, or objects to; each once in a drill."""
        if (wire := self.stage.wire) is None:
            return
        plan, known = self.plan, self.story.measured.get("wire", ())
        declared = judged(path.calls(plan), plan.theatre, plan.trigger)
        if fresh := [one for one in wire.objections(declared) if one not in known]:
            self.custody.write(Kind.MEASURED, wire=[*known, *fresh])

    def _heed(self) -> None:
        """Raise Ended where a rule says so."""
        story = self.story
        watching = self._watching
        view = View(
            plan=self.plan,
            state=story.state,
            since=story.since,
            now=self.now,
            armed=story.since if story.armed is None else story.armed,
            recent=self.notebook.since(self.now - abort.RECENT),
            moved=watching[1].moved if watching else {},
            interrupted=self.company.interrupted.is_set(),
        )
        if why := abort.reason(view):
            raise Ended(why)
