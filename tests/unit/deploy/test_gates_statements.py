"""IAM statements: what one covers of another, however they are written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.deploy.explanations import LATER
from scripts.deploy.gates.statements import Statement, Unreadable, parsed


def one(effect: str = "Allow", **said: Any) -> Statement:
    [statement] = parsed({"Statement": {"Effect": effect, **said}})
    return statement


def allow(
    action: Any = "s3:GetObject", resource: Any = "arn:aws:s3:::b/*", **more: Any
) -> Statement:
    return one(Action=action, Resource=resource, **more)


OF_ACCOUNT: dict[str, Any] = {"StringEquals": {"aws:SourceAccount": "1"}}


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        (allow(), allow()),
        (allow(["s3:GetObject", "s3:PutObject"]), allow()),
        (allow("S3:getobject"), allow("s3:GetObject")),
        (allow("s3:*"), allow("s3:Get*")),
        (allow("*"), allow("s3:*")),
        (allow("s3:Get?bject"), allow("s3:GetObject")),
        (allow(resource="arn:aws:s3:::b/*"), allow(resource="arn:aws:s3:::b/images/*")),
        (allow(resource=["x", "y"]), allow(resource="y")),
        (allow(), allow(Condition=OF_ACCOUNT)),
        (
            allow(Condition={"StringEquals": {"k": ["a", "b"]}}),
            allow(Condition={"StringEquals": {"K": "a"}}),
        ),
        (
            allow(Condition={"StringEqualsIfExists": {"k": "a"}}),
            allow(Condition={"StringEquals": {"k": "a"}}),
        ),
        (
            allow(Condition={"StringNotEquals": {"k": "a"}}),
            allow(Condition={"StringNotEquals": {"k": ["a", "b"]}}),
        ),
        (allow(Principal="*"), allow(Principal={"AWS": "arn:aws:iam::1:root"})),
        (allow(Principal={"AWS": "*"}), allow(Principal="*")),
        (allow(Principal="*"), allow(Principal={"AWS": "*"})),
        (one(NotAction="iam:*", Resource="*"), allow("s3:GetObject")),
        (one(NotAction="iam:*", Resource="*"), one(NotAction=["iam:*", "sts:*"], Resource="*")),
        (allow("*", "*"), one(NotAction="iam:*", Resource="*")),
        (allow("*", "*"), one(Action="s3:*", NotResource="x")),
    ],
)
def test_covering(wide: Statement, narrow: Statement) -> None:
    assert wide.covers(narrow)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (allow(), allow(["s3:GetObject", "s3:PutObject"])),
        (allow("s3:Get*"), allow("s3:*")),
        (allow("s3:Get?bject"), allow("s3:Get*bject")),
        (allow(), one("Deny", Action="s3:GetObject", Resource="arn:aws:s3:::b/*")),
        (allow(resource="arn:aws:s3:::b/*"), allow(resource="arn:aws:s3:::b*")),
        (allow(resource="arn:aws:s3:::B/*"), allow(resource="arn:aws:s3:::b/*")),
        (allow(Condition=OF_ACCOUNT), allow()),
        (
            allow(Condition={"StringEquals": {"k": "a"}}),
            allow(Condition={"StringEquals": {"k": ["a", "b"]}}),
        ),
        (
            allow(Condition={"StringEquals": {"k": "a"}}),
            allow(Condition={"StringLike": {"k": "a"}}),
        ),
        (
            allow(Condition={"StringEquals": {"k": "a"}}),
            allow(Condition={"StringEqualsIfExists": {"k": "a"}}),
        ),
        (
            allow(Condition={"StringNotEquals": {"k": ["a", "b"]}}),
            allow(Condition={"StringNotEquals": {"k": "a"}}),
        ),
        (allow(Principal={"AWS": "arn:aws:iam::1:root"}), allow(Principal="*")),
        (allow(Principal={"Service": "*"}), allow(Principal={"AWS": "*"})),
        (one(NotAction="iam:*", Resource="*"), allow("iam:PassRole")),
        (one(NotAction=["iam:*", "sts:*"], Resource="*"), allow("iam:PassRole")),
        (one(NotAction="iam:*", Resource="*"), allow(["s3:GetObject", "iam:PassRole"])),
        (one(NotAction="iam:Pass*", Resource="*"), allow("iam:*Role")),
        (one(NotAction=["iam:*", "sts:*"], Resource="*"), one(NotAction="iam:*", Resource="*")),
        (allow("s3:*"), one(NotAction="iam:*", Resource="arn:aws:s3:::b/*")),
        (
            one(Principal={"AWS": "a"}, Action="*", Resource="*"),
            one(NotPrincipal={"AWS": "b"}, Action="*", Resource="*"),
        ),
    ],
)
def test_not_covering(narrow: Statement, wide: Statement) -> None:
    assert not narrow.covers(wide)


def test_what_is_missing_is_told_pattern_by_pattern() -> None:
    few, more = allow("s3:Get*").actions, allow(["s3:GetObject", "s3:PutObject"]).actions
    all_but = one(NotAction="iam:*", Resource="*").actions

    assert few.missing(more) == {"s3:putobject"}
    assert all_but.missing(more) == frozenset()
    assert all_but.missing(allow("iam:PassRole").actions) == {"iam:passrole"}
    assert few.missing(all_but) == {"iam:*"}


def test_two_patterns_that_may_meet_are_taken_to_meet() -> None:
    assert not one(NotAction="s3:Get*", Resource="*").covers(allow("s3:*Object"))
    assert one(NotAction="s3:Get*", Resource="*").covers(allow("s3:Put*"))
    assert one(NotAction="s3:GetObject", Resource="*").covers(allow("s3:Put*"))


def test_a_toggle_is_the_same_as_its_word() -> None:
    said, meant = ({"Bool": {"aws:SecureTransport": value}} for value in ("true", True))

    assert allow(Condition=said) == allow(Condition=meant)
    assert allow(Condition={"NumericLessThan": {"k": 7}}) == allow(
        Condition={"NumericLessThan": {"k": "7"}}
    )


_names = st.lists(st.sampled_from(["s3:GetObject", "s3:Put*", "sqs:*", "kms:Decrypt"]), min_size=1)
_places = st.lists(st.sampled_from(["arn:a", "arn:b/*", "*"]), min_size=1)
_checks = st.dictionaries(
    st.sampled_from(["StringEquals", "ArnNotLike"]),
    st.dictionaries(st.sampled_from(["k", "l"]), st.lists(st.sampled_from("xy"), min_size=1)),
)
_statements = st.builds(
    lambda action, resource, condition: allow(action, resource, Condition=condition),
    _names,
    _places,
    _checks,
)


@given(_statements)
def test_a_statement_covers_itself_and_each_of_its_parts(statement: Statement) -> None:
    assert statement.covers(statement)
    assert all(statement.covers(atom) for atom in statement.atoms())


@given(_statements, _statements, _statements)
def test_covering_is_handed_on(first: Statement, second: Statement, third: Statement) -> None:
    if first.covers(second) and second.covers(third):
        assert first.covers(third)


@given(_names, _places)
def test_neither_order_nor_a_list_of_one_nor_repetition_matters(
    actions: list[str], resources: list[str]
) -> None:
    assert allow(actions, resources) == allow(actions[::-1] + actions, resources[::-1])
    if len(set(actions)) == 1:
        assert allow(actions[0], resources) == allow(actions, resources)


@pytest.mark.parametrize(
    "document",
    [
        LATER,
        "",
        "{}",
        {},
        {"Statement": LATER},
        {"Statement": [{"Effect": LATER}]},
        {"Statement": [{"Effect": "Allow", "Condition": LATER}]},
        {"Statement": [{"Effect": "Allow", "Condition": {"Bool": LATER}}]},
        None,
        [],
    ],
)
def test_what_is_no_policy_is_unreadable(document: Any) -> None:
    with pytest.raises(Unreadable):
        parsed(document)


def test_a_policy_may_be_text() -> None:
    assert parsed('{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}') == (
        one("Deny", Action="*", Resource="*"),
    )
