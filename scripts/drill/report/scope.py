"""What a drill covered, what it left out, and where it did not go as planned: an auditor's questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from scripts.drill.plan import Plan, Trigger
from scripts.drill.report.chronicle import Chronicle
from scripts.drill.report.evidence import Evidence
from scripts.drill.report.words import many, seconds
from scripts.drill.states import State


def scope(evidence: Evidence) -> dict[str, list[str]]:
    """What was included and excluded, a sentence each."""
    return {"included": list(_included(evidence)), "excluded": list(_excluded(evidence))}


def deviations(evidence: Evidence, course: Chronicle) -> Iterator[str]:
    """Where it went otherwise than the plan that was approved."""
    yield from evidence.deviations
    if evidence.reason:
        yield f"It did not run its course: {evidence.reason}"
    for step in course.settled:
        yield f"What became of {step} had to be read from AWS: the drill was cut off while it was asked for."
    if evidence.plan.hold:
        yield "It was held, failed over, until somebody asked for the way back; the plan says so."
    began, figures = course.since(State.ARMED), evidence.figures
    failed_back = course.since(State.FAILING_BACK)
    longest = evidence.plan.pace.longest
    if began is not None and failed_back is not None and failed_back - began > longest:
        yield f"It took {seconds(failed_back - began)} to the way back; {seconds(longest)} were planned."
    if figures is not None and not figures.valid:
        yield f"The machine that measured stood still for {seconds(figures.stall)}: its figures do not count."


def _included(evidence: Evidence) -> Iterator[str]:
    plan = evidence.plan
    theatre, pace = plan.theatre, plan.pace
    yield f"{_scenario(plan)} {theatre.standby.name} took over."
    yield (
        f"{many(pace.clients, 'client')} that cache DNS, each asking every {seconds(pace.period)}, and "
        f"{many(pace.orders, 'checkout')} a minute, by {theatre.failover_name}."
    )
    yield (
        "Route 53: the health checks' checkers, and the answers of each name server of the zone "
        f"{theatre.hosted_zone}."
    )
    yield f"Orders in {theatre.order_intake}, one by one, with {theatre.intake_consistency} consistency."
    if plan.data:
        yield f"The orders database: {theatre.global_cluster} was switched over and back."


def _excluded(evidence: Evidence) -> Iterator[str]:
    plan = evidence.plan
    if not plan.data:
        yield "The orders database stayed where it is; only traffic moved."
    if plan.trigger is not Trigger.OUTAGE:
        yield f"{plan.theatre.primary.name} itself was well: what fails with a region that is gone did not."
    for store, why in sorted(evidence.setting.unmeasured.items()):
        yield f"{store}: {why}"
    yield "The time that people take to notice and to decide is not part of the recovery time."
    if evidence.setting.rehearsal:
        yield "AWS itself: this was a rehearsal."


def _scenario(plan: Plan) -> str:
    region = plan.theatre.primary.name
    match plan.trigger:
        case Trigger.TAKEOVER:
            return f"{region} was left by the takeover switch, which latches and needs no control plane."
        case Trigger.INVERT:
            return f"{region} was left by inverting its health check, which needs Route 53's control plane."
        case Trigger.APP_HEALTH:
            return f"The shop in {region} said that it was unwell, and was found out by its health checks."
        case Trigger.OUTAGE:
            return f"{region} was taken away: its processes, and its API."
    assert_never(plan.trigger)
