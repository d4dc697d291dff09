"""A vault's policy and lock can be ended, as a purge does on AWS; of a vault that there is, and yours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.sandbox.gateway import Head
from scripts.sandbox.vault_policies import SET_ACCOUNT, SET_REGION, VAULTS, end, service

MINE, REGION = "111111111111", "eu-west-1"


def asked(path: str, *, account: str = MINE, region: str = REGION, method: str = "DELETE") -> Head:
    scope = f"Credential={account}/20260101/{region}/backup/aws4_request"
    return Head(method, path, {}, {"authorization": f"AWS4-HMAC-SHA256 {scope}, Signature=0"})


@pytest.fixture(autouse=True)
def vault() -> Iterator[None]:
    SET_ACCOUNT.value(MINE)
    SET_REGION.value(REGION)
    VAULTS.value["orders"] = {"BackupVaultName": "orders"}
    yield
    SET_ACCOUNT.value(MINE)
    SET_REGION.value(REGION)
    del VAULTS.value["orders"]


@pytest.mark.parametrize("what", ["access-policy", "vault-lock"])
def test_it_ends(what: str) -> None:
    assert service().matches(asked(f"/backup-vaults/orders/{what}"))
    assert end(asked(f"/backup-vaults/orders/{what}")).status == 200


@pytest.mark.parametrize(
    "head",
    [
        asked("/backup-vaults/nothing/access-policy"),
        asked("/backup-vaults/orders/access-policy", region="eu-west-2"),
        asked("/backup-vaults/orders/access-policy", account="222222222222"),
    ],
    ids=["no such vault", "another region", "another account"],
)
def test_what_is_not_there_is_not_ended(head: Head) -> None:
    refused = end(head)
    assert refused.status == 400
    assert ("x-amzn-errortype", "ResourceNotFoundException") in refused.headers


@pytest.mark.parametrize(
    "head",
    [
        asked("/backup-vaults/orders"),
        asked("/backup-vaults/orders/access-policy", method="GET"),
        asked("/backup-vaults/orders/recovery-points/access-policy"),
    ],
)
def test_other_calls_are_ministacks(head: Head) -> None:
    assert not service().matches(head)
