"""Every policy of every environment, proved by what IAM knows; and the proof, proved by planted defects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.audit.policies import EXCUSES, Policy, audit, defects, judged, policies, wildcards
from tests.coverage.platform import Platform, Resource, Standing, platform

TABLE = "arn:aws:dynamodb:eu-central-1:111111111111:table/tradewind-dev-carts"
OURS = {"StringEquals": {"aws:SourceAccount": "111111111111"}}


def test_no_policy_allows_too_much_or_what_cannot_be() -> None:
    """Nor does an excuse outlive its use: that would be found, too."""
    verdict = audit()
    assert not verdict.found
    assert {each.reason for each in verdict.excused} == {*EXCUSES.values()}


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
    """`python -m tests.audit.policies` prints them."""
    table = wildcards()
    assert table
    assert all(table.values())


def test_an_excuse_that_nobody_needs_is_found() -> None:
    found = judged([], "nothing").found
    assert len(found) == len(EXCUSES)
    assert {finding.rule for finding in found} == {"stale-exception"}


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
        ({"Action": ["dynamodb:GetItem"], "Resource": [TABLE, "carts"]}, "no ARN"),
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


def test_a_planted_star_is_found_in_its_file_and_resource() -> None:
    """As it would be met: in a role's policy that stands in an environment."""
    policy = next(p for p in policies("prod") if p.resource.logical_id.endswith("Grants"))
    wider = {**policy.statements[0], "Resource": ["*"], "Action": ["s3:GetObject"]}
    spoilt = Policy(policy.resource, policy.path, (wider,), True, policy.platform)
    again = replace(spoilt, resource=replace(policy.resource, region="us-west-2"))
    [finding] = [f for f in judged([spoilt, again], "two").found if f.rule != "stale-exception"]
    assert finding.regions == tuple(sorted({policy.resource.region, "us-west-2"}))
    assert finding.rule == "IAM: wildcard resource"
    assert finding.template == f"{policy.resource.layer}.json"
    assert finding.resource == policy.resource.logical_id
    assert finding.message == "s3:GetObject can be scoped"
    assert str(policy.resource) in str(next(defects(spoilt)))


def _broken(statement: dict[str, Any], *, of_identity: bool) -> set[str]:
    standing: Platform = platform(Standing("dev"))
    resource = Resource("us-east-1", "platform", "planted", "Planted", "AWS::IAM::Role", {})
    policy = Policy(resource, "Policies/0", (statement,), of_identity, standing)
    return {defect.rule for defect in defects(policy)}
