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
    root = stack({"Network": nested(), "Hosts": nested(VpcId=output("Network", "VpcId"))})
    hosts = stack(
        {"Private": resource("AWS::EC2::Subnet", VpcId=ref("VpcId"))}, Parameters=["VpcId"]
    )
    feared = modify(
        "Private", "AWS::EC2::Subnet", "True", detail("VpcId", "Always", dynamic=True, by="VpcId")
    )

    said = explain(
        "platform",
        "us-east-1",
        [
            change(automatic("Network"), (change(KEYS),)),
            change(automatic("Hosts"), (change(feared),)),
        ],
        Standing(root, nested={"Hosts": Standing(hosts, resources={"Private": "subnet-1"})}),
        Wanted(root, nested={"Hosts": Wanted(hosts)}),
    )

    assert said.at("Hosts", "Private").replacement is Certainty.POSSIBLE
    assert said.at("Network").certainty is Certainty.POSSIBLE
    assert said.at("Network", "Orders").replacement is Certainty.CERTAIN


def test_a_nested_stack_that_nothing_names_hands_on_what_it_did() -> None:
    root = stack({"Network": nested(), "Hosts": nested(VpcId=output("Network", "VpcId"))})
    hosts = stack(
        {"Private": resource("AWS::EC2::Subnet", VpcId=ref("VpcId"))}, Parameters=["VpcId"]
    )
    feared = modify(
        "Private", "AWS::EC2::Subnet", "True", detail("VpcId", "Always", dynamic=True, by="VpcId")
    )

    said = explain(
        "platform",
        "us-east-1",
        [change(automatic("Hosts"), (change(feared),))],
        Standing(
            root,
            nested={
                "Hosts": Standing(hosts, {"VpcId": "vpc-7"}, resources={"Private": "subnet-1"})
            },
        ),
        Wanted(root, nested={"Hosts": Wanted(hosts)}),
    )

    private = said.at("Hosts", "Private")
    assert private.replacement is Certainty.PHANTOM
    assert private.properties[0].before == "vpc-7"
