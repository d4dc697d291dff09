"""IAM and the services that keep policies take each of ours at its longest.

IAM counts no white space; the others count what they are sent.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.validate.contracts.cases import Case
from scripts.validate.contracts.graph import Graph, across
from scripts.validate.findings import Finding
from scripts.validate.intrinsics import Later

RULE = "policy-size"

#: What a value counts for that only a deployment knows: an ARN of ours with a derived name of 40 characters.
STAND_IN = "x" * 95

#: Characters of a role's trust policy, of all its inline policies together, and of a managed policy.
TRUST, INLINE, MANAGED = 2048, 10_240, 6144

#: Managed policies that a role may have.
ATTACHED = 10


@dataclass(frozen=True)
class Kept:
    """A policy that a resource keeps: its property, the most that the service takes, and who says so."""

    property: str
    most: int
    source: str


KEPT: Mapping[str, Kept] = {
    "AWS::ApiGateway::RestApi": Kept(
        "Policy",
        8192,
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
        "api-gateway-execution-service-limits-table.html",
    ),
    "AWS::S3::BucketPolicy": Kept(
        "PolicyDocument",
        20 * 1024,
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html",
    ),
    "AWS::SNS::TopicPolicy": Kept(
        "PolicyDocument", 30_720, "https://docs.aws.amazon.com/general/latest/gr/sns.html"
    ),
    "AWS::KMS::Key": Kept(
        "KeyPolicy",
        32 * 1024,
        "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
    ),
    "AWS::KMS::ReplicaKey": Kept(
        "KeyPolicy",
        32 * 1024,
        "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
    ),
    "AWS::SecretsManager::ResourcePolicy": Kept(
        "ResourcePolicy",
        20_480,
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html",
    ),
    "AWS::EC2::VPCEndpoint": Kept(
        "PolicyDocument",
        20_480,
        "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    ),
    "AWS::Logs::ResourcePolicy": Kept(
        "PolicyDocument",
        5120,
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html",
    ),
}


def check(graph: Graph) -> Iterator[Finding]:
    """Policies that are too long, and roles with too many."""
    yield from across(graph.longest, _too_long)


def _too_long(case: Case) -> Iterator[Finding]:
    for stack in case.stacks:
        for logical_id, resource in stack.resolved.resources.items():
            properties = resource.get("Properties", {})
            for name, most, size in _sizes(resource["Type"], properties):
                if size > most:
                    message = f"{size} are more than the {most} that {_taker(resource)} takes"
                    path = f"Resources/{logical_id}/Properties/{name}"
                    yield Finding(stack.file, path, RULE, message)


def _sizes(type: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Property, the most that it may be, and what it is."""
    if type == "AWS::IAM::Role":
        inline = [one["PolicyDocument"] for one in properties.get("Policies", ())]
        yield "AssumeRolePolicyDocument", TRUST, characters(properties["AssumeRolePolicyDocument"])
        yield "Policies", INLINE, sum(map(characters, inline))
        yield "ManagedPolicyArns", ATTACHED, len(properties.get("ManagedPolicyArns", ()))
    elif type == "AWS::IAM::ManagedPolicy":
        yield "PolicyDocument", MANAGED, characters(properties["PolicyDocument"])
    elif (kept := KEPT.get(type)) and kept.property in properties:
        yield kept.property, kept.most, len(_written(properties[kept.property]))


def characters(document: Any) -> int:
    """As IAM counts them."""
    return len("".join(_written(document).split()))


def _written(document: Any) -> str:
    if isinstance(document, str):
        return document
    return json.dumps(document, separators=(",", ":"), default=_unknown)


def _unknown(value: Any) -> str:
    assert isinstance(value, Later)
    return STAND_IN


def _taker(resource: Mapping[str, Any]) -> str:
    return str(resource["Type"].split("::")[1])
