"""The standby's switch and its responder depend on nothing that an impaired primary could take along."""

from __future__ import annotations

from generator.conditions import Conditions
from generator.layers.takeover import Takeover
from tests.unit.generator.resolved import Made, by_key

STANDBY = {"region": "us-west-2", "region_role": "standby"}


def test_only_the_standby_answers_on_takeover() -> None:
    assert Takeover.condition is Conditions.standby


def test_the_switch_is_a_table_of_its_region_alone() -> None:
    made = Made(Takeover, **STANDBY)
    table = made["SwitchTable"]
    assert made.resources["SwitchTable"]["Type"] == "AWS::DynamoDB::Table"
    assert "Replicas" not in table
    assert table["SSESpecification"]["KMSMasterKeyId"].startswith("arn:aws:kms:")
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert by_key(table["Tags"])["Backup"] == "daily"


def test_the_switch_is_kept_when_its_stack_goes() -> None:
    switch = Takeover().template.resources["SwitchTable"].to_dict()
    assert (switch["DeletionPolicy"], switch["UpdateReplacePolicy"]) == (
        "RetainExceptOnCreate",
        "Retain",
    )


def test_the_responder_reaches_dynamodb_alone_and_has_capacity_of_its_own() -> None:
    made = Made(Takeover, **STANDBY)
    function = made["TakeoverResponder"]
    (way_out,) = made["TakeoverResponderGroup"]["SecurityGroupEgress"]
    assert way_out["DestinationPrefixListId"] == Takeover.dynamodb_addresses.example
    assert "CidrIp" not in way_out
    assert [group.of for group in function["VpcConfig"]["SecurityGroupIds"]] == [
        "TakeoverResponderGroup"
    ]
    assert function["ReservedConcurrentExecutions"] > 0
    assert function["Environment"]["Variables"]["SWITCH_TABLE"].of == "SwitchTable"


def test_the_responder_may_get_an_item_of_the_switch_and_do_nothing_else_to_any_table() -> None:
    statements = Made(Takeover, **STANDBY).statements("TakeoverResponderRole")
    on_tables = [s for s in statements if any(a.startswith("dynamodb:") for a in s["Action"])]
    (only,) = on_tables
    assert only["Action"] == ["dynamodb:GetItem"]
    assert [arn.of for arn in only["Resource"]] == ["SwitchTable"]


def test_only_this_accounts_takeover_target_group_may_call_the_responder() -> None:
    made = Made(Takeover, **STANDBY)
    permission, targets = made["LoadBalancerAsks"], made["TakeoverTarget"]
    assert permission["SourceAccount"] == "111111111111"
    assert permission["SourceArn"].endswith(f":targetgroup/{targets['Name']}/*")


def test_the_target_groups_name_fits_whatever_the_environment_is_called() -> None:
    longest = Made(Takeover, environment="a" * 12, **STANDBY)["TakeoverTarget"]["Name"]
    assert len(longest) <= 32  # Elastic Load Balancing's limit
