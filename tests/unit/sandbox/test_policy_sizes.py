"""IAM counts the characters of policies, and a role's policies, and refuses what is over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts.sandbox.resources import policy_sizes

EMPTY = len(json.dumps({"Statement": [""]}, separators=(",", ":")))


def document(characters: int) -> dict[str, Any]:
    """One that IAM counts as so long, white space not among it."""
    return {"Statement": ["x" * (characters - EMPTY)]}


ROLE = {"RoleName": "r", "AssumeRolePolicyDocument": document(100)}

SAID = [
    ("AWS::IAM::ManagedPolicy", {"PolicyDocument": document(6145)}, "PolicySize: 6144"),
    (
        "AWS::IAM::Role",
        {**ROLE, "AssumeRolePolicyDocument": document(2049)},
        "ACLSizePerRole: 2048",
    ),
    ("AWS::IAM::Role", {**ROLE, "ManagedPolicyArns": ["a"] * 11}, "PoliciesPerRole: 10"),
    (
        "AWS::IAM::Role",
        {**ROLE, "Policies": [{"PolicyDocument": document(5121)}] * 2},
        "Maximum policy size of 10240 bytes exceeded for role r",
    ),
]


@pytest.mark.parametrize(("type_name", "properties", "words"), SAID)
def test_what_is_over_is_refused_in_iams_words(
    type_name: str, properties: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        policy_sizes.check(type_name, properties)


@pytest.mark.parametrize(
    ("type_name", "properties"),
    [
        ("AWS::IAM::ManagedPolicy", {"PolicyDocument": document(6144)}),
        ("AWS::IAM::ManagedPolicy", {"PolicyDocument": json.dumps(document(6144), indent=9)}),
        (
            "AWS::IAM::Role",
            {
                "RoleName": "r",
                "AssumeRolePolicyDocument": document(2048),
                "ManagedPolicyArns": ["a"] * 10,
                "Policies": [{"PolicyDocument": document(5120)}] * 2,
            },
        ),
        ("AWS::S3::BucketPolicy", {"PolicyDocument": document(9000)}),
    ],
)
def test_what_is_just_so_long_is_taken(type_name: str, properties: dict[str, Any]) -> None:
    policy_sizes.check(type_name, properties)
