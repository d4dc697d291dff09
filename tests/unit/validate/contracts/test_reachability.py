"""What parameters can make of a condition."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.validate.contracts.reachability import _constant

A, B = {"Ref": "A"}, {"Ref": "B"}
CHOICE = {"Type": "String", "AllowedValues": ["on", "off"]}
TEXT = {"Type": "String"}


def constant(condition: Any, **others: Any) -> str:
    parameters = {"A": CHOICE, "B": TEXT}
    template = {"Parameters": parameters, "Conditions": {"One": condition, **others}}
    return _constant(template, "One")


@pytest.mark.parametrize(
    "condition",
    [
        {"Fn::Equals": [A, "on"]},
        {"Fn::Not": [{"Fn::Equals": [B, ""]}]},
        {"Fn::Equals": [A, B]},
        {"Fn::Equals": [{"Ref": "AWS::Region"}, B]},
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
        ({"Fn::And": [{"Fn::Equals": [A, "on"]}, {"Fn::Equals": [A, "off"]}]}, "never holds"),
        ({"Fn::Or": [{"Fn::Equals": [A, "on"]}, {"Condition": "Two"}]}, "holds"),
    ],
)
def test_a_condition_that_they_do_not(condition: Any, how: str) -> None:
    assert constant(condition, Two={"Fn::Equals": [A, "off"]}) == how
