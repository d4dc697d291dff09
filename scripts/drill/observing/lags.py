"""How far the copies of the stores are behind, as CloudWatch has it: once a minute, of the last minutes.

Global tables: ReplicationLatency, in the region that writes.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
Aurora: AuroraGlobalDBReplicationLag, in the region that copies; a read replica: ReplicaLag.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
S3: ReplicationLatency of a rule, in the region of the bucket that is copied to.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from generator.naming import PREFIX
from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.clock import Clock
from scripts.drill.observations import Lagged, Observation
from scripts.drill.observing.rounds import Periodic
from scripts.drill.plan import Plan
from scripts.drill.theatre import Theatre

_PERIOD = 60.0

#: Minutes of the wall clock in which a datum may still come; and a metric's period, in seconds.
_BACK, _MINUTE = timedelta(minutes=5), 60

#: The rule by which a region's buckets replicate (generator/replication.py).
RULE = "ToThePeer"

CALLS = tuple(
    Call(
        "cloudwatch",
        "GetMetricData",
        where,
        Plane.DATA,
        "reads how far copies are behind",
        needed=False,
    )
    for where in (Where.STANDBY, Where.IMPAIRED)
)


@dataclass(frozen=True)
class Series:
    """A metric of a store's copy; `unit` seconds are one of what it counts."""

    store: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    unit: float = 0.001

    def query(self, id: str) -> dict[str, Any]:
        """As GetMetricData takes it."""
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions.items()]
        metric = {
            "Namespace": self.namespace,
            "MetricName": self.metric,
            "Dimensions": dimensions,
        }
        return {"Id": id, "MetricStat": {"Metric": metric, "Period": _MINUTE, "Stat": "Maximum"}}


class Lags(Periodic):
    """What one region's CloudWatch says; each datum is told once."""

    period = _PERIOD

    def __init__(self, aws: Aws, clock: Clock, region: str, series: tuple[Series, ...]) -> None:
        self.name = f"replication as CloudWatch in {region} has it"
        self._cloudwatch = aws.client("cloudwatch", region)
        self._clock, self._series = clock, series
        self._told: set[tuple[str, float, float]] = set()

    def look(self) -> Iterable[Observation]:
        """What is new."""
        now = datetime.now(UTC)
        answer = self._cloudwatch.call(
            "get_metric_data",
            MetricDataQueries=[one.query(f"s{number}") for number, one in enumerate(self._series)],
            StartTime=now - _BACK,
            EndTime=now,
        )
        for result in answer["MetricDataResults"]:
            series = self._series[int(result["Id"][1:])]
            for stamp, value in zip(result["Timestamps"], result["Values"], strict=True):
                wall = stamp.timestamp()
                if (datum := (result["Id"], wall, value)) not in self._told:
                    self._told.add(datum)  # a minute that goes on may still grow
                    yield Lagged(
                        round(self._clock.of(wall), 3), series.store, round(value * series.unit, 3)
                    )


def images_bucket(theatre: Theatre, region: str) -> str:
    """A region's bucket of product images, by its derived name (generator/buckets.py)."""
    return f"{PREFIX}-{theatre.environment}-images-{theatre.account}-{region}"


def in_primary(theatre: Theatre) -> tuple[Series, ...]:
    """What the primary's CloudWatch tells: of its global tables, towards the standby."""
    tables = {
        "order-intake": theatre.order_intake,
        "carts": theatre.carts,
        "catalogue": theatre.catalogue,
    }
    return tuple(
        Series(
            store,
            "AWS/DynamoDB",
            "ReplicationLatency",
            {"TableName": table, "ReceivingRegion": theatre.standby.name},
        )
        for store, table in tables.items()
    )


def in_standby(theatre: Theatre) -> tuple[Series, ...]:
    """What the standby's tells: of its images, and of its copy of the database, if it has one."""
    rule = {
        "SourceBucket": images_bucket(theatre, theatre.primary.name),
        "DestinationBucket": images_bucket(theatre, theatre.standby.name),
        "RuleId": RULE,
    }
    images = Series("images", "AWS/S3", "ReplicationLatency", rule, unit=1.0)
    database = theatre.standby.database
    if not database:
        return (images,)
    if theatre.global_cluster:
        dimensions, metric = {"DBClusterIdentifier": database}, "AuroraGlobalDBReplicationLag"
        return (images, Series("orders", "AWS/RDS", metric, dimensions))
    dimensions = {"DBInstanceIdentifier": database}
    return (images, Series("orders", "AWS/RDS", "ReplicaLag", dimensions, unit=1.0))


def lags(aws: Aws, clock: Clock, plan: Plan) -> list[Lags]:
    """An observer for each region that has something to tell."""
    theatre = plan.theatre
    told = {
        theatre.primary.name: in_primary(theatre),
        theatre.standby.name: in_standby(theatre),
    }
    return [Lags(aws, clock, region, series) for region, series in told.items() if series]
