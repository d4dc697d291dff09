"""Every policy of every environment, proved by what IAM knows; and the proof, proved by planted defects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.audit import policies as proof
from tests.audit.excuses import EXCUSES
from tests.audit.policies import Policy, audit, defects, judged, policies, wildcards
from tests.coverage.platform import Platform, Resource, Standing, platform

TABLE = "arn:aws:dynamodb:eu-central-1:111111111111:table/tradewind-dev-carts"
ACCOUNT, STRANGER = "111111111111", "999999999999"
OURS = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
GITHUB = "token.actions.githubusercontent.com"
CDN = {"Service": "cloudfront.amazonaws.com"}


def test_no_policy_allows_too_much_or_what_cannot_be() -> None:
    """Nor does an excuse outlive its use: that would be found, too."""
    verdict = audit()
    assert not verdict.found
    assert {each.reason for each in verdict.excused} == {*EXCUSES.values()}


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_one_environment_alone_needs_every_excuse(
    environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a project calls its environments, and however few it has."""
    monkeypatch.setattr(proof, "names", lambda _params: (environment,))
    verdict = audit()
    assert verdict.looked_at == f"{len(policies(environment))} policies of {environment}"
    assert not verdict.found


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


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": ["dynamodb:GetItem"], "Resource": [TABLE]},
        {"Action": ["ec2:DescribeInstances"], "Resource": ["*"]},
        {"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::tradewind-dev-media/*"]},
        {"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::<us-east-1/media/Bucket.Ref>/*"]},
        {"Action": ["rds:DescribeDBClusters"], "Resource": [f"arn:aws:rds:*:{ACCOUNT}:cluster:*"]},
        {
            "Action": ["kms:Decrypt"],
            "Resource": [f"arn:aws:kms:*:{ACCOUNT}:key/*"],
            "Condition": {
                "ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/tradewind-dev-*"}
            },
        },
    ],
)
def test_a_sound_statement_of_an_identity_breaks_no_rule(statement: dict[str, Any]) -> None:
    assert not identity(**statement)


@pytest.mark.parametrize(
    "statement",
    [
        {"Principal": {"Service": "events.amazonaws.com"}, "Condition": OURS},
        {
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Condition": {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}},
        },
        {
            "Principal": CDN,
            "Condition": {
                "ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/*"}
            },
        },
        {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}},
        {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},
        {"Principal": {"AWS": ["<us-east-1/workers/WorkerInstance.Arn>"]}},
        {
            "Principal": {"Federated": GITHUB},
            "Action": ["sts:AssumeRoleWithWebIdentity"],
            "Condition": {"StringEquals": {f"{GITHUB}:sub": "repo:ours/shop:ref:refs/heads/main"}},
        },
    ],
)
def test_a_sound_statement_of_a_resource_policy_breaks_no_rule(statement: dict[str, Any]) -> None:
    assert not resource_policy(**statement)


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
        ({"Action": ["dynamodb:GetItem"], "Resource": [TABLE, "arn:*"]}, "no ARN"),
        ({"Action": ["dynamodb:GetItem"], "Resource": ["**"]}, "wildcard resource"),
        ({"Action": ["s3:DeleteObject"], "Resource": ["arn:aws:s3:::*/*"]}, "wildcard resource"),
        ({"Action": ["s3:DeleteObject"], "Resource": ["arn:aws:s3:::*"]}, "wildcard resource"),
        ({"Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::*"]}, "wildcard resource"),
        ({"Action": ["iam:PassRole"], "Resource": ["arn:aws:iam::*:role/*"]}, "wildcard resource"),
        (
            {"Action": ["iam:PassRole"], "Resource": [f"arn:aws:iam::{ACCOUNT}:role/*"]},
            "wildcard resource",
        ),
        (
            {"Action": ["dynamodb:DeleteTable"], "Resource": ["arn:aws:dynamodb:*:*:table/*"]},
            "wildcard resource",
        ),
        (
            {"Action": ["dynamodb:DeleteTable"], "Resource": ["arn:*:*:*:*:*"]},
            "wildcard resource",
        ),
        (
            {
                "Action": ["kms:Decrypt"],
                "Resource": [f"arn:aws:kms:*:{ACCOUNT}:key/*"],
                "Condition": {"ForAnyValue:StringLike": {"kms:ResourceAliases": "*"}},
            },
            "wildcard resource",
        ),
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
        ({"Principal": {"AWS": f"arn:aws:iam::{STRANGER}:root"}}, "stranger"),
        ({"Principal": {"AWS": [ACCOUNT, STRANGER]}, "Condition": OURS}, "stranger"),
        ({"Principal": {"AWS": "<us-east-1/elsewhere/Role.Arn>"}}, "stranger"),
        ({"Principal": {"CanonicalUser": "79a5"}}, "stranger"),
        ({"Principal": {"Federated": GITHUB}}, "stranger"),
        (
            {
                "Principal": {"Federated": GITHUB},
                "Condition": {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}},
            },
            "stranger",
        ),
        (
            {
                "Principal": {"Federated": GITHUB},
                "Condition": {"StringLike": {f"{GITHUB}:sub": "*"}},
            },
            "stranger",
        ),
        *(
            ({"Principal": "*", "Condition": condition}, "anybody")
            for condition in (
                {"StringLike": {"aws:SourceArn": "*"}},
                {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}},
                {"StringEquals": {"aws:PrincipalAccount": STRANGER}},
                {"StringEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}},
                {"ForAllValues:StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
            )
        ),
        *(
            ({"Principal": CDN, "Condition": condition}, "unconditioned service")
            for condition in (
                {"StringLike": {"aws:SourceArn": "*"}},
                {"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/*"}},
                {"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::ours", "arn:aws:s3:::*"]}},
                {"StringNotEquals": {"aws:SourceAccount": STRANGER}},
            )
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


def test_what_a_deployer_is_excused_for_is_not_excused_for_what_runs() -> None:
    """A role that runs has its excuses action by action."""
    every = {"Action": ["ec2:DeleteSubnet"], "Resource": [f"arn:aws:ec2:*:{ACCOUNT}:*/*"]}
    standing = platform(Standing("dev"))

    def excuses(layer: str) -> list[str]:
        resource = Resource("us-east-1", "any", layer, "Planted", "AWS::IAM::Role", {})
        statement = {"Effect": "Allow", **every}
        planted = Policy(resource, "Policies/0", (statement,), True, standing)
        return [defect.excuse for defect in defects(planted)]

    assert excuses("deployers") == [EXCUSES["ec2:account:*/*"]]
    assert excuses("workers") == [""]


def _broken(statement: dict[str, Any], *, of_identity: bool) -> set[str]:
    standing: Platform = platform(Standing("dev"))
    resource = Resource("us-east-1", "platform", "planted", "Planted", "AWS::IAM::Role", {})
    policy = Policy(resource, "Policies/0", (statement,), of_identity, standing)
    return {defect.rule for defect in defects(policy)}
