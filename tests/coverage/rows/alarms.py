"""O3: alarms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.coverage.claims import (
    EDGE,
    ON_RDS,
    PAIR,
    STANDBY,
    Claim,
    Complaint,
    Every,
    Law,
    Look,
    Some,
    row,
)
from tests.coverage.contents import Holds, Item, Refers
from tests.coverage.expectations import Absent, AllOf, AtLeast, AtMost, Given
from tests.coverage.rows.names import (
    ALARM,
    COMPOSITE_ALARM,
    LOGS_KEY,
    SCALING_POLICY,
    TOPIC,
)


def series(namespace: str, metric: str, **more: Any) -> dict[str, Any]:
    """An alarm on one series."""
    return {"Namespace": namespace, "MetricName": metric, **more}


def formula(namespace: str, metric: str, statistic: str = "Sum") -> Item:
    """An ingredient of an alarm's formula."""
    return Item(
        {
            "MetricStat.Metric.Namespace": namespace,
            "MetricStat.Metric.MetricName": metric,
            "MetricStat.Stat": statistic,
        }
    )


def in_some_tier(look: Look) -> Iterator[Complaint]:
    """Every alarm that calls somebody is in the rule of a composite."""
    rules = [each.properties.get("AlarmRule") for each in look.of_type(COMPOSITE_ALARM)]
    listed = {str(found) for rule in rules for found in look.platform.references(rule)}
    for alarm in look.of_type(ALARM):
        actions = look.platform.references(alarm.properties.get("AlarmActions"))
        if str(alarm) not in listed and any(action.type == TOPIC for action in actions):
            yield Complaint(str(alarm), "AlarmRule", "of no composite alarm names it")


O3 = row(
    "O3",
    "CloudWatch alarms for latency, error rates, traffic",
    Claim(
        "the 99th percentile of the response time",
        Some(ALARM, {"Metrics": formula("AWS/ApplicationELB", "TargetResponseTime", "p99")}),
    ),
    Claim(
        "the rate of 5XX, by metric math over the requests",
        Some(
            ALARM,
            {
                "Metrics[Id=result].Expression": Holds("100 *", "by_target", "requests"),
                "Metrics[Id=requests].MetricStat.Metric.MetricName": "RequestCount",
                "Metrics[Id=by_target].MetricStat.Metric.MetricName": "HTTPCode_Target_5XX_Count",
                "Metrics[Id=by_balancer].MetricStat.Metric.MetricName": "HTTPCode_ELB_5XX_Count",
            },
        ),
    ),
    Claim(
        "traffic outside the band that CloudWatch learnt",
        Some(
            ALARM,
            {
                "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
                "ThresholdMetricId": "band",
                "Metrics[Id=band].Expression": Holds("ANOMALY_DETECTION_BAND"),
                "Metrics[Id=seen].MetricStat.Metric.MetricName": "RequestCount",
            },
        ),
    ),
    Claim(
        "the database's CPU and memory, on Aurora",
        Some(
            ALARM,
            series(
                "AWS/RDS",
                "CPUUtilization",
                Dimensions=Item({"Name": "DBClusterIdentifier", "Value": Given()}),
            ),
        ),
    ),
    Claim(
        "the database's storage, on RDS",
        Some(
            ALARM,
            series(
                "AWS/RDS",
                "FreeStorageSpace",
                Dimensions=Item({"Name": "DBInstanceIdentifier", "Value": Given()}),
            ),
        ),
        ON_RDS,
    ),
    Claim(
        "the lag of the other region's database",
        Some(ALARM, series("AWS/RDS", "AuroraGlobalDBReplicationLag")),
        PAIR,
    ),
    Claim(
        "the lag of replicas, on RDS: in the region",
        Some(ALARM, series("AWS/RDS", "ReplicaLag")),
        ON_RDS,
    ),
    *(
        Claim(
            f"how far {table} lags in the other region",
            Some(
                ALARM,
                series(
                    "AWS/DynamoDB",
                    "ReplicationLatency",
                    Dimensions=AllOf(
                        Item({"Name": "ReceivingRegion", "Value": "{peer}"}),
                        Item({"Name": "TableName", "Value": f"tradewind-{{environment}}-{table}"}),
                    ),
                ),
                times=1,
            ),
        )
        for table in ("catalogue", "carts", "order-intake")
    ),
    Claim(
        "queues: the age of what waits",
        Some(
            ALARM,
            series(
                "AWS/SQS",
                "ApproximateAgeOfOldestMessage",
                ComparisonOperator="GreaterThanThreshold",
            ),
        ),
    ),
    Claim(
        "dead letters",
        Some(
            ALARM,
            series(
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                ComparisonOperator="GreaterThanThreshold",
                Threshold=0,
            ),
        ),
    ),
    Claim(
        "the cache",
        Some(ALARM, {"Metrics": formula("AWS/ElastiCache", "EngineCPUUtilization", "Maximum")}),
    ),
    Claim(
        "a certificate that ends",
        Some(
            ALARM,
            series(
                "AWS/CertificateManager",
                "DaysToExpiry",
                ComparisonOperator="LessThanThreshold",
                Threshold=AtLeast(14),
            ),
        ),
    ),
    Claim(
        "the health checks, where Route 53 publishes them",
        Some(
            ALARM,
            series(
                "AWS/Route53",
                "HealthCheckStatus",
                ComparisonOperator="LessThanThreshold",
                Dimensions=Item({"Name": "HealthCheckId", "Value": Given()}),
            ),
        ),
        EDGE,
    ),
    Claim(
        "the last good drill of a failover, whoever held it",
        Some(
            ALARM,
            series(
                "Tradewind/Drills",
                "DaysSinceGoodDrill",
                ComparisonOperator="GreaterThanThreshold",
                Threshold=AtMost(90),
                TreatMissingData="breaching",
            ),
        ),
        STANDBY,
    ),
    Claim("one composite alarm a tier", Law(in_some_tier, [(COMPOSITE_ALARM, "AlarmRule")])),
    Claim("the topic is encrypted", Every(TOPIC, {"KmsMasterKeyId": LOGS_KEY})),
    Claim(
        "every alarm acts (it calls somebody, or it scales), and says what to do",
        Every(
            ALARM,
            {
                "AlarmActions": Refers(TOPIC, SCALING_POLICY),
                "AlarmDescription": Given(40),
                "ActionsEnabled": Absent(False),
            },
        ),
    ),
    Claim(
        "every composite alarm acts, and says what to do",
        Every(
            COMPOSITE_ALARM,
            {
                "AlarmActions": Refers(TOPIC),
                "AlarmDescription": Given(40),
                "ActionsEnabled": Absent(False),
            },
        ),
    ),
)
