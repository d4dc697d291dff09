"""Also everywhere: policies of what holds data, log groups, queues, the backup tag."""

from __future__ import annotations

from tests.coverage.claims import EVERYWHERE, ON_RDS, PAIR, PRIMARY, STANDBY, Claim, Every, row
from tests.coverage.contents import Refers
from tests.coverage.expectations import Absent, AtLeast, Given, OneOf
from tests.coverage.platform import Standing
from tests.coverage.rows.names import (
    BUCKET,
    DB_CLUSTER,
    DB_INSTANCE,
    GLOBAL_TABLE,
    KEY,
    LOG_GROUP,
    LOGS_KEY,
    QUEUE,
    REPLICA_KEY,
)

KEPT = OneOf("Retain", "RetainExceptOnCreate", "Snapshot")


def kept(type: str, at: Standing) -> Claim:
    """What holds data outlives its stack, and its replacement."""
    return Claim(
        f"{type.removeprefix('AWS::')} outlives its stack and its replacement",
        Every(type, {"@DeletionPolicy": KEPT, "@UpdateReplacePolicy": KEPT}),
        at,
    )


ALSO = row(
    "everywhere",
    "Also everywhere",
    kept(KEY, PRIMARY),
    kept(REPLICA_KEY, STANDBY),
    kept(BUCKET, EVERYWHERE),
    kept(GLOBAL_TABLE, PRIMARY),
    kept("AWS::DynamoDB::Table", STANDBY),
    kept(DB_CLUSTER, PAIR),
    kept("AWS::Backup::BackupVault", PAIR),
    Claim(
        "the RDS writer leaves a snapshot",
        Every(
            DB_INSTANCE,
            {"@DeletionPolicy": "Snapshot", "@UpdateReplacePolicy": "Snapshot"},
            where={"SourceDBInstanceIdentifier": Absent("x")},
        ),
        ON_RDS.at("primary"),
    ),
    Claim(
        "log groups end their events, under our key",
        Every(LOG_GROUP, {"RetentionInDays": 365, "KmsKeyId": LOGS_KEY}),
    ),
    Claim(
        "in dev they end them sooner",
        Every(LOG_GROUP, {"RetentionInDays": 7}),
        Standing("dev"),
    ),
    Claim(
        "queues have a DLQ",
        Every(
            QUEUE,
            {
                "RedrivePolicy.deadLetterTargetArn": Refers(QUEUE),
                "RedrivePolicy.maxReceiveCount": AtLeast(1),
            },
            where={"RedrivePolicy": Given()},
        ),
    ),
    Claim(
        "tables carry the backup tag, in each region",
        Every(
            GLOBAL_TABLE,
            {
                "Replicas[Region={primary}].Tags[Key=Backup].Value": "daily",
                "Replicas[Region={standby}].Tags[Key=Backup].Value": "daily",
            },
        ),
        PRIMARY,
    ),
    Claim(
        "the takeover's table carries the backup tag",
        Every("AWS::DynamoDB::Table", {"Tags[Key=Backup].Value": "daily"}),
        STANDBY,
    ),
    Claim(
        "the database carries the backup tag, on Aurora",
        Every(DB_CLUSTER, {"Tags[Key=Backup].Value": "daily"}),
    ),
    Claim(
        "and on RDS",
        Every(
            DB_INSTANCE,
            {"Tags[Key=Backup].Value": "daily"},
            where={"SourceDBInstanceIdentifier": Absent("x")},
        ),
        ON_RDS.at("primary"),
    ),
)
