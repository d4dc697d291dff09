"""No secret is ever shown: not in a value, nor in a reason, nor in a part of something larger."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.deploy.change_sets import change
from scripts.deploy.explainer import Standing, Wanted, explain
from scripts.deploy.explainer.hiding import hidden, is_secret
from scripts.deploy.explanations import HIDDEN, Explanation
from scripts.deploy.secrecy import masked
from scripts.deploy.topology import Difference
from tests.unit.deploy.explainer.case import automatic, detail, modify, nested, ref, resource, stack

#: Never a part of any word that a template or an explanation has.
MARK = "zq9x"
SECRETS = st.text(alphabet="zq9x-_/+ ", min_size=0, max_size=8).map(
    lambda text: f"{MARK}{text}{MARK}"
)
NAMES = st.sampled_from(
    [
        "MasterUserPassword",
        "SecretString",
        "AuthToken",
        "ClientSecret",
        "PrivateKey",
        "db_password",
        "STRIPE_API_KEY",
        "OAuthToken",
        "SecretAccessKey",
    ]
)
WRAPS = st.sampled_from(
    [
        lambda name, value: {name: value},
        lambda name, value: {name: {"Fn::Sub": f"x{value}"}},
        lambda name, value: {name: [value]},
        lambda name, value: {name: {"Inner": value}},
        lambda name, value: {"Environment": {"Variables": {name: value, "Plain": "seen"}}},
        lambda name, value: {"Variables": [{"Name": name, "Value": value}]},
        lambda name, value: {"Headers": [{"HeaderName": name, "HeaderValue": value}]},
        lambda name, value: {name: {"Fn::If": ["Yes", value, "other"]}},
        lambda name, value: {name: {"Fn::Join": ["", ["a", value]]}},
    ]
)


@given(NAMES, SECRETS, SECRETS, WRAPS)
def test_what_stands_under_a_secrets_name_is_never_shown(
    name: str, old: str, new: str, wrap: Any
) -> None:
    before, after = (
        stack({"Thing": resource("AWS::Fancy::New", **wrap(name, value))}) for value in (old, new)
    )

    said = told(before, after)

    assert MARK not in told_as_text(said)


@given(SECRETS, SECRETS)
def test_a_parameter_with_no_echo_is_never_shown_however_far_it_travels(old: str, new: str) -> None:
    hushed = {"Token": {"Type": "String", "NoEcho": True}}
    root = stack({"Below": nested(Given=ref("Token"))}, Parameters=hushed)
    below = stack(
        {
            "Thing": resource(
                "AWS::Fancy::New",
                Url={"Fn::Sub": "https://x/${Given}/y"},
                Encoded={"Fn::Base64": ref("Given")},
                First={"Fn::Select": [0, {"Fn::Split": ["-", ref("Given")]}]},
                Joined={"Fn::Join": [",", ["a", ref("Given")]]},
            )
        },
        Parameters=["Given"],
    )
    changed = modify("Thing", "AWS::Fancy::New", "False", detail("Url", by="Given"))
    said = explain(
        "platform",
        "us-east-1",
        [change(modify("Below", "AWS::CloudFormation::Stack"), (change(changed),))],
        Standing(root, {"Token": old}, nested={"Below": Standing(below, {"Given": "****"})}),
        Wanted(root, {"Token": new}, nested={"Below": Wanted(below)}),
    )

    assert MARK not in told_as_text(said)
    assert HIDDEN in told_as_text(said)


@given(SECRETS, SECRETS)
def test_values_that_a_change_set_tells_are_compared_and_forgotten(old: str, new: str) -> None:
    template = stack({"Thing": resource("AWS::Fancy::New", Url="seen")})
    said = explain(
        "platform",
        "us-east-1",
        [
            change(
                modify("Thing", "AWS::Fancy::New", "False", detail("Url", values=(old, new + "!")))
            )
        ],
        Standing(template, resources={"Thing": "thing-1"}),
        Wanted(template),
    )

    assert said.at("Thing").certainty == "certain"
    assert MARK not in told_as_text(said)
    assert MARK not in repr(said.changes)


@pytest.mark.parametrize(
    "name",
    ["SecretArn", "MasterUserSecretArn", "ServiceToken", "KmsKeyId", "TokenType", "Keys", "Pinned"],
)
def test_what_only_leads_to_a_secret_is_no_secret(name: str) -> None:
    assert not is_secret(name)
    assert hidden({name: "seen"}) == {name: "seen"}


def test_a_reference_under_a_secrets_name_may_be_seen_for_it_tells_nothing() -> None:
    reference = "{{resolve:secretsmanager:orders:SecretString:password}}"

    assert hidden(reference, "MasterUserPassword") == reference


def told(before: Any, after: Any) -> Explanation:
    changed = modify("Thing", "AWS::Fancy::New", "False", detail("Environment"))
    return explain(
        "platform",
        "us-east-1",
        [change(changed)],
        Standing(before, resources={"Thing": "thing-1"}),
        Wanted(after),
    )


def told_as_text(said: Explanation) -> str:
    whole = [[one.before, one.after] for one in said.changes]
    return json.dumps([said.to_json(), whole], default=str)


@pytest.mark.parametrize(
    "login", ["postgres://shop:hunter2@db:5432/shop", "redis://:hunter2@cache"]
)
def test_an_address_that_brings_its_own_password_is_hidden(login: str) -> None:
    told = hidden({"Variables": {"DATABASE_URL": login, "SHOP_URL": "https://shop.example:443/@a"}})

    assert told == {
        "Variables": {"DATABASE_URL": HIDDEN, "SHOP_URL": "https://shop.example:443/@a"}
    }


def test_a_reason_shows_who_stays_and_not_what_it_answered() -> None:
    root = stack(
        {
            "Maker": resource("AWS::CloudFormation::CustomResource"),
            "Cache": nested(Password={"Fn::GetAtt": ["Maker", "Value"]}),
        }
    )
    below = stack(
        {"Group": resource("AWS::ElastiCache::ReplicationGroup", AuthToken=ref("Password"))},
        Parameters=["Password"],
    )
    announced = modify(
        "Group",
        "AWS::ElastiCache::ReplicationGroup",
        "Conditional",
        detail("AuthToken", "Conditionally", dynamic=True, by="Password"),
    )
    held = Standing(below, {"Password": MARK}, resources={"Group": "group-1"})

    said = explain(
        "platform",
        "us-east-1",
        [change(automatic("Cache"), (change(announced),))],
        Standing(root, resources={"Maker": "m", "Cache": "c"}, nested={"Cache": held}),
        Wanted(root, nested={"Cache": Wanted(below)}),
    )

    assert "Maker stays as it is" in said.at("Cache", "Group").why
    assert MARK not in repr(said)


def test_drift_shows_no_password_of_an_address_either() -> None:
    login = "postgres://shop:hunter2@db"

    shown = masked(Difference("/Environment/DATABASE_URL", login, "postgres://db", "NOT_EQUAL"))

    assert (shown.expected, shown.actual) == (HIDDEN, "postgres://db")
