"""A stack in the words of other clients: all that a deploy would send, as each of them reads it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml

from scripts.commands.parameters import CLIENTS
from scripts.deploy.other_clients import FILES, Stack

ROLE = "arn:aws:iam::111111111111:role/tradewind-dev-platform-execution-us-east-1"
STACK = Stack(
    "tradewind-dev-platform",
    "us-east-1",
    "platform.json",
    {"Environment": "dev", "PeerKeyArn": "", "Waf": "false"},
    {"Project": "tradewind", "Root": "platform"},
    ROLE,
)


def test_the_command_offers_what_can_be_written() -> None:
    assert tuple(FILES) == CLIENTS


def test_overrides_are_words_with_the_empty_ones_among_them() -> None:
    assert json.loads(FILES["aws-deploy"](STACK)) == ["Environment=dev", "PeerKeyArn=", "Waf=false"]


def test_a_change_set_s_request_is_one_of_the_api(request_shape: set[str]) -> None:
    said = json.loads(FILES["aws-change-set"](STACK))

    assert said.keys() <= request_shape
    assert said["StackName"] == STACK.name
    assert said["IncludeNestedStacks"] is True
    assert said["RoleARN"] == ROLE
    assert {"ParameterKey": "PeerKeyArn", "ParameterValue": ""} in said["Parameters"]
    assert {"Key": "Root", "Value": "platform"} in said["Tags"]


@pytest.fixture(scope="module")
def request_shape() -> set[str]:
    """The members of a CreateChangeSet, by botocore's model."""
    from botocore.session import Session

    model = Session().get_service_model("cloudformation")
    return set(model.operation_model("CreateChangeSet").input_shape.members)


def test_sceptre_s_config_is_the_whole_stack() -> None:
    assert yaml.safe_load(FILES["sceptre"](STACK)) == {
        "region": "us-east-1",
        "stack_name": "tradewind-dev-platform",
        "template": {"type": "file", "path": "platform.json"},
        "cloudformation_service_role": ROLE,
        "stack_tags": dict(STACK.tags),
        "parameters": dict(STACK.parameters),
    }


@pytest.mark.parametrize("client", ["aws-change-set", "sceptre"])
def test_where_no_role_is_handed_on_the_caller_s_own_permissions_serve(client: str) -> None:
    assert "role" not in FILES[client](replace(STACK, role_arn="")).lower()


def test_a_stack_without_parameters_is_still_a_config() -> None:
    assert yaml.safe_load(FILES["sceptre"](replace(STACK, parameters={})))["parameters"] == {}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "no",
        "012",
        "1e3",
        "a: b",
        '"',
        "#x",
        "line\nline",
        "!Ref x",
        "{{ var }}",
        "{% x %}",
        "ü",
    ],
)
def test_neither_yaml_nor_jinja_makes_anything_else_of_a_value(value: str) -> None:
    """Jinja reads a config first, and its marks all begin with a brace."""
    said = FILES["sceptre"](replace(STACK, parameters={"Value": value}))

    assert "{" not in said
    assert yaml.safe_load(said)["parameters"] == {"Value": value}
