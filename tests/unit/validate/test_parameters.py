"""A Parameter takes what CloudFormation would take for it."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.validate.intrinsics import Later
from scripts.validate.parameters import LONGEST, complaints

VPC = "AWS::EC2::VPC::Id"


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ({"Type": "String"}, ""),
        ({"Type": "Number"}, "1.5e3"),
        ({"Type": "Number", "AllowedValues": [2, 3]}, "3"),
        ({"Type": "Number", "MinValue": 2, "MaxValue": 4}, 4),
        ({"Type": "String", "AllowedPattern": "a+"}, "aaa"),
        ({"Type": "List<Number>"}, "1, 2"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a,b"),
        ({"Type": VPC}, "vpc-0123456789abcdef0"),
        ({"Type": VPC}, Later("Vpc", "Ref", "AWS::EC2::VPC")),
        ({"Type": VPC}, Later("Vpc", "VpcId", "AWS::EC2::VPC")),
        ({"Type": "Number"}, Later("Database", "Endpoint.Port", "AWS::RDS::DBInstance")),
        ({"Type": "String"}, "x" * LONGEST),
    ],
)
def test_it_takes(declared: dict[str, Any], value: Any) -> None:
    assert list(complaints(declared, value)) == []


@pytest.mark.parametrize(
    ("declared", "value", "because"),
    [
        ({"Type": "Number"}, "two", "not a number"),
        ({"Type": "Number"}, "", "not a number"),
        ({"Type": "Number"}, "nan", "not a number"),
        ({"Type": "Number", "AllowedValues": [2, 3]}, "4", "not one of 2, 3"),
        ({"Type": "Number", "MinValue": 2}, "1", "below 2"),
        ({"Type": "Number", "MaxValue": 4}, "5", "above 4"),
        ({"Type": "String", "AllowedPattern": "a+"}, "aab", "does not match"),
        ({"Type": "String", "MinLength": 2}, "a", "shorter"),
        ({"Type": "String", "MaxLength": 2}, "aaa", "more than 2"),
        ({"Type": "String"}, ["a"], "strings only"),
        ({"Type": "List<Number>"}, "1,b", "not a number"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a"]}, "a,b", "'b'"),
        ({"Type": VPC}, "subnet-01234567", "no AWS::EC2::VPC::Id"),
        ({"Type": VPC}, "", "no AWS::EC2::VPC::Id"),
        ({"Type": VPC}, Later("Vpc", "CidrBlock", "AWS::EC2::VPC"), "no AWS::EC2::VPC::Id"),
        ({"Type": "String"}, "é" * LONGEST, f"{2 * LONGEST} bytes"),
    ],
)
def test_it_refuses(declared: dict[str, Any], value: Any, because: str) -> None:
    (complaint,) = complaints(declared, value)
    assert because in complaint
