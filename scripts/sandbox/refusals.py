"""A call that nothing in the sandbox answers, refused in the shape of the caller's protocol."""

from __future__ import annotations

import json
import re
from html import escape

from scripts.sandbox import seams
from scripts.sandbox.gateway import Head, Response

CODE = "SandboxDoesNotImplement"

_OBJECT_STORES = frozenset({"s3", "s3express", "s3-object-lambda", "s3-outposts"})

_ANSWERED_BLANK = (
    ("lambda", re.compile(r"/2020-04-22/code-signing-configs")),
    ("lambda", re.compile(r"/2020-06-30/functions/[^/]+/code-signing-config")),
)
"""Calls that ministack answers with 200 and nothing: no error, and no answer either."""


def unanswered(head: Head) -> Response | None:
    """The refusal of a signed call to a service that the emulator does not have, else None.

    Unsigned requests are left alone: they are a load balancer's or a site's visitors. ministack takes
    a service that it does not know for S3, and answers as if the path were a bucket.
    """
    _, _, signed_for = head.credential
    if not signed_for:
        return None
    if any(signed_for == name and path.match(head.path) for name, path in _ANSWERED_BLANK):
        return refusal(head, signed_for)
    service = seams.DETECT_SERVICE.value(head.method, head.path, head.headers, head.query)
    known = service in seams.SERVICE_HANDLERS.value
    if known and not (service == "s3" and signed_for not in _OBJECT_STORES):
        return None
    return refusal(head, signed_for)


def refusal(head: Head, service: str) -> Response:
    """An error that AWS's clients parse, naming the service and the call."""
    called = head.target.rpartition(".")[2] or f"{head.method} {head.path}"
    message = (
        f"The sandbox does not have {service} ({called}): "
        "`tradewind sandbox status` lists what it cannot imitate."
    )
    if head.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        body = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{CODE}</Code>"
            f"<Message>{escape(message)}</Message></Error><RequestId/></ErrorResponse>"
        )
        return Response(501, body.encode(), "text/xml")
    if head.headers.get("smithy-protocol") == "rpc-v2-cbor":
        told = _cbor_map({"__type": CODE, "message": message})
        protocol = ("smithy-protocol", "rpc-v2-cbor")
        return Response(501, told, "application/cbor", (protocol,))
    return Response(
        501,
        json.dumps({"__type": CODE, "message": message}).encode(),
        "application/x-amz-json-1.1" if head.target else "application/json",
        (("x-amzn-errortype", CODE),),
    )


def _cbor_map(texts: dict[str, str]) -> bytes:
    """A map of text to text in CBOR (RFC 8949): lengths in two bytes, which these texts fit."""

    def text(value: str) -> bytes:
        data = value.encode()
        return b"\x79" + len(data).to_bytes(2, "big") + data

    return bytes([0xA0 | len(texts)]) + b"".join(text(k) + text(v) for k, v in texts.items())
