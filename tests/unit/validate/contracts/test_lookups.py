"""Which questions have an answer."""

from __future__ import annotations

from typing import Any

import pytest

from generator.manifest import ParameterSource
from scripts.commands.validate import deployment
from scripts.validate.contracts import lookups
from scripts.validate.contracts.graph import Graph
from tests.unit.validate import samples
from tests.unit.validate.test_contract import environment

PRIMARY_ONLY = {"Primary": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}}
TABLE = {
    "TableName": "dev-orders",
    "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
    "Replicas": [{"Region": "us-east-1"}, {"Region": "us-west-2"}],
}


def found(question: str, subject: dict[str, str], **table: Any) -> list[str]:
    """What is found of a question, where one table stands, in the primary region."""
    templates = samples.platform()
    templates["platform.json"]["Parameters"]["Answer"] = {"Type": "String"}
    templates["shop.json"]["Conditions"] = PRIMARY_ONLY
    templates["shop.json"]["Resources"]["Table"] = {
        "Type": "AWS::DynamoDB::GlobalTable",
        "Condition": "Primary",
        **table,
    }
    asked = ParameterSource.lookup(question, subject, "example")
    bodies = samples.written(templates, {"Answer": asked})
    graph = Graph(bodies, (environment(),), deployment())
    return [finding.message for finding in lookups.check(graph)]


def stream(name: str = "{environment}-orders", **table: Any) -> list[str]:
    return found("TableStream", {"table": name}, **table)


def test_a_replica_s_stream_is_found() -> None:
    assert stream(Properties=TABLE) == []


@pytest.mark.parametrize(
    "table",
    [
        {"Properties": {**TABLE, "TableName": "dev-others"}},
        {"Properties": {**TABLE, "Replicas": [{"Region": "us-east-1"}]}},
        {"Properties": {key: TABLE[key] for key in ("TableName", "Replicas")}},
        {"Properties": TABLE, "Type": "AWS::DynamoDB::Table"},
        {"Properties": {key: TABLE[key] for key in ("TableName", "StreamSpecification")}},
        {"Properties": {**TABLE, "Replicas": {"Ref": "Group"}}},
        {},
    ],
    ids=["another", "elsewhere", "no stream", "a table", "no replicas", "unknown", "no properties"],
)
def test_a_stream_that_is_not_in_the_region_that_asks(table: dict[str, Any]) -> None:
    (message,) = stream(**table)

    assert message == (
        "no template makes a table dev-orders with a stream in us-west-2 (dev in us-west-2)"
    )


def test_a_name_with_a_placeholder_that_planners_do_not_fill_in() -> None:
    (message,) = stream("{region}-orders", Properties=TABLE)

    assert "{region}-orders" in message


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("com.amazonaws.{region}.s3", True),
        ("com.amazonaws.{region}.ipv6.route53-healthchecks", True),
        ("com.amazonaws.{region}.ipv6.ec2-instance-connect", True),
        ("com.amazonaws.{region}.ipv6.vpc-lattice", True),
        ("com.amazonaws.global.ipv6.cloudfront.origin-facing", True),
        ("com.amazonaws.{region}.ipv6.s3", False),
    ],
)
def test_prefix_lists_that_aws_has(name: str, known: bool) -> None:
    assert (found("ManagedPrefixList", {"prefix_list_name": name}) == []) is known


def test_a_question_that_no_planner_knows() -> None:
    assert found("Weather", {}) == ["no planner can answer Weather"]
