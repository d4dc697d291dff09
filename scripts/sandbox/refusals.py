"""A call that nothing in the sandbox answers, refused in the shape of the caller's protocol."""

from __future__ import annotations

import json
import re
from html import escape

from scripts.sandbox import seams
from scripts.sandbox.gateway import Head, Response

CODE = "SandboxDoesNotImplement"

#: What a call that S3 answers is signed for: ministack has neither directory buckets nor Outposts.
OBJECT_STORES = frozenset({"s3", "s3-object-lambda"})

#: Services whose errors are S3's; and those of REST with XML, other than S3.
_LIKE_S3 = OBJECT_STORES | {"s3express"}
_REST_XML = frozenset({"route53", "cloudfront"})

_ANSWERED_BLANK = (
    ("lambda", re.compile(r"/2020-04-22/code-signing-configs")),
    ("lambda", re.compile(r"/2020-06-30/functions/[^/]+/code-signing-config")),
)
"""Calls that ministack answers with 200 and nothing: no error, and no answer either."""


def is_service(scope_name: str) -> bool:
    """Whether what a call is signed for is a service other than S3. To know them, ministack loads botocore's
    models of all of them; here everything else is one.
    """
    return scope_name not in OBJECT_STORES


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
    if known and not (service == "s3" and signed_for not in OBJECT_STORES):
        return None
    return refusal(head, signed_for)


def refusal(head: Head, service: str) -> Response:
    """An error that AWS's clients parse, naming the service and the call."""
    called = head.target.rpartition(".")[2] or f"{head.method} {head.path}"
    message = (
        f"The sandbox does not have {service} ({called}): "
        "`tradewind sandbox status` lists what it cannot imitate."
    )
    return shaped(head, 501, CODE, message)


def shaped(head: Head, status: int, code: str, message: str) -> Response:
    """An error in the protocol of the request: JSON, Query, REST with XML or JSON, CBOR."""
    service = head.credential[2]
    error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if head.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        body = f"<Error><Type>Sender</Type>{error}</Error><RequestId/>"
        if service == "ec2":
            told = f"<Response><Errors><Error>{error}</Error></Errors><RequestID/></Response>"
        else:
            told = f"<ErrorResponse>{body}</ErrorResponse>"
        return Response(status, told.encode(), "text/xml")
    if head.headers.get("smithy-protocol") == "rpc-v2-cbor":
        answer = _cbor_map({"__type": code, "message": message})
        return Response(status, answer, "application/cbor", (("smithy-protocol", "rpc-v2-cbor"),))
    if service in _LIKE_S3:
        return Response(status, f"<Error>{error}</Error>".encode(), "application/xml")
    if service in _REST_XML:
        told = f"<ErrorResponse><Error>{error}</Error><RequestId/></ErrorResponse>"
        return Response(status, told.encode(), "text/xml")
    return Response(
        status,
        json.dumps({"__type": code, "message": message}).encode(),
        "application/x-amz-json-1.1" if head.target else "application/json",
        (("x-amzn-errortype", code),),
    )


def _cbor_map(texts: dict[str, str]) -> bytes:
    """A map of text to text in CBOR (RFC 8949): lengths in two bytes, which these texts fit."""

    def text(value: str) -> bytes:
        data = value.encode()
        return b"\x79" + len(data).to_bytes(2, "big") + data

    return bytes([0xA0 | len(texts)]) + b"".join(text(k) + text(v) for k, v in texts.items())
