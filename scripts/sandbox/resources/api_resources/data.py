"""Databases, keys and secrets whose API ministack has and whose resource type it lacks."""

from __future__ import annotations

from scripts.sandbox.resources.api_resources.api_type import ApiType, Call, Subject
from scripts.sandbox.resources.api_resources.calls import JSON


def _primary_region(subject: Subject) -> str:
    return str(subject.properties["PrimaryKeyArn"]).split(":")[3]


def _replica(subject: Subject) -> JSON:
    from ministack.core.responses import get_region

    given = subject.properties
    return {
        "KeyId": given["PrimaryKeyArn"],
        "ReplicaRegion": get_region(),
        "Policy": given["KeyPolicy"],
        "Description": given.get("Description"),
    }


TYPES = (
    ApiType(
        "AWS::KMS::ReplicaKey",
        "kms",
        create=(
            Call("ReplicateKey", {"Tags": "$kms_tags"}, shape=_replica, region=_primary_region),
            Call("DisableKey", {"KeyId": "$id"}, when="$disabled"),
        ),
        ref="ReplicaKeyMetadata.KeyId",
        read=Call("DescribeKey", {"KeyId": "$id"}),
        attributes={"Arn": "KeyMetadata.Arn", "KeyId": "KeyMetadata.KeyId"},
        update=(
            Call(
                "PutKeyPolicy",
                {"KeyId": "$id", "PolicyName": "=default", "Policy": "KeyPolicy"},
                on_change=("KeyPolicy",),
            ),
            Call(
                "UpdateKeyDescription",
                {"KeyId": "$id", "Description": "Description"},
                when="Description",
                on_change=("Description",),
            ),
            Call("EnableKey", {"KeyId": "$id"}, when="Enabled", on_change=("Enabled",)),
            Call("DisableKey", {"KeyId": "$id"}, when="$disabled", on_change=("Enabled",)),
        ),
        delete=(
            Call(
                "ScheduleKeyDeletion",
                {"KeyId": "$id", "PendingWindowInDays": "PendingWindowInDays"},
            ),
        ),
        tag_property="Tags",
        tag=Call("TagResource", {"KeyId": "$id", "Tags": "$kms_tags"}),
        untag=Call("UntagResource", {"KeyId": "$id", "TagKeys": "$tag_keys"}),
    ),
    ApiType(
        "AWS::RDS::GlobalCluster",
        "rds",
        create=(
            Call("CreateGlobalCluster", {"GlobalClusterIdentifier": "$name"}, same_names=True),
        ),
        ref="$name",
        read=Call("DescribeGlobalClusters", {"GlobalClusterIdentifier": "$id"}),
        attributes={"GlobalEndpoint": "GlobalClusters.0.Endpoint"},
        update=(
            Call(
                "ModifyGlobalCluster",
                {"GlobalClusterIdentifier": "$id"},
                same_names=True,
                on_change=("DeletionProtection", "EngineVersion"),
            ),
        ),
        delete=(Call("DeleteGlobalCluster", {"GlobalClusterIdentifier": "$id"}),),
        tag_property="Tags",
        not_in_api=frozenset({"EngineLifecycleSupport"}),
    ),
    ApiType(
        "AWS::SecretsManager::ResourcePolicy",
        "secretsmanager",
        create=(Call("PutResourcePolicy", same_names=True),),
        ref="ARN",
        attributes={"Id": "ARN"},
        update=(Call("PutResourcePolicy", same_names=True),),
        delete=(Call("DeleteResourcePolicy", {"SecretId": "$id"}),),
    ),
)
