"""What a bucket's policy denies everybody by the headers of a request is refused; all else is let through."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.bucket_policies import POLICIES, denied
from scripts.sandbox.gateway import Head
from scripts.sandbox.vault_policies import SET_ACCOUNT

MINE, KEY = "111111111111", "arn:aws:kms:eu-west-1:111111111111:key/one"
TEMPLATES = Path(__file__).parents[3] / "templates" / "out"


def ours() -> dict[str, Any]:
    """The policy of foundation's artifacts bucket, with the name and the key that it gets."""
    template = json.loads((TEMPLATES / "foundation.json").read_text())
    policy = template["Resources"]["ArtifactsBucketPolicy"]["Properties"]["PolicyDocument"]

    def resolved(value: Any) -> Any:
        match value:
            case {"Fn::If": _}:
                return KEY
            case {"Fn::Sub": str(text)}:
                return text.replace("${ArtifactsBucket.Arn}", "arn:aws:s3:::orders")
            case {"Fn::GetAtt": _}:
                return "arn:aws:s3:::orders"
            case dict():
                return {key: resolved(held) for key, held in value.items()}
            case list():
                return [resolved(held) for held in value]
        return value

    found: dict[str, Any] = resolved(policy)
    return found


@pytest.fixture(autouse=True)
def bucket() -> Iterator[None]:
    SET_ACCOUNT.value(MINE)
    POLICIES.value["orders"] = json.dumps(ours())
    yield
    SET_ACCOUNT.value(MINE)
    del POLICIES.value["orders"]


def asked(
    method: str = "PUT",
    path: str = "/orders/a/b.json",
    query: str = "",
    *,
    account: str = MINE,
    **headers: str,
) -> Head:
    scope = f"Credential={account}/20260101/eu-west-1/s3/aws4_request"
    said = {f"x-amz-{name.replace('_', '-')}": value for name, value in headers.items()}
    authorization = {"authorization": f"AWS4-HMAC-SHA256 {scope}, Signature=0"}
    return Head(method, path, {query: [""]} if query else {}, said | authorization)


AES = {"server_side_encryption": "AES256"}
KMS = {"server_side_encryption": "aws:kms"}
BY_KEY = {"server_side_encryption_aws_kms_key_id": KEY}


@pytest.mark.parametrize(
    "head",
    [
        asked(**AES),
        asked("POST", query="uploads", **AES),
        asked(**KMS, server_side_encryption_aws_kms_key_id=f"{KEY}s"),
    ],
    ids=["another encryption", "the same in parts", "another key"],
)
def test_what_the_policy_denies_is_refused(head: Head) -> None:
    assert denied(head)


@pytest.mark.parametrize(
    "head",
    [
        asked(),
        asked(**KMS),
        asked(**KMS, **BY_KEY),
        asked("GET", **AES),
        asked("PUT", "/orders", **AES),
        asked("PUT", query="tagging", **AES),
        asked("PUT", "/others/a", **AES),
        asked(account="222222222222", **AES),
    ],
    ids=[
        "by the bucket's own default",
        "by the default key",
        "by the right key",
        "reading",
        "the bucket itself",
        "tags",
        "another bucket",
        "another account's of that name",
    ],
)
def test_the_rest_is_let_through(head: Head) -> None:
    assert not denied(head)


def test_a_statement_that_is_not_decided_by_headers_refuses_nobody() -> None:
    """Whom a policy denies is asked by identity, and nobody has one here."""
    policy = ours()
    for statement in policy["Statement"]:
        statement["Condition"]["ArnNotLike"] = {"aws:PrincipalArn": "arn:aws:iam::*:role/deployer"}
    POLICIES.value["orders"] = json.dumps(policy)

    assert not denied(asked(**AES))
