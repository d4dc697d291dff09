"""Which properties hold IAM policies, and what a policy there means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scripts.deploy.explanations import Value
from scripts.deploy.gates.property_paths import is_unknown


class Kind(StrEnum):
    """Whose policy it is: that decides what its principals and its resources mean."""

    #: Who may be this role. It has no resource.
    TRUST = "trust"
    #: What whoever has it may do. It has no principal.
    IDENTITY = "identity"
    #: The most that whoever is under it may do: it gives nothing by itself.
    BOUNDARY = "boundary"
    #: Who may do what with this one resource: "*" as its resource is itself.
    RESOURCE = "resource"


@dataclass(frozen=True)
class Document:
    """A policy document at a place in a resource's properties."""

    place: str
    kind: Kind
    content: Value


#: Properties that hold one document.
_HELD: Mapping[str, tuple[tuple[str, Kind], ...]] = {
    "AWS::ApiGateway::RestApi": (("Policy", Kind.RESOURCE),),
    "AWS::Backup::BackupVault": (("AccessPolicy", Kind.RESOURCE),),
    "AWS::DynamoDB::Table": (("ResourcePolicy/PolicyDocument", Kind.RESOURCE),),
    "AWS::EC2::VPCEndpoint": (("PolicyDocument", Kind.RESOURCE),),
    "AWS::ECR::Repository": (("RepositoryPolicyText", Kind.RESOURCE),),
    "AWS::EFS::FileSystem": (("FileSystemPolicy", Kind.RESOURCE),),
    "AWS::Events::EventBusPolicy": (("Statement", Kind.RESOURCE),),
    "AWS::IAM::GroupPolicy": (("PolicyDocument", Kind.IDENTITY),),
    "AWS::IAM::ManagedPolicy": (("PolicyDocument", Kind.IDENTITY),),
    "AWS::IAM::Policy": (("PolicyDocument", Kind.IDENTITY),),
    "AWS::IAM::Role": (("AssumeRolePolicyDocument", Kind.TRUST),),
    "AWS::IAM::RolePolicy": (("PolicyDocument", Kind.IDENTITY),),
    "AWS::IAM::UserPolicy": (("PolicyDocument", Kind.IDENTITY),),
    "AWS::KMS::Key": (("KeyPolicy", Kind.RESOURCE),),
    "AWS::KMS::ReplicaKey": (("KeyPolicy", Kind.RESOURCE),),
    "AWS::Kinesis::ResourcePolicy": (("ResourcePolicy", Kind.RESOURCE),),
    "AWS::Logs::ResourcePolicy": (("PolicyDocument", Kind.RESOURCE),),
    "AWS::OpenSearchService::Domain": (("AccessPolicies", Kind.RESOURCE),),
    "AWS::S3::AccessPoint": (("Policy", Kind.RESOURCE),),
    "AWS::S3::BucketPolicy": (("PolicyDocument", Kind.RESOURCE),),
    "AWS::SNS::TopicInlinePolicy": (("PolicyDocument", Kind.RESOURCE),),
    "AWS::SNS::TopicPolicy": (("PolicyDocument", Kind.RESOURCE),),
    "AWS::SQS::QueueInlinePolicy": (("PolicyDocument", Kind.RESOURCE),),
    "AWS::SQS::QueuePolicy": (("PolicyDocument", Kind.RESOURCE),),
    "AWS::SecretsManager::ResourcePolicy": (("ResourcePolicy", Kind.RESOURCE),),
}

#: Types with a list `Policies` of named documents.
_NAMED = ("AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::User")

#: What marks the name of a boundary (generator/boundaries.py).
_BOUNDARY = "-boundary-"

#: Types that are nothing but the policy of another resource, and the property that says which.
ATTACHED: Mapping[str, str] = {
    "AWS::Events::EventBusPolicy": "EventBusName",
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::TopicInlinePolicy": "TopicArn",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SQS::QueueInlinePolicy": "Queue",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::SecretsManager::ResourcePolicy": "SecretId",
}


#: Policies without which something stays that they denied; any other policy goes with its own resource.
OUTLIVED = frozenset(
    {*ATTACHED, "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy"}
)

#: Types whose properties are a policy's statement in pieces: one piece alone says nothing.
IN_PIECES = frozenset({"AWS::Lambda::Permission"})


def documents(type: str, properties: Mapping[str, Value]) -> Iterator[Document]:
    """The policies that stand in a resource's properties."""
    if type == "AWS::Lambda::Permission":
        yield Document("", Kind.RESOURCE, _of_permission(properties))
    for place, kind in _HELD.get(type, ()):
        content = _inside(properties, place)
        if content is not None:
            yield Document(place, _kind(kind, properties), _wrapped(type, content))
    if type in _NAMED:
        policies = properties.get("Policies") or []
        for number, held in enumerate(policies if isinstance(policies, list) else [policies]):
            if isinstance(held, Mapping):
                name = held.get("PolicyName", number)
                yield Document(f"Policies[{name}]", Kind.IDENTITY, held.get("PolicyDocument"))
            else:
                yield Document(f"Policies[{number}]", Kind.IDENTITY, held)


def _kind(kind: Kind, properties: Mapping[str, Value]) -> Kind:
    name = properties.get("ManagedPolicyName", "")
    if kind is Kind.IDENTITY and isinstance(name, str) and _BOUNDARY in name:
        return Kind.BOUNDARY
    return kind


def _inside(properties: Mapping[str, Value], place: str) -> Value:
    found: Value = properties
    for step in place.split("/"):
        if is_unknown(found):
            return found
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _wrapped(type: str, content: Value) -> Value:
    """An event bus's policy is one statement and no document."""
    if type == "AWS::Events::EventBusPolicy" and isinstance(content, Mapping):
        return {"Statement": [content]}
    return content


def _of_permission(properties: Mapping[str, Value]) -> dict[str, Any]:
    """A Lambda permission, as the statement that it adds to the function's policy.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    """
    who = str(properties.get("Principal", ""))
    kind = "Service" if who.endswith((".amazonaws.com", ".amazonaws.com.cn")) else "AWS"
    condition: dict[str, Any] = {}
    for key, operator, name in (
        ("SourceArn", "ArnLike", "aws:SourceArn"),
        ("SourceAccount", "StringEquals", "aws:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
    ):
        if properties.get(key):
            condition.setdefault(operator, {})[name] = properties[key]
    return {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*" if who == "*" else {kind: who},
                "Action": properties.get("Action", "*"),
                "Resource": properties.get("FunctionName", "*"),
                **({"Condition": condition} if condition else {}),
            }
        ]
    }
