"""A DynamoDB global table: one resource for the replicas of both regions."""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import AWSObject, NoValue, Ref, Sub, Tags
from troposphere.dynamodb import (
    AttributeDefinition,
    CapacityAutoScalingSettings,
    ContributorInsightsSpecification,
    GlobalTable,
    GlobalTableGlobalSecondaryIndex,
    GlobalTableSSESpecification,
    KeySchema,
    PointInTimeRecoverySpecification,
    Projection,
    ReadProvisionedThroughputSettings,
    ReplicaGlobalSecondaryIndexSpecification,
    ReplicaSpecification,
    ReplicaSSESpecification,
    StreamSpecification,
    TargetTrackingScalingPolicyConfiguration,
    TimeToLiveSpecification,
    WriteProvisionedThroughputSettings,
)

from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Layer, Where
from generator.naming import pascal

#: Auto scaling of provisioned capacity: its floor in units, and the percentage in use that it aims at.
CAPACITY_FLOOR, CAPACITY_TARGET = 5, 70


@dataclass(frozen=True)
class Index:
    """A global secondary index: `partition` and `sort` are string attributes."""

    name: str
    partition: str
    sort: str


@dataclass(frozen=True)
class TableDesign:
    """A table by its purpose: a string key, and what it has besides."""

    purpose: str
    key: str
    index: Index | None = None
    expires_by: str | None = None

    @property
    def title(self) -> str:
        """The stem of its logical ids."""
        return pascal(self.purpose.replace("-", "_"))


class TableHolder(Layer):
    """A layer that holds global tables."""

    data_key_arn = Handoff(Foundation.data_key_arn)
    peer_data_key_arn = Handoff(Foundation.data_key_arn, of=Where.PEER)


def global_table(layer: TableHolder, design: TableDesign) -> AWSObject:
    """One resource stands for both replicas; in the standby there is nothing to declare."""
    return layer.add(
        GlobalTable(
            f"{design.title}Table",
            TableName=layer.named_everywhere(design.purpose),
            AttributeDefinitions=[
                AttributeDefinition(AttributeName=name, AttributeType="S")
                for name in _attributes(design)
            ],
            KeySchema=[KeySchema(AttributeName=design.key, KeyType="HASH")],
            GlobalSecondaryIndexes=[_index(layer, design.index)] if design.index else NoValue,
            BillingMode=layer.choose(
                Conditions.provisioned_tables, "PROVISIONED", "PAY_PER_REQUEST"
            ),
            WriteProvisionedThroughputSettings=_writes(layer),
            SSESpecification=GlobalTableSSESpecification(SSEEnabled=True, SSEType="KMS"),
            StreamSpecification=StreamSpecification(StreamViewType="NEW_AND_OLD_IMAGES"),
            TimeToLiveSpecification=(
                TimeToLiveSpecification(AttributeName=design.expires_by, Enabled=True)
                if design.expires_by
                else NoValue
            ),
            Replicas=[
                _replica(layer, design, Ref("AWS::Region"), layer.data_key_arn),
                _replica(layer, design, layer.settings.peer_region, layer.peer_data_key_arn),
            ],
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            **layer.only(Conditions.primary),
        )
    )


def table_arn(layer: Layer, design: TableDesign) -> Sub:
    """Of this region's replica, which has the table's name."""
    return Sub(
        "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Name}",
        Name=layer.named_everywhere(design.purpose),
    )


def _replica(
    layer: Layer, design: TableDesign, region: object, key_arn: object
) -> ReplicaSpecification:
    """One region's copy, under that region's own key."""
    indexes = (
        [
            ReplicaGlobalSecondaryIndexSpecification(
                IndexName=design.index.name,
                ReadProvisionedThroughputSettings=_reads(layer),
                ContributorInsightsSpecification=_throttled_keys(),
            )
        ]
        if design.index
        else NoValue
    )
    return ReplicaSpecification(
        Region=region,
        SSESpecification=ReplicaSSESpecification(KMSMasterKeyId=key_arn),
        PointInTimeRecoverySpecification=PointInTimeRecoverySpecification(
            PointInTimeRecoveryEnabled=True
        ),
        DeletionProtectionEnabled=layer.choose(Conditions.deletion_protection, True, False),
        ContributorInsightsSpecification=_throttled_keys(),
        TableClass="STANDARD",
        ReadProvisionedThroughputSettings=_reads(layer),
        GlobalSecondaryIndexes=indexes,
        Tags=Tags(Name=layer.named_everywhere(design.purpose), Backup="daily"),
    )


def _index(layer: Layer, index: Index) -> GlobalTableGlobalSecondaryIndex:
    return GlobalTableGlobalSecondaryIndex(
        IndexName=index.name,
        KeySchema=[
            KeySchema(AttributeName=index.partition, KeyType="HASH"),
            KeySchema(AttributeName=index.sort, KeyType="RANGE"),
        ],
        Projection=Projection(ProjectionType="ALL"),
        WriteProvisionedThroughputSettings=_writes(layer),
    )


def _writes(layer: Layer) -> object:
    """Write capacity is the table's: a write costs the same in every region."""
    return layer.choose(
        Conditions.provisioned_tables,
        WriteProvisionedThroughputSettings(WriteCapacityAutoScalingSettings=_scaling(layer)),
        NoValue,
    )


def _reads(layer: Layer) -> object:
    """Read capacity is each replica's own."""
    return layer.choose(
        Conditions.provisioned_tables,
        ReadProvisionedThroughputSettings(ReadCapacityAutoScalingSettings=_scaling(layer)),
        NoValue,
    )


def _scaling(layer: Layer) -> CapacityAutoScalingSettings:
    return CapacityAutoScalingSettings(
        MinCapacity=CAPACITY_FLOOR,
        MaxCapacity=layer.settings.table_capacity_ceiling,
        TargetTrackingScalingPolicyConfiguration=TargetTrackingScalingPolicyConfiguration(
            TargetValue=CAPACITY_TARGET
        ),
    )


def _attributes(design: TableDesign) -> list[str]:
    """The names of all key attributes, each once."""
    indexed = [design.index.partition, design.index.sort] if design.index else []
    return list(dict.fromkeys([design.key, *indexed]))


def _throttled_keys() -> ContributorInsightsSpecification:
    """The mode that costs nothing while nothing is throttled."""
    return ContributorInsightsSpecification(Enabled=True, Mode="THROTTLED_KEYS")
