"""Lookups can be answered: the question is one that planners know, and what it is about exists.

A table and its stream are looked for among the templates, a prefix list among those that AWS documents. Of a
public parameter only the prefix is known: whether AWS has that parameter, in that region, nobody asks here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from generator.manifest import ParameterSource
from scripts.validate.contracts.cases import Case
from scripts.validate.contracts.graph import Graph, across
from scripts.validate.contracts.replicas import regions
from scripts.validate.findings import Finding

RULE = "lookup"

#: AWS's own prefix lists; `{region}` stands for the stack's.
#: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
PREFIX_LISTS = frozenset(
    {
        "com.amazonaws.global.cloudfront.origin-facing",
        "com.amazonaws.global.groundstation",
        "com.amazonaws.global.ipv6.cloudfront.origin-facing",
        "com.amazonaws.{region}.dynamodb",
        "com.amazonaws.{region}.ec2-instance-connect",
        "com.amazonaws.{region}.ipv6.ec2-instance-connect",
        "com.amazonaws.{region}.ipv6.route53-healthchecks",
        "com.amazonaws.{region}.ipv6.vpc-lattice",
        "com.amazonaws.{region}.route53-healthchecks",
        "com.amazonaws.{region}.s3",
        "com.amazonaws.{region}.s3express",
        "com.amazonaws.{region}.vpc-lattice",
    }
)

#: Where AWS publishes parameters that everybody may read.
#: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
PUBLIC = "/aws/service/"

_TABLES = {"AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"}

#: Environment, region, and the name of a table that has a stream there.
_Stream: TypeAlias = tuple[str, str, str]


def check(graph: Graph) -> Iterator[Finding]:
    """Questions without an answer."""
    for root in graph.roots.values():
        for name, source in root.manifest.parameters.items():
            if source.kind == "lookup" and (why := _unanswerable(source)):
                yield Finding(root.file, f"Parameters/{name}", RULE, why)
    streams = frozenset(_streams(graph))
    yield from across(graph.cases, lambda case: _without_stream(case, streams))


def _unanswerable(source: ParameterSource) -> str:
    subject = source.subject
    match source.question:
        case "ManagedPrefixList":
            name = subject.get("prefix_list_name", "")
            return "" if name in PREFIX_LISTS else f"AWS has no managed prefix list {name}"
        case "PublicParameter":
            path = subject.get("path", "")
            return "" if path.startswith(PUBLIC) else f"{path} is no public parameter"
        case "TableStream":
            return "" if subject.get("table") else "no table is named"
    return f"no planner can answer {source.question}"


def _streams(graph: Graph) -> Iterator[_Stream]:
    """Those of every table, and of every replica of a global one."""
    for case in graph.cases:
        for stack in case.stacks:
            for resource in stack.resolved.resources.values():
                said = resource.get("Properties", {})
                if resource["Type"] in _TABLES and "StreamSpecification" in said:
                    for region in regions(resource, case.region):
                        yield case.environment.name, region, str(said.get("TableName"))


def _without_stream(case: Case, streams: frozenset[_Stream]) -> Iterator[Finding]:
    environment, region = case.environment, case.region
    if region == environment.primary_region:
        return  # which has its own by Fn::GetAtt: planners ask nothing there
    for name, source in case.root.manifest.parameters.items():
        if source.kind == "lookup" and source.question == "TableStream":
            table = source.subject.get("table", "").replace("{environment}", environment.name)
            if table and (environment.name, region, table) not in streams:
                message = f"no template makes a table {table} with a stream in {region}"
                yield Finding(case.root.file, f"Parameters/{name}", RULE, message)
