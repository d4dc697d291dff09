"""The RDS engine of Orders: a Multi-AZ instance, its read replicas, and its replica across the regions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, GetAtt, NoValue, Ref, Sub, Tags
from troposphere.logs import LogGroup
from troposphere.rds import DBInstance, DBParameterGroup

from generator.conditions import Condition, Conditions
from generator.postgres import DATABASE, ENGINE_VERSION, MAJOR_VERSION, PARAMETERS, PORT

if TYPE_CHECKING:
    from generator.layers.orders import Orders

LOGS = ("postgresql", "upgrade")

#: UTC; in the small hours of Europe and America, and not in one another's way.
BACKUP_WINDOW, MAINTENANCE_WINDOW = "02:00-03:00", "sun:04:00-sun:05:00"


class ReadReplica(DBInstance):
    """A DBInstance that inherits engine and storage; troposphere 4.11.1 wants them said again."""

    def validate(self) -> None:
        """Leave it to CloudFormation's schema."""


@dataclass(frozen=True)
class RdsInstances:
    """The instances by their part; in one region there are either the first three or the last."""

    parameters: AWSObject
    writer: AWSObject
    reader: AWSObject
    second_reader: AWSObject
    remote_replica: AWSObject

    def members(self) -> Iterator[tuple[AWSObject, Condition]]:
        """Each instance, and when it is there."""
        yield self.writer, Conditions.rds_primary
        yield self.reader, Conditions.rds_replica
        yield self.second_reader, Conditions.rds_second_replica
        yield self.remote_replica, Conditions.rds_remote_replica


def rds_instances(layer: Orders) -> RdsInstances:
    """Declare them all, each under its condition."""
    parameters = _parameters(layer)
    writer = _writer(layer, parameters)
    reader = _reader(layer, parameters, writer, 1, Conditions.rds_replica)
    return RdsInstances(
        parameters,
        writer,
        reader,
        second_reader=_reader(
            layer, parameters, writer, 2, Conditions.rds_second_replica, after=[reader]
        ),
        remote_replica=_remote_replica(layer, parameters),
    )


def credential(layer: Orders, field: str) -> Sub:
    """A dynamic reference: CloudFormation reads the secret, and no template or plan shows it."""
    return Sub(
        f"{{{{resolve:secretsmanager:${{Secret}}:SecretString:{field}}}}}",
        Secret=layer.orders_secret_arn,
    )


def watched(layer: Orders) -> dict[str, Any]:
    """What every instance of both engines has: insight under our key, our certificate, no public address."""
    return {
        "MonitoringInterval": 60,
        "MonitoringRoleArn": GetAtt(layer.monitor, "Arn"),
        "EnablePerformanceInsights": True,
        "PerformanceInsightsKMSKeyId": layer.data_key_arn,
        "PerformanceInsightsRetentionPeriod": 7,
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "AutoMinorVersionUpgrade": True,
        "PubliclyAccessible": False,
        "PreferredMaintenanceWindow": MAINTENANCE_WINDOW,
    }


def encrypted_with(source: str) -> dict[str, object]:
    """Metadata for an instance that has the encryption of its `source` and may not state one itself.

    CloudFormation refuses StorageEncrypted on it; linters that look for the property are told why.
    """
    because = f"encrypted as its {source} is; CloudFormation takes no StorageEncrypted here"
    return {
        "checkov": {"skip": [{"id": "CKV_AWS_16", "comment": because}]},
        "guard": {"SuppressedRules": ["RDS_STORAGE_ENCRYPTED"]},
    }


def log_group(
    layer: Orders, title: str, path: str, identifier: Sub, condition: Condition
) -> AWSObject:
    """RDS would make it by itself, and keep it for ever under no key of ours."""
    return layer.add(
        LogGroup(
            title,
            LogGroupName=Sub(f"/aws/rds/{path}", Identifier=identifier),
            KmsKeyId=layer.logs_key_arn,
            RetentionInDays=layer.settings.log_retention_days,
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Retain",
            **layer.only(condition),
        )
    )


def _parameters(layer: Orders) -> AWSObject:
    return layer.add(
        DBParameterGroup(
            "InstanceParameters",
            Description="TLS only; audit and slow-query logs without values",
            Family=f"postgres{MAJOR_VERSION}",
            Parameters=PARAMETERS,
            Tags=Tags(Name=layer.named("orders")),
            **layer.only(Conditions.rds_in_region),
        )
    )


