"""Which of the pair may go first, by templates and changes alone."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scripts.changes import Change
from scripts.deploy.pipeline import wave_order
from scripts.deploy.pipeline.wave_order import _Moves, _Tree
from tests.unit.deploy.told import change, nested

SECRETS: dict[str, Any] = {
    "Resources": {"Orders": {"Type": "AWS::SecretsManager::Secret"}},
    "Outputs": {"OrdersArn": {"Value": {"Ref": "Orders"}}},
}
QUEUE: dict[str, Any] = {
    "Parameters": {"SecretArn": {"Type": "String"}},
    "Outputs": {"Address": {"Value": {"Fn::Sub": "https://${SecretArn}/${Queue.QueueName}"}}},
}
ROOT: dict[str, Any] = {
    "Resources": {
        "Secrets": {"Type": "AWS::CloudFormation::Stack", "Properties": {}},
        "Queue": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {
                "Parameters": {"SecretArn": {"Fn::GetAtt": ["Secrets", "Outputs.OrdersArn"]}}
            },
        },
    },
    "Outputs": {
        "OrdersArn": {"Value": {"Fn::GetAtt": ["Secrets", "Outputs.OrdersArn"]}},
        "Address": {"Value": {"Fn::GetAtt": ["Queue", "Outputs.Address"]}},
        "Domain": {"Value": {"Ref": "DomainName"}},
    },
}


def tree() -> _Tree:
    return _Tree(copy.deepcopy(ROOT), copy.deepcopy({"Secrets": SECRETS, "Queue": QUEUE}))


def why(output: str, *changes: Change, new: _Tree | None = None, parameters: str = "") -> str:
    from scripts.changes import walk

    moved = frozenset(parameters.split())
    return _Moves(tree(), new or tree(), dict(walk(changes)), moved).why(output)


def test_a_resource_that_is_updated_in_place_keeps_what_it_hands_on() -> None:
    inside = change("Orders", "AWS::SecretsManager::Secret", "Modify", "False")

    assert why("OrdersArn", nested("Secrets", inside)) == ""


@pytest.mark.parametrize("replacement", ["True", "Conditional"])
def test_a_resource_that_may_be_replaced_hands_on_another_value(replacement: Any) -> None:
    inside = change("Orders", "AWS::SecretsManager::Secret", "Modify", replacement)

    assert why("OrdersArn", nested("Secrets", inside)) == ("Secrets/Orders is replaced, or may be")


def test_it_is_seen_through_a_sibling_that_only_passes_it_on() -> None:
    inside = change("Orders", "AWS::SecretsManager::Secret", "Modify", "True")

    assert why("Address", nested("Secrets", inside)) == "Secrets/Orders is replaced, or may be"


def test_a_parameter_of_the_root_that_differs_is_a_value_that_differs() -> None:
    assert why("Domain", parameters="DomainName") == "DomainName differs"
    assert why("Domain") == ""


def test_an_output_that_is_made_in_another_way_is_another_one() -> None:
    new = tree()
    new.nested["Secrets"]["Outputs"]["OrdersArn"]["Value"] = {"Fn::GetAtt": ["Orders", "Id"]}

    assert why("OrdersArn", new=new) == "Secrets makes it in another way"


def test_an_output_that_was_not_there_is_new() -> None:
    new = tree()
    new.root["Outputs"]["Table"] = {"Value": "x"}

    assert why("Table", new=new) == "it is made in another way"


def test_versions_are_compared_of_members_of_a_global_cluster_alone() -> None:
    cluster = {"Type": "AWS::RDS::DBCluster", "Properties": {"EngineVersion": "17.9"}}
    member = copy.deepcopy(cluster)
    member["Properties"]["GlobalClusterIdentifier"] = {"Ref": "Global"}  # type: ignore[index]
    template = {"Resources": {"Alone": cluster, "Member": member}}

    assert wave_order._versions({"Orders": template}) == {"Orders": {"Member": "17.9"}}
