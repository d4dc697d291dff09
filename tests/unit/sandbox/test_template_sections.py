"""What a template must look like, in CloudFormation's words."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.sandbox import template_sections
from scripts.sandbox.template_sections import TemplateInvalid

TOPIC = {"Type": "AWS::SNS::Topic"}


def refusal(**sections: Any) -> str:
    with pytest.raises(TemplateInvalid) as refused:
        template_sections.check({"Resources": {"Topic": TOPIC}, **sections})
    return str(refused.value)


def test_a_whole_template_passes() -> None:
    template_sections.check(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {
                "Name": {"Type": "String"},
                "Zones": {"Type": "List<AWS::EC2::AvailabilityZone::Name>"},
            },
            "Mappings": {"Sizes": {"dev": {"Count": "1", "Zones": ["a"]}}},
            "Resources": {
                "Topic": {**TOPIC, "DeletionPolicy": "RetainExceptOnCreate"},
                "Disk": {"Type": "AWS::EC2::Volume", "DeletionPolicy": "Snapshot"},
            },
            "Outputs": {"Arn": {"Value": {"Ref": "Topic"}}},
        }
    )


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        ({"Resource": {}}, "Invalid template property or properties [Resource]"),
        (
            {"AWSTemplateFormatVersion": "2011-01-01"},
            "Template format error: unsupported value for AWSTemplateFormatVersion.",
        ),
        (
            {"Resources": {}},
            "Template format error: At least one Resources member must be defined.",
        ),
        (
            {"Outputs": {"Arn": {"Value": None}}},
            "[/Outputs/Arn/Value] 'null' values are not allowed in templates",
        ),
        (
            {"Outputs": {"Arn": {"Description": "x"}}},
            "Template format error: Every Outputs member must contain a Value object",
        ),
        (
            {"Outputs": {"an-arn": {"Value": "x"}}},
            "Template format error: Output name an-arn is non alphanumeric.",
        ),
        (
            {"Parameters": {"Name": {"Default": "x"}}},
            "Template format error: Every Parameters object must contain a Type member.",
        ),
        (
            {"Parameters": {"Name": {"Type": "Strng"}}},
            "Template format error: Unrecognized parameter type: Strng",
        ),
        (
            {"Mappings": {"Sizes": {"dev": "1"}}},
            "Template format error: Every Mappings member dev must be a map",
        ),
        (
            {"Mappings": {"Sizes": {"dev": {"Count": {"Ref": "Name"}}}}},
            "Template format error: Every Mappings attribute must be a String or a List.",
        ),
    ],
)
def test_a_section_that_is_refused(sections: dict[str, Any], sentence: str) -> None:
    assert refusal(**sections) == sentence


@pytest.mark.parametrize(
    ("resource", "sentence"),
    [
        ("x", "Template format error: Any Resources member must be an object."),
        (
            {"Properties": {}},
            "Template format error: [/Resources/A] Every Resources object must contain a Type "
            "member.",
        ),
        ({**TOPIC, "Propertiez": {}}, "Invalid template resource property 'Propertiez'"),
        (
            {**TOPIC, "DeletionPolicy": "Keep"},
            "Template format error: Unrecognized DeletionPolicy Keep for resource A",
        ),
        (
            {**TOPIC, "UpdateReplacePolicy": "RetainExceptOnCreate"},
            "Template format error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate for "
            "resource A",
        ),
        (
            {**TOPIC, "DeletionPolicy": "Snapshot"},
            "Template error: resource type AWS::SNS::Topic does not support deletion policy "
            "Snapshot",
        ),
    ],
)
def test_a_resource_that_is_refused(resource: Any, sentence: str) -> None:
    assert refusal(Resources={"A": resource}) == sentence


def test_a_name_is_letters_and_digits() -> None:
    assert refusal(Resources={"my-topic": TOPIC}) == (
        "Template format error: Resource name my-topic is non alphanumeric."
    )


def test_a_loop_that_is_not_unrolled_is_left_to_its_transform() -> None:
    template_sections.check({"Resources": {"Fn::ForEach::Topics": ["Name", ["a"], {}]}})
