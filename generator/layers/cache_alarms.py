"""The alarms of Cache: over all nodes of the session cache, whichever of them leads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from troposphere import Sub

from generator.alarms import (
    Formula,
    Watched,
    above,
    formula_alarm,
    tier_alarm,
)
from generator.caches import node_series
from generator.dashboards import Chart, Line

if TYPE_CHECKING:
    from troposphere import AWSObject

    from generator.layer import Layer
    from generator.layers.cache import Cache

#: A node's name ends in its number. A group has six at most; one that is not there counts as 0.
NODES = range(1, 7)
NODE = "${{Group}}-{:03}"

#: Valkey takes this many connections.
#: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/BestPractices.Clients.Redis.Connections.html
MOST_CONNECTIONS = 65_000

#: What is watched as the worst of all nodes.
WORST = (
    Watched(
        "SessionCpu",
        "EngineCPUUtilization",
        above(80, breaches=5, periods=5),
        "A node of the session cache is out of CPU: sessions become slow. Read the slow log for the command; "
        "then its type.",
    ),
    Watched(
        "SessionHostCpu",
        "CPUUtilization",
        above(90, breaches=5, periods=5),
        "The host of a session cache node is out of CPU, beside the engine itself: TLS and snapshots are "
        "the usual reason. See its connections; then its type.",
    ),
    Watched(
        "SessionMemory",
        "DatabaseMemoryUsagePercentage",
        above(80, breaches=5, periods=5),
        "The session cache is nearly full, and will put the least used out. Raise cache_node_type.",
    ),
    Watched(
        "SessionConnections",
        "CurrConnections",
        above(int(MOST_CONNECTIONS * 0.8)),
        "A node of the session cache is near the most connections that it takes. See whether the fleet "
        "scaled, or leaks them.",
    ),
    Watched(
        "SessionLag",
        "ReplicationLag",
        above(5, breaches=5, periods=5),
        "A replica of the session cache is more than five seconds behind: a failover now would lose that "
        "much of the sessions. See the primary's CPU and network.",
    ),
)

#: What is watched as the sum over all nodes.
TOTAL = (
    Watched(
        "SessionEvictions",
        "Evictions",
        above(1000, breaches=5, periods=5),
        "The session cache puts out what has not expired: customers lose their sessions. Raise "
        "cache_node_type.",
    ),
    Watched(
        "SessionLogins",
        "AuthenticationFailures",
        above(5, breaches=1, periods=1),
        "Logins to the session cache fail. After a rotation: an instance that does not read the secret anew. "
        "Else: somebody who should not be there.",
    ),
    Watched(
        "SessionCommands",
        "CommandAuthorizationFailures",
        above(5, breaches=1, periods=1),
        "Somebody tries commands in the session cache that the shop may not use. A new revision of the shop "
        "is the usual reason: see generator/valkey.py.",
    ),
    Watched(
        "SessionKeys",
        "KeyAuthorizationFailures",
        above(5, breaches=1, periods=1),
        "Somebody reaches for keys in the session cache that are not the shop's. A new revision of the shop "
        "is the usual reason: see generator/valkey.py.",
    ),
)


def watch(layer: Cache) -> AWSObject:
    """Every alarm of the cache, and one for the tier."""
    return tier_alarm(
        layer,
        "CacheTier",
        [*_sessions(layer), _failed_over(layer)],
        topic=layer.alerts_topic_arn,
        says="The session cache needs somebody: see which of the tier's alarms fires.",
    )


def session_chart(layer: Layer) -> Chart:
    """The two nodes that every session cache has; empty where there is none."""
    nodes = [
        Sub(NODE.format(number), Group=layer.named_everywhere("sessions")) for number in (1, 2)
    ]
    return Chart(
        "Session cache",
        tuple(
            Line(node_series(node, metric, "Maximum"), f"{label}, node {number}")
            for number, node in enumerate(nodes, 1)
            for metric, label in (
                ("EngineCPUUtilization", "CPU %"),
                ("DatabaseMemoryUsagePercentage", "memory %"),
            )
        ),
    )


def _sessions(layer: Cache) -> Iterator[AWSObject]:
    for watched, together, statistic in (
        *((watched, "MAX", "Maximum") for watched in WORST),
        *((watched, "SUM", "Sum") for watched in TOTAL),
    ):
        yield formula_alarm(
            layer,
            watched.title,
            _over_nodes(layer, watched.metric, statistic, f"{together}([{{}}])", "FILL({}, 0)"),
            watched.limit,
            topic=layer.alerts_topic_arn,
            says=watched.says,
        )


def _failed_over(layer: Cache) -> AWSObject:
    """A node that was the primary is no more, or one that was not is now."""
    return formula_alarm(
        layer,
        "SessionFailover",
        _over_nodes(
            layer, "IsMaster", "Maximum", "SUM([{}])", "ABS(DIFF(FILL(FILL({}, REPEAT), 0)))"
        ),
        above(0, breaches=1, periods=1),
        topic=layer.alerts_topic_arn,
        says="Another node leads the session cache: its zone or its host failed, or it was maintained. "
        "Sessions written in the last second may be gone. See ElastiCache's events for the reason.",
    )


def _over_nodes(layer: Cache, metric: str, statistic: str, together: str, each: str) -> Formula:
    """One series for each node that there may be, brought together by an expression."""
    nodes = {
        f"node{number}": node_series(
            Sub(NODE.format(number), Group=layer.named_everywhere("sessions")),
            metric,
            statistic,
        )
        for number in NODES
    }
    return Formula(together.format(", ".join(each.format(name) for name in nodes)), nodes)
