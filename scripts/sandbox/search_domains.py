"""What an OpenSearch domain answers: roles, auditing, index templates, documents in bulk and told again.

A request names the domain by its own host, as on AWS (`lambda_python` brings those of functions here). It
must be signed; what its signer may do is kept and not enforced. A search tells every document.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.sandbox import stores
from scripts.sandbox.gateway import Head, Response, Service

SUFFIX = ".es.amazonaws.com"

_SECURITY = re.compile(r"/_plugins/_security/api/((?:roles|rolesmapping)/[\w-]+|audit/config)")
_TEMPLATE = re.compile(r"/_index_template/([\w-]+)")
_BULK = re.compile(r"/([a-z0-9][\w-]*)/_bulk")
_DOCUMENT = re.compile(r"/([a-z0-9][\w-]*)/_doc/([^/]+)")
_ALL = re.compile(r"/([a-z0-9][\w-]*)/(_search|_count)")


@dataclass
class Contents:
    """What one domain holds: index -> id -> document, `roles/name` -> definition, name -> template."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    security: dict[str, Any] = field(default_factory=dict)
    templates: dict[str, Any] = field(default_factory=dict)


class SearchStore:
    """The contents of all domains, by endpoint."""

    def __init__(self) -> None:
        self.domains: dict[str, Contents] = {}

    def save(self, directory: Path) -> None:
        """As one document."""
        kept = {endpoint: vars(contents) for endpoint, contents in self.domains.items()}
        stores.write_atomically(directory / "domains.json", json.dumps(kept))

    def load(self, directory: Path) -> None:
        """What was saved."""
        kept = stores.read_json(directory / "domains.json") or {}
        self.domains = {endpoint: Contents(**contents) for endpoint, contents in kept.items()}

    def reset(self) -> None:
        """No domain is left."""
        self.domains = {}


STORE = SearchStore()
stores.register("search-domains", STORE)


def endpoint_of(arn: str, *, private: bool) -> str:
    """The host of a domain: its name, something that no one can guess, and its region."""
    region, name = arn.split(":")[3], arn.rpartition("/")[2]
    unique = hashlib.sha256(arn.encode()).hexdigest()[:26]
    return f"{'vpc' if private else 'search'}-{name}-{unique}.{region}{SUFFIX}"


def service() -> Service:
    """The domains, by their hosts."""

    async def handle(head: Head, body: bytes) -> Response:
        return answer(head, body)

    return Service("search domains", lambda head: _host(head).endswith(SUFFIX), handle)


def answer(head: Head, body: bytes) -> Response:
    """The answer to one request."""
    contents = STORE.domains.get(_host(head))
    if contents is None:
        return _refusal(404, "domain_not_found", f"there is no domain at {_host(head)}")
    if not all(head.credential):
        return _refusal(403, "security_exception", "the request is not signed")
    if found := _SECURITY.fullmatch(head.path):
        return _say(contents, head.method, found[1], body)
    if (found := _TEMPLATE.fullmatch(head.path)) and head.method == "PUT":
        contents.templates[found[1]] = json.loads(body)
        return _told(200, {"acknowledged": True})
    if (found := _BULK.fullmatch(head.path)) and head.method in ("POST", "PUT"):
        items = list(_bulk(contents.documents.setdefault(found[1], {}), body))
        return _told(200, {"took": 0, "errors": False, "items": items})
    if (found := _DOCUMENT.fullmatch(head.path)) and head.method == "GET":
        return _document(contents, found[1], found[2])
    if found := _ALL.fullmatch(head.path):
        return _everything(contents, found[1], found[2], body)
    return _refusal(
        400, "illegal_argument_exception", f"no handler found for {head.method} {head.path}"
    )


def _say(contents: Contents, method: str, what: str, body: bytes) -> Response:
    if method == "GET" and what in contents.security:
        return _told(200, {what.partition("/")[2]: contents.security[what]})
    if method != "PUT":
        return _refusal(404, "not_found", f"{what} not found")
    is_new = what not in contents.security
    contents.security[what] = json.loads(body)
    return _told(201 if is_new else 200, {"status": "CREATED" if is_new else "OK"})


def _bulk(index: dict[str, Any], body: bytes) -> Iterator[dict[str, Any]]:
    lines = iter(body.splitlines())
    for line in lines:
        ((deed, which),) = json.loads(line).items()
        if deed == "delete":
            status = 200 if index.pop(which["_id"], None) is not None else 404
        else:
            status = 200 if which["_id"] in index else 201
            index[which["_id"]] = json.loads(next(lines))
        yield {deed: {"_id": which["_id"], "status": status}}


def _document(contents: Contents, index: str, name: str) -> Response:
    found = contents.documents.get(index, {}).get(name)
    told = {"_index": index, "_id": name, "found": found is not None}
    return _told(200, {**told, "_source": found}) if found is not None else _told(404, told)


def _everything(contents: Contents, index: str, what: str, body: bytes) -> Response:
    if index not in contents.documents:
        return _refusal(404, "index_not_found_exception", f"no such index [{index}]")
    query = json.loads(body or b"{}").get("query", {"match_all": {}})
    if query != {"match_all": {}}:
        return _refusal(400, "parsing_exception", "the sandbox knows match_all alone")
    documents = contents.documents[index]
    if what == "_count":
        return _told(200, {"count": len(documents)})
    hits = [{"_index": index, "_id": name, "_source": said} for name, said in documents.items()]
    total = {"value": len(hits), "relation": "eq"}
    return _told(200, {"took": 0, "timed_out": False, "hits": {"total": total, "hits": hits}})


def _host(head: Head) -> str:
    return head.headers.get("host", "").partition(":")[0]


def _told(status: int, document: dict[str, Any]) -> Response:
    return Response(status, json.dumps(document).encode())


def _refusal(status: int, kind: str, reason: str) -> Response:
    return _told(status, {"error": {"type": kind, "reason": reason}, "status": status})
