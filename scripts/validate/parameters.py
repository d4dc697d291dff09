"""Whether a value fits a Parameter: type, range, allowed values, pattern, length.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scripts.validate.intrinsics import LIST_TYPES, Later, text

#: The most bytes of a parameter's value.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
LONGEST = 4096

#: The shape of the AWS-specific types. CloudFormation looks them up in the account, so none may be empty.
SHAPES = {
    "AWS::EC2::AvailabilityZone::Name": r"[a-z]{2}(-[a-z]+)+-\d[a-z]",
    "AWS::EC2::Image::Id": r"ami-[0-9a-f]{8}([0-9a-f]{9})?",
    "AWS::EC2::Instance::Id": r"i-[0-9a-f]{8}([0-9a-f]{9})?",
    "AWS::EC2::KeyPair::KeyName": r".+",
    "AWS::EC2::SecurityGroup::GroupName": r".+",
    "AWS::EC2::SecurityGroup::Id": r"sg-[0-9a-f]{8}([0-9a-f]{9})?",
    "AWS::EC2::Subnet::Id": r"subnet-[0-9a-f]{8}([0-9a-f]{9})?",
    "AWS::EC2::VPC::Id": r"vpc-[0-9a-f]{8}([0-9a-f]{9})?",
    "AWS::EC2::Volume::Id": r"vol-[0-9a-f]{8}([0-9a-f]{9})?",
    "AWS::Route53::HostedZone::Id": r"Z[A-Z0-9]{1,31}",
    "AWS::SSM::Parameter::Name": r"[a-zA-Z0-9_.\-/]+",
}

#: Which attributes of which resource give such a value.
GIVERS = {
    "AWS::EC2::Instance::Id": {("AWS::EC2::Instance", "Ref"), ("AWS::EC2::Instance", "InstanceId")},
    "AWS::EC2::KeyPair::KeyName": {("AWS::EC2::KeyPair", "Ref")},
    "AWS::EC2::SecurityGroup::Id": {
        ("AWS::EC2::SecurityGroup", "GroupId"),
        ("AWS::EC2::SecurityGroup", "Ref"),
        ("AWS::EC2::VPC", "DefaultSecurityGroup"),
    },
    "AWS::EC2::Subnet::Id": {("AWS::EC2::Subnet", "Ref"), ("AWS::EC2::Subnet", "SubnetId")},
    "AWS::EC2::VPC::Id": {("AWS::EC2::VPC", "Ref"), ("AWS::EC2::VPC", "VpcId")},
    "AWS::EC2::Volume::Id": {("AWS::EC2::Volume", "Ref"), ("AWS::EC2::Volume", "VolumeId")},
    "AWS::Route53::HostedZone::Id": {
        ("AWS::Route53::HostedZone", "Ref"),
        ("AWS::Route53::HostedZone", "Id"),
    },
}


def complaints(declared: Mapping[str, Any], value: Any) -> Iterator[str]:
    """Why CloudFormation would refuse this value for the parameter; sentences without a subject."""
    kind = declared["Type"]
    if isinstance(value, Later):
        yield from _unfit(kind, value)
    elif isinstance(value, (list, dict)):
        yield "is not a string: a nested stack takes strings only (Fn::Join makes one)"
    else:
        whole = text(value)
        if len(whole.encode()) > LONGEST:
            yield f"has {len(whole.encode())} bytes; CloudFormation takes {LONGEST}"
        items = (
            [item.strip() for item in whole.split(",")] if kind.startswith(LIST_TYPES) else [whole]
        )
        for item in items:
            yield from _typed(_item_type(kind), item)
            yield from _constrained(declared, item)


def _item_type(kind: str) -> str:
    if kind == "CommaDelimitedList":
        return "String"
    return kind.removeprefix("List<").removesuffix(">")


def _unfit(kind: str, value: Later) -> Iterator[str]:
    givers = GIVERS.get(kind)
    if givers and value.type and (value.type, value.attribute) not in givers:
        yield f"is {value.attribute} of the {value.type} {value.of}, which is no {kind}"


def _typed(kind: str, item: str) -> Iterator[str]:
    if kind == "Number" and not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", item):
        yield f"is {item!r}, which is not a number"
    if kind in SHAPES and not re.fullmatch(SHAPES[kind], item):
        yield f"is {item!r}, which is no {kind}"


def _constrained(declared: Mapping[str, Any], item: str) -> Iterator[str]:
    allowed = [text(each) for each in declared.get("AllowedValues", ())]
    if allowed and item not in allowed:
        yield f"is {item!r}, not one of {', '.join(allowed)}"
    if "AllowedPattern" in declared and not re.fullmatch(declared["AllowedPattern"], item):
        yield f"is {item!r}, which does not match {declared['AllowedPattern']}"
    if "MinLength" in declared and len(item) < int(declared["MinLength"]):
        yield f"is {item!r}, shorter than {declared['MinLength']}"
    if "MaxLength" in declared and len(item) > int(declared["MaxLength"]):
        yield f"has {len(item)} characters, more than {declared['MaxLength']}"
    try:
        number = float(item)
    except ValueError:
        return
    if "MinValue" in declared and number < float(declared["MinValue"]):
        yield f"is {item}, below {declared['MinValue']}"
    if "MaxValue" in declared and number > float(declared["MaxValue"]):
        yield f"is {item}, above {declared['MaxValue']}"
