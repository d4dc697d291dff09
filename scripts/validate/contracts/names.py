"""Names that templates derive: each fits its service at its longest, and nobody else in the account has it.

At its longest: see `longest`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from scripts.validate.contracts.cases import Case
from scripts.validate.contracts.graph import Graph, across
from scripts.validate.contracts.name_rules import RULES
from scripts.validate.contracts.provider_schemas import schema, top_level
from scripts.validate.contracts.replicas import regions
from scripts.validate.findings import Finding
from scripts.validate.intrinsics import Later

LENGTH = "name-length"
CHARACTERS = "name-characters"
TAKEN = "name-taken"

#: A property that names what its resource is, as far as its schema tells.
_NAMES = re.compile(r"(Name|Identifier|Id)$")

#: Type -> the names that a rule speaks of and that are no properties of their own.
_DEEPER: dict[str, list[str]] = {}
for _type, _path in RULES:
    if "/" in _path:
        _DEEPER.setdefault(_type, []).append(_path)

#: What names a resource whose identifier is one that AWS gives it: paths from its Properties.
NAMED = {
    "AWS::AccessAnalyzer::Analyzer": ("AnalyzerName",),
    "AWS::Budgets::Budget": ("Budget/BudgetName",),
    "AWS::CloudFront::CachePolicy": ("CachePolicyConfig/Name",),
    "AWS::CloudFront::Function": ("Name",),
    "AWS::CloudFront::OriginAccessControl": ("OriginAccessControlConfig/Name",),
    "AWS::CloudFront::OriginRequestPolicy": ("OriginRequestPolicyConfig/Name",),
    "AWS::CloudFront::ResponseHeadersPolicy": ("ResponseHeadersPolicyConfig/Name",),
    "AWS::CodeBuild::Project": ("Name",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name",),
    "AWS::EventSchemas::Registry": ("RegistryName",),
    "AWS::EventSchemas::Schema": ("RegistryName", "SchemaName"),
    "AWS::Events::Rule": ("EventBusName", "Name"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::Personalize::DatasetGroup": ("Name",),
    "AWS::Personalize::Filter": ("Name",),
    "AWS::Personalize::Schema": ("Name",),
    "AWS::Personalize::Solution": ("Name",),
    "AWS::Route53::RecordSet": ("HostedZoneId", "Name", "Type", "SetIdentifier"),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::StepFunctions::StateMachine": ("StateMachineName",),
    "AWS::WAFv2::IPSet": ("Name", "Scope"),
    "AWS::WAFv2::RuleGroup": ("Name", "Scope"),
    "AWS::WAFv2::WebACL": ("Name", "Scope"),
}

#: Types whose names are also those of another type.
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
SHARED = {
    "AWS::CloudWatch::CompositeAlarm": "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::GlobalTable": "AWS::DynamoDB::Table",
}

#: Services whose names are one account's, in whichever region; and the one whose names are everybody's.
GLOBAL = ("AWS::Budgets::", "AWS::CloudFront::", "AWS::IAM::", "AWS::Route53::")
EVERYBODYS = ("AWS::S3::Bucket",)

#: Services that do not tell names apart by case.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
#: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html
CASELESS = ("AWS::ElastiCache::", "AWS::IAM::", "AWS::RDS::")

#: Where a name holds, the type, and the name itself.
Identity: TypeAlias = tuple[object, ...]


def check(graph: Graph) -> Iterator[Finding]:
    """Names that do not fit, and names that two resources would have."""
    yield from _once(across(graph.longest, _unfit))
    yield from _taken(graph)


def _once(findings: Iterator[Finding]) -> Iterator[Finding]:
    """One finding a name: the environments that it was found in have all the same name."""
    seen: set[tuple[str, str, str]] = set()
    for finding in findings:
        key = finding.template, finding.path, finding.rule
        if key not in seen:
            seen.add(key)
            yield finding


def _unfit(case: Case) -> Iterator[Finding]:
    for stack in case.stacks:
        for logical_id, resource in stack.resolved.resources.items():
            for name, value in _texts(resource):
                for rule, message in _complaints(resource["Type"], name, value, case.region):
                    path = f"Resources/{logical_id}/Properties/{name}"
                    yield Finding(stack.file, path, rule, message)


def _texts(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What may be a name, and its path: each property, and whatever lies deeper that a rule speaks of."""
    properties = resource.get("Properties", {})
    for path in (*properties, *_DEEPER.get(resource["Type"], ())):
        if isinstance(value := _at(properties, path), str):
            yield path, value


