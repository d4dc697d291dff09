"""How drift is mended: in which order, and by which way."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.deploy.mending import Step, mending
from scripts.deploy.topology import Difference, Drifted


def drifted(
    type: str, *differences: Difference, deleted: bool = False, name: str = "It"
) -> Drifted:
    return Drifted(
        "us-east-1",
        "platform",
        ("Layer", name),
        "s",
        type,
        "the-id",
        "DELETED" if deleted else "MODIFIED",
        differences,
    )


def changed(
    pointer: str, expected: str, actual: str = "other", kind: Any = "NOT_EQUAL"
) -> Difference:
    return Difference(pointer, expected, actual, kind)


def step(one: Drifted) -> Step:
    [made] = mending("prod", [one])
    return made


def test_data_comes_first_then_what_is_missing_then_guards_then_the_rest() -> None:
    rest = drifted("AWS::SQS::Queue", changed("/DelaySeconds", "5"), name="Rest")
    guard = drifted("AWS::RDS::DBInstance", changed("/DeletionProtection", "true"), name="Guard")
    door = drifted("AWS::EC2::SecurityGroup", changed("/SecurityGroupIngress/0", "x"), name="Door")
    role = drifted("AWS::IAM::Role", changed("/AssumeRolePolicyDocument", "x"), name="Role")
    missing = drifted("AWS::SQS::Queue", deleted=True, name="Missing")
    data = drifted("AWS::DynamoDB::Table", deleted=True, name="Data")

    steps = mending("prod", [rest, guard, door, missing, role, data])

    assert [one.drifted.path[-1] for one in steps] == [
        "Data",
        "Missing",
        "Guard",
        "Door",
        "Role",
        "Rest",
    ]


@pytest.mark.parametrize(
    ("type", "command"),
    [
        (
            "AWS::DynamoDB::Table",
            "restore-table-from-backup --region us-east-1 --target-table-name",
        ),
        ("AWS::DynamoDB::GlobalTable", "restore-table-from-backup"),
        ("AWS::KMS::Key", "cancel-key-deletion --region us-east-1 --key-id the-id"),
        ("AWS::RDS::DBCluster", "restore-db-cluster-from-snapshot"),
        ("AWS::RDS::DBInstance", "restore-db-instance-from-db-snapshot"),
        ("AWS::SecretsManager::Secret", "restore-secret"),
        ("AWS::S3::Bucket", "create-bucket --bucket the-id"),
    ],
)
def test_data_that_was_deleted_is_restored_and_never_made_anew_empty(
    type: str, command: str
) -> None:
    first, *others = step(drifted(type, deleted=True)).ways

    assert first.startswith("restore it under its name")
    assert command in first
    assert not any("REVERT_DRIFT" in way for way in (first, *others))


def test_anything_else_that_was_deleted_is_made_anew_or_taken_out() -> None:
    ways = step(drifted("AWS::SQS::Queue", deleted=True)).ways

    assert "a change set of tradewind-prod-platform in us-east-1" in ways[0]
    assert "--deployment-mode REVERT_DRIFT" in ways[0]
    assert ways[1] == "if it is to be gone: take it out of the template of Layer, and deploy"


@pytest.mark.parametrize(
    ("type", "difference", "command"),
    [
        (
            "AWS::SQS::Queue",
            changed("/DelaySeconds", "5"),
            "aws sqs set-queue-attributes --region us-east-1 --queue-url the-id --attributes DelaySeconds=5",
        ),
        (
            "AWS::SQS::Queue",
            changed("/VisibilityTimeout", "30"),
            "--attributes VisibilityTimeout=30",
        ),
        (
            "AWS::DynamoDB::Table",
            changed("/DeletionProtectionEnabled", "true", "false"),
            "--table-name the-id --deletion-protection-enabled",
        ),
        (
            "AWS::S3::Bucket",
            changed("/VersioningConfiguration/Status", "Enabled", "Suspended"),
            "--versioning-configuration Status=Enabled",
        ),
        ("AWS::Logs::LogGroup", changed("/RetentionInDays", "365"), "--retention-in-days 365"),
        (
            "AWS::RDS::DBInstance",
            changed("/DeletionProtection", "true", "false"),
            "modify-db-instance --region us-east-1 --db-instance-identifier the-id --deletion-protection",
        ),
        (
            "AWS::RDS::DBCluster",
            changed("/DeletionProtection", "true", "false"),
            "modify-db-cluster --region us-east-1 --db-cluster-identifier the-id --deletion-protection",
        ),
        ("AWS::Lambda::Function", changed("/Timeout", "10"), "--timeout 10"),
        ("AWS::Lambda::Function", changed("/MemorySize", "256"), "--memory-size 256"),
    ],
)
def test_a_change_is_adopted_or_put_back_by_the_command_that_does_it(
    type: str, difference: Difference, command: str
) -> None:
    adopt, put_back, revert = step(drifted(type, difference)).ways

    assert adopt.startswith("if what is there is right: put it into the template of Layer")
    assert command in put_back
    assert "REVERT_DRIFT" in revert


@pytest.mark.parametrize(
    ("type", "differences"),
    [
        ("AWS::SQS::Queue", [changed("/RedrivePolicy", "{}")]),
        ("AWS::SQS::Queue", [changed("/DelaySeconds", "5", kind="REMOVE")]),
        ("AWS::SQS::Queue", [changed("/DelaySeconds", "5"), changed("/Tags/0", "x")]),
        ("AWS::DynamoDB::Table", [changed("/DeletionProtectionEnabled", "false", "true")]),
        ("AWS::SNS::Topic", [changed("/DisplayName", "x")]),
    ],
)
def test_no_command_is_made_up_for_what_it_would_not_put_back(
    type: str, differences: list[Difference]
) -> None:
    ways = step(drifted(type, *differences)).ways

    assert len(ways) == 2
    assert not any("aws " in way for way in ways)


def test_a_step_is_a_document() -> None:
    assert step(drifted("AWS::DynamoDB::Table", deleted=True)).to_json() | {"ways": []} == {
        "region": "us-east-1",
        "root": "platform",
        "path": ["Layer", "It"],
        "urgency": "data",
        "ways": [],
    }
