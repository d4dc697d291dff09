"""Templates are resolved as CloudFormation resolves them, as far as that goes without it."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.validate.intrinsics import Later
from scripts.validate.resolution import Place, Resolved, resolve

HERE = Place("eu-west-1", account_id="111111111111", stack_name="tradewind-dev-platform")


def resolved(value: Any, template: dict[str, Any] | None = None, **parameters: Any) -> Resolved:
    said: dict[str, Any] = {
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC"},
            "Third": {"Type": "AWS::EC2::Subnet", "Condition": "Never"},
        },
        "Conditions": {
            "Never": {"Fn::Equals": ["a", "b"]},
            "Always": {"Fn::Equals": [True, "true"]},
        },
        "Mappings": {"Sizes": {"eu-west-1": {"Web": "t4g.small"}}},
        "Outputs": {"It": {"Value": value}},
        **(template or {}),
    }
    return resolve(said, parameters, HERE)


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ({"Ref": "Name"}, "shop"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "Vpc"}, Later("Vpc", "Ref", "AWS::EC2::VPC")),
        ({"Fn::GetAtt": ["Vpc", "CidrBlock"]}, Later("Vpc", "CidrBlock", "AWS::EC2::VPC")),
        ({"Fn::GetAtt": "Vpc.CidrBlock"}, Later("Vpc", "CidrBlock", "AWS::EC2::VPC")),
        ({"Fn::Sub": "${Name}-${AWS::Region}-${!Literal}"}, "shop-eu-west-1-${Literal}"),
        ({"Fn::Sub": ["${a}${Name}", {"a": 1}]}, "1shop"),
        ({"Fn::Sub": "${Vpc.CidrBlock}"}, Later("Fn::Sub of Vpc")),
        ({"Fn::If": ["Always", "yes", {"Ref": "Third"}]}, "yes"),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::NoValue"}, True]]}, "a-true"),
        ({"Fn::Select": ["1", {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "eu-west-1a"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "Web"]}, "t4g.small"),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::Base64": "hi"}, "aGk="),
        ([{"Fn::If": ["Never", "x", {"Ref": "AWS::NoValue"}]}, "y"], ["y"]),
        ({"kept": 1, "gone": {"Ref": "AWS::NoValue"}}, {"kept": 1}),
    ],
)
def test_intrinsics(said: Any, becomes: Any) -> None:
    found = resolved(said, Name="shop")
    assert (found.outputs["It"], found.problems) == (becomes, ())


@pytest.mark.parametrize(
    ("said", "path", "complaint"),
    [
        ({"Ref": "Nobody"}, "Outputs/It/Value/Ref", "no parameter or resource Nobody"),
        ({"Ref": "Third"}, "Outputs/It/Value/Ref", "Never does not hold"),
        ({"Fn::GetAtt": ["Third", "Arn"]}, "Outputs/It/Value/Fn::GetAtt", "Never does not hold"),
        ({"Fn::Sub": "${Third}"}, "Outputs/It/Value/Fn::Sub", "Never does not hold"),
        ({"Fn::If": ["Nope", "a", "b"]}, "Outputs/It/Value/Fn::If", "no condition Nope"),
        ({"Fn::Select": [3, ["a"]]}, "Outputs/It/Value/Fn::Select", "item 3 of 1"),
        ({"Fn::FindInMap": ["Sizes", "mars-1", "Web"]}, "Outputs/It/Value/Fn::FindInMap", "mars-1"),
        ({"Fn::Cidr": ["10.0.0.0/24", 3, 7]}, "Outputs/It/Value/Fn::Cidr", "does not hold 3"),
        ({"Fn::Join": ["-"]}, "Outputs/It/Value/Fn::Join", "cannot take"),
    ],
)
def test_what_cannot_be_resolved_is_a_problem(said: Any, path: str, complaint: str) -> None:
    (problem,) = resolved(said).problems
    assert problem.path == path
    assert complaint in problem.message


def test_resources_whose_condition_does_not_hold_are_not_there() -> None:
    assert set(resolved("x").resources) == {"Vpc"}


def test_what_a_dropped_resource_refers_to_is_nobodys_problem() -> None:
    third = {"Type": "X", "Condition": "Never", "Properties": {"A": {"Ref": "Nobody"}}}
    assert resolved("x", {"Resources": {"Third": third}}).problems == ()


def test_an_output_whose_condition_does_not_hold_is_not_there() -> None:
    outputs = {"It": {"Condition": "Never", "Value": {"Ref": "Third"}}}
    found = resolved("x", {"Outputs": outputs})
    assert (found.outputs, found.problems) == ({}, ())


def test_a_parameter_without_a_value_is_a_problem_once() -> None:
    template = {"Parameters": {"Name": {"Type": "String"}}}
    problems = resolve(
        {**template, "Resources": {}, "Outputs": {"It": {"Value": {"Ref": "Name"}}}}, {}, HERE
    ).problems
    assert [problem.path for problem in problems] == ["Parameters/Name"]


def test_an_id_that_is_not_known_yet_is_not_empty() -> None:
    conditions = {"Empty": {"Fn::Equals": [{"Ref": "Vpc"}, ""]}}
    assert resolved(
        "x", {"Conditions": conditions, "Resources": {"Vpc": {"Type": "X"}}}
    ).conditions == {"Empty": False}


def test_a_dependency_on_what_does_not_exist_is_a_problem_one_on_what_is_dropped_is_not() -> None:
    resources = {
        "Third": {"Type": "X", "Condition": "Never"},
        "One": {"Type": "X", "DependsOn": ["Third", "Ghost"]},
    }
    (problem,) = resolved("x", {"Resources": resources}).problems
    assert problem.message == "there is no resource Ghost"


def test_every_part_of_a_condition_is_looked_at() -> None:
    parts = [{"Condition": "Never"}, {"Condition": "Ghost"}]
    problems = resolved(
        "x", {"Conditions": {"Never": {"Fn::Equals": [1, 2]}, "Both": {"Fn::And": parts}}}
    )
    assert [problem.message for problem in problems.problems] == ["there is no condition Ghost"]
