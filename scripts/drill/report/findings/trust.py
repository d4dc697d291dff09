"""The rules about what a drill may have cost, and whether its figures can be believed: orders, data, alarms,
the preflight, the journal, and the way back.
"""

from __future__ import annotations

from collections.abc import Iterator

from scripts.checks import Verdict
from scripts.drill.observations import Alarmed, Ordered, Unread
from scripts.drill.report.findings.facts import Facts, Finding, Rule, Severity
from scripts.drill.report.verdict import FINE, strong
from scripts.drill.report.words import many, seconds


def left_over(facts: Facts) -> Iterator[Finding]:
    """What is not as it was."""
    for one in facts.evidence.configurations:
        for said in one.differs:
            yield Finding(
                Severity.CRITICAL,
                said,
                "The drill is over, and the environment is not as it was.",
                " ; ".join(facts.evidence.commands) or "Run undo.sh of this drill, and look again.",
            )
    if facts.evidence.settled:
        yield Finding(
            Severity.MEDIUM,
            f"tradewind plan would change something now: {facts.evidence.settled[0]}"
            f"{' …' if len(facts.evidence.settled) > 1 else ''}",
            "After a drill the templates and the environment should say the same.",
            f"Read it: tradewind plan {facts.evidence.plan.environment}",
        )


def orders(facts: Facts) -> Iterator[Finding]:
    """Orders that a customer was promised, and that did not arrive."""
    figures = facts.evidence.figures
    if figures is None:
        return
    counted, plan = figures.orders, facts.evidence.plan
    if counted.lost:
        yield Finding(
            Severity.CRITICAL,
            f"{counted.lost} of {counted.acknowledged} acknowledged orders are in neither region.",
            "A customer was told that the order is taken, and nobody will deliver it.",
            "Enter them anew from the list of this report, and have replication looked at first.",
        )
    if counted.stranded and strong(plan):
        yield Finding(
            Severity.CRITICAL,
            f"{counted.stranded} orders were not in {facts.standby}, though consistency is strong.",
            "A write that is acknowledged with strong consistency is in two regions; these were not.",
            "Check the consistency of order-intake's table, and take it up with AWS.",
        )
    elif counted.stranded:
        yield Finding(
            Severity.MEDIUM,
            f"{counted.stranded} of {counted.acknowledged} orders were in {facts.primary} alone until it "
            f"came back, the oldest {seconds(counted.stranded_peak_age)} old at the fault.",
            "Eventual consistency allows it: while a region is away its last orders are, too.",
            "Strong consistency (order_intake_consistency) leaves none behind.",
        )
    if counted.unsettled:
        yield Finding(
            Severity.HIGH,
            f"Of {counted.unsettled} acknowledged orders nobody could say where they are.",
            "An order that cannot be asked for may be lost.",
            "Ask for them again, in both regions: tradewind failover-drill report.",
        )
    refused = sum(
        not seen.acknowledged and _while_recovered(facts, seen) for seen in facts.seen(Ordered)
    )
    if refused:
        yield Finding(
            Severity.MEDIUM,
            f"{many(refused, 'checkout')} had no acknowledgement after the shop had recovered.",
            "Browsing alone is no recovery: customers could not buy.",
            "Read the shop's log in the standby for those minutes.",
        )


def data(facts: Facts) -> Iterator[Finding]:
    """The recovery point: lag, and what nobody could measure."""
    figures, aim = facts.evidence.figures, facts.evidence.plan.objectives.rpo
    if figures is None:
        return
    if figures.rpo is not None and figures.rpo > aim:
        yield Finding(
            Severity.HIGH,
            f"Orders of the last {seconds(figures.rpo)} before the fault were missing; {seconds(aim)} are "
            "aimed at.",
            "The recovery point is promised to the business.",
            "Strong consistency for order-intake, or an objective that replication can keep.",
        )
    for lag in figures.lags:
        if lag.peak is not None and lag.peak > aim:
            yield Finding(
                Severity.MEDIUM,
                f"{lag.store} was up to {seconds(lag.peak)} behind.",
                "A region that is lost at that moment takes so much with it.",
                "Look at what is written in bursts, and at the alarm on this lag.",
            )
    unmeasured = [lag.store for lag in figures.lags if lag.unmeasured]
    if unmeasured:
        yield Finding(
            Severity.INFO,
            f"Not measured: {', '.join(unmeasured)}.",
            "Of these stores this drill proves nothing.",
            "Their reasons are under Not measured; drill where they can be.",
        )


