from __future__ import annotations

import json
from typing import Any

import pytest

from generator import stacks
from generator.errors import BuildError
from generator.layers.storefront import Storefront
from generator.layers.workers import Workers
from generator.naming import artifact_bucket
from generator.stacks import INLINE_LIMIT, build
from tests.unit.generator.iam import resolved
from tests.unit.generator.resolved import Made

DOMAINS = ("Data", "Logs", "Secrets", "Artifacts")
BUCKETS = ("Images", "Exports", "Logs", "AccessLogs", "Artifacts")


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(build().files["foundation.json"])
    return parsed


@pytest.fixture(scope="module")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    """With what its mapping holds in its place."""

    def looked_up(said: dict[str, Any]) -> Any:
        match said:
            case {"Fn::FindInMap": [mapping, top, second]}:
                return template["Mappings"][mapping][top][second]
        return said

    held = json.loads(json.dumps(template["Resources"]), object_hook=looked_up)
    assert isinstance(held, dict)
    return held


def test_it_fits_into_a_call(template: dict[str, Any]) -> None:
    assert len(json.dumps(template, separators=(",", ":"))) <= INLINE_LIMIT


def test_a_foundation_too_long_for_a_call_fails_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "INLINE_LIMIT", 10_000)
    with pytest.raises(BuildError, match=r"foundation has .* CloudFormation takes 10000 inline"):
        build()


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_key_of_its_own_for_each_domain_and_the_standbys_is_its_replica(
    template: dict[str, Any], domain: str
) -> None:
    key, replica = (template["Resources"][f"{domain}{kind}"] for kind in ("Key", "ReplicaKey"))
    assert (key["Condition"], replica["Condition"]) == ("Primary", "HasReplicaKeys")
    assert key["Properties"]["MultiRegion"] is True
    assert key["Properties"]["EnableKeyRotation"] is True
    assert replica["Properties"]["PrimaryKeyArn"] == {"Ref": f"Primary{domain}KeyArn"}
    said = template["Metadata"]["Tradewind"]["Parameters"][f"Primary{domain}KeyArn"]
    assert (said["root"], said["region"], said["output"]) == (
        "foundation",
        "primary",
        f"{domain}KeyArn",
    )
    assert key["Properties"]["KeyPolicy"] == replica["Properties"]["KeyPolicy"]
    for each in (key, replica):
        assert each["Properties"]["PendingWindowInDays"] == 30
        assert each["DeletionPolicy"] == "RetainExceptOnCreate"
        assert each["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_region_hands_on_the_key_that_it_has(template: dict[str, Any], domain: str) -> None:
    assert template["Outputs"][f"{domain}KeyArn"]["Value"] == {
        "Fn::If": [
            "Primary",
            {"Fn::GetAtt": [f"{domain}Key", "Arn"]},
            {"Fn::GetAtt": [f"{domain}ReplicaKey", "Arn"]},
        ]
    }


def test_no_key_policy_has_a_wildcard_action_or_an_unguarded_stranger(
    resources: dict[str, Any],
) -> None:
    for resource in _of(resources, "AWS::KMS::Key", "AWS::KMS::ReplicaKey"):
        for statement in resource["Properties"]["KeyPolicy"]["Statement"]:
            assert not [action for action in statement["Action"] if "*" in action]
            guarded = json.dumps(statement.get("Condition", {}))
            if "Service" in statement["Principal"]:
                assert "aws:SourceA" in guarded or "kms:EncryptionContext" in guarded
            elif statement["Effect"] == "Allow":
                assert "*" not in json.dumps(statement["Principal"])


def test_nobody_grants_on_a_key_but_a_service_for_what_it_encrypts(
    resources: dict[str, Any],
) -> None:
    """A grant is a permission that no policy shows."""
    keys = _of(resources, "AWS::KMS::Key", "AWS::KMS::ReplicaKey")
    assert len(keys) == 8
    for key in keys:
        policy = key["Properties"]["KeyPolicy"]
        (refusal,) = (s for s in policy["Statement"] if s["Effect"] == "Deny")
        assert refusal["Action"] == ["kms:CreateGrant"]
        assert refusal["Principal"] == "*"
        assert refusal["Condition"] == {
            "BoolIfExists": {
                "kms:GrantIsForAWSResource": "false",
                "aws:PrincipalIsAWSService": "false",
            }
        }


def test_lambda_may_keep_the_code_of_our_functions_and_of_no_others(
    resources: dict[str, Any],
) -> None:
    for kind in ("Key", "ReplicaKey"):
        policy = resources[f"Artifacts{kind}"]["Properties"]["KeyPolicy"]["Statement"]
        (ours,) = (s for s in policy if "Service" in s["Principal"])
        assert ours["Principal"] == {"Service": "lambda.amazonaws.com"}
        assert ours["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        (functions,) = ours["Condition"]["ArnLike"].values()
        assert resolved(functions).endswith(":function:tradewind-dev-*")


def test_a_vault_can_be_made_under_the_data_key(resources: dict[str, Any]) -> None:
    """What AWS::Backup::BackupVault's create handler asks of KMS; IAM grants what the key policy lets it."""
    key = resources["DataKey"]["Properties"]["KeyPolicy"]["Statement"]
    ours = {a for s in key if "root" in json.dumps(s["Principal"]) for a in s["Action"]}
    asked = {"CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey", "RetireGrant"}
    assert {f"kms:{action}" for action in asked} <= ours


def test_the_one_role_that_a_key_policy_names_is_made_before_the_key(
    resources: dict[str, Any],
) -> None:
    named = {
        title
        for title, resource in resources.items()
        if resource["Type"] in ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
        for statement in resource["Properties"]["KeyPolicy"]["Statement"]
        if ":role/" in json.dumps(statement["Principal"])
    }

    assert named == {"DataKey", "DataReplicaKey"}
    assert resources["DataKey"]["DependsOn"] == ["LogsKey"]
    assert resources["LogsKey"]["DependsOn"] == ["FleetRole"]
    assert {resources[it]["Condition"] for it in ("FleetRole", "LogsKey", "DataKey")} == {"Primary"}
    assert resolved(resources["FleetRole"]["Properties"]["CustomSuffix"]) == "tradewind-dev"


def test_every_fleet_runs_by_the_role_that_may_use_its_disks_key(resources: dict[str, Any]) -> None:
    policy = resources["DataKey"]["Properties"]["KeyPolicy"]["Statement"]
    (named,) = {
        resolved(statement["Principal"]["AWS"])
        for statement in policy
        if statement["Sid"] in ("AutoScalingUses", "AutoScalingGrantsToDisks")
    }

    for layer in (Storefront, Workers):
        assert Made(layer)["Fleet"]["ServiceLinkedRoleARN"] == named


def test_the_bucket_that_the_tool_uploads_to_is_the_one_that_foundation_makes(
    resources: dict[str, Any],
) -> None:
    made = resolved(resources["ArtifactsBucket"]["Properties"]["BucketName"])
    assert made == artifact_bucket("dev", "111111111111", "us-east-1")


@pytest.mark.parametrize("bucket", BUCKETS)
def test_every_bucket_is_private_versioned_owned_and_outlives_its_stack(
    resources: dict[str, Any], bucket: str
) -> None:
    made = resources[f"{bucket}Bucket"]
    properties = made["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert (made["DeletionPolicy"], made["UpdateReplacePolicy"]) == (
        "RetainExceptOnCreate",
        "Retain",
    )
    (rule,) = properties["LifecycleConfiguration"]["Rules"]
    assert rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 7
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] > 0


def test_a_legal_hold_is_possible_where_no_log_delivery_forbids_it(
    resources: dict[str, Any],
) -> None:
    """What AWS Config or server access logs go to may not have Object Lock."""
    held = {
        title
        for title, resource in resources.items()
        if resource["Type"] == "AWS::S3::Bucket" and resource["Properties"].get("ObjectLockEnabled")
    }
    assert held == {"ArtifactsBucket", "ImagesBucket", "ExportsBucket"}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_our_keys_encrypt_every_bucket_but_the_one_that_load_balancers_write(
    resources: dict[str, Any], bucket: str
) -> None:
    properties = resources[f"{bucket}Bucket"]["Properties"]
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    sids = [s["Sid"] for s in _policy(resources, bucket)]
    if bucket == "AccessLogs":
        assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        assert "LoggingConfiguration" not in properties
    else:
        assert rule["BucketKeyEnabled"] is True
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        assert {"OtherEncryption", "OtherKey"} <= set(sids)
        assert properties["LoggingConfiguration"]["DestinationBucketName"] == {
            "Ref": "AccessLogsBucket"
        }


@pytest.mark.parametrize("bucket", BUCKETS)
def test_every_bucket_refuses_what_is_not_tls(resources: dict[str, Any], bucket: str) -> None:
    refused = {s["Sid"]: s for s in _policy(resources, bucket) if s["Effect"] == "Deny"}
    assert refused["InTheClear"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert refused["OldTls"]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}


def test_a_put_that_names_no_key_is_not_refused(resources: dict[str, Any]) -> None:
    """StringNotEquals holds for an absent header as well; Null is what spares it."""
    for statement in _policy(resources, "Images"):
        if statement["Sid"] in ("OtherEncryption", "OtherKey"):
            assert set(statement["Condition"]["Null"]) == set(
                statement["Condition"]["StringNotEquals"]
            )
            assert set(statement["Condition"]["Null"].values()) == {"false"}


def test_cloudtrails_digests_under_s3s_own_key_are_let_in_and_only_to_the_logs(
    resources: dict[str, Any],
) -> None:
    header = "s3:x-amz-server-side-encryption"
    taken = {
        bucket: statement["Condition"]["StringNotEquals"][header]
        for bucket in BUCKETS
        for statement in _policy(resources, bucket)
        if statement["Sid"] == "OtherEncryption"
    }
    assert taken.pop("Logs") == ["aws:kms", "AES256"]
    assert set(taken.values()) == {"aws:kms"}


def test_services_enter_buckets_on_behalf_of_this_account_only(resources: dict[str, Any]) -> None:
    for bucket in BUCKETS:
        for statement in _policy(resources, bucket):
            if statement["Effect"] == "Allow":
                held = statement["Condition"]
                account = held.get("StringEquals", {}).get("aws:SourceAccount")
                source = json.dumps(held.get("ArnLike", {}).get("aws:SourceArn"))
                ours = "${AWS::AccountId}" in source or "tradewind-${Environment}-" in source
                assert ours or account == {"Ref": "AWS::AccountId"}, statement["Sid"]


def test_old_logs_and_exports_go_to_glacier_and_images_stay_at_hand(
    resources: dict[str, Any],
) -> None:
    def last(bucket: str) -> str:
        (rule,) = resources[f"{bucket}Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
        return str(rule["Transitions"][-1]["StorageClass"])

    assert last("Logs") == last("AccessLogs") == last("Exports") == "GLACIER"
    assert last("Images") == "GLACIER_IR"


def test_no_release_is_deleted_by_its_age(resources: dict[str, Any]) -> None:
    (rule,) = resources["ArtifactsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert not {"ExpirationInDays", "ExpirationDate", "Transitions"} & set(rule)


@pytest.mark.parametrize(
    ("bucket", "key"),
    [("Logs", "PeerLogsKeyArn"), ("Images", "PeerDataKeyArn"), ("Exports", "PeerDataKeyArn")],
)
def test_replication_waits_for_the_peer_and_is_timed(
    resources: dict[str, Any], bucket: str, key: str
) -> None:
    condition, replication, otherwise = resources[f"{bucket}Bucket"]["Properties"][
        "ReplicationConfiguration"
    ]["Fn::If"]
    assert (condition, otherwise) == ("Replicates", {"Ref": "AWS::NoValue"})
    (rule,) = replication["Rules"]
    target = rule["Destination"]
    purpose = bucket.lower()
    assert resolved(target["Bucket"]) == (
        f"arn:aws:s3:::tradewind-dev-{purpose}-111111111111-eu-central-1"
    )
    assert target["EncryptionConfiguration"] == {"ReplicaKmsKeyID": {"Ref": key}}
    assert target["ReplicationTime"] == {"Status": "Enabled", "Time": {"Minutes": 15}}
    assert target["Metrics"]["Status"] == "Enabled"
    assert rule["DeleteMarkerReplication"] == {"Status": "Enabled"}
    assert rule["SourceSelectionCriteria"] == {
        "ReplicaModifications": {"Status": "Enabled"},
        "SseKmsEncryptedObjects": {"Status": "Enabled"},
    }
    assert resources["Replicator"]["Condition"] == "Replicates"


def test_the_replicator_stands_under_a_boundary_that_is_there(resources: dict[str, Any]) -> None:
    replicator = resources["Replicator"]
    assert replicator["DependsOn"] == "RuntimeBoundary"
    assert resolved(replicator["Properties"]["PermissionsBoundary"]).endswith(
        "policy/" + resolved(resources["RuntimeBoundary"]["Properties"]["ManagedPolicyName"])
    )


def test_recovery_points_are_not_deleted_by_hand_and_the_lock_is_a_toggle(
    resources: dict[str, Any],
) -> None:
    vault = resources["Vault"]["Properties"]
    (statement,) = vault["AccessPolicy"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert "backup:DeleteRecoveryPoint" in statement["Action"]
    assert vault["LockConfiguration"]["Fn::If"][0] == "BackupVaultLock"
    assert "ChangeableForDays" not in json.dumps(vault["LockConfiguration"])


def _of(resources: dict[str, Any], *types: str) -> list[dict[str, Any]]:
    return [resource for resource in resources.values() if resource["Type"] in types]


def _policy(resources: dict[str, Any], bucket: str) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = resources[f"{bucket}BucketPolicy"]["Properties"]["PolicyDocument"][
        "Statement"
    ]
    return held
