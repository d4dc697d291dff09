"""Objects of the emulator's S3, from worker threads whose account is set."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

Headers = dict[str, str]


class NoObject(Exception):
    """S3 said no; its code and its words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Stored:
    """An object's version and digest."""

    version: str
    etag: str
    metadata: Headers


def head(bucket: str, key: str, version: str = "") -> Stored:
    """What S3 tells of an object. Raises NoObject."""
    headers, _ = _call("HEAD", bucket, key, version=version)
    return _stored(headers)


def get(bucket: str, key: str, version: str = "") -> bytes:
    """An object's body. Raises NoObject."""
    _, body = _call("GET", bucket, key, version=version)
    return body


def put(bucket: str, key: str, body: bytes, encryption_key: str = "") -> Stored:
    """Write an object. Raises NoObject."""
    headers = {"content-type": "application/zip", "content-length": str(len(body))}
    answered, _ = _call("PUT", bucket, key, {**headers, **_encrypted(encryption_key)}, body)
    return _stored(answered)


def copy(source: tuple[str, str, str], bucket: str, key: str, encryption_key: str = "") -> Stored:
    """Copy an object (bucket, key, version or empty), within S3. Raises NoObject."""
    of_bucket, of_key, version = source
    which = f"/{of_bucket}/{quote(of_key)}" + (f"?versionId={version}" if version else "")
    headers = {"x-amz-copy-source": which, **_encrypted(encryption_key)}
    answered, _ = _call("PUT", bucket, key, headers)
    return _stored(answered)


def is_versioned(bucket: str) -> bool:
    """Whether a bucket keeps versions. Raises NoObject."""
    _, body = _call("GET", bucket, "", query={"versioning": [""]})
    return ElementTree.fromstring(body).findtext("{*}Status") == "Enabled"  # noqa: S314 - the emulator's


def _encrypted(key: str) -> Headers:
    if not key:
        return {}
    return {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": key,
    }


def _stored(headers: Headers) -> Stored:
    version = headers.get("x-amz-version-id", "")
    metadata = {
        name.removeprefix("x-amz-meta-"): value
        for name, value in headers.items()
        if name.startswith("x-amz-meta-")
    }
    return Stored(
        "" if version == "null" else version, headers.get("etag", "").strip('"'), metadata
    )


def _call(
    method: str,
    bucket: str,
    key: str,
    headers: Headers | None = None,
    body: bytes = b"",
    version: str = "",
    query: dict[str, list[str]] | None = None,
) -> tuple[Headers, bytes]:
    import ministack.app

    handler = importlib.import_module("ministack.services.s3").handle_request
    asked = {**(query or {}), **({"versionId": [version]} if version else {})}
    told: Any = ministack.app.call_service_handler_sync(
        handler, method, f"/{bucket}/{key}", headers or {}, body, asked
    )
    status, answered, content = told
    content = content.encode() if isinstance(content, str) else content or b""
    if status >= 400:
        raise _refused(status, bucket, key, content)
    return {name.lower(): str(value) for name, value in answered.items()}, content


def _refused(status: int, bucket: str, key: str, content: bytes) -> NoObject:
    try:
        document = ElementTree.fromstring(content)  # noqa: S314 - the emulator's
        code = document.findtext("{*}Code") or document.findtext("Code") or ""
        message = document.findtext("{*}Message") or document.findtext("Message") or ""
    except ElementTree.ParseError:
        code, message = ("NoSuchKey" if status == 404 else str(status)), ""
    return NoObject(code, message or f"The object {key} of the bucket {bucket} cannot be had.")
