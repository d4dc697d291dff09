"""Where a template is: S3's virtual-hosted and path-style URLs, and templates that we kept ourselves."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import urlparse

from scripts.sandbox import seams, stack_api
from scripts.sandbox.offline import is_local

_VIRTUAL_HOST = re.compile(
    r"(?P<bucket>[a-z0-9][a-z0-9.\-]+)\.s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?"
)

_PATH_STYLE = re.compile(r"s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")
_NO_OBJECT = re.compile(r"not found at|Error fetching")

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


def _is_of_s3(url: str) -> bool:
    """Whether a URL names an object: a host of S3, or of this machine, with a bucket and a key."""
    parsed = urlparse(path_style(url))
    host = parsed.hostname or ""
    known = is_local(host) or bool(_PATH_STYLE.fullmatch(host))
    return known and len(parsed.path.strip("/").split("/", 1)) == 2


def install() -> None:
    """Have every document that a request names by URL found."""
    resolve = seams.RESOLVE_DOCUMENT.value

    def resolved(
        params: stack_api.Request, body_key: str, url_key: str, label: str
    ) -> tuple[str | None, Any]:
        url = stack_api.first(params, url_key)
        if url in _KEPT:
            return _KEPT.pop(url), None
        if url and stack_api.first(params, body_key):
            message = "Either Template URL or Template Body must be specified."
            return None, stack_api.refused("ValidationError", message)
        if url and not _is_of_s3(url):
            message = f"{url_key} must be a supported URL."
            return None, stack_api.refused("ValidationError", message)
        if url:
            params = {**params, url_key: [path_style(url)]}
        body, error = resolve(params, body_key, url_key, label)
        if error and _NO_OBJECT.search(stack_api.text_of(stack_api.parse(error), "Message")):
            error = stack_api.refused(
                "ValidationError", "S3 error: The specified key does not exist."
            )
        return body, error

    seams.RESOLVE_DOCUMENT.replace(resolved)
