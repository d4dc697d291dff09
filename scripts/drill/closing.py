"""The end of a drill: the orders are looked for once more, and what was measured becomes a report."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from scripts.drill import ledger, open_drill
from scripts.drill.company import Outcome
from scripts.drill.drill import Drill
from scripts.drill.events import DrillEvent, HandedOver, Reported, Shared
from scripts.drill.journal import Kind, verify
from scripts.drill.journal import Tampered as Broken
from scripts.drill.ledger import Look
from scripts.drill.report.evidence import Configuration, Evidence, Kept, Setting
from scripts.drill.report.verdict import Verdict, judge
from scripts.drill.report.writing import Written
from scripts.drill.states import State
from scripts.drill.story import checks_of
from scripts.errors import Failed, TradewindError

#: Drill seconds for which orders are looked for once the region is back, and for which they may be worked.
ARRIVED, WORKED = 300.0, 300.0


class ReportUnwritten(Failed):
    """All is restored, and the report could not be written."""


def conclude(drill: Drill) -> Generator[DrillEvent, None, Outcome]:
    """RESTORED -> REPORTED: nothing is open any more, and what it came to is written down."""
    custody = drill.custody
    drill.stop_watching()
    yield from drill.take_what_can_be_kept()
    yield from close(drill)
    if "t0" in drill.story.marks and "after" not in drill.story.measured:
        yield from _look_for_orders(drill)
    if "settled" not in drill.story.measured:
        yield from _prove_settled(drill)
    evidence = gathered(drill)
    verdict, reason = judge(evidence), evidence.reason
    try:
        # The report says that it is reported: it is the last thing that the journal needs to know.
        written = drill.parts.write(custody.folder.path, replace(evidence, state=State.REPORTED))
    except Failed as error:
        if verdict in (Verdict.MET, Verdict.MISSED):
            raise ReportUnwritten(
                f"All is as it was before the drill, and its report cannot be written: {error.message}",
                fix=f"{error.fix} Then: tradewind failover-drill resume {drill.plan.environment} "
                f"--drill {custody.folder.id}".strip(),
            ) from error
        return Outcome(
            verdict, State.RESTORED, evidence.figures, custody.folder, f"{reason} {error.message}"
        )
    yield from _told(drill, written)
    yield from custody.move(State.REPORTED, verdict=written.verdict)
    custody.write(Kind.CLOSED, verdict=written.verdict, why=reason)
    return Outcome(
        written.verdict, State.REPORTED, evidence.figures, custody.folder, reason + _owed(drill)
    )


def close(drill: Drill) -> Generator[DrillEvent, None, None]:
    """Say that no drill is open: others may change the environment again."""
    custody, standby = drill.custody, drill.plan.theatre.standby.name
    try:
        yield from custody.patiently(
            "the item of the open drill",
            lambda: open_drill.remove(
                drill.stage.aws, standby, custody.folder.id, custody.token.fence
            ),
        )
    except TradewindError as error:
        yield HandedOver(
            drill.now,
            f"All is restored, and the environment is still locked: {error.message}",
            (f"tradewind failover-drill resume {drill.plan.environment}",),
        )


def handed_over(drill: Drill) -> Generator[DrillEvent, None, Outcome]:
    """The outcome of a drill that a person has to go on with, and a report of what is known."""
    drill.stop_watching()
    yield from drill.take_what_can_be_kept()
    story = drill.story
    yield HandedOver(drill.now, story.reason, story.commands)
    evidence = gathered(drill)
    try:
        written = drill.parts.write(drill.custody.folder.path, evidence)
    except Failed as error:
        yield drill.custody.unread("the report", error)
    else:
        yield from _told(drill, written, drill.notebook.path)
    return Outcome(
        Verdict.NEEDS_OPERATOR, story.state, evidence.figures, drill.custody.folder, story.reason
    )


def _told(drill: Drill, written: Written, *besides: Path) -> Generator[DrillEvent, None, None]:
    """Where the report is, on this disk and in the standby."""
    yield Reported(written.verdict, str(written.json), str(written.page))
    if (yield from drill.custody.share(written.json, written.page, *besides)):
        yield Shared(drill.custody.copies.place)


def gathered(drill: Drill) -> Evidence:
    """All that the drill has left behind until now."""
    custody, story = drill.custody, drill.story
    measured, stage = story.measured, drill.stage
    found = verify(custody.journal.path)
    return Evidence(
        drill=custody.folder.id,
        plan=drill.plan,
        state=story.state,
        setting=Setting(
            stage.rehearsal,
            story.opened.get("speed", stage.clock.speed),
            drill.parts.unmeasured(stage, drill.plan),
            story.opened.get("versions", {}),
        ),
        journal=Kept(
            str(custody.journal.path),
            custody.journal.head,
            tuple(custody.journal.lines),
            f"line {found.line}: {found.why}" if isinstance(found, Broken) else "",
        ),
        figures=drill.figures(),
        reason=story.reason,
        commands=story.commands,
        checks=story.checks,
        verified=checks_of(measured.get("verified", ())),
        observations=tuple(drill.notebook.seen),
        configurations=tuple(
            Configuration(one["step"], one["before"], one["after"], tuple(one["differs"]))
            for one in measured.get("configurations", ())
        ),
        ledger=drill.ledger(),
        wire=tuple(measured.get("wire", ())),
        settled=None if measured.get("settled") is None else tuple(measured["settled"]),
        approver=story.opened.get("approver", ""),
        deviations=tuple(measured.get("deviations", ())),
    )


def _look_for_orders(drill: Drill) -> Generator[DrillEvent, None, None]:
    """Which arrived after all, and which were worked. What cannot be asked is said in the looks."""
    stage, plan, told = drill.stage, drill.plan, drill.told
    looks = ledger.settle(stage, plan, told, ARRIVED)
    if untold := [one for one in drill.orders if one not in told]:
        looks = tuple(
            _joined(look, ledger.look(stage, plan, look.region, untold)) for look in looks
        )
    drill.custody.write(Kind.MEASURED, after=[look.to_json() for look in looks])
    drained = drill.parts.drained(stage, plan, told, WORKED)
    if drained.problems:
        drill.custody.write(Kind.MEASURED, deviations=list(drained.problems))
    yield from drill.take_what_can_be_kept()


def _joined(one: Look, other: Look) -> Look:
    return replace(
        one,
        found={**one.found, **other.found},
        unasked=(*one.unasked, *other.unasked),
        why=one.why or other.why,
    )


def _prove_settled(drill: Drill) -> Generator[DrillEvent, None, None]:
    """Ask what `tradewind plan` would change now. That it cannot be asked is said, and no more."""
    try:
        drill.custody.write(Kind.MEASURED, settled=list(drill.company.settled()))
    except TradewindError as error:
        yield drill.custody.unread("what tradewind plan would change", error)


def _owed(drill: Drill) -> str:
    if not (owed := drill.custody.journal.owed):
        return ""
    return f" The journal on disk lacks its last {owed} lines, for which there was no room."
