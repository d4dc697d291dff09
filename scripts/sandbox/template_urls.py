"""Where a template is: S3's virtual-hosted and path-style URLs, and templates that we kept ourselves."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import urlparse

from scripts.sandbox import seams, stack_api

_VIRTUAL_HOST = re.compile(
    r"(?P<bucket>[a-z0-9][a-z0-9.\-]+)\.s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?"
)

_KEPT: dict[str, str] = {}


def kept(body: str) -> str:
    """A URL, good for one reading, of a template that is in no bucket any more."""
    url = f"kept-template:{uuid.uuid4()}"
    _KEPT[url] = body
    return url


def path_style(url: str) -> str:
    """The URL with the bucket in its path, as ministack reads it."""
    parsed = urlparse(url)
    match = _VIRTUAL_HOST.fullmatch(parsed.netloc)
    return f"https://s3.amazonaws.com/{match['bucket']}{parsed.path}" if match else url


def install() -> None:
    """Have every document that a request names by URL found."""
    resolve = seams.RESOLVE_DOCUMENT.value

    def resolved(
        params: stack_api.Request, body_key: str, url_key: str, label: str
    ) -> tuple[str | None, Any]:
        url = stack_api.first(params, url_key)
        if url in _KEPT:
            return _KEPT.pop(url), None
        if url:
            params = {**params, url_key: [path_style(url)]}
        answer: tuple[str | None, Any] = resolve(params, body_key, url_key, label)
        return answer

    seams.RESOLVE_DOCUMENT.replace(resolved)
