"""The Aurora engine of Orders: a global database, of which each region holds one cluster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, GetAtt, NoValue, Ref, Sub, Tags
from troposphere.rds import DBCluster, DBClusterParameterGroup, DBInstance, GlobalCluster

from generator.conditions import Condition, Conditions
from generator.dynamic_references import secret_field
from generator.layers.orders_engines import (
    BACKUP_WINDOW,
    MAINTENANCE_WINDOW,
    engine_log,
    watched,
)
from generator.layers.orders_reader_scaling import reader_scaling
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

ENGINE = "aurora-postgresql"


@dataclass(frozen=True)
class AuroraCluster:
    """This region's cluster, its instances, and the global database that it belongs to."""

    cluster: AWSObject
    writer: AWSObject
    reader: AWSObject
    second_reader: AWSObject
    global_cluster_id: object

    def members(self) -> Iterator[tuple[AWSObject, Condition]]:
        """Each instance, and when it is there."""
        yield self.writer, Conditions.aurora_global
        yield self.reader, Conditions.aurora_global
        yield self.second_reader, Conditions.aurora_second_reader


def aurora_cluster(layer: Orders) -> AuroraCluster:
    """The same cluster in both regions: a switchover changes their parts, not their shape."""
    membership = _global_database(layer)
    cluster = _cluster(layer, membership)
    zones = layer.settings
    third = layer.choose(Conditions.third_zone, zones.zone_c, zones.zone_a)
    writer = _instance(layer, cluster, "ClusterWriter", zones.zone_a, Conditions.aurora_global)
    reader = _instance(
        layer, cluster, "ClusterReader1", zones.zone_b, Conditions.aurora_global, after=writer
    )
    second = _instance(
        layer, cluster, "ClusterReader2", third, Conditions.aurora_second_reader, after=writer
    )
    reader_scaling(layer, cluster, reader)
    return AuroraCluster(cluster, writer, reader, second, membership)


def _global_database(layer: Orders) -> object:
    """Its identifier. It begins empty: a cluster that it were made from could never change again."""
    database = layer.add(
        GlobalCluster(
            "GlobalDatabase",
            GlobalClusterIdentifier=layer.named_everywhere("orders"),
            Engine=ENGINE,
            EngineVersion=ENGINE_VERSION,
            StorageEncrypted=True,
            DeletionProtection=layer.choose(Conditions.deletion_protection, True, False),
            Tags=Tags(Name=layer.named_everywhere("orders")),
            DeletionPolicy="Delete",  # it holds clusters, not data, and cannot go before them
            UpdateReplacePolicy="Delete",
            **layer.only(Conditions.aurora_primary),
        )
    )
    return layer.choose(Conditions.aurora_primary, Ref(database), layer.primary_global_cluster_id)


def _cluster(layer: Orders, membership: object) -> AWSObject:
    """The standby's has no credentials, database or backup source of its own: it receives the primary's."""
    primary, secret = Conditions.aurora_primary, layer.orders_secret_arn
    owner = secret_field(layer.named_everywhere(CREDENTIALS), "username")
    aurora = layer.only(Conditions.aurora_global)
    parameters = layer.add(
        DBClusterParameterGroup(
            "ClusterParameters",
            Description="TLS only; audit and slow-query logs without values",
            Family=f"{ENGINE}{MAJOR_VERSION}",
            Parameters=PARAMETERS,
            Tags=Tags(Name=layer.named("orders")),
            **aurora,
        )
    )
    logs = engine_log(
        layer,
        "ClusterLogs",
        "cluster/${Identifier}/postgresql",
        layer.named("orders"),
        Conditions.aurora_global,
    )
    return layer.add(
        DBCluster(
            "OrdersCluster",
            DBClusterIdentifier=layer.named("orders"),
            GlobalClusterIdentifier=membership,
            SourceRegion=layer.choose(primary, NoValue, layer.settings.primary_region),
            Engine=ENGINE,
            EngineVersion=ENGINE_VERSION,
            DatabaseName=layer.choose(primary, DATABASE, NoValue),
            MasterUsername=layer.choose(primary, owner, NoValue),
            MasterUserPassword=layer.choose(primary, secret_field(secret, "password"), NoValue),
            Port=PORT,
            DBSubnetGroupName=Ref(layer.subnet_group),
            VpcSecurityGroupIds=[GetAtt(layer.doors.database, "GroupId")],
            DBClusterParameterGroupName=Ref(parameters),
            StorageEncrypted=True,
            KmsKeyId=layer.data_key_arn,
            BackupRetentionPeriod=layer.settings.backup_retention_days,
            PreferredBackupWindow=BACKUP_WINDOW,
            PreferredMaintenanceWindow=MAINTENANCE_WINDOW,
            CopyTagsToSnapshot=True,
            DeletionProtection=layer.choose(Conditions.deletion_protection, True, False),
            EnableIAMDatabaseAuthentication=True,
            EnableCloudwatchLogsExports=["postgresql"],
            Tags=Tags(Name=layer.named("orders"), Backup="daily"),
            DependsOn=logs.title,
            DeletionPolicy="Snapshot",
            UpdateReplacePolicy="Snapshot",
            **aurora,
        )
    )


def _instance(
    layer: Orders,
    cluster: AWSObject,
    title: str,
    zone: object,
    condition: Condition,
    after: AWSObject | None = None,
) -> AWSObject:
    """The first of a cluster is its writer, so the others wait for it; each zone has its own.

    It is encrypted as its cluster is, and may say so. https://github.com/aws-cloudformation/cfn-lint/pull/4069
    """
    waits: dict[str, Any] = {"DependsOn": after.title} if after else {}
    return layer.add(
        DBInstance(
            title,
            DBClusterIdentifier=Ref(cluster),
            Engine=ENGINE,
            DBInstanceClass=layer.settings.orders_cluster_class,
            AvailabilityZone=Sub("${AWS::Region}${Letter}", Letter=zone),
            PromotionTier=1,
            StorageEncrypted=True,
            Tags=Tags(Name=layer.named("orders")),
            DeletionPolicy="Delete",
            UpdateReplacePolicy="Delete",
            **watched(layer),
            **waits,
            **layer.only(condition),
        )
    )
