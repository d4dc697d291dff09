"""DynamoDB tables: settings ministack's own type leaves out, and the replicas of global tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.sandbox.resources.api_resources.calls import call, in_region
from scripts.sandbox.resources.handlers import (
    Handler,
    Properties,
    generated_name,
    home,
)
from scripts.sandbox.resources.schema_resources import Created

_SAME_IN_CREATE_TABLE = (
    "KeySchema",
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
)
_REPLICA_STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


def table(native: Handler) -> Handler:
    """AWS::DynamoDB::Table with its time to live, recovery and encryption really set."""

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        name, attributes = native["create"](logical_id, properties, stack)
        _settle(name, properties, properties)
        return name, attributes

    def update(
        name: str, old: Properties, new: Properties, stack: str, logical_id: str | None
    ) -> Created:
        name, attributes = native["update"](name, old, new, stack, logical_id)
        _settle(name, new, new)
        return name, attributes

    return {**native, "create": create, "update": update, "update_with_logical_id": True}


def global_table(_native: Handler) -> Handler:
    """AWS::DynamoDB::GlobalTable: one table in each Region of its replicas."""

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        name = str(properties.get("TableName") or generated_name(stack, logical_id))
        replicas = _replicas(properties)
        here = home()[1]
        if here not in replicas:
            raise ValueError(
                "Resource handler returned message: \"Table's Replicas must contain the stack's "
                f'region {here}" (HandlerErrorCode: InvalidRequest)'
            )
        call("dynamodb", "CreateTable", _create_table(name, properties, replicas[here]))
        try:
            _replicate(name, properties, set(), set(replicas))
        except Exception:
            delete(name, properties)
            raise
        return name, _attributes(name)

    def update(
        name: str, old: Properties, new: Properties, _stack: str, _logical_id: str | None
    ) -> Created:
        _refuse_another_consistency(old, new)
        if old.get("BillingMode") != new.get("BillingMode"):
            throughput = _throughput(new, _replicas(new)[home()[1]])
            mode = {"BillingMode": new.get("BillingMode", "PROVISIONED")}
            call("dynamodb", "UpdateTable", {"TableName": name} | mode | throughput)
        _replicate(name, new, set(_replicas(old)), set(_replicas(new)))
        return name, _attributes(name)

    def delete(name: str, properties: Properties) -> None:
        _replicate(name, properties, set(_replicas(properties)), {home()[1]}, settle=False)
        call("dynamodb", "DeleteTable", {"TableName": name})

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def _refuse_another_consistency(old: Properties, new: Properties) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html."""
    modes = {held.get("MultiRegionConsistency", "EVENTUAL") for held in (old, new)}
    if len(modes) > 1:
        raise ValueError(
            "Resource handler returned message: \"You cannot change a global table's consistency "
            'mode after creation" (HandlerErrorCode: InvalidRequest)'
        )


def _replicas(properties: Properties) -> dict[str, Mapping[str, Any]]:
    return {str(replica["Region"]): replica for replica in properties.get("Replicas", ())}


