"""A plan of a drill, made from what stands; and how it is shown and approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.commands.failover_drill.wishes import Wishes
    from scripts.drill.plan import Plan
    from scripts.drill.theatre import Theatre


#: Fewer customers in a rehearsal: sixty times as fast, each is sixty, and the machine has AWS to be besides.
_REHEARSED = {"clients": 4, "period": 10, "orders": 2}


def drafted(
    aws: Aws, environment: Environment, theatre: Theatre, wishes: Wishes, *, rehearsal: bool
) -> Plan:
    """What would be done. Raises UsageError for a wish that this environment cannot have."""
    from dataclasses import replace

    from scripts.deploy.history import History
    from scripts.drill.data import relocation
    from scripts.drill.plan import Objectives, Pace, Plan, Trigger

    values = environment.values(environment.primary_region)
    current = History.of(aws, environment).current()
    plan = Plan(
        environment=environment.name,
        trigger=Trigger(wishes.trigger),
        data=wishes.data,
        hold=wishes.hold,
        objectives=Objectives(
            rto=int(values["recovery_time_objective_seconds"]),
            rpo=int(values["recovery_point_objective_seconds"]),
            errors=1.0,
        ),
        pace=replace(Pace(), longest=wishes.max_duration, **(_REHEARSED if rehearsal else {})),
        theatre=theatre,
        release=current.release if current else "",
    )
    relocation.refuse(plan)
    return plan


def shown(plan: Plan) -> Iterator[str]:
    """The plan, as a person reads it before approving it."""
    theatre, pace, objectives = plan.theatre, plan.pace, plan.objectives
    yield (
        f"plan {plan.hash} of {plan.environment}: {plan.trigger}, "
        f"{theatre.primary.name} to {theatre.standby.name}"
    )
    for number, said in enumerate(_phases(plan), start=1):
        yield f"  {number}. {said}"
    yield (
        f"  held to: RTO {objectives.rto} s, RPO {objectives.rpo} s, {objectives.errors:g} % of requests; "
        f"clients within {theatre.bound} s; ends after {pace.longest} s at the latest"
    )


def _phases(plan: Plan) -> Iterator[str]:
    theatre, pace = plan.theatre, plan.pace
    yield (
        "arm: lease and open drill in the standby, snapshot, undo script; "
        f"{pace.clients} clients and {pace.orders} orders a minute, {pace.baseline} s of baseline"
    )
    yield f"fail: {_TRIGGERS[plan.trigger]}"
    yield (
        f"observe: checkers agree within {theatre.detection} s, DNS has a TTL of {theatre.ttl} s, "
        f"a connection lives {theatre.keep_alive} s at most; then {pace.windows} windows of {pace.window} s"
    )
    yield "verify: orders through the front door, served and acknowledged by the standby"
    if plan.data:
        yield "data: rotation suspended, writes fenced, SwitchoverGlobalCluster; approved apart"
    yield (
        "hold, until: tradewind failover-drill failback"
        if plan.hold
        else f"fail back{': data first, then traffic' if plan.data else ''}, compared with the snapshot"
    )
    yield "report: JSON and a page"


_TRIGGERS = {
    "takeover": "the standby's switch says so (DynamoDB in the standby alone; latches)",
    "invert": "the primary's health check is inverted (Route 53's control plane; does not latch)",
    "app-health": "the shop in the primary says that it is not well (does not latch)",
    "outage": "the region is taken away (sandbox only; does not latch)",
}
