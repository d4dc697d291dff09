"""Objects that a bucket's policy refuses to take: those that say the wrong encryption.

ministack asks a policy only for callers from elsewhere. What is asked here is what a request decides alone: a
Deny of everybody whose conditions are on the headers of the request. Whose identity is denied is not, for
nobody has one here; and the sandbox stands for S3 behind TLS.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from scripts.sandbox.gateway import Head, Response, Service
from scripts.sandbox.refusals import OBJECT_STORES, shaped
from scripts.sandbox.seams import Kind, Seam
from scripts.sandbox.vault_policies import SET_ACCOUNT

_USED_BY = "policies of buckets"
_EVALUATOR = "ministack.core.iam_evaluator"

POLICIES = Seam("ministack.services.s3", "_bucket_policies", kind=Kind.MAPPING, used_by=_USED_BY)
CONTEXT = Seam(_EVALUATOR, "EvalContext", kind=Kind.FUNCTION, used_by=_USED_BY)
ACCOUNT = Seam("ministack.core.responses", "get_account_id", parameters=(), used_by=_USED_BY)
EVALUATE = Seam(
    _EVALUATOR,
    "evaluate_resource_policy",
    parameters=("doc", "ctx", "service", "named_only", "direct_only"),
    used_by=_USED_BY,
)

SEAMS = (POLICIES, CONTEXT, ACCOUNT, EVALUATE)

#: The headers of a PutObject that are condition keys under their own names.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
_HEADERS = (
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
)

#: What every request to S3 is here.
_ALWAYS = {"s3:tlsversion": "1.3"}

_KNOWN = {"aws:securetransport", *_ALWAYS, *(f"s3:{header}" for header in _HEADERS)}

_ACTION = "s3:PutObject"


def service() -> Service:
    """The refusal of an object that its bucket's policy denies."""

    async def handle(head: Head, _body: bytes) -> Response:
        message = (
            f"User: {_caller(head)} is not authorized to perform: {_ACTION} on resource: "
            f'"{_arn(head)}" with an explicit deny in a resource-based policy'
        )
        return shaped(head, 403, "AccessDenied", message)

    return Service("bucket policies", denied, handle)


def denied(head: Head) -> bool:
    """Whether a request puts an object, whole or in parts, that its bucket's policy refuses."""
    _, region, signed_for = head.credential
    if signed_for not in OBJECT_STORES or not _puts(head):
        return False
    caller = _caller(head)
    policy = POLICIES.value.get(head.path.split("/")[1])
    if not policy:
        return False
    context = CONTEXT.value(
        principal_arn=caller,
        principal_type="Root",
        principal_account=ACCOUNT.value(),
        action=_ACTION,
        resource_arn=_arn(head),
        region=region,
        secure_transport=True,
        service_context=_ALWAYS
        | {f"s3:{name}": head.headers[name] for name in _HEADERS if name in head.headers},
    )
    return bool(EVALUATE.value(_refusals(policy), context).decision == "Deny")


def _puts(head: Head) -> bool:
    """Whether the request is PutObject, CopyObject or CreateMultipartUpload: the actions' permission is one.

    Parts, and what is told of an object (its tags, say), have a query of their own.
    """
    _, _, key = head.path.lstrip("/").partition("/")
    if not key:
        return False
    return (head.method == "PUT" and not head.query.keys() - {"x-id"}) or (
        head.method == "POST" and "uploads" in head.query
    )


def _caller(head: Head) -> str:
    """Who asks, as whose account the request is answered from here on."""
    SET_ACCOUNT.value(head.credential[0])
    return f"arn:aws:iam::{ACCOUNT.value()}:root"


def _arn(head: Head) -> str:
    return f"arn:aws:s3:::{unquote(head.path.lstrip('/'))}"


def _refusals(policy: str) -> dict[str, Any]:
    """As much of a policy as can be decided here."""
    statements = json.loads(policy).get("Statement", [])
    held = statements if isinstance(statements, list) else [statements]
    return {
        "Statement": [
            one
            for one in held
            if one["Effect"] == "Deny"
            and one.get("Principal") in ("*", {"AWS": "*"})
            and all(
                key.lower() in _KNOWN for keys in one.get("Condition", {}).values() for key in keys
            )
        ]
    }
