"""The primary writes and rotates the secrets; the standby reads their replicas."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.layers.secrets import Secrets
from tests.unit.generator.standing import of_type, standing, types

SECRET = "AWS::SecretsManager::Secret"


def test_the_standby_declares_no_secret_and_rotates_nothing() -> None:
    assert not types(standing(Secrets, "standby"))


def test_the_standby_names_the_replica_of_the_primarys_secret() -> None:
    outputs = standing(Secrets, "standby").outputs
    assert outputs["OrdersSecretArn"] == (
        "arn:aws:secretsmanager:us-west-2:111111111111:secret:tradewind-dev-orders-database-AbCdEf"
    )


def test_the_primary_receives_no_arn_and_still_has_a_part_to_select() -> None:
    """CloudFormation is not promised to leave the other branch of an Fn::If alone."""
    output = Secrets().template.to_dict()["Outputs"]["OrdersSecretArn"]["Value"]["Fn::If"][2]
    index, split = output["Fn::Sub"][1]["Name"]["Fn::Select"]
    separator, (text, received) = split["Fn::Split"][0], split["Fn::Split"][1]["Fn::Sub"]
    for name in received:
        text = text.replace(f"${{{name}}}", "")
    assert len(text.split(separator)) > int(index)


def test_every_secret_is_under_our_key_in_both_regions() -> None:
    for secret in of_type(standing(Secrets), SECRET).values():
        (replica,) = secret["ReplicaRegions"]
        assert "key/" in secret["KmsKeyId"]
        assert "key/" in replica["KmsKeyId"]
        assert replica["Region"] == "us-west-2"


def test_the_database_secret_does_not_name_a_host() -> None:
    secret = of_type(standing(Secrets), SECRET)["OrdersSecret"]
    generated: Any = secret["GenerateSecretString"]
    template = json.loads(generated["SecretStringTemplate"])
    assert generated["GenerateStringKey"] == "password"
    assert set(template) == {"username", "engine", "dbname"}


def test_credentials_and_payment_key_rotate_on_schedule_and_the_origin_header_by_release() -> None:
    stack = standing(Secrets, secret_rotation_days="45")
    schedules = of_type(stack, "AWS::SecretsManager::RotationSchedule")
    assert sorted(str(schedule["SecretId"]) for schedule in schedules.values()) == sorted(
        str(stack.outputs[name]) for name in ("OrdersSecretArn", "PaymentSecretArn")
    )
    for schedule in schedules.values():
        assert schedule["RotationRules"] == {"AutomaticallyAfterDays": "45"}
        assert schedule["RotateImmediatelyOnUpdate"] is False


def test_only_secrets_manager_may_call_a_rotation_and_only_for_its_secret() -> None:
    stack = standing(Secrets)
    allowed = of_type(stack, "AWS::Lambda::Permission").values()
    assert len(allowed) == 2
    for permission in allowed:
        assert permission["Principal"] == "secretsmanager.amazonaws.com"
        assert permission["SourceAccount"] == "111111111111"
    assert {str(permission["SourceArn"]) for permission in allowed} == {
        str(stack.outputs[name]) for name in ("OrdersSecretArn", "PaymentSecretArn")
    }


def test_a_secrets_policy_lets_nobody_in_from_outside_or_in_the_clear() -> None:
    policies = of_type(standing(Secrets), "AWS::SecretsManager::ResourcePolicy").values()
    assert len(policies) == 3
    for policy in policies:
        document: Any = policy["ResourcePolicy"]
        assert policy["BlockPublicPolicy"] is True
        assert {statement["Effect"] for statement in document["Statement"]} == {"Deny"}
        assert {statement["Sid"] for statement in document["Statement"]} == {
            "OnlyThisAccount",
            "OnlyOverTls",
        }
        for statement in document["Statement"]:
            assert not [action for action in statement["Action"] if "*" in action]


@pytest.mark.parametrize(
    ("engine", "kind"), [("rds-multi-az", "Instance"), ("aurora-global", "Cluster")]
)
def test_the_rotation_knows_which_kind_of_database_it_changes(engine: str, kind: str) -> None:
    functions = of_type(standing(Secrets, orders_engine=engine), "AWS::Lambda::Function")
    environment: Any = functions["DatabaseRotation"]["Environment"]
    assert environment["Variables"] == {
        "DATABASE": "tradewind-dev-orders-us-east-1",
        "KIND": kind,
    }


def test_the_rotation_looks_the_database_up_and_cannot_modify_it() -> None:
    granted = standing(Secrets).statements("DatabaseRotationRole")
    actions = {action for statement in granted for action in statement["Action"]}
    assert {action for action in actions if action.startswith("rds:")} == {
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
    }


@pytest.mark.parametrize("role", ["DatabaseRotationRole", "PaymentKeyRotationRole"])
def test_a_function_makes_interfaces_in_this_account_and_region_only(role: str) -> None:
    for statement in standing(Secrets).statements(role):
        if "ec2:CreateNetworkInterface" in statement["Action"]:
            assert statement["Resource"] == ["arn:aws:ec2:us-east-1:111111111111:*/*"]
        elif statement["Resource"] == ["*"]:
            assert not [a for a in statement["Action"] if a.startswith(("ec2:C", "ec2:Del"))]