def _at(properties: Mapping[str, Any], path: str) -> Any:
    """The value at a path; None where there is none."""
    value: Any = properties
    for key in path.split("/"):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _complaints(type: str, name: str, value: str, region: str) -> Iterator[tuple[str, str]]:
    """Rule and message, for each that a service would have."""
    least, most, pattern = 0, 0, ""
    if rule := RULES.get((type, name)):
        least, most, pattern = rule.least, rule.most, rf"^(?:{rule.pattern})\Z"
    elif _NAMES.search(name):
        said = schema(type, region).get("properties", {}).get(name, {})
        least, most = said.get("minLength", 0), said.get("maxLength", 0)
        pattern = str(said.get("pattern", ""))
    if most and len(value) > most:
        yield LENGTH, f"{value} has {len(value)} characters, and {type} takes {most}"
    if len(value) < least:
        yield LENGTH, f"{value!r} has {len(value)} characters, and {type} wants {least}"
    if pattern and not _matches(pattern, value):
        said_by = rule.pattern if rule else pattern
        yield CHARACTERS, f"{value!r} is no name that {type} takes: {said_by}"


def _matches(pattern: str, value: str) -> bool:
    """Whether it matches; of a pattern that Python does not read nothing is said."""
    try:
        return re.search(pattern, value, re.ASCII) is not None
    except re.error:
        return True


def _taken(graph: Graph) -> Iterator[Finding]:
    owners: dict[Identity, dict[tuple[str, str], None]] = {}
    for case in graph.cases:
        for stack in case.stacks:
            for logical_id, resource in stack.resolved.resources.items():
                owner = (f"{case}/{case.root.file}", f"{stack.file}/Resources/{logical_id}")
                for identity in identities(case, stack.file, resource):
                    owners.setdefault(identity, {})[owner] = None
    for identity, claims in owners.items():
        if len(claims) > 1:
            (_, path), *others = claims
            file, _, rest = path.partition("/")
            whose = ", ".join(f"{other} ({where.partition('/')[0]})" for where, other in others)
            name = " ".join(str(part) for part in identity[2:] if isinstance(part, str))
            yield Finding(file, rest, TAKEN, f"{name} is also the name of {whose}")


def identities(case: Case, file: str, resource: Mapping[str, Any]) -> Iterator[Identity]:
    """What AWS tells the resource from others by, wherever it stands; nothing where AWS gives it a name."""
    type, properties = resource["Type"], resource.get("Properties", {})
    named = NAMED.get(type) or _identifying(type, case.region)
    values = [_at(properties, path) for path in named]
    if not any(isinstance(value, str) for value in values):
        return
    parts = tuple(_part(value, type, case, file) for value in values)
    for scope in _scopes(case, resource):
        yield (scope, SHARED.get(type, type), *parts)


def _scopes(case: Case, resource: Mapping[str, Any]) -> Iterator[object]:
    """Among whose names its own is: everybody's, an account's, or those of an account's regions."""
    type, account = resource["Type"], case.environment.account_id
    if type in EVERYBODYS:
        yield "everywhere"
    elif type.startswith(GLOBAL):
        yield (account,)
    else:
        for region in regions(resource, case.region):
            yield account, region


def _identifying(type: str, region: str) -> tuple[str, ...]:
    """The properties of its schema's primaryIdentifier, where whoever makes it gives them all."""
    said = schema(type, region)
    identifier = top_level(said, "primaryIdentifier")
    given = set(said.get("properties", {})) - set(top_level(said, "readOnlyProperties"))
    return tuple(identifier) if identifier and set(identifier) <= given else ()


def _part(value: Any, type: str, case: Case, file: str) -> object:
    """A value as it is compared: what only a deployment knows is its own stack's."""
    if isinstance(value, Later):
        return value, str(case), file
    return str(value).casefold() if type.startswith(CASELESS) else str(value)
