"""What a template names must be there, in CloudFormation's words."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.sandbox import template_names
from scripts.sandbox.template_sections import TemplateInvalid

ABSENT = "Template format error: Unresolved resource dependencies [Absent] in the {} block of the template"


def resource(value: Any = "x", **attributes: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": value}, **attributes}


def check(
    resources: dict[str, Any], conditions: dict[str | None, bool] | None = None, **sections: Any
) -> None:
    template_names.check({"Resources": resources, **sections}, conditions or {})


def refusal(resources: dict[str, Any], **more: Any) -> str:
    with pytest.raises(TemplateInvalid) as refused:
        check(resources, **more)
    return str(refused.value)


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Name"},
        {"Ref": "AWS::NoValue"},
        {"Ref": "Other"},
        {"Fn::GetAtt": ["Other", "TopicName"]},
        {"Fn::GetAtt": "Other.TopicName"},
        {"Fn::Sub": "${AWS::Region}-${Name}-${Other.TopicName}-${!Literal}-${Own}"},
        {"Fn::Sub": ["${Own}-${Other}", {"Own": {"Ref": "Name"}}]},
        {"Fn::If": ["Big", {"Ref": "Other"}, {"Fn::FindInMap": ["Sizes", "a", "b"]}]},
        {"Fn::FindInMap": [{"Ref": "Name"}, "a", "b"]},
    ],
)
def test_what_is_declared_may_be_named(value: Any) -> None:
    check(
        {"Topic": resource(value, DependsOn=["Other"], Condition="Big"), "Other": resource()},
        Parameters={"Name": {"Type": "String"}, "Own": {"Type": "String"}},
        Conditions={
            "Big": {"Fn::Or": [{"Fn::Equals": [{"Ref": "Name"}, "x"]}, {"Condition": "All"}]},
            "All": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::Region"}, "x"]}]},
        },
        Mappings={"Sizes": {"a": {"b": "c"}}},
        Outputs={"Arn": {"Value": {"Ref": "Topic"}, "Condition": "Big"}},
    )


@pytest.mark.parametrize(
    "broken",
    [
        resource({"Ref": "Absent"}),
        resource({"Fn::Sub": "a-${Absent}"}),
        resource({"Fn::Join": ["", [{"Fn::If": ["Never", {"Ref": "Absent"}, "x"]}]]}),
        resource(DependsOn="Absent"),
        resource(Condition="Never", DependsOn=["Absent"]),
    ],
)
def test_a_name_that_is_nowhere(broken: Any) -> None:
    never = {"Never": {"Fn::Equals": ["a", "b"]}}
    assert refusal({"Topic": broken}, Conditions=never) == ABSENT.format("Resources")
    assert refusal(
        {"Topic": broken}, Conditions=never, conditions={"Never": False}
    ) == ABSENT.format("Resources")


def test_a_name_that_is_nowhere_of_an_output() -> None:
    outputs = {"Arn": {"Value": {"Ref": "Absent"}}}
    assert refusal({"Topic": resource()}, Outputs=outputs) == ABSENT.format("Outputs")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (
            {"Fn::GetAtt": ["Absent", "Arn"]},
            "Template error: instance of Fn::GetAtt references undefined resource Absent",
        ),
        (
            {"Fn::GetAtt": "Name.Arn"},
            "Template error: instance of Fn::GetAtt references undefined resource Name",
        ),
        (
            {"Fn::Sub": "${Absent.Arn}"},
            "Template error: instance of Fn::Sub references invalid resource attribute Absent.Arn",
        ),
        (
            {"Fn::If": ["Absent", "a", "b"]},
            "Template error: unresolved condition dependency Absent in Fn::If",
        ),
        (
            {"Fn::FindInMap": ["Absent", "a", "b"]},
            "Template error: Mapping named 'Absent' is not present in the 'Mappings' section of "
            "template.",
        ),
    ],
)
def test_a_function_of_what_is_not_there(value: Any, sentence: str) -> None:
    parameters = {"Name": {"Type": "String"}}
    assert refusal({"Topic": resource(value)}, Parameters=parameters) == sentence


EQUAL = {"Fn::Equals": [{"Ref": "Name"}, "x"]}
"""A condition whose value the test says."""


def conditional(value: Any, holds: bool, **attributes: Any) -> None:
    """Name, from a resource that stands, one that stands under a condition."""
    check(
        {"Topic": resource(value, **attributes), "Extra": resource(Condition="Big")},
        {"Big": holds},
        Parameters={"Name": {"Type": "String"}},
        Conditions={"Big": EQUAL},
    )


@pytest.mark.parametrize("value", [{"Ref": "Extra"}, {"Fn::Sub": "${Extra}"}])
def test_what_a_condition_leaves_out_is_not_there(value: Any) -> None:
    conditional(value, holds=True)
    with pytest.raises(TemplateInvalid, match=r"Unresolved resource dependencies \[Extra\]"):
        conditional(value, holds=False)


def test_the_branch_that_is_not_taken_may_name_what_is_left_out() -> None:
    value = {"Fn::If": ["Big", {"Fn::GetAtt": ["Extra", "TopicName"]}, {"Ref": "AWS::NoValue"}]}
    conditional(value, holds=True)
    conditional(value, holds=False)
    with pytest.raises(TemplateInvalid, match="references undefined resource Extra"):
        conditional({"Fn::If": ["Big", "x", {"Fn::GetAtt": ["Extra", "Arn"]}]}, holds=False)


def test_to_depend_on_what_is_left_out_is_to_depend_on_nothing() -> None:
    conditional("x", holds=False, DependsOn="Extra")


def test_what_is_left_out_may_name_what_is_left_out() -> None:
    conditional({"Ref": "Extra"}, holds=False, Condition="Big")


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (
            {"Fn::Equals": [{"Ref": "Topic"}, "x"]},
            "Template format error: Unresolved dependencies [Topic]. Cannot reference resources in "
            "the Conditions block of the template",
        ),
        (
            {"Fn::Not": [{"Condition": "Absent"}]},
            "Template format error: Unresolved condition dependency Absent in the Conditions block "
            "of the template",
        ),
        (
            {"Fn::Not": [{"Condition": "Big"}]},
            "Template format error: Circular dependency between conditions: [Big]",
        ),
        (
            {"Fn::Equals": [{"Fn::FindInMap": ["Sizes", "a", "b"]}, "x"]},
            "The sandbox does not evaluate Fn::FindInMap in Conditions.",
        ),
    ],
)
def test_a_condition_that_is_refused(condition: Any, sentence: str) -> None:
    assert refusal({"Topic": resource()}, Conditions={"Big": condition}) == sentence


@pytest.mark.parametrize("block", ["Resources", "Outputs"])
def test_a_condition_that_nobody_declared(block: str) -> None:
    absent = {"Condition": "Absent"}
    said = refusal(
        {"Topic": resource(**(absent if block == "Resources" else {}))},
        Outputs={"Arn": {"Value": "x", **(absent if block == "Outputs" else {})}},
    )
    assert said == (
        f"Template format error: Unresolved condition dependency Absent in the {block} block of the "
        "template"
    )


def test_a_circle_is_named() -> None:
    circle = {
        "One": resource({"Ref": "Two"}),
        "Two": resource(DependsOn="Three"),
        "Three": resource({"Fn::Sub": "${One.TopicName}"}),
        "Else": resource({"Ref": "One"}),
    }
    assert refusal(circle) == "Circular dependency between resources: [One, Three, Two]"
    assert refusal({"Own": resource({"Ref": "Own"})}) == (
        "Circular dependency between resources: [Own]"
    )


def test_the_names_of_a_loop_are_left_to_its_transform() -> None:
    check({"Fn::ForEach::Topics": [], "Topic": resource({"Ref": "Absent"})})
