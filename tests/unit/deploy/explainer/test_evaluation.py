"""What an expression of a template comes to, as far as it can be known before a deploy."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.deploy.explainer.comparison import Verdict, compare, differences
from scripts.deploy.explainer.evaluation import Scope
from scripts.deploy.explainer.functions import is_settled
from scripts.deploy.explainer.identity import lasts
from scripts.deploy.explainer.order import in_order
from scripts.deploy.explainer.terms import (
    Attribute,
    Call,
    Generation,
    Hidden,
    Text,
    shown,
)

VPC = Attribute(("Vpc",), "Ref", "AWS::EC2::VPC")
NEW = Attribute(("Vpc",), "Ref", "AWS::EC2::VPC", Generation.NEW)
EITHER = Attribute(("Vpc",), "Ref", "AWS::EC2::VPC", Generation.EITHER)

TEMPLATE = {
    "Parameters": {
        "Name": {"Type": "String", "Default": "shop"},
        "Zones": {"Type": "CommaDelimitedList"},
        "Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"},
        "Pass": {"Type": "String", "NoEcho": "true"},
        "On": {"Type": "String"},
        "Id": {"Type": "String"},
        "Same": {"Type": "String"},
        "Named": {"Type": "String"},
    },
    "Mappings": {"Sizes": {"prod": {"Nodes": 3}}},
    "Conditions": {
        "Yes": {"Fn::Equals": [{"Ref": "On"}, "true"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
        "Unknown": {"Fn::Equals": [{"Ref": "Id"}, "vpc-1"]},
        "Given": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Id"}, ""]}]},
        "Both": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "Unknown"}]},
        "Neither": {"Fn::And": [{"Condition": "No"}, {"Condition": "Unknown"}]},
        "Either": {"Fn::Or": [{"Condition": "Yes"}, {"Condition": "Unknown"}]},
        "Circle": {"Condition": "Circle"},
        "Twice": {"Fn::Equals": [{"Ref": "Same"}, {"Ref": "Same"}]},
        "Unnamed": {"Fn::Equals": [{"Ref": "Named"}, ""]},
        "Lists": {"Fn::Equals": [{"Ref": "Zones"}, ["a", "b", "c"]]},
    },
}


def scope(**known: Any) -> Scope:
    given = {"Zones": "a, b,c", "Image": "/ami", "Pass": "hunter2", "On": "true", "Id": NEW}
    given |= {"Same": VPC, "Named": Text(("shop-", NEW))}
    return Scope(
        TEMPLATE,
        {**given, **known},
        lambda name, attribute: Attribute((name,), attribute),
        {"AWS::Region": "us-east-1"},
    )


ARN = Attribute(("Jobs",), "Arn")


@pytest.mark.parametrize(
    ("expression", "comes_to"),
    [
        ({"Ref": "Name"}, "shop"),
        ({"Ref": "Zones"}, ["a", "b", "c"]),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Fn::GetAtt": "Jobs.Arn"}, ARN),
        ({"Fn::GetAtt": ["Jobs", "Arn"]}, ARN),
        ({"Fn::Sub": "${Name}-${AWS::Region}"}, "shop-us-east-1"),
        ({"Fn::Sub": "${!Name} ${Name}"}, "${Name} shop"),
        ({"Fn::Sub": ["${A}/${Name}", {"A": {"Ref": "On"}}]}, "true/shop"),
        ({"Fn::Sub": "on ${Jobs.Arn}!"}, Text(("on ", ARN, "!"))),
        ({"Fn::Sub": "${Jobs.Arn}"}, ARN),
        ({"Fn::Join": ["-", ["a", {"Ref": "Name"}, 5]]}, "a-shop-5"),
        ({"Fn::Join": [",", {"Ref": "Zones"}]}, "a,b,c"),
        ({"Fn::Select": ["1", {"Ref": "Zones"}]}, "b"),
        ({"Fn::Select": [1, {"Fn::Split": ["|", "x|y"]}]}, "y"),
        ({"Fn::FindInMap": ["Sizes", "prod", "Nodes"]}, 3),
        ({"Fn::FindInMap": ["Sizes", "none", "Nodes", {"DefaultValue": 1}]}, 1),
        ({"Fn::Select": [1, {"Fn::Cidr": ["10.0.0.0/16", "4", 8]}]}, "10.0.1.0/24"),
        ({"Fn::Select": [2, {"Fn::Cidr": ["10.0.0.0/24", 4, "6"]}]}, "10.0.0.128/26"),
        ({"Fn::Cidr": [{"Ref": "Id"}, 2, 8]}, Call("Fn::Cidr", (NEW, 2, 8))),
        ({"Fn::If": ["Yes", "a", "b"]}, "a"),
        ({"Fn::If": ["No", "a", "b"]}, "b"),
        ({"Fn::If": ["Unknown", "same", "same"]}, "same"),
        ({"Fn::If": ["Unknown", "a", "b"]}, Call("Fn::If", ("Unknown", "a", "b"))),
        ([1, {"Ref": "AWS::NoValue"}, 2], [1, 2]),
        ({"A": {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}, "B": 2}, {"B": 2}),
        ({"Ref": "Pass"}, Hidden("hunter2")),
        ("{{resolve:ssm:/a:1}}", Call("resolve", ("{{resolve:ssm:/a:1}}",))),
        ({"Refer": "Name"}, {"Refer": "Name"}),
    ],
)
def test_functions_are_evaluated_as_cloudformation_does(expression: Any, comes_to: Any) -> None:
    assert scope().evaluate(expression) == comes_to


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("Yes", True),
        ("No", False),
        ("Unknown", None),
        ("Given", True),
        ("Both", None),
        ("Neither", False),
        ("Either", True),
        ("Circle", None),
        ("Missing", None),
        ("Twice", True),
        ("Unnamed", False),
        ("Lists", True),
    ],
)
def test_a_condition_holds_or_not_or_nobody_knows(condition: str, holds: bool | None) -> None:
    assert scope().condition(condition) is holds


def test_a_condition_on_a_value_that_stands_is_decided_by_what_it_is() -> None:
    decided = scope(Id=VPC)
    decided.known = lambda attribute: "vpc-1" if attribute == VPC else None

    assert decided.condition("Unknown") is True


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("5432", 5432, Verdict.SAME),
        (True, "true", Verdict.SAME),
        ("a", "b", Verdict.CHANGED),
        (VPC, VPC, Verdict.SAME),
        (VPC, NEW, Verdict.CHANGED),
        (VPC, EITHER, Verdict.MAYBE),
        ("vpc-1", NEW, Verdict.CHANGED),
        (None, VPC, Verdict.CHANGED),
        ([VPC, "a"], [VPC, "a"], Verdict.SAME),
        ([VPC], [VPC, "a"], Verdict.CHANGED),
        ([VPC, "a"], [EITHER, "b"], Verdict.CHANGED),
        ({"A": VPC}, {"A": VPC, "B": 1}, Verdict.CHANGED),
        (Text(("x-", VPC)), Text(("x-", VPC)), Verdict.SAME),
        (Text(("x-", VPC)), Text(("x-", NEW)), Verdict.CHANGED),
        (Text(("x-", VPC)), Text(("y-", VPC)), Verdict.CHANGED),
        (Text(("x-", VPC)), "x-vpc-1", Verdict.MAYBE),
        (Call("Fn::Base64", (VPC,)), Call("Fn::Base64", (NEW,)), Verdict.CHANGED),
        (Call("Fn::Cidr", (VPC,)), Call("Fn::Cidr", (NEW,)), Verdict.MAYBE),
        (Call("Fn::GetAZs", ("r",)), Call("Fn::GetAZs", ("r",)), Verdict.MAYBE),
        (Call("Fn::ImportValue", ("n",)), Call("Fn::ImportValue", ("n",)), Verdict.SAME),
        (Hidden("a"), Hidden("a"), Verdict.SAME),
        (Hidden("a"), Hidden("b"), Verdict.CHANGED),
        (Hidden("****"), Hidden("****"), Verdict.MAYBE),
        (VPC, Attribute(("Other",), "Ref", "AWS::EC2::VPC"), Verdict.MAYBE),
        (VPC, Attribute(("Vpc",), "CidrBlock", "AWS::EC2::VPC"), Verdict.MAYBE),
        (Text(("x-", VPC)), Text(("x-", VPC, "-", NEW)), Verdict.MAYBE),
        (Call("Fn::Base64", ("a",)), Call("Fn::Cidr", ("a",)), Verdict.MAYBE),
        (Call("Fn::Cidr", ("a",)), Call("Fn::Cidr", ("a", "b")), Verdict.MAYBE),
        (None, Call("Fn::If", ("C", "b", "c")), Verdict.MAYBE),
        ("gone", None, Verdict.CHANGED),
        (["a"], ["a", Call("Fn::If", ("C", "b", "c"))], Verdict.MAYBE),
    ],
)
def test_two_values_are_the_same_or_not_or_may_be(
    before: Any, after: Any, verdict: Verdict
) -> None:
    assert compare(before, after, lambda _attribute: None) is verdict


def test_what_a_standing_resource_answers_now_settles_what_the_template_leaves_open() -> None:
    def known(attribute: Attribute) -> str | None:
        return "vpc-1" if attribute.generation is Generation.STANDING else None

    assert compare("x-vpc-1", Text(("x-", VPC)), known) is Verdict.SAME
    assert compare("x-vpc-2", Text(("x-", VPC)), known) is Verdict.CHANGED
    assert compare("vpc-1", EITHER, known) is Verdict.MAYBE


def test_a_reference_is_settled_by_its_version_alone() -> None:
    pinned, latest = "{{resolve:ssm:/ami:3}}", "{{resolve:ssm:/ami}}"

    assert is_settled(scope().evaluate(pinned))
    assert not is_settled(scope().evaluate(latest))
    assert not is_settled(scope().evaluate({"Ref": "Image"}))


def test_an_ssm_parameter_is_what_cloudformation_found_there() -> None:
    found = scope()
    found.resolved = {"Image": "ami-1"}

    assert found.evaluate({"Ref": "Image"}) == "ami-1"


def test_differences_are_as_deep_as_the_shapes_agree() -> None:
    before = {"A": {"B": [1, {"C": 2}]}, "D": [1]}
    after = {"A": {"B": [1, {"C": 3}]}, "D": [1, 2]}

    found = [
        (".".join(one.steps), one.before, one.after)
        for one in differences(before, after, lambda _: None)
    ]

    assert found == [("A.B.1.C", 2, 3), ("D", [1], [1, 2])]


def test_a_custom_resource_may_answer_anything_once_it_is_updated() -> None:
    assert lasts("AWS::SQS::Queue", "Arn")
    assert not lasts("Custom::Lookup", "Ref")
    assert not lasts("AWS::DynamoDB::Table", "StreamArn")


def test_resources_come_after_what_they_refer_to_in_whatever_way() -> None:
    resources = {
        "Last": {"Properties": {"X": {"Fn::Sub": ["${V}-${Middle.Arn}", {"V": {"Ref": "First"}}]}}},
        "Middle": {"Properties": {"X": [{"Fn::GetAtt": "First.Arn"}]}},
        "First": {},
        "Self": {"Properties": {"X": {"Ref": "Self"}}},
    }

    assert in_order(resources) == ["First", "Middle", "Last", "Self"]


def test_a_chain_of_every_resource_that_a_template_may_hold_is_followed() -> None:
    resources = {f"R{n}": {"Properties": {"X": {"Ref": f"R{n + 1}"}}} for n in range(499)}

    assert in_order({**resources, "R499": {}})[0] == "R499"


@pytest.mark.parametrize(
    ("term", "seen"),
    [
        (Text(("arn:", VPC, "/*")), "arn:${Vpc}/*"),
        (Attribute(("Network", "Vpc"), "CidrBlock"), "${Network/Vpc.CidrBlock}"),
        (NEW, "(known once deployed)"),
        (Text(("a-", Call("Fn::GetAZs", ("r",)))), "a-${Fn::GetAZs}"),
        (Text(("a-", Hidden("hunter2"))), "a-(secret)"),
        (Call("resolve", ("{{resolve:ssm:/a}}",)), "{{resolve:ssm:/a}}"),
        (Call("AWS::StackName", ("Search",)), "(known once deployed)"),
    ],
)
def test_what_is_not_known_is_shown_as_what_it_is(term: Any, seen: str) -> None:
    assert shown(term) == seen


def test_a_list_that_only_a_resource_knows_is_joined_to_what_it_was() -> None:
    handed = scope(Zones=ARN)

    assert handed.evaluate({"Fn::Join": [",", {"Ref": "Zones"}]}) == ARN
    assert isinstance(handed.evaluate({"Fn::Join": ["-", {"Ref": "Zones"}]}), Call)
    assert isinstance(handed.evaluate({"Fn::Select": [0, {"Ref": "Zones"}]}), Call)


def test_what_only_cloudformation_evaluates_is_not_the_same_because_its_arguments_are() -> None:
    one, other = (Call("Fn::If", ("Unknown", number, "y")) for number in (5, "5"))

    assert compare(one, other, lambda _attribute: None) is Verdict.MAYBE