def _writer(layer: Orders, parameters: AWSObject) -> AWSObject:
    """The instance and its Multi-AZ standby; its automated backups are copied under the peer's key."""
    copied = Conditions.orders_backup_copies
    settings = layer.settings
    return _instance(
        layer,
        "OrdersDatabase",
        "orders",
        parameters,
        Conditions.rds_primary,
        Engine="postgres",
        EngineVersion=ENGINE_VERSION,
        DBName=DATABASE,
        MasterUsername=credential(layer, "username"),
        MasterUserPassword=credential(layer, "password"),
        AllocatedStorage=settings.orders_storage_gib,
        StorageEncrypted=True,
        KmsKeyId=layer.data_key_arn,
        DBSubnetGroupName=Ref(layer.subnet_group),
        PreferredBackupWindow=BACKUP_WINDOW,
        DeleteAutomatedBackups=False,
        AutomaticBackupReplicationRegion=layer.choose(copied, settings.peer_region, NoValue),
        AutomaticBackupReplicationKmsKeyId=layer.choose(copied, layer.peer_data_key_arn, NoValue),
        AutomaticBackupReplicationRetentionPeriod=layer.choose(
            copied, settings.backup_retention_days, NoValue
        ),
        DeletionPolicy="Snapshot",
        UpdateReplacePolicy="Snapshot",
    )


def _reader(
    layer: Orders,
    parameters: AWSObject,
    writer: AWSObject,
    number: int,
    condition: Condition,
    after: Sequence[AWSObject] = (),
) -> AWSObject:
    """A replica beside the writer has the writer's key and subnets, and may not name them.

    RDS makes them one after the other: while it makes one, the writer may not be available for the next.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
    """
    return _instance(
        layer,
        f"OrdersReader{number}",
        f"orders-reader-{number}",
        parameters,
        condition,
        after,
        SourceDBInstanceIdentifier=Ref(writer),
        Metadata=encrypted_with("source"),
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
    )


def _remote_replica(layer: Orders, parameters: AWSObject) -> AWSObject:
    """The standby region's copy. It bears the name that it keeps when it is promoted.

    CloudFormation takes no final snapshot of what was made as a replica, so a promoted one that goes with its
    stack leaves its automated backups.
    """
    return _instance(
        layer,
        "OrdersRemoteReplica",
        "orders",
        parameters,
        Conditions.rds_remote_replica,
        SourceDBInstanceIdentifier=layer.primary_database_arn,
        Metadata=encrypted_with("source"),
        SourceRegion=layer.settings.primary_region,
        KmsKeyId=layer.data_key_arn,
        DBSubnetGroupName=Ref(layer.subnet_group),
        DeleteAutomatedBackups=False,
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
    )


def _instance(
    layer: Orders,
    title: str,
    purpose: str,
    parameters: AWSObject,
    condition: Condition,
    after: Sequence[AWSObject] = (),
    **properties: Any,
) -> AWSObject:
    """An instance over two zones; a replica as well, for it may have to be the writer one day."""
    kind = ReadReplica if "SourceDBInstanceIdentifier" in properties else DBInstance
    identifier = layer.named(purpose)
    groups = [
        log_group(
            layer, f"{title}{log.title()}", f"instance/${{Identifier}}/{log}", identifier, condition
        )
        for log in LOGS
    ]
    return layer.add(
        kind(
            title,
            DBInstanceIdentifier=identifier,
            DBInstanceClass=layer.settings.orders_instance_class,
            MultiAZ=True,
            StorageType="gp3",
            MaxAllocatedStorage=layer.settings.orders_storage_ceiling_gib,
            Port=str(PORT),
            VPCSecurityGroups=[GetAtt(layer.database_group, "GroupId")],
            DBParameterGroupName=Ref(parameters),
            BackupRetentionPeriod=layer.settings.backup_retention_days,
            CopyTagsToSnapshot=True,
            DeletionProtection=layer.choose(Conditions.deletion_protection, True, False),
            EnableIAMDatabaseAuthentication=True,
            EnableCloudwatchLogsExports=list(LOGS),
            Tags=Tags(Name=identifier, Backup="daily"),
            DependsOn=[each.title for each in (*groups, *after)],
            **watched(layer),
            **layer.only(condition),
            **properties,
        )
    )
