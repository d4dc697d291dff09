"""How far the standby's copies are behind, as CloudWatch has it, against the objective for lost data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from scripts.checks import Answer, judged, not_applicable, passed, unknown
from scripts.drill.preflight.ground import Ground, Question, Questions
from scripts.drill.theatre import Theatre

#: Within which a metric counts as now.
LATELY = timedelta(minutes=15)
PERIOD = 60

STRONG = "strong"


def replicas_are_active(ground: Ground) -> Answer:
    """A replica that is not ACTIVE takes nothing over."""
    theatre = ground.theatre
    troubles = []
    for name in (theatre.order_intake, theatre.carts, theatre.catalogue):
        table = ground.primary("dynamodb").call("describe_table", TableName=name)["Table"]
        replicas = {one["RegionName"]: one["ReplicaStatus"] for one in table.get("Replicas", ())}
        status = replicas.get(theatre.standby.name, "missing")
        if status != "ACTIVE":
            troubles.append(f"{name} is {status}")
    return judged(
        not troubles,
        "; ".join(troubles) or "order-intake, carts and catalogue are ACTIVE",
        f"every global table has an ACTIVE replica in {theatre.standby.name}",
        f"tradewind drift {ground.environment.name} says what was changed, and how to mend it.",
    )


def table_lag(name: Callable[[Theatre], str], ground: Ground) -> Answer:
    """ReplicationLatency, milliseconds, which a table publishes while something is written to it.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    """
    theatre = ground.theatre
    table = name(theatre)
    if table == theatre.order_intake and theatre.intake_consistency == STRONG:
        return passed("written in both regions before it is acknowledged", "no lag")
    lag = ground.measured(
        ground.primary("cloudwatch"),
        ("AWS/DynamoDB", "ReplicationLatency"),
        {"TableName": table, "ReceivingRegion": theatre.standby.name},
        "Maximum",
        over=LATELY,
        period=PERIOD,
    )
    return _within(ground, None if lag is None else lag / 1000)


def orders_lag(ground: Ground) -> Answer:
    """Aurora tells milliseconds of its cluster, RDS seconds of its replica.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
    """
    theatre = ground.theatre
    if not theatre.standby.database:
        return not_applicable(f"{theatre.standby.name} has no copy of the orders database")
    aurora = bool(theatre.global_cluster)
    lag = ground.measured(
        ground.standby("cloudwatch"),
        ("AWS/RDS", "AuroraGlobalDBReplicationLag" if aurora else "ReplicaLag"),
        {
            "DBClusterIdentifier" if aurora else "DBInstanceIdentifier": theatre.standby.database,
        },
        "Maximum",
        over=LATELY,
        period=PERIOD,
    )
    return _within(ground, lag / 1000 if aurora and lag is not None else lag)


def _within(ground: Ground, lag: float | None) -> Answer:
    most = ground.plan.objectives.rpo
    expected = f"at most {most} s"
    if lag is None:
        return unknown(f"nothing was measured in {LATELY.seconds // 60} minutes", expected)
    return judged(
        lag <= most,
        f"{lag:g} s at most in {LATELY.seconds // 60} minutes",
        expected,
        "Wait until the copy has caught up; see the global dashboard for what holds it up.",
    )


CHECKS: Questions = (
    Question("replicas of the tables", replicas_are_active),
    Question("lag of order-intake", partial(table_lag, lambda theatre: theatre.order_intake)),
    Question("lag of carts", partial(table_lag, lambda theatre: theatre.carts)),
    Question("lag of catalogue", partial(table_lag, lambda theatre: theatre.catalogue)),
    Question("lag of orders", orders_lag),
)
