"""The custom name of a resource: what a template may give it that no second one of its type can have.

Mostly that is the primary identifier of the provider schema. Where a service makes the identifier, an ARN or
an id, the properties that name the resource are told here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from scripts.sandbox.resources.replacement import value_at
from scripts.sandbox.resources.schemas import PropertyPath, ResourceSchema

#: The values of the properties that name a resource, the name itself last where a type stands in `_NAMED`.
CustomName: TypeAlias = tuple[str, ...]

_NAMED: Mapping[str, tuple[str, ...]] = {
    "AWS::AppSync::DataSource": ("ApiId", "Name"),
    "AWS::CloudFront::Function": ("Name",),
    "AWS::DocDB::DBCluster": ("DBClusterIdentifier",),
    "AWS::DocDB::DBInstance": ("DBInstanceIdentifier",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateName",),
    "AWS::EC2::SecurityGroup": ("VpcId", "GroupName"),
    "AWS::ECS::Service": ("Cluster", "ServiceName"),
    "AWS::EKS::Nodegroup": ("ClusterName", "NodegroupName"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name",),
    "AWS::Events::Rule": ("EventBusName", "Name"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::IoT::Policy": ("PolicyName",),
    "AWS::Lambda::Alias": ("FunctionName", "Name"),
    "AWS::S3Tables::TableBucket": ("TableBucketName",),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::Scheduler::Schedule": ("GroupName", "Name"),
    "AWS::Signer::SigningProfile": ("ProfileName",),
    "AWS::StepFunctions::StateMachine": ("StateMachineName",),
    "AWS::WAFv2::WebACL": ("Scope", "Name"),
}
"""Of native types. A secret is not here: Secrets Manager refuses its name, in words of its own."""

_DEFAULTS: Mapping[tuple[str, str], str] = {
    ("AWS::Events::Rule", "EventBusName"): "default",
    ("AWS::Scheduler::Schedule", "GroupName"): "default",
}


def naming_properties(schema: ResourceSchema) -> tuple[PropertyPath, ...]:
    """The properties that name a resource of the type; none where the service alone does."""
    named = _NAMED.get(schema.type_name)
    if named is not None:
        return tuple((name,) for name in named)
    identifier = schema.primary_identifier
    return () if set(identifier) & set(schema.read_only) else identifier


def custom_name(schema: ResourceSchema, properties: Mapping[str, Any]) -> CustomName | None:
    """The name that `properties` give, or None where they leave it to CloudFormation."""
    paths = naming_properties(schema)
    values = [value_at(properties, path) for path in paths]
    if schema.type_name in _NAMED:
        values[:-1] = [
            _DEFAULTS.get((schema.type_name, path[0]), "") if value is None else value
            for path, value in zip(paths[:-1], values[:-1], strict=True)
        ]
    if not values or any(value is None for value in values):
        return None
    return tuple(map(str, values))


def kept(schema: ResourceSchema) -> dict[str, Any] | None:
    """What a resource must not keep while it is replaced, in the form of ministack's table.

    "CloudFormation cannot update a stack when a custom-named resource requires replacing."
    """
    names = tuple(".".join(path) for path in naming_properties(schema))
    if len(names) == 1:
        return {"name": names[0]}
    return {"name": names} if schema.type_name in _NAMED else None
