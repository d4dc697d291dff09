"""The end of a backup vault's access policy and lock, which ministack has no route for.

It keeps neither, so to end one changes nothing; but whoever purges a vault on AWS has to, and asks.
"""

from __future__ import annotations

import json
import re

from scripts.sandbox.gateway import Head, Response, Service
from scripts.sandbox.seams import Kind, Seam

_USED_BY = "access policies and locks of backup vaults"
_RESPONSES = "ministack.core.responses"

VAULTS = Seam("ministack.services.backup", "_vaults", kind=Kind.VALUE, used_by=_USED_BY)
SET_ACCOUNT = Seam(
    _RESPONSES, "set_request_account_id", parameters=("access_key_id",), used_by=_USED_BY
)
SET_REGION = Seam(_RESPONSES, "set_request_region", parameters=("region",), used_by=_USED_BY)

SEAMS = (VAULTS, SET_ACCOUNT, SET_REGION)

_PATH = re.compile(r"/backup-vaults/([^/]+)/(?:access-policy|vault-lock)/?")


def service() -> Service:
    """DeleteBackupVaultAccessPolicy and DeleteBackupVaultLockConfiguration."""

    async def handle(head: Head, _body: bytes) -> Response:
        return end(head)

    def matches(head: Head) -> bool:
        return head.method == "DELETE" and _PATH.fullmatch(head.path) is not None

    return Service("vault policies", matches, handle)


def end(head: Head) -> Response:
    """Nothing, where there is such a vault in the caller's account and region."""
    account, region, _ = head.credential
    SET_ACCOUNT.value(account)
    SET_REGION.value(region)
    named = _PATH.fullmatch(head.path)
    if named is not None and named[1] in VAULTS.value:
        return Response(200, b"")
    code = "ResourceNotFoundException"
    told = {"Code": code, "Message": "Backup vault does not exist."}
    return Response(400, json.dumps(told).encode(), headers=(("x-amzn-errortype", code),))
