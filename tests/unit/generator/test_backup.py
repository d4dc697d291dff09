"""Recovery points: of everything that is tagged, in both regions, kept as long as the vault asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from generator.foundation import Foundation
from generator.layers.backup import Backup
from tests.unit.generator.iam import KNOWN
from tests.unit.generator.resolved import Made, by_key
from tests.unit.generator.standing import of_type, standing, titles

FACTS = {"peer_ready": "true"}
PEER = "arn:aws:backup:us-west-2:111111111111:backup-vault:tradewind-dev-us-west-2"


def made(role: str = "primary", **settings: str) -> Made:
    return standing(Backup, role, peer_vault_arn=PEER, **{**FACTS, **settings})


def rules(stack: Made) -> dict[str, Mapping[str, Any]]:
    return {rule["RuleName"]: rule for rule in stack["Plan"]["BackupPlan"]["BackupPlanRule"]}


def test_a_recovery_point_a_day_is_kept_as_long_as_a_locked_vault_asks() -> None:
    days = {"backup_retention_days": "35", "backup_vault_lock": "true"}
    locked = standing(Foundation, **days)["Vault"]["LockConfiguration"]["MinRetentionDays"]
    for rule in rules(made(backup_archive="true", **days)).values():
        assert int(rule["Lifecycle"]["DeleteAfterDays"]) >= int(locked)


@pytest.mark.parametrize("role", ["primary", "standby"])
def test_each_region_copies_to_the_other_and_as_long(role: str) -> None:
    for rule in rules(made(role, backup_archive="true")).values():
        (copy,) = rule["CopyActions"]
        assert copy["DestinationBackupVaultArn"] == PEER
        assert copy["Lifecycle"] == rule["Lifecycle"]


@pytest.mark.parametrize("off", [{"backup_copies": "false"}, {"peer_ready": "false"}])
def test_nothing_is_copied_to_where_nothing_stands_or_is_wanted(off: dict[str, str]) -> None:
    (daily,) = rules(made(**off)).values()
    assert "CopyActions" not in daily


def test_what_goes_to_cold_storage_stays_there_for_the_least_that_is_paid_for() -> None:
    """AWS Backup refuses a lifecycle that leaves fewer than 90 days in cold storage."""
    monthly = rules(made(backup_archive="true"))["Monthly"]["Lifecycle"]
    assert monthly["DeleteAfterDays"] - monthly["MoveToColdStorageAfterDays"] >= 90


def test_no_continuous_backup_takes_the_databases_own_retention_over() -> None:
    for rule in rules(made(backup_archive="true")).values():
        assert not rule.get("EnableContinuousBackup", False)


def test_the_tag_selects_and_only_among_the_environments_own() -> None:
    chosen = made()["TaggedDaily"]["BackupSelection"]
    (condition,) = chosen["Conditions"]["StringEquals"]
    assert condition == {"ConditionKey": "aws:ResourceTag/Backup", "ConditionValue": "daily"}
    assert {arn.split(":")[2] for arn in chosen["Resources"]} == {"rds", "dynamodb"}
    assert all("tradewind-dev-" in arn for arn in chosen["Resources"])


def test_its_role_touches_only_what_is_ours_and_what_it_made_itself() -> None:
    stack = made()
    assert stack["BackupOperator"]["PermissionsBoundary"].endswith("backup-boundary-us-east-1")
    for statement in stack.statements("BackupOperator"):
        if statement["Resource"] == ["*"]:
            assert statement["Action"] == ["tag:GetResources"]
            continue
        for action in statement["Action"]:
            verb = action.partition(":")[2]
            if verb.startswith("Delete") and not verb.endswith(("Snapshot", "Backup")):
                assert all("awsbackup-restore-test-" in arn for arn in statement["Resource"]), (
                    action
                )


def test_its_role_may_write_to_no_table_of_the_shop() -> None:
    for statement in made().statements("BackupOperator"):
        if {"dynamodb:PutItem", "dynamodb:DeleteItem"} & set(statement["Action"]):
            assert all("table/awsbackup-restore-test-" in arn for arn in statement["Resource"])


def test_it_uses_the_keys_of_both_regions_through_databases_and_tables_alone() -> None:
    (use,) = (s for s in made().statements("BackupOperator") if "kms:Decrypt" in s["Action"])
    services = {name.split(".")[0] for name in use["Condition"]["StringEquals"]["kms:ViaService"]}
    assert services == {"dynamodb", "rds"}
    assert len(use["Resource"]) == len(KNOWN.keys() & {"AWS::Region", "PeerRegion"})


def test_a_restore_is_tried_of_what_there_is() -> None:
    on = {"restore_testing": "true"}
    rds, aurora = (
        titles(made(**on, orders_engine=engine), "AWS::Backup::RestoreTestingSelection")
        for engine in ("rds-multi-az", "aurora-global")
    )
    assert rds == ["DynamoDBRestoreTest", "RDSRestoreTest"]
    assert aurora == ["AuroraRestoreTest", "DynamoDBRestoreTest"]
    assert not of_type(made(), "AWS::Backup::RestoreTestingPlan")


def test_a_tried_restore_is_encrypted_and_stands_in_the_data_tier() -> None:
    """AWS Backup would take DynamoDB's own key, and the default VPC."""
    stack = made(restore_testing="true")
    table = stack["DynamoDBRestoreTest"]["RestoreMetadataOverrides"]
    assert table["encryptionType"] == "KMS"
    assert table["kmsMasterKeyArn"].startswith("arn:aws:kms:")
    database = stack["RDSRestoreTest"]["RestoreMetadataOverrides"]
    assert database == {"dbSubnetGroupName": "tradewind-dev-orders-us-east-1"}


def test_a_region_without_restore_testing_goes_without() -> None:
    stack = Made(Backup, "ap-southeast-7", restore_testing="true", peer_ready="true")
    assert not of_type(stack, "AWS::Backup::RestoreTestingPlan")
    assert "Plan" in stack


def test_every_way_to_fail_has_an_alarm_on_the_regions_vault() -> None:
    stack = made()
    vault = standing(Foundation)["Vault"]["BackupVaultName"]
    metrics = set()
    for alarm in of_type(stack, "AWS::CloudWatch::Alarm").values():
        (series,) = (m["MetricStat"]["Metric"] for m in alarm["Metrics"] if "MetricStat" in m)
        assert series["Dimensions"] == [{"Name": "BackupVaultName", "Value": vault}]
        metrics.add(series["MetricName"])
    assert metrics == {
        "NumberOfBackupJobsFailed",
        "NumberOfBackupJobsExpired",
        "NumberOfCopyJobsFailed",
        "NumberOfRestoreJobsFailed",
    }


def test_a_failed_job_is_announced_whether_it_has_a_state_or_a_status() -> None:
    detail = made()["BackupJobFailed"]["EventPattern"]["detail"]
    states, statuses = detail["$or"]
    assert "FAILED" in states["state"]
    assert "FAILED" in statuses["status"]


def test_a_recovery_point_bears_the_tag_that_a_test_looks_for() -> None:
    stack = made(restore_testing="true")
    (wanted,) = stack["DynamoDBRestoreTest"]["ProtectedResourceConditions"]["StringEquals"]
    tags = rules(stack)["Daily"]["RecoveryPointTags"]
    assert tags[wanted["Key"].removeprefix("aws:ResourceTag/")] == by_key([wanted])[wanted["Key"]]
