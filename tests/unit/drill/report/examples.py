"""Drills that never were, as evidence: of a few figures and a seed, so that the same one looks the same.

`python -m tests.unit.drill.report.examples DIRECTORY` writes the report of each, to look at.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from pathlib import Path

from scripts.checks import Check, Verdict
from scripts.drill import report
from scripts.drill.figures import Figures, Lag, Orders, Requests, Times
from scripts.drill.journal import Kind, Line
from scripts.drill.ledger import Entry, Fate, Ledger
from scripts.drill.observations import Alarmed, Fetched, Ordered
from scripts.drill.plan import Trigger
from scripts.drill.report import Configuration, Evidence, Kept, Setting
from scripts.drill.states import State
from tests.unit.drill.report.observed import PLAN, PRIMARY, STANDBY, T0, THEATRE, Story, observed


def journal(*told: tuple[float, Kind, dict[str, object]]) -> Kept:
    """A journal of these lines, hashed one after the other."""
    lines: list[Line] = []
    previous = ""
    for number, (at, kind, said) in enumerate(told, 1):
        hash = hashlib.sha256(f"{previous}{number}{kind}{said}".encode()).hexdigest()
        lines.append(Line(number, T0 + at, T0 + at, kind, said, previous, hash))
        previous = hash
    return Kept(".tradewind/drills/prod/drill/journal.jsonl", previous, tuple(lines))


def course(story: Story) -> Kept:
    """The journal of a drill that runs its course."""
    return journal(
        (-62, Kind.OPENED, {"drill": "drill"}),
        (-61, Kind.STATE, {"state": "PLANNED"}),
        (-60, Kind.STATE, {"state": "ARMED"}),
        (-0.5, Kind.STATE, {"state": "FAILING"}),
        (-0.3, Kind.INTENT, {"step": "takeover"}),
        (0, Kind.DONE, {"step": "takeover"}),
        (story.last, Kind.STATE, {"state": "FAILED_OVER"}),
        (story.held, Kind.STATE, {"state": "VERIFIED"}),
        (story.back, Kind.STATE, {"state": "FAILING_BACK"}),
        (story.back + 1, Kind.UNDONE, {"step": "takeover"}),
        (story.ended, Kind.STATE, {"state": "RESTORED"}),
    )


CHECKS = (
    Check("standby is healthy", Verdict.PASSED, "16 of 16 checkers say so", "more than 18 %"),
    Check("recovery time fits", Verdict.PASSED, "30 s + 60 s + 60 s = 150 s", "at most 300 s"),
    Check(
        "standby's capacity",
        Verdict.WARNED,
        "ceiling 12 instances",
        "at least 12, the primary's peak of 24 hours",
        "Raise fleet_max in params/prod.yaml, and deploy.",
    ),
    Check(
        "backups are fresh",
        Verdict.UNKNOWN,
        "AccessDenied: backup:ListRecoveryPointsByBackupVault",
        "a recovery point younger than 25 h in both vaults",
        "Allow it, or look: aws backup list-recovery-points-by-backup-vault",
    ),
    Check("search", Verdict.NOT_APPLICABLE, "product_search is off", "-"),
)

VERIFIED = (
    Check(
        "5 checkouts through the front door", Verdict.PASSED, "5 acknowledged by eu-central-1", "5"
    ),
    Check("5 orders readable there", Verdict.PASSED, "5 by the API, 5 in the table", "5"),
    Check("orders committed after failback", Verdict.PASSED, "5 of 5", "5"),
)

_ITEM = {"Requested": {"BOOL": False}}


def evidence(story: Story | None = None) -> Evidence:
    """A takeover that went well."""
    told = story or Story()
    seen = tuple(observed(told))
    acknowledged = sum(isinstance(one, Ordered) and one.acknowledged for one in seen)
    asked = [one for one in seen if isinstance(one, Fetched) and T0 <= one.at < T0 + told.back]
    return Evidence(
        drill="2026-11-18T13-46-40Z-ab12",
        plan=PLAN,
        state=State.RESTORED,
        setting=Setting(
            rehearsal=False,
            unmeasured={
                "search index": "It is made anew from the catalogue; nothing is replicated."
            },
            versions={"tradewind": "0.1.0", "release": "3f6a1c09", "python": "3.11.9"},
        ),
        journal=course(told),
        figures=Figures(
            times=Times(
                T0,
                T0 + told.detected,
                T0 + told.flipped,
                T0 + told.last,
                T0 + told.flipped + 21,
                T0 + told.held,
            ),
            bound=150.0,
            requests=Requests(
                len(asked),
                sum(not one.good for one in asked),
                {
                    region: sum(one.region == region for one in asked)
                    for region in (PRIMARY, STANDBY)
                },
            ),
            orders=Orders(acknowledged, 0, 0),
            lags=(
                Lag("order-intake", 1.4, 40),
                Lag("carts", 2.5, 40),
                Lag("search index", None, 0, "It is made anew from the catalogue."),
            ),
            rpo=0.0,
            stall=0.8,
            valid=True,
            decision=14.0,
            failback=told.ended - told.back,
        ),
        checks=CHECKS,
        verified=VERIFIED,
        observations=seen,
        configurations=(Configuration("takeover", {"item": _ITEM}, {"item": _ITEM}),),
        settled=(),
        approver="arn:aws:sts::111122223333:assumed-role/operators/mara, by the hash, from ops-1",
    )


def good() -> Evidence:
    """A takeover that met every objective."""
    return evidence()


def missed() -> Evidence:
    """One that took too long, in a standby that could not carry all."""
    one = evidence(Story(last=214, held=388, back=460, ended=560, broken=0.12, seed=2))
    alarm = Alarmed(T0 + 240, STANDBY, "tradewind-prod-shop-5xx", "ALARM")
    calm = Alarmed(T0 + 400, STANDBY, "tradewind-prod-shop-5xx", "OK")
    return replace(one, observations=(*one.observations, alarm, calm))


def aborted() -> Evidence:
    """One that was undone because the standby failed."""
    story = Story(held=900, back=110, ended=190, broken=0.6, seed=3)
    one = evidence(story)
    assert one.figures is not None
    return replace(
        one,
        figures=replace(
            one.figures,
            times=replace(one.figures.times, t5=None),
            rpo=None,
            reasons={
                "t5": "no two windows held the objective",
                "rto": "no two windows held the objective",
                "rpo": "the orders were not looked for in both regions",
            },
        ),
        reason="The standby answered 31 of 52 requests with errors; 5 % are allowed.",
        verified=(),
        journal=journal(
            (-61, Kind.OPENED, {}),
            (-60, Kind.STATE, {"state": "ARMED"}),
            (-0.5, Kind.STATE, {"state": "FAILING"}),
            (-0.3, Kind.INTENT, {"step": "takeover"}),
            (0, Kind.DONE, {"step": "takeover"}),
            (110, Kind.NOTE, {"words": "The standby answers with errors."}),
            (110, Kind.STATE, {"state": "ABORTING"}),
            (111, Kind.UNDONE, {"step": "takeover"}),
            (190, Kind.STATE, {"state": "RESTORED"}),
        ),
    )


def data() -> Evidence:
    """One that moved the database, too."""
    one = evidence(Story(back=420, ended=640, seed=4))
    return replace(
        one,
        plan=replace(PLAN, data=True),
        journal=journal(
            (-60, Kind.STATE, {"state": "ARMED"}),
            (-0.5, Kind.STATE, {"state": "FAILING"}),
            (-0.3, Kind.INTENT, {"step": "takeover"}),
            (0, Kind.DONE, {"step": "takeover"}),
            (86, Kind.STATE, {"state": "FAILED_OVER"}),
            (150, Kind.STATE, {"state": "VERIFIED"}),
            (170, Kind.STATE, {"state": "DATA_MOVING"}),
            (171, Kind.INTENT, {"step": "data.rotation"}),
            (172, Kind.DONE, {"step": "data.rotation"}),
            (173, Kind.INTENT, {"step": "data.fence"}),
            (174, Kind.DONE, {"step": "data.fence"}),
            (175, Kind.INTENT, {"step": "data.switchover"}),
            (261, Kind.SETTLED, {"step": "data.switchover", "standing": "made"}),
            (262, Kind.DONE, {"step": "data.switchover"}),
            (300, Kind.STATE, {"state": "DATA_MOVED"}),
            (420, Kind.STATE, {"state": "FAILING_BACK"}),
            (560, Kind.UNDONE, {"step": "data.switchover"}),
            (570, Kind.UNDONE, {"step": "data.fence"}),
            (571, Kind.UNDONE, {"step": "takeover"}),
            (580, Kind.UNDONE, {"step": "data.rotation"}),
            (640, Kind.STATE, {"state": "RESTORED"}),
        ),
    )


def stranded() -> Evidence:
    """A rehearsed outage with eventual consistency: three orders came back late, one never."""
    one = evidence(Story(seed=5))
    assert one.figures is not None
    orders = replace(one.figures.orders, stranded=3, lost=1, stranded_peak_age=2.4)
    return replace(
        one,
        plan=replace(
            PLAN,
            environment="dev",
            trigger=Trigger.OUTAGE,
            theatre=replace(
                THEATRE, intake_consistency="EVENTUAL", environment="dev", global_cluster=""
            ),
        ),
        setting=Setting(
            rehearsal=True,
            speed=60,
            unmeasured={"ElastiCache": "The sandbox does not imitate its replication."},
            versions={"tradewind": "0.1.0", "ministack": "1.5.33"},
        ),
        figures=replace(one.figures, orders=orders, rpo=2.4),
        ledger=Ledger(
            (
                Entry(4, "o-0004", T0 - 2.4, PRIMARY, Fate.STRANDED, "CONFIRMED"),
                Entry(5, "o-0005", T0 - 1.1, PRIMARY, Fate.STRANDED, "CONFIRMED"),
                Entry(6, "o-0006", T0 - 0.7, PRIMARY, Fate.STRANDED, "CONFIRMED"),
                Entry(7, "o-0007", T0 - 0.2, PRIMARY, Fate.LOST),
                Entry(8, "o-0008", T0 + 60, STANDBY, Fate.THERE, "CONFIRMED"),
            ),
            T0,
            2.4,
        ),
    )


def tampered() -> Evidence:
    """One whose journal somebody has edited, and whose switch is not as it was."""
    one = evidence(Story(seed=6))
    differs = "The switch in tradewind-prod-switch is on, and was off."
    return replace(
        one,
        state=State.NEEDS_OPERATOR,
        journal=replace(one.journal, broken="line 5: its hash is not that of what it says."),
        configurations=(
            Configuration(
                "takeover", {"item": _ITEM}, {"item": {"Requested": {"BOOL": True}}}, (differs,)
            ),
        ),
        commands=(
            "aws dynamodb put-item --region eu-central-1 --table-name tradewind-prod-switch "
            """--item '{"Requested":{"BOOL":false}}'""",
        ),
    )


ALL = (good, missed, aborted, data, stranded, tampered)


if __name__ == "__main__":
    for make in ALL:
        written = report.write(Path(sys.argv[1]) / make.__name__, make())
        sys.stdout.write(f"{written.page} {written.page.stat().st_size}\n")
