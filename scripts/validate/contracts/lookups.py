"""Lookups can be answered: the question is one that planners know, and what it is about exists."""

from __future__ import annotations

from collections.abc import Iterator

from generator.manifest import ParameterSource
from scripts.validate.contracts.cases import Case
from scripts.validate.contracts.graph import Graph, across
from scripts.validate.findings import Finding

RULE = "lookup"

#: AWS's own prefix lists; `{region}` stands for the stack's.
#: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
PREFIX_LISTS = frozenset(
    {
        "com.amazonaws.global.cloudfront.origin-facing",
        "com.amazonaws.global.groundstation",
        "com.amazonaws.{region}.dynamodb",
        "com.amazonaws.{region}.ec2-instance-connect",
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


def check(graph: Graph) -> Iterator[Finding]:
    """Questions without an answer."""
    for root in graph.roots.values():
        for name, source in root.manifest.parameters.items():
            if source.kind == "lookup" and (why := _unanswerable(source)):
                yield Finding(root.file, f"Parameters/{name}", RULE, why)
    tables = _tables(graph)
    yield from across(graph.cases, lambda case: _without_table(case, tables))


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


def _tables(graph: Graph) -> set[tuple[str, str]]:
    """Environment and name of every table; a global table has its replicas in the pair."""
    return {
        (case.environment.name, str(resource["Properties"].get("TableName")))
        for case in graph.cases
        for stack in case.stacks
        for resource in stack.resolved.resources.values()
        if resource["Type"] in _TABLES
    }


def _without_table(case: Case, tables: set[tuple[str, str]]) -> Iterator[Finding]:
    for name, source in case.root.manifest.parameters.items():
        if source.kind == "lookup" and source.question == "TableStream":
            table = source.subject.get("table", "").format(environment=case.environment.name)
            if table and (case.environment.name, table) not in tables:
                message = f"no template makes the table {table}, whose stream is asked for"
                yield Finding(case.root.file, f"Parameters/{name}", RULE, message)
