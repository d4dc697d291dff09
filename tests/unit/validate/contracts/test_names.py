"""Which names do not fit, and which are another's, too."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.commands.validate import deployment
from scripts.validate.contracts import names
from scripts.validate.contracts.graph import Graph
from tests.unit.validate import samples
from tests.unit.validate.test_contract import environment

TAKEN = "name-taken"
PEER = [{"Region": "us-west-2"}]
PRIMARY_ONLY = {"Primary": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}}


def found(**resources: dict[str, Any]) -> list[tuple[str, str]]:
    """Rule and path of what is found in these resources, which stand in both regions."""
    templates = samples.platform()
    templates["shop.json"]["Conditions"] = PRIMARY_ONLY
    templates["shop.json"]["Resources"].update(resources)
    graph = Graph(samples.written(templates), (environment(),), deployment())
    return [(finding.rule, finding.path) for finding in names.check(graph)]


def unfit(type: str, properties: dict[str, Any]) -> list[tuple[str, str]]:
    return [one for one in found(Subject=resource(type, **properties)) if one[0] != TAKEN]


def resource(type: str, **properties: object) -> dict[str, Any]:
    return {"Type": type, "Properties": properties}


def here(name: str) -> dict[str, str]:
    """A name that each region has for itself."""
    return {"Fn::Sub": f"{name}-${{AWS::Region}}"}


@pytest.mark.parametrize(
    ("type", "path", "name", "rule"),
    [
        ("AWS::Logs::MetricFilter", "FilterName", "root:used", "name-characters"),
        ("AWS::Logs::DeliverySource", "Name", "access logs", "name-characters"),
        ("AWS::Events::Archive", "ArchiveName", "orders/all", "name-characters"),
        ("AWS::Events::Archive", "ArchiveName", "orders\n", "name-characters"),
        ("AWS::Events::Archive", "ArchiveName", "größe", "name-characters"),
        ("AWS::WAFv2::WebACL", "Name", "größe", "name-characters"),
        ("AWS::EventSchemas::Schema", "RegistryName", "x" * 65, "name-length"),
        ("AWS::Lambda::Function", "FunctionName", "x" * 65, "name-length"),
        ("AWS::Logs::ResourcePolicy", "PolicyName", "x" * 60 + ":*", "name-characters"),
        ("AWS::Budgets::Budget", "Budget/BudgetName", "x" * 101, "name-length"),
        ("AWS::Budgets::Budget", "Budget/BudgetName", "all: monthly", "name-characters"),
        ("AWS::CloudFront::CachePolicy", "CachePolicyConfig/Name", "a b", "name-characters"),
    ],
)  # fmt: skip
def test_a_name_that_does_not_fit_its_service(type: str, path: str, name: str, rule: str) -> None:
    value: Any = name
    for key in reversed(path.split("/")):
        value = {key: value}

    assert unfit(type, value) == [(rule, f"Resources/Subject/Properties/{path}")]


@pytest.mark.parametrize(
    ("type", "property", "name"),
    [
        ("AWS::Logs::ResourcePolicy", "PolicyName", "search/slow logs"),
        ("AWS::Logs::MetricFilter", "FilterName", "root used, by whom?"),
        ("AWS::CE::AnomalyMonitor", "MonitorName", "spending: all*"),
    ],
)
def test_a_name_that_does(type: str, property: str, name: str) -> None:
    assert unfit(type, {property: name}) == []


@pytest.mark.parametrize(
    ("type", "property", "replicas"),
    [
        ("AWS::SecretsManager::Secret", "Name", "ReplicaRegions"),
        ("AWS::DynamoDB::GlobalTable", "TableName", "Replicas"),
    ],
)
def test_a_replica_has_the_name_in_its_region(type: str, property: str, replicas: str) -> None:
    alone = resource(type, **{property: "orders"})
    assert found(Subject=alone) == []

    replicated = {"Fn::If": ["Primary", PEER, {"Ref": "AWS::NoValue"}]}
    both = resource(type, **{property: "orders", replicas: replicated})
    assert found(Subject=both) == [(TAKEN, "Resources/Subject")]

    assert found(Subject={**both, "Condition": "Primary"}) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            resource("AWS::CloudWatch::Alarm", AlarmName="late"),
            resource("AWS::CloudWatch::CompositeAlarm", AlarmName="late"),
        ),
        (
            resource("AWS::DynamoDB::Table", TableName="orders"),
            resource("AWS::DynamoDB::GlobalTable", TableName="orders"),
        ),
        (
            resource("AWS::IAM::Role", RoleName=here("Reader")),
            resource("AWS::IAM::Role", RoleName=here("reader")),
        ),
        (
            resource("AWS::RDS::DBInstance", DBInstanceIdentifier="Orders"),
            resource("AWS::RDS::DBInstance", DBInstanceIdentifier="orders"),
        ),
        (
            resource("AWS::WAFv2::WebACL", Name="shop", Scope="REGIONAL"),
            resource("AWS::WAFv2::WebACL", Name="shop", Scope="REGIONAL"),
        ),
        (
            resource("AWS::Budgets::Budget", Budget={"BudgetName": here("month")}),
            resource("AWS::Budgets::Budget", Budget={"BudgetName": here("month")}),
        ),
        (
            resource("AWS::CloudFront::CachePolicy", CachePolicyConfig={"Name": here("files")}),
            resource("AWS::CloudFront::CachePolicy", CachePolicyConfig={"Name": here("files")}),
        ),
    ],
)
def test_two_that_aws_does_not_tell_apart(one: dict[str, Any], other: dict[str, Any]) -> None:
    taken = found(One=one, Other=other)

    assert taken == [(TAKEN, "Resources/One")] * 2, "once in each region"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            resource("AWS::SQS::Queue", QueueName="Orders"),
            resource("AWS::SQS::Queue", QueueName="orders"),
        ),
        (
            resource("AWS::CloudWatch::Alarm", AlarmName="late"),
            resource("AWS::CloudWatch::Dashboard", DashboardName="late"),
        ),
    ],
)
def test_two_that_it_does(one: dict[str, Any], other: dict[str, Any]) -> None:
    taken = found(One=one, Other=other)

    assert taken == []


def test_a_name_of_the_whole_account_is_taken_by_the_other_region() -> None:
    budget = resource("AWS::Budgets::Budget", Budget={"BudgetName": "month"})

    assert found(Subject=budget) == [(TAKEN, "Resources/Subject")]