def _create_table(name: str, properties: Properties, here: Mapping[str, Any]) -> dict[str, Any]:
    table: dict[str, Any] = {"TableName": name} | {
        key: properties[key] for key in _SAME_IN_CREATE_TABLE if key in properties
    }
    indexes = [
        {key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
        | _throughput(properties, here)
        for index in table.get("GlobalSecondaryIndexes", ())
    ]
    if indexes:
        table["GlobalSecondaryIndexes"] = indexes
    table |= _throughput(properties, here)
    stream = properties.get("StreamSpecification")
    if stream:
        table["StreamSpecification"] = {"StreamEnabled": True, **stream}
    elif len(_replicas(properties)) > 1 and not _is_strong(properties):
        table["StreamSpecification"] = _REPLICA_STREAM
    return table


def _throughput(properties: Properties, here: Mapping[str, Any]) -> dict[str, Any]:
    """The least of the scaling settings, as CloudFormation starts a provisioned table."""
    if properties.get("BillingMode", "PROVISIONED") != "PROVISIONED":
        return {}
    write = properties.get("WriteProvisionedThroughputSettings", {})
    read = here.get("ReadProvisionedThroughputSettings", {})
    scaled_write = write.get("WriteCapacityAutoScalingSettings", {})
    scaled_read = read.get("ReadCapacityAutoScalingSettings", {})
    return {
        "ProvisionedThroughput": {
            "WriteCapacityUnits": scaled_write.get("MinCapacity", 5),
            "ReadCapacityUnits": read.get("ReadCapacityUnits", scaled_read.get("MinCapacity", 5)),
        }
    }


def _replicate(
    name: str, properties: Properties, old: set[str], new: set[str], *, settle: bool = True
) -> None:
    """Take away the replicas that go, add those that come, and settle every one that stays."""
    here = home()[1]
    for action, regions in (("Delete", old - new), ("Create", new - old)):
        if replicas := sorted(regions - {here}):
            _update_replicas(name, properties, action, replicas)
    if settle:
        for region, replica in _replicas(properties).items():
            with in_region(region):
                _settle(name, properties, replica)


def _update_replicas(name: str, table: Properties, action: str, replicas: list[str]) -> None:
    """One after the other; those of a table with strong consistency, and its witness, together."""
    updates = [{action: {"RegionName": region}} for region in replicas]
    if not _is_strong(table):
        for update in updates:
            call("dynamodb", "UpdateTable", {"TableName": name, "ReplicaUpdates": [update]})
        return
    request: dict[str, Any] = {"TableName": name, "ReplicaUpdates": updates}
    witnesses = [
        {action: {"RegionName": one["Region"]}} for one in table.get("GlobalTableWitnesses", ())
    ]
    if witnesses:
        request["GlobalTableWitnessUpdates"] = witnesses
    if action == "Create":
        request["MultiRegionConsistency"] = "STRONG"
    call("dynamodb", "UpdateTable", request)


def _is_strong(table: Properties) -> bool:
    return table.get("MultiRegionConsistency") == "STRONG"


def _settle(name: str, table: Properties, replica: Properties) -> None:
    """Set what CreateTable does not take; a replica has its own recovery, key, tags, protection."""
    ttl = table.get("TimeToLiveSpecification")
    if ttl and ttl.get("AttributeName"):
        arguments = {"TableName": name, "TimeToLiveSpecification": ttl}
        call("dynamodb", "UpdateTimeToLive", arguments)
    recovery = replica.get("PointInTimeRecoverySpecification")
    if recovery:
        arguments = {"TableName": name, "PointInTimeRecoverySpecification": recovery}
        call("dynamodb", "UpdateContinuousBackups", arguments)
    encryption = table.get("SSESpecification")
    if encryption:
        own = {"Enabled": encryption.get("SSEEnabled"), "SSEType": encryption.get("SSEType", "KMS")}
        own |= replica.get("SSESpecification", encryption)
        own = {key: own[key] for key in ("Enabled", "SSEType", "KMSMasterKeyId") if key in own}
        call("dynamodb", "UpdateTable", {"TableName": name, "SSESpecification": own})
    protection = replica.get("DeletionProtectionEnabled")
    if protection is not None:
        arguments = {"TableName": name, "DeletionProtectionEnabled": protection}
        call("dynamodb", "UpdateTable", arguments)
    if replica is not table and replica.get("Tags"):
        arn = call("dynamodb", "DescribeTable", {"TableName": name})["Table"]["TableArn"]
        call("dynamodb", "TagResource", {"ResourceArn": arn, "Tags": replica["Tags"]})


def _attributes(name: str) -> dict[str, Any]:
    """GetAtt StreamArn is the stream in the stack's own Region."""
    description = call("dynamodb", "DescribeTable", {"TableName": name})["Table"]
    found = {
        "Arn": description["TableArn"],
        "TableId": description.get("TableId"),
        "StreamArn": description.get("LatestStreamArn"),
    }
    return {key: value for key, value in found.items() if value}
