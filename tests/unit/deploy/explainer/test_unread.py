"""What could not be read is told as CloudFormation tells it, and nothing of it is called a phantom."""

from __future__ import annotations

from scripts.deploy.change_sets import change
from scripts.deploy.explainer import Standing, Wanted, explain
from scripts.deploy.explanations import Certainty
from tests.unit.deploy.explainer.case import (
    add,
    automatic,
    detail,
    modify,
    nested,
    output,
    ref,
    remove,
    resource,
    stack,
)

TABLE = "AWS::DynamoDB::Table"
KEYS = modify("Orders", TABLE, "True", detail("KeySchema", "Always"))

SUBNET = "AWS::EC2::Subnet"
ROOT = stack({"Network": nested(), "Hosts": nested(VpcId=output("Network", "VpcId"))})
HOSTS = stack({"Private": resource(SUBNET, VpcId=ref("VpcId"))}, Parameters=["VpcId"])
SUBNET_FEARED = modify(
    "Private", SUBNET, "True", detail("VpcId", "Always", dynamic=True, by="VpcId")
)


def test_without_any_template_the_change_set_counts_as_it_stands() -> None:
    said = explain(
        "platform",
        "us-east-1",
        [change(KEYS), change(add("Carts", TABLE)), change(remove("Old", TABLE))],
        None,
        None,
    )

    orders = said.at("Orders")
    assert (orders.certainty, orders.replacement) == (Certainty.POSSIBLE, Certainty.CERTAIN)
    assert [part.path for part in orders.properties] == ["KeySchema"]
    assert (orders.before, orders.after) == (None, None)
    assert orders.effect.level == "data"
    assert said.at("Carts").certainty is Certainty.CERTAIN
    assert said.at("Old").certainty is Certainty.CERTAIN
    assert said.at("Old").effect.level == "data"


def test_a_stack_whose_present_template_cannot_be_read_keeps_every_fear() -> None:
    wanted = Wanted(stack({"Orders": resource(TABLE), "Jobs": resource("AWS::SQS::Queue")}))
    perhaps = modify("Jobs", "AWS::SQS::Queue", "Conditional", detail("FifoQueue", "Always"))

    said = explain("platform", "us-east-1", [change(KEYS), change(perhaps)], None, wanted)

    assert said.at("Orders").replacement is Certainty.CERTAIN
    assert said.at("Jobs").replacement is Certainty.POSSIBLE


def test_what_may_come_or_go_by_what_nobody_knows_yet_is_left_open() -> None:
    template = stack(
        {"Orders": resource(TABLE, {"Condition": "Given"})},
        Parameters=["Id"],
        Conditions={"Given": {"Fn::Equals": [{"Fn::GetAZs": ""}, "x"]}},
    )
    dynamic = {**KEYS, "Action": "Dynamic", "Replacement": ""}

    said = explain(
        "platform",
        "us-east-1",
        [change(dynamic)],
        Standing(template, resources={"Orders": "orders-1"}),
        Wanted(template),
    )

    assert said.at("Orders").change.action == "Dynamic"
    assert said.at("Orders").effect.level == "data"
    assert said.at("Orders").certainty is Certainty.POSSIBLE


def test_what_hangs_on_a_nested_stack_that_could_not_be_read_is_possible() -> None:
    said = explain(
        "platform",
        "us-east-1",
        [
            change(automatic("Network"), (change(KEYS),)),
            change(automatic("Hosts"), (change(SUBNET_FEARED),)),
        ],
        Standing(ROOT, nested={"Hosts": Standing(HOSTS, resources={"Private": "subnet-1"})}),
        Wanted(ROOT, nested={"Hosts": Wanted(HOSTS)}),
    )

    assert said.at("Hosts", "Private").replacement is Certainty.POSSIBLE
    assert said.at("Network").certainty is Certainty.POSSIBLE
    assert said.at("Network", "Orders").replacement is Certainty.CERTAIN


def test_a_nested_stack_that_nothing_names_hands_on_what_it_did() -> None:
    said = explain(
        "platform",
        "us-east-1",
        [change(automatic("Hosts"), (change(SUBNET_FEARED),))],
        Standing(
            ROOT,
            nested={
                "Hosts": Standing(HOSTS, {"VpcId": "vpc-7"}, resources={"Private": "subnet-1"})
            },
        ),
        Wanted(ROOT, nested={"Hosts": Wanted(HOSTS)}),
    )

    private = said.at("Hosts", "Private")
    assert private.replacement is Certainty.PHANTOM
    assert private.properties[0].before == "vpc-7"


def test_a_replacement_that_nothing_explains_is_not_explained_away() -> None:
    template = stack({"Orders": resource(TABLE, KeySchema=[{"AttributeName": "id"}])})
    announced = modify("Orders", TABLE, "True")

    said = explain(
        "platform", "us-east-1", [change(announced)], Standing(template), Wanted(template)
    )

    assert said.at("Orders").replacement is Certainty.POSSIBLE


def test_a_path_that_leads_nowhere_is_not_the_same_on_both_sides() -> None:
    before, after = (
        stack({"Orders": resource(TABLE, KeySchema=[{"AttributeName": name}])})
        for name in ("id", "key")
    )
    announced = modify("Orders", TABLE, "True", detail("KeySchema", "Always"))
    announced["Details"][0]["Target"]["Path"] = "/Properties/KeySchema/*/AttributeName"

    said = explain("platform", "us-east-1", [change(announced)], Standing(before), Wanted(after))

    assert said.at("Orders").replacement is Certainty.CERTAIN


def test_a_condition_on_a_masked_parameter_is_not_known() -> None:
    template = stack(
        {"Orders": resource(TABLE, {"Condition": "Given"})},
        Parameters={"Pass": {"Type": "String", "NoEcho": True}},
        Conditions={"Given": {"Fn::Not": [{"Fn::Equals": [ref("Pass"), ""]}]}},
    )
    masked = {"Pass": "****"}

    said = explain(
        "platform",
        "us-east-1",
        [change(remove("Orders", TABLE))],
        Standing(template, masked),
        Wanted(template, masked),
    )

    assert said.at("Orders").certainty is Certainty.POSSIBLE


def test_a_mapping_whose_key_is_not_known_may_have_another_value() -> None:
    def world(keys: str) -> dict[str, object]:
        key = {"Fn::FindInMap": ["Keys", {"Fn::GetAtt": ["Zone", "Name"]}, "Key"]}
        resources = {
            "Zone": resource("AWS::SSM::Parameter"),
            "Orders": resource(TABLE, KeySchema=key),
        }
        return dict(stack(resources, Mappings={"Keys": {"a": {"Key": keys}}}))

    said = explain(
        "platform",
        "us-east-1",
        [change(KEYS)],
        Standing(world("id"), resources={"Zone": "z", "Orders": "o"}),
        Wanted(world("key")),
    )

    assert said.at("Orders").replacement is Certainty.POSSIBLE


def test_a_nested_stack_whose_condition_turns_is_not_told_as_what_is_modified_in_it() -> None:
    before, after = (
        stack(
            {"Catalog": {**nested(), "Condition": "Given"}},
            Conditions={"Given": {"Fn::Equals": [value, "x"]}},
        )
        for value in ("x", "y")
    )
    inside = stack({"Orders": resource(TABLE)})
    dynamic = {**automatic("Catalog"), "Action": "Dynamic"}

    said = explain(
        "platform",
        "us-east-1",
        [change(dynamic)],
        Standing(before, nested={"Catalog": Standing(inside)}),
        Wanted(after),
    )

    assert said.at("Catalog").change.action == "Dynamic"
