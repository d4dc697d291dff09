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
from scripts.validate.findings import Finding
from scripts.validate.intrinsics import Later

LENGTH = "name-length"
CHARACTERS = "name-characters"
TAKEN = "name-taken"

#: A property that names what its resource is, as far as its schema tells.
_NAMES = re.compile(r"(Name|Identifier|Id)$")

#: What names a resource whose identifier is one that AWS gives it.
NAMED = {
    "AWS::AccessAnalyzer::Analyzer": ("AnalyzerName",),
    "AWS::CodeBuild::Project": ("Name",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name",),
    "AWS::EventSchemas::Registry": ("RegistryName",),
    "AWS::EventSchemas::Schema": ("RegistryName", "SchemaName"),
    "AWS::Events::Rule": ("EventBusName", "Name"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::Route53::RecordSet": ("HostedZoneId", "Name", "Type", "SetIdentifier"),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::StepFunctions::StateMachine": ("StateMachineName",),
}

#: Services whose names are one account's, in whichever region; and the one whose names are everybody's.
GLOBAL, EVERYBODYS = ("AWS::IAM::", "AWS::Route53::", "AWS::CloudFront::"), ("AWS::S3::Bucket",)

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
            for name, value in resource.get("Properties", {}).items():
                if isinstance(value, str):
                    for rule, message in _complaints(resource["Type"], name, value, case.region):
                        path = f"Resources/{logical_id}/Properties/{name}"
                        yield Finding(stack.file, path, rule, message)


def _complaints(type: str, name: str, value: str, region: str) -> Iterator[tuple[str, str]]:
    """Rule and message, for each that a service would have."""
    least, most, pattern = 0, 0, ""
    if rule := RULES.get((type, name)):
        least, most, pattern = rule.least, rule.most, f"^({rule.pattern})$"
    elif _NAMES.search(name):
        said = schema(type, region).get("properties", {}).get(name, {})
        least, most = said.get("minLength", 0), said.get("maxLength", 0)
        pattern = str(said.get("pattern", ""))
    if most and len(value) > most:
        yield LENGTH, f"{value} has {len(value)} characters, and {type} takes {most}"
    if len(value) < least:
        yield LENGTH, f"{value!r} has {len(value)} characters, and {type} wants {least}"
    if pattern and not _matches(pattern, value):
        yield CHARACTERS, f"{value!r} is no name that {type} takes: {pattern}"


def _matches(pattern: str, value: str) -> bool:
    """Whether it matches; of a pattern that Python does not read nothing is said."""
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True


def _taken(graph: Graph) -> Iterator[Finding]:
    owners: dict[Identity, dict[tuple[str, str], str]] = {}
    for case in graph.cases:
        for stack in case.stacks:
            for logical_id, resource in stack.resolved.resources.items():
                if (identity := _identity(case, stack.file, resource)) is not None:
                    place = f"{case} of {stack.file}"
                    owner = (f"{case}/{case.root.file}", f"{stack.file}/Resources/{logical_id}")
                    owners.setdefault(identity, {})[owner] = place
    for identity, claims in owners.items():
        if len(claims) > 1:
            (_, path), *others = claims
            file, _, rest = path.partition("/")
            whose = ", ".join(f"{other} ({where.partition('/')[0]})" for where, other in others)
            name = " ".join(str(part) for part in identity[2:] if isinstance(part, str))
            yield Finding(file, rest, TAKEN, f"{name} is also the name of {whose}")


def _identity(case: Case, file: str, resource: Mapping[str, Any]) -> Identity | None:
    """What AWS tells the resource from others by; None where AWS gives it a name."""
    type, properties = resource["Type"], resource.get("Properties", {})
    named = NAMED.get(type) or _identifying(type, case.region)
    if not named or not any(isinstance(properties.get(one), str) for one in named):
        return None
    parts = (_part(properties.get(one), case, file) for one in named)
    if type in EVERYBODYS:
        return ("everywhere", type, *parts)
    account = case.environment.account_id
    scope = (account,) if type.startswith(GLOBAL) else (account, case.region)
    return (scope, type, *parts)


def _identifying(type: str, region: str) -> tuple[str, ...]:
    """The properties of its schema's primaryIdentifier, where whoever makes it gives them all."""
    said = schema(type, region)
    identifier = top_level(said, "primaryIdentifier")
    given = set(said.get("properties", {})) - set(top_level(said, "readOnlyProperties"))
    return tuple(identifier) if identifier and set(identifier) <= given else ()


def _part(value: Any, case: Case, file: str) -> object:
    """A value as it is compared: what only a deployment knows is its own stack's."""
    if isinstance(value, Later):
        return value, str(case), file
    return str(value)
