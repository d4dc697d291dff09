"""Stack policies: what the user guide says they allow."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scripts.sandbox.stack_policies import PolicyInvalid, Touch, denial, parse

DATABASE = Touch("Update:Replace", "Database", "AWS::RDS::DBInstance")


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    given = {"Effect": effect, "Principal": "*", **elements}
    if "NotAction" not in given:
        given.setdefault("Action", "Update:*")
    if "NotResource" not in given:
        given.setdefault("Resource", "*")
    return given


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Statement": [*statements]})


def test_what_no_statement_allows_is_not_allowed() -> None:
    said = "Action not allowed by stack policy"
    assert denial(policy(), DATABASE) == said
    assert denial(policy(statement(Resource="LogicalResourceId/Other")), DATABASE) == said


def test_a_denial_wins_and_names_its_statement() -> None:
    said = denial(policy(statement(), statement("Deny", Action="Update:Replace")), DATABASE)
    assert said == (
        "Action denied by stack policy: Statement [#2] does not allow [Update:Replace] for resource "
        "[LogicalResourceId/Database];"
    )


@pytest.mark.parametrize(
    ("elements", "denied"),
    [
        ({"Action": "Update:Replace"}, True),
        ({"Action": ["Update:Modify", "Update:Delete"]}, False),
        ({"Action": "Update:*"}, True),
        ({"NotAction": "Update:Replace"}, False),
        ({"NotAction": ["Update:Modify"]}, True),
        ({"Resource": "LogicalResourceId/Data*"}, True),
        ({"Resource": "LogicalResourceId/D?tabase"}, True),
        ({"Resource": "LogicalResourceId/[A-Z]atabase"}, False),
        ({"NotResource": "LogicalResourceId/Database"}, False),
        ({"NotResource": ["LogicalResourceId/Other"]}, True),
        ({"Condition": {"StringEquals": {"ResourceType": ["AWS::RDS::DBInstance"]}}}, True),
        ({"Condition": {"StringEquals": {"ResourceType": "AWS::RDS::*"}}}, False),
        ({"Condition": {"StringLike": {"ResourceType": "AWS::RDS::*"}}}, True),
        ({"Condition": {"StringLike": {"ResourceType": ["AWS::EC2::*"]}}}, False),
    ],
)
def test_a_statement_applies_by_action_resource_and_type(
    elements: dict[str, Any], denied: bool
) -> None:
    said = denial(policy(statement(), statement("Deny", **elements)), DATABASE)
    assert (said is not None) is denied


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "{}",
        '{"Statement": 3}',
        policy({"Effect": "Allow"}),
        policy(statement("Maybe")),
        policy(statement(Principal="someone")),
        policy({**statement(), "NotAction": "Update:*"}),
        policy(statement(Condition={"IpAddress": {"ResourceType": "x"}})),
        policy(statement(Condition={"StringLike": {"aws:user": "x"}})),
        policy(statement(Condition={"StringLike": "x"})),
        policy(statement(Condition=["StringLike"])),
        policy(statement(Action=3)),
        policy(statement(Resource=[None])),
    ],
)
def test_what_is_no_policy_is_refused(document: str) -> None:
    with pytest.raises(PolicyInvalid, match="Invalid stack policy"):
        parse(document)


def test_one_statement_needs_no_list() -> None:
    assert len(parse(json.dumps({"Statement": statement()}))) == 1


VALUES = some.recursive(
    some.none()
    | some.integers()
    | some.sampled_from(["*", "Allow", "Deny", "Update:*", "LogicalResourceId/*", "["]),
    lambda inner: (
        some.lists(inner, max_size=2)
        | some.dictionaries(some.sampled_from(["StringLike", "ResourceType", "AWS"]), inner)
    ),
    max_leaves=5,
)
ELEMENTS = ["Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"]


@given(some.lists(some.dictionaries(some.sampled_from(ELEMENTS), VALUES), max_size=3))
def test_any_document_is_decided_or_refused(statements: list[dict[str, Any]]) -> None:
    document = policy(*statements)
    try:
        parse(document)
    except PolicyInvalid:
        return
    assert denial(document, DATABASE) is None or "stack policy" in str(denial(document, DATABASE))
