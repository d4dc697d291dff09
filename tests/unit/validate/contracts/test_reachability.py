"""What parameters can make of a condition."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.validate.contracts.reachability import _constant

A, B = {"Ref": "A"}, {"Ref": "B"}
CHOICE = {"Type": "String", "AllowedValues": ["on", "off"]}
TEXT = {"Type": "String"}
NUMBER = {"Type": "Number", "MinValue": 1}
LOOKED_UP = {"Type": "AWS::SSM::Parameter::Value<String>"}


def constant(condition: Any, **others: Any) -> str:
    parameters = {"A": CHOICE, "B": TEXT, "N": NUMBER, "S": LOOKED_UP}
    template = {"Parameters": parameters, "Conditions": {"One": condition, **others}}
    return _constant(template, "One")


@pytest.mark.parametrize(
    "condition",
    [
        {"Fn::Equals": [A, "on"]},
        {"Fn::Not": [{"Fn::Equals": [B, ""]}]},
        {"Fn::Equals": [A, B]},
        {"Fn::Equals": [{"Ref": "AWS::Region"}, B]},
        {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]},
        {"Fn::Equals": [{"Ref": "N"}, "3"]},
        {"Fn::And": [{"Fn::Equals": [A, "on"]}, {"Fn::Equals": [B, "x"]}]},
        {"Fn::Or": [{"Condition": "Two"}, {"Fn::Equals": [B, "x"]}]},
    ],
)
def test_a_condition_that_parameters_decide(condition: Any) -> None:
    assert constant(condition, Two={"Fn::Equals": [A, "off"]}) == ""


@pytest.mark.parametrize(
    ("condition", "how"),
    [
        ({"Fn::Equals": ["a", "a"]}, "holds"),
        ({"Fn::Equals": [A, "no"]}, "never holds"),
        ({"Fn::Equals": [{"Ref": "N"}, "0"]}, "never holds"),
        ({"Fn::And": [{"Fn::Equals": [A, "on"]}, {"Fn::Equals": [A, "off"]}]}, "never holds"),
        ({"Fn::Or": [{"Fn::Equals": [A, "on"]}, {"Condition": "Two"}]}, "holds"),
    ],
)
def test_a_condition_that_they_do_not(condition: Any, how: str) -> None:
    assert constant(condition, Two={"Fn::Equals": [A, "off"]}) == how


@pytest.mark.parametrize(
    "condition",
    [
        {"Fn::Equals": [{"Ref": "S"}, "0"]},
        {"Fn::Equals": [{"Fn::Join": ["", [B, "x"]]}, "y"]},
        {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-cn"]},
        {"Fn::And": [{"Fn::Equals": [{"Ref": f"P{number}"}, "x"]} for number in range(20)]},
    ],
)
def test_of_what_a_template_does_not_tell_nothing_is_said(condition: Any) -> None:
    many = {f"P{number}": TEXT for number in range(20)}
    template = {"Parameters": {"B": TEXT, "S": LOOKED_UP, **many}, "Conditions": {"One": condition}}
    assert _constant(template, "One") == ""
