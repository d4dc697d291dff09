"""The rules about time and traffic: how long it took, who was served by whom, and who was not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scripts.drill.figures import Times
from scripts.drill.measures import moved_check
from scripts.drill.observations import Fetched, Probed, Resolved
from scripts.drill.report.findings.facts import Facts, Finding, Rule, Severity
from scripts.drill.report.words import many, seconds

#: Of the RTO: what needs more is met, and nearly missed.
NEAR = 0.8

#: The standby is slower when good requests take so many times as long there, and so many seconds longer.
SLOWER, SLOWER_BY = 1.5, 0.1

#: The seconds by which an observer, which looks at intervals, may be late.
GRACE = 5.0


def recovery_time(facts: Facts) -> Iterator[Finding]:
    """The RTO: missed, never reached, or nearly missed."""
    rto, aim = facts.times.rto, facts.evidence.plan.objectives.rto
    if facts.times.t0 is None:
        return
    if rto is None:
        reason = facts.reason("t5")
        yield Finding(
            Severity.CRITICAL,
            f"The shop was not seen to recover: {reason}.",
            f"Customers wait for as long as the region is away; {seconds(aim)} are aimed at.",
            "Follow the timeline: the first lane that stays red is where it stopped.",
        )
    elif rto > aim:
        slowest = max(_parts(facts.times), key=lambda part: part[1], default=("", 0.0))
        yield Finding(
            Severity.HIGH,
            f"Recovery took {seconds(rto)}, {seconds(rto - aim)} more than aimed at.",
            "The recovery time is promised to the business; an outage would miss it, too.",
            f"Most of it was {slowest[0]}, {seconds(slowest[1])}: begin there, or aim at what is possible.",
        )
    elif rto > NEAR * aim:
        yield Finding(
            Severity.LOW,
            f"Recovery took {seconds(rto)}, which is nearly the {seconds(aim)} aimed at.",
            "In an outage people decide before anything moves; that time comes on top.",
            "Shorten detection (interval 10, threshold 3), or automate the decision.",
        )


def bound(facts: Facts) -> Iterator[Finding]:
    """Detection and the way of the last client are bounded by configuration; more is a fault."""
    times, theatre = facts.times, facts.evidence.plan.theatre
    figures = facts.evidence.figures
    if times.detection is not None and times.detection > theatre.detection + GRACE:
        check = moved_check(theatre, facts.evidence.plan.trigger)
        yield Finding(
            Severity.MEDIUM,
            f"The checkers agreed after {seconds(times.detection)}; {check.threshold} failures "
            f"{check.interval} s apart make {seconds(theatre.detection)}.",
            "What is slower than its configuration depends on something that nobody configured.",
            "Look at each checker's row: one that is late, or a health route that fails slowly.",
        )
    if figures is not None and times.t0 is not None and times.t3 is not None:
        taken = times.t3 - times.t0
        if taken > figures.bound + GRACE:
            yield Finding(
                Severity.HIGH,
                f"The last client was served by {facts.standby} after {seconds(taken)}; "
                f"the bound is {seconds(figures.bound)}.",
                "The bound is detection, TTL and keep-alive together: something is cached for longer.",
                "Look at the lane of the last client, and at what resolves names for it.",
            )


def propagation(facts: Facts) -> Iterator[Finding]:
    """A vantage that keeps an answer for longer than its TTL."""
    taken, theatre = facts.times.propagation, facts.evidence.plan.theatre
    allowed = theatre.ttl + theatre.keep_alive
    if taken is not None and taken > allowed + GRACE:
        last = facts.traffic.tail[0][1] if facts.traffic.tail else "a name server"
        yield Finding(
            Severity.MEDIUM,
            f"From the first name server's change to the last vantage's it took {seconds(taken)}; a TTL of "
            f"{theatre.ttl} s and connections kept for {theatre.keep_alive} s allow {seconds(allowed)}.",
            "A cache that ignores the TTL keeps its customers in a region that is gone.",
            f"The last was {last}: find what resolves for it.",
        )


def tail(facts: Facts) -> Iterator[Finding]:
    """Clients that the primary went on serving by connections that they had."""
    t2, ttl = facts.times.t2, facts.evidence.plan.theatre.ttl
    if t2 is None:
        return
    after = [(at, client) for at, client in facts.traffic.tail if at > t2 + ttl + GRACE]
    if after:
        at, client = after[0]
        yield Finding(
            Severity.LOW,
            f"{many(len(after), 'client')} stayed with {facts.primary} beyond the TTL, {client} for "
            f"{seconds(at - t2)} after DNS had changed.",
            "A kept connection does not look names up; where it hangs, its customer waits for a timeout.",
            "Lower the load balancer's keep-alive, or have the shop close connections when it is unwell.",
        )


def late(facts: Facts) -> Iterator[Finding]:
    """Requests that failed though every vantage had changed over."""
    failed, t3 = facts.traffic.late, facts.times.t3
    if failed and t3 is not None:
        first = failed[0]
        yield Finding(
            Severity.MEDIUM,
            f"{many(len(failed), 'request')} failed after all vantages had changed over, the first "
            f"{seconds(first.at - t3)} later ({_answer(first)}).",
            "Every client was in the standby by then: these failures are the standby's own.",
            "Look whether its caches were cold, its pools small, or its instances still coming up.",
        )


def standby_errors(facts: Facts) -> Iterator[Finding]:
    """What the standby itself answered with an error."""
    wrong = [seen for seen in facts.seen(Fetched) if seen.region == facts.standby and not seen.good]
    if wrong:
        of = sum(seen.region == facts.standby for seen in facts.seen(Fetched))
        yield Finding(
            Severity.HIGH,
            f"{facts.standby} answered {len(wrong)} of {of} requests badly ({_answer(wrong[0])} first).",
            "Traffic went to a region that could not carry all of it.",
            "Read the standby's application log of that time, and compare capacity: tradewind parity.",
        )


def returned(facts: Facts) -> Iterator[Finding]:
    """Name servers that went back to the primary before anybody asked for it."""
    t2, back = facts.times.t2, facts.course.back
    if t2 is None:
        return
    gone: set[str] = set()
    for seen in sorted(facts.seen(Resolved), key=lambda seen: seen.at):
        if seen.at < t2 or (back is not None and seen.at >= back):
            continue
        if seen.region == facts.standby:
            gone.add(seen.server)
        elif seen.server in gone:
            yield Finding(
                Severity.HIGH,
                f"{seen.server} answered {seen.region or 'nobody'} again {seconds(seen.at - t2)} after the "
                "first had changed, and nobody had asked for the way back.",
                "Traffic that goes to and fro reaches a region that may be gone.",
                "Look which check changed: the standby's own, or a trigger that does not latch.",
            )
            return


def slower(facts: Facts) -> Iterator[Finding]:
    """Whether the standby serves as fast as the primary did."""
    before, after = facts.traffic.phase("before").p95, facts.traffic.phase("after").p95
    if before is None or after is None:
        return
    if after > SLOWER * before and after - before > SLOWER_BY:
        yield Finding(
            Severity.LOW,
            f"95 of 100 requests took up to {seconds(after)} in {facts.standby}, and up to "
            f"{seconds(before)} in {facts.primary} before.",
            "What is slower when little is asked of it may not hold when everything is.",
            "Compare instance types and caches (tradewind parity), and load the standby once.",
        )


def before_the_fault(facts: Facts) -> Iterator[Finding]:
    """Whether the shop was well at all."""
    phase = facts.traffic.phase("before")
    if phase.failed:
        yield Finding(
            Severity.MEDIUM,
            f"{phase.failed} of {phase.requests} requests failed before anything was done.",
            "Figures of a shop that was not well beforehand say little about the failover.",
            "Find the cause, and drill again.",
        )


def disagreement(facts: Facts) -> Iterator[Finding]:
    """Checkers that spoke against the check which the trigger moves before anything was done."""
    plan, times = facts.evidence.plan, facts.times
    check = moved_check(plan.theatre, plan.trigger)
    if times.t0 is None:
        return
    early = [
        seen
        for seen in facts.seen(Probed)
        if seen.check == check.id and seen.checked_at < times.t0 and seen.success == check.inverted
    ]
    if early:
        who = sorted({seen.checker for seen in early})
        yield Finding(
            Severity.LOW,
            f"{many(len(who), 'checker')} spoke for unhealthy before the fault "
            f"({early[0].status}): {', '.join(who[:4])}{' …' if len(who) > 4 else ''}.",
            "One fault more, and the check turns by itself: these are the margin that is missing.",
            "Look at the check's per-checker status in Route 53, and at rate limits on the health route.",
        )


RULES: tuple[Rule, ...] = (
    recovery_time,
    bound,
    propagation,
    tail,
    late,
    standby_errors,
    returned,
    slower,
    before_the_fault,
    disagreement,
)


def _parts(times: Times) -> list[tuple[str, float]]:
    parts: Mapping[str, float | None] = {
        "detection": times.detection,
        "DNS": times.dns,
        "propagation": times.propagation,
        "recovery": times.recovery,
    }
    return [(name, taken) for name, taken in parts.items() if taken is not None]


def _answer(seen: Fetched) -> str:
    return f"HTTP {seen.status}" if seen.status else "no answer"
