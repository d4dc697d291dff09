"""Every policy of every environment, proved by what IAM knows; and the proof, proved by planted defects."""

from __future__ import annotations

from typing import Any

import pytest

from generator.iam_reference import WIDE
from tests.coverage.platform import Platform, Resource, Standing, platform
from tests.unit.generator.iam_proof import (
    BY_EXCEPTION,
    ENVIRONMENTS,
    UNBOUND,
    Policy,
    defects,
    policies,
    wildcards,
)

TABLE = "arn:aws:dynamodb:eu-central-1:111111111111:table/tradewind-dev-carts"
OURS = {"StringEquals": {"aws:SourceAccount": "111111111111"}}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_no_policy_allows_too_much_or_what_cannot_be(environment: str) -> None:
    found = [str(defect) for policy in policies(environment) for defect in defects(policy)]
    assert not found


def test_all_kinds_of_policies_are_read() -> None:
    read = {(policy.resource.type, policy.path.split("/")[0]) for policy in policies("prod")}
    assert {
        ("AWS::IAM::ManagedPolicy", "PolicyDocument"),
        ("AWS::IAM::Role", "AssumeRolePolicyDocument"),
        ("AWS::Backup::BackupVault", "AccessPolicy"),
        ("AWS::KMS::Key", "KeyPolicy"),
        ("AWS::KMS::ReplicaKey", "KeyPolicy"),
        ("AWS::S3::BucketPolicy", "PolicyDocument"),
        ("AWS::SNS::TopicPolicy", "PolicyDocument"),
        ("AWS::SQS::QueuePolicy", "PolicyDocument"),
        ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy"),
    } <= read


def test_a_wildcard_resource_has_its_reason() -> None:
    """`python -m tests.unit.generator.iam_proof` prints them."""
    table = wildcards()
    assert table
    assert all(table.values())


def test_no_exception_outlives_its_use() -> None:
    statements = [s for e in ENVIRONMENTS for p in policies(e) for s in p.statements]
    named = {action for s in statements for action in _several(s.get("Action", []))}
    assert set(WIDE) <= named
    assert [p for p in policies("prod") if p.resource.logical_id == BY_EXCEPTION]
    for service, *actions in UNBOUND:
        assert any(
            _several(s.get("Principal", {}).get("Service", [])) == [service]
            and _several(s["Action"]) == actions
            for s in statements
            if isinstance(s.get("Principal"), dict)
        )


def identity(**statement: Any) -> set[str]:
    """The rules that a statement of a role's policy breaks."""
    return _broken({"Effect": "Allow", **statement}, of_identity=True)


def resource_policy(**statement: Any) -> set[str]:
    """The rules that a statement of a resource's policy breaks."""
    return _broken(
        {"Effect": "Allow", "Action": ["sqs:SendMessage"], **statement}, of_identity=False
    )


def test_a_sound_statement_breaks_no_rule() -> None:
    assert not identity(Action=["dynamodb:GetItem"], Resource=[TABLE])
    assert not identity(Action=["ec2:DescribeInstances"], Resource=["*"])
    assert not resource_policy(Principal={"Service": "events.amazonaws.com"}, Condition=OURS)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ({"Action": ["dynamodb:GetItems"], "Resource": [TABLE]}, "unknown action"),
        ({"Action": ["magic:GetItem"], "Resource": [TABLE]}, "unknown action"),
        ({"Action": ["dynamodb:Get*"], "Resource": [TABLE]}, "wildcard action"),
        ({"Action": ["*"], "Resource": ["*"]}, "wildcard action"),
        ({"NotAction": ["iam:*"], "Resource": ["*"]}, "allow by exception"),
        ({"Action": ["dynamodb:GetItem"], "Resource": ["*"]}, "wildcard resource"),
        ({"Action": ["dynamodb:GetItem"], "Resource": [TABLE, "*"]}, "wildcard resource"),
        ({"Action": ["s3:GetObject"], "Resource": [TABLE]}, "no such pair"),
        (
            {"Action": ["dynamodb:GetItem"], "Resource": [TABLE, "arn:aws:s3:::bucket"]},
            "no such pair",
        ),
        ({"Action": ["dynamodb:GetRecords"], "Resource": ["arn:aws:dynamodb:::x"]}, "no such pair"),
        ({"Action": ["ec2:DescribeInstances"], "Resource": [TABLE]}, "no such pair"),
    ],
)
def test_a_planted_defect_of_an_identity_is_seen(statement: dict[str, Any], rule: str) -> None:
    assert rule in identity(**statement)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ({"Principal": {"Service": "events.amazonaws.com"}}, "unconditioned service"),
        (
            {
                "Principal": {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]},
                "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
            },
            "unconditioned service",
        ),
        (
            {
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "111111111111"}},
            },
            "unconditioned service",
        ),
        ({"Principal": "*"}, "anybody"),
        (
            {"Principal": {"AWS": "*"}, "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            "anybody",
        ),
        ({"NotPrincipal": {"AWS": "111111111111"}}, "allow by exception"),
        (
            {"Principal": {"AWS": "111111111111"}, "Action": ["sqs:*"]},
            "wildcard action",
        ),
    ],
)
def test_a_planted_defect_of_a_resource_policy_is_seen(
    statement: dict[str, Any], rule: str
) -> None:
    assert rule in resource_policy(**statement)


def test_a_planted_defect_in_a_template_is_seen() -> None:
    """As it would be met: in a role's policy that stands in an environment."""
    policy = next(p for p in policies("prod") if p.resource.logical_id.endswith("Grants"))
    wider = {**policy.statements[0], "Resource": ["*"], "Action": ["s3:GetObject"]}
    spoilt = Policy(policy.resource, policy.path, (wider,), True, policy.platform)
    assert [defect.rule for defect in defects(spoilt)] == ["wildcard resource"]
    assert str(policy.resource) in str(next(defects(spoilt)))


def _broken(statement: dict[str, Any], *, of_identity: bool) -> set[str]:
    standing: Platform = platform(Standing("dev"))
    resource = Resource("us-east-1", "platform", "planted", "Planted", "AWS::IAM::Role", {})
    policy = Policy(resource, "Policies/0", (statement,), of_identity, standing)
    return {defect.rule for defect in defects(policy)}


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
