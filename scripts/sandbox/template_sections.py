"""What a template must look like, section by section, before anything is made of it.

The sentences are CloudFormation's. Those of sections, members, outputs and mappings were recorded from
AWS (localstack/localstack, tests/aws/services/cloudformation: test_validations, test_mappings).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

SECTIONS = frozenset(
    {
        "AWSTemplateFormatVersion",
        "Conditions",
        "Description",
        "Hooks",
        "Mappings",
        "Metadata",
        "Outputs",
        "Parameters",
        "Resources",
        "Rules",
        "Transform",
    }
)
RESOURCE_ATTRIBUTES = frozenset(
    {
        "Condition",
        "CreationPolicy",
        "DeletionPolicy",
        "DependsOn",
        "Metadata",
        "Properties",
        "Type",
        "UpdatePolicy",
        "UpdateReplacePolicy",
    }
)
PARAMETER_TYPES = frozenset({"String", "Number", "List<Number>", "CommaDelimitedList"})
POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Delete", "Retain", "Snapshot"),
}
SNAPSHOT_TYPES = frozenset(
    {
        "AWS::DocDB::DBCluster",
        "AWS::EC2::Volume",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::Neptune::DBCluster",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Redshift::Cluster",
    }
)
"""What a policy of `Snapshot` makes a snapshot of (DeletionPolicy attribute, template reference)."""

_LOOP = "Fn::ForEach"
_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+")
_FORMAT = "Template format error: "


class TemplateInvalid(ValueError):
    """AWS refuses a template. What it says is what AWS says."""


def check(template: dict[str, Any]) -> None:
    """Raise TemplateInvalid, in CloudFormation's words, for the first thing that is not as it must be."""
    for path in _nulls(template, ""):
        raise TemplateInvalid(f"[{path}] 'null' values are not allowed in templates")
    unknown = [str(name) for name in template if name not in SECTIONS]
    if unknown:
        raise TemplateInvalid(f"Invalid template property or properties [{', '.join(unknown)}]")
    if template.get("AWSTemplateFormatVersion", "2010-09-09") != "2010-09-09":
        raise TemplateInvalid(f"{_FORMAT}unsupported value for AWSTemplateFormatVersion.")
    if not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise TemplateInvalid(f"{_FORMAT}At least one Resources member must be defined.")
    _check_parameters(template.get("Parameters", {}))
    _check_mappings(template.get("Mappings", {}))
    _check_resources(template["Resources"])
    _check_outputs(template.get("Outputs", {}))


def is_loop(name: str) -> bool:
    """Whether a member is a Fn::ForEach that no transform has unrolled yet."""
    return name.startswith(_LOOP)


def _nulls(value: Any, path: str) -> Iterator[str]:
    if value is None:
        yield path
    members = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else ()
    for name, held in (*members, *items):
        yield from _nulls(held, f"{path}/{name}")


def _check_parameters(parameters: dict[str, Any]) -> None:
    for name, parameter in parameters.items():
        if not isinstance(parameter, dict) or "Type" not in parameter:
            raise TemplateInvalid(f"{_FORMAT}Every Parameters object must contain a Type member.")
        if not _ALPHANUMERIC.fullmatch(str(name)):
            raise TemplateInvalid(f"{_FORMAT}Parameter name {name} is non alphanumeric.")
        kind = str(parameter["Type"])
        if kind not in PARAMETER_TYPES and not kind.startswith(("AWS::", "List<AWS::")):
            raise TemplateInvalid(f"{_FORMAT}Unrecognized parameter type: {kind}")


def _check_mappings(mappings: dict[str, Any]) -> None:
    for name, mapping in mappings.items():
        if is_loop(name):
            continue
        if not isinstance(mapping, dict):
            raise TemplateInvalid(f"{_FORMAT}Every Mappings object must be an object.")
        for key, attributes in mapping.items():
            if is_loop(key):
                continue
            if not isinstance(attributes, dict):
                raise TemplateInvalid(f"{_FORMAT}Every Mappings member {key} must be a map")
            if any(isinstance(held, dict) for held in attributes.values()):
                raise TemplateInvalid(
                    f"{_FORMAT}Every Mappings attribute must be a String or a List."
                )


def _check_resources(resources: dict[str, Any]) -> None:
    for name, resource in resources.items():
        if is_loop(name):
            continue
        if not isinstance(resource, dict):
            raise TemplateInvalid(f"{_FORMAT}Any Resources member must be an object.")
        if not _ALPHANUMERIC.fullmatch(str(name)):
            raise TemplateInvalid(f"{_FORMAT}Resource name {name} is non alphanumeric.")
        if "Type" not in resource:
            raise TemplateInvalid(
                f"{_FORMAT}[/Resources/{name}] Every Resources object must contain a Type member."
            )
        for attribute in resource:
            if attribute not in RESOURCE_ATTRIBUTES:
                raise TemplateInvalid(f"Invalid template resource property '{attribute}'")
        _check_policies(name, resource)


def _check_policies(name: str, resource: dict[str, Any]) -> None:
    for attribute, values in POLICIES.items():
        policy = resource.get(attribute, "Delete")
        if isinstance(policy, dict):  # a function, with AWS::LanguageExtensions
            continue
        if policy not in values:
            raise TemplateInvalid(f"{_FORMAT}Unrecognized {attribute} {policy} for resource {name}")
        if policy == "Snapshot" and resource["Type"] not in SNAPSHOT_TYPES:
            raise TemplateInvalid(
                f"Template error: resource type {resource['Type']} does not support "
                f"{'deletion policy' if attribute == 'DeletionPolicy' else 'update replace policy'} "
                "Snapshot"
            )


def _check_outputs(outputs: dict[str, Any]) -> None:
    for name, output in outputs.items():
        if is_loop(name):
            continue
        if not isinstance(output, dict) or "Value" not in output:
            raise TemplateInvalid(f"{_FORMAT}Every Outputs member must contain a Value object")
        if not _ALPHANUMERIC.fullmatch(str(name)):
            raise TemplateInvalid(f"{_FORMAT}Output name {name} is non alphanumeric.")
