"""S3, R4, R5 and I4: the database of orders, in both engines."""

from __future__ import annotations

from tests.coverage.claims import (
    ON_RDS,
    PAIR,
    PRIMARY,
    STANDBY,
    Claim,
    Every,
    No,
    Some,
    row,
)
from tests.coverage.contents import Holds, Refers
from tests.coverage.expectations import Absent, AtLeast, Given, OneOf
from tests.coverage.platform import Standing
from tests.coverage.rows.names import (
    DATA_KEY,
    DB_CLUSTER,
    DB_INSTANCE,
    PEER_DATA_KEY,
)

ENCRYPTED = {"StorageEncrypted": True, "KmsKeyId": DATA_KEY}

S3 = row(
    "S3",
    "RDS with encryption for transactional data",
    Claim("the Aurora cluster, in both regions", Every(DB_CLUSTER, ENCRYPTED)),
    Claim(
        "the global database",
        Every("AWS::RDS::GlobalCluster", {"StorageEncrypted": True}),
        PRIMARY,
    ),
    Claim(
        "the RDS writer",
        Some(DB_INSTANCE, {"DBInstanceIdentifier": "tradewind-prod-orders-{region}", **ENCRYPTED}),
        ON_RDS.at("primary"),
    ),
    Claim(
        "its replica across the regions, under that region's key",
        Every(DB_INSTANCE, {"SourceDBInstanceIdentifier": Given(), "KmsKeyId": DATA_KEY}),
        ON_RDS.at("standby"),
    ),
    Claim(
        "copies of its backups, under the other region's key",
        Some(DB_INSTANCE, {"AutomaticBackupReplicationKmsKeyId": PEER_DATA_KEY}, times=1),
        ON_RDS.at("primary"),
    ),
)


WRITER_ON_RDS = {"DBInstanceIdentifier": "tradewind-prod-orders-{region}"}

R4 = row(
    "R4",
    "RDS Multi-AZ",
    Claim(
        "rds-multi-az: PostgreSQL with a standby in another zone",
        Some(DB_INSTANCE, {**WRITER_ON_RDS, "Engine": "postgres", "MultiAZ": True}, times=1),
        ON_RDS.at("primary"),
    ),
    Claim(
        "aurora-global: a writer and readers, each in a zone of its own",
        Some(
            DB_INSTANCE,
            {
                "DBClusterIdentifier": Refers(DB_CLUSTER),
                "Engine": "aurora-postgresql",
                "AvailabilityZone": Holds("{region}"),
            },
            times=3,
        ),
    ),
    *(
        Claim(
            f"one of them in zone {zone}",
            Some(DB_INSTANCE, {"AvailabilityZone": f"{{region}}{zone}"}, times=1),
        )
        for zone in "abc"
    ),
    Claim(
        "a global cluster",
        Some(
            "AWS::RDS::GlobalCluster",
            {"Engine": "aurora-postgresql", "DeletionProtection": True},
            times=1,
        ),
        PRIMARY,
    ),
    Claim(
        "with a cluster in each region",
        Some(
            DB_CLUSTER,
            {
                "GlobalClusterIdentifier": Refers("orders/GlobalDatabase", region="{primary}"),
                "Engine": "aurora-postgresql",
            },
            times=1,
        ),
    ),
    Claim(
        "orders_engine chooses: no cluster on RDS",
        No(DB_CLUSTER, {}, stands=PAIR),
        ON_RDS,
    ),
)

R5 = row(
    "R5",
    "read replicas for catalogue views",
    Claim(
        "on RDS: two replicas in the region",
        Some(
            DB_INSTANCE,
            {"SourceDBInstanceIdentifier": Refers("orders/OrdersDatabase")},
            times=2,
        ),
        ON_RDS.at("primary"),
    ),
    Claim(
        "on RDS: one across the regions",
        Some(
            DB_INSTANCE,
            {"SourceDBInstanceIdentifier": Refers("orders/OrdersDatabase", region="{primary}")},
            times=1,
        ),
        ON_RDS.at("standby"),
    ),
    Claim(
        "on Aurora: readers in the region, in zones apart from the writer's",
        Some(
            DB_INSTANCE,
            {
                "DBClusterIdentifier": Refers(DB_CLUSTER),
                "AvailabilityZone": OneOf("{region}b", "{region}c"),
            },
            times=2,
        ),
    ),
    Claim(
        "Aurora's readers scale by their load",
        Some(
            "AWS::ApplicationAutoScaling::ScalingPolicy",
            {
                "ScalingTargetId->ScalableDimension": "rds:cluster:ReadReplicaCount",
                "ScalingTargetId->ResourceId": Refers(DB_CLUSTER),
                "ScalingTargetId->MinCapacity": 2,
                "ScalingTargetId->MaxCapacity": AtLeast(3),
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification"
                ".PredefinedMetricType": "RDSReaderAverageCPUUtilization",
            },
            times=1,
        ),
        PRIMARY,
    ),
    Claim(
        "on Aurora: the other region's cluster can be read",
        Some(
            DB_INSTANCE,
            {
                "DBClusterIdentifier->GlobalClusterIdentifier": Refers(
                    "orders/GlobalDatabase", region="{primary}"
                )
            },
            times=3,
        ),
        STANDBY,
    ),
)


INSIGHTS = {
    "EnablePerformanceInsights": True,
    "PerformanceInsightsKMSKeyId": DATA_KEY,
    "PerformanceInsightsRetentionPeriod": AtLeast(7),
    "MonitoringInterval": 60,
}

I4 = row(
    "I4",
    "RDS automated backups and read replicas",
    Claim(
        "Aurora keeps backups as long as prod says",
        Every(DB_CLUSTER, {"BackupRetentionPeriod": 35}),
    ),
    Claim(
        "RDS keeps backups as long as prod says",
        Every(
            DB_INSTANCE,
            {"BackupRetentionPeriod": 35},
            where={"DBClusterIdentifier": Absent("x"), "SourceDBInstanceIdentifier": Absent("x")},
        ),
        ON_RDS.at("primary"),
    ),
    Claim(
        "as long as dev says",
        Every(DB_INSTANCE, {"BackupRetentionPeriod": 1}),
        Standing("dev").at("primary"),
    ),
    Claim(
        "copied to the standby, on RDS",
        Some(
            DB_INSTANCE,
            {
                "AutomaticBackupReplicationRegion": "{standby}",
                "AutomaticBackupReplicationRetentionPeriod": AtLeast(7),
                "AutomaticBackupReplicationKmsKeyId": Given(),
                "DeleteAutomatedBackups": False,
            },
            times=1,
        ),
        ON_RDS.at("primary"),
    ),
    Claim("performance insights, on both engines", Every(DB_INSTANCE, INSIGHTS), (PAIR, ON_RDS)),
    Claim(
        "replicas, on RDS",
        Some(DB_INSTANCE, {"SourceDBInstanceIdentifier": Refers(DB_INSTANCE)}, times=2),
        ON_RDS.at("primary"),
    ),
    Claim(
        "replicas, on Aurora",
        Some(DB_INSTANCE, {"DBClusterIdentifier": Refers(DB_CLUSTER)}, times=3),
    ),
)
