"""M2: what people look at."""

from __future__ import annotations

from tests.coverage.claims import EDGE, Claim, Some, row
from tests.coverage.contents import Mentions
from tests.coverage.rows.names import DASHBOARD

WIDGETS = "DashboardBody.widgets"


def region_shows(what: str, *words: str) -> Claim:
    """A region's dashboard shows something."""
    return Claim(
        f"a region's shows {what}",
        Some(
            DASHBOARD,
            {"DashboardName": "tradewind-{environment}-shop-{region}", WIDGETS: Mentions(*words)},
            times=1,
        ),
    )


def world_shows(what: str, *words: str) -> Claim:
    """The dashboard of both regions shows something."""
    return Claim(
        f"the global one shows {what}",
        Some(
            DASHBOARD,
            {"DashboardName": "tradewind-{environment}-shop", WIDGETS: Mentions(*words)},
            times=1,
        ),
        EDGE,
    )


M2 = row(
    "M2",
    "dashboards",
    region_shows("latency", "TargetResponseTime", "p99"),
    region_shows("traffic", "RequestCount"),
    region_shows("errors", "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"),
    region_shows("saturation", "CPUUtilization", "GroupInServiceInstances", "DatabaseConnections"),
    region_shows("orders and revenue", "OrdersAcknowledged", "orders-committed", "Revenue"),
    region_shows("replication", "ReplicationLatency"),
    world_shows("orders of both regions", "OrdersAcknowledged", "{primary}", "{standby}"),
    world_shows("revenue", "Revenue"),
    world_shows("answers at the edge", "AWS/CloudFront", "5xxErrorRate", "OriginLatency"),
    world_shows("who serves", "HealthCheckStatus"),
    world_shows("replication", "ReplicationLatency"),
    world_shows(
        "what drills measured, and what they are held to",
        "Tradewind/Drills",
        "RtoSeconds",
        "RpoSeconds",
        "OrdersLost",
        "DaysSinceGoodDrill",
        "TIME_SERIES",
    ),
    world_shows("cost", "EstimatedCharges"),
)
