"""The RDS engine of Orders: a Multi-AZ instance, its read replicas, and its replica across the regions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, GetAtt, NoValue, Ref, Tags
from troposphere.rds import DBInstance, DBParameterGroup

from generator.conditions import Condition, Conditions
from generator.dynamic_references import secret_field
from generator.layers.orders_engines import (
    BACKUP_WINDOW,
    encrypted_as_its_source,
    engine_log,
    watched,
)
from generator.postgres import (
    CREDENTIALS,
    DATABASE,
    ENGINE_VERSION,
    MAJOR_VERSION,
    PARAMETERS,
    PORT,
)

if TYPE_CHECKING:
    from generator.layers.orders import Orders

LOGS = ("postgresql", "upgrade")


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
        MasterUsername=secret_field(layer.named_everywhere(CREDENTIALS), "username"),
        MasterUserPassword=secret_field(layer.orders_secret_arn, "password"),
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
        Metadata=encrypted_as_its_source(),
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
        Metadata=encrypted_as_its_source(),
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
        engine_log(
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
            VPCSecurityGroups=[GetAtt(layer.doors.database, "GroupId")],
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