def alarms(facts: Facts) -> Iterator[Finding]:
    """Alarms that went off meanwhile."""
    fired = {(seen.region, seen.alarm) for seen in facts.seen(Alarmed) if seen.state == "ALARM"}
    here = sorted(alarm for region, alarm in fired if region == facts.standby)
    if here:
        yield Finding(
            Severity.HIGH,
            f"Alarms of {facts.standby} went off: {', '.join(here)}.",
            "The region that takes over was not well while it did.",
            "Read what each watches, and whether its threshold fits a region that carries all.",
        )
    there = sorted(alarm for region, alarm in fired if region != facts.standby)
    if there:
        yield Finding(
            Severity.INFO,
            f"Alarms elsewhere went off: {', '.join(there)}.",
            "A region that is left should be noticed: these are the drill's own.",
            "Nothing, if somebody was called; else look at who listens.",
        )


def verification(facts: Facts) -> Iterator[Finding]:
    """Synthetic checkouts that were not served as they should be."""
    for check in facts.evidence.verified:
        if check.verdict not in FINE:
            yield Finding(
                Severity.CRITICAL if check.verdict is Verdict.REFUSED else Severity.MEDIUM,
                f"Verification, {check.name}: {check.found.rstrip('.')}; expected {check.expected}.",
                "Whether the standby sells is the point of leaving the primary.",
                check.remedy or "Read the shop's log in the standby.",
            )


def preflight(facts: Facts) -> Iterator[Finding]:
    """What was known beforehand and not mended."""
    severities = {
        Verdict.REFUSED: Severity.HIGH,
        Verdict.WARNED: Severity.LOW,
        Verdict.UNKNOWN: Severity.LOW,
    }
    for check in facts.evidence.checks:
        if check.verdict in severities:
            yield Finding(
                severities[check.verdict],
                f"Preflight, {check.name}: {check.verdict}. {check.found}",
                f"Expected was: {check.expected}.",
                check.remedy or "Have it read: what is not known is not good news.",
            )


def validity(facts: Facts) -> Iterator[Finding]:
    """Whether the machine that measured stood still itself."""
    figures = facts.evidence.figures
    if figures is not None and not figures.valid:
        yield Finding(
            Severity.HIGH,
            f"The machine that measured stood still for {seconds(figures.stall)} of the drill.",
            "What was measured then is this machine, not AWS: the figures do not count.",
            "Drill again on a machine with less to do, or slower: --speed.",
        )


def evidence(facts: Facts) -> Iterator[Finding]:
    """The journal, and what was sent to AWS."""
    if facts.evidence.journal.broken:
        yield Finding(
            Severity.CRITICAL,
            f"The journal's chain is broken: {facts.evidence.journal.broken}",
            "What it says from there on may have been written by anybody.",
            "Compare it with its mirror in the standby's artifacts bucket.",
        )
    if wire := facts.evidence.wire:
        more = f" And {len(wire) - 4} more." if len(wire) > 4 else ""
        yield Finding(
            Severity.HIGH,
            f"{' '.join(wire[:4])}{more}",
            "The way out must not hang on what is on fire, nor on what nobody proved.",
            "Declare the call in its step, or do without it.",
        )
    unread = {seen.what for seen in facts.seen(Unread)}
    if unread:
        number = sum(1 for _ in facts.seen(Unread))
        named = ", ".join(sorted(unread)[:4])
        yield Finding(
            Severity.LOW,
            f"{many(number, 'question')} had no answer: {named}{' …' if len(unread) > 4 else ''}.",
            "The gaps in the lanes are moments of which nothing is known.",
            "Look at the reasons in observations.jsonl.",
        )


RULES: tuple[Rule, ...] = (
    left_over,
    orders,
    data,
    verification,
    validity,
    evidence,
    alarms,
    preflight,
)


def _while_recovered(facts: Facts, seen: Ordered) -> bool:
    """Between T5 and the way back."""
    t5 = facts.times.t5
    back = facts.course.back
    return t5 is not None and seen.at >= t5 and (back is None or seen.at < back)
