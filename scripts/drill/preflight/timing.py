"""Whether the objective can be met at all: how long Route 53 takes to see, and clients to follow."""

from __future__ import annotations

from scripts.checks import Answer, judged
from scripts.drill.plan import Trigger
from scripts.drill.preflight.ground import Ground, Question, Questions

#: Seconds; what an alias to a load balancer has, and no client need keep longer.
LONGEST_TTL = 60


def fits_the_objective(ground: Ground) -> Answer:
    """Interval x threshold of the check that the trigger moves, the TTL, and connections that are kept."""
    plan, theatre = ground.plan, ground.theatre
    moved = theatre.takeover if plan.trigger is Trigger.TAKEOVER else theatre.primary_endpoint
    needs = moved.interval * moved.threshold + theatre.ttl + theatre.keep_alive
    return judged(
        needs <= plan.objectives.rto,
        f"{needs} s: {moved.interval} s x {moved.threshold}, TTL {theatre.ttl} s, "
        f"connections {theatre.keep_alive} s",
        f"at most the objective of {plan.objectives.rto} s",
        "Ask more often (health_check_interval: 10), believe sooner (health_check_failures), or raise "
        "the objective.",
    )


def ttl_is_short(ground: Ground) -> Answer:
    """Whatever was answered before the flip is believed for so long."""
    ttl = ground.theatre.ttl
    return judged(
        ttl <= LONGEST_TTL,
        f"{ttl} s",
        f"at most {LONGEST_TTL} s",
        f"Make {ground.theatre.failover_name} an alias again: tradewind drift {ground.environment.name}",
    )


CHECKS: Questions = (
    Question("recovery fits the objective", fits_the_objective),
    Question("TTL", ttl_is_short),
)
