"""What an OpenSearch domain answers: roles, auditing, indices and their aliases, documents, simple searches.

A request names the domain by its own host, as on AWS (`lambda_python` brings those of functions here). It
must be signed; what its signer may do is kept and not enforced. What is not known here is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scripts.sandbox import stores
from scripts.sandbox.gateway import Head, Response, Service
from scripts.sandbox.search_bulk import bulk
from scripts.sandbox.search_indices import Index, Indices, Refusal
from scripts.sandbox.search_queries import ranked, search

SUFFIX = ".es.amazonaws.com"

_SECURITY = re.compile(r"/_plugins/_security/api/((?:roles|rolesmapping)/[\w-]+|audit/config)")
_TEMPLATE = re.compile(r"/_index_template/([\w-]+)")
_INDEX = re.compile(r"/([^_/][^/]*)")
_IN_INDEX = re.compile(r"/([^_/][^/]*)/(_bulk|_search|_count|_refresh|_alias)")
_DOCUMENT = re.compile(r"/([^_/][^/]*)/_doc/([^/]+)")


@dataclass
class Contents(Indices):
    """What one domain holds: its indices, and `roles/name` -> definition."""

    security: dict[str, Any] = field(default_factory=dict)


class SearchStore:
    """The contents of all domains, by endpoint."""

    def __init__(self) -> None:
        self.domains: dict[str, Contents] = {}

    def save(self, directory: Path) -> None:
        """As one document."""
        kept = {endpoint: asdict(contents) for endpoint, contents in self.domains.items()}
        stores.write_atomically(directory / "domains.json", json.dumps(kept))

    def load(self, directory: Path) -> None:
        """What was saved."""
        kept = stores.read_json(directory / "domains.json") or {}
        for endpoint, contents in kept.items():
            indices = {name: Index(**index) for name, index in contents.pop("indices").items()}
            self.domains[endpoint] = Contents(indices, **contents)

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
    try:
        return _told(*_answer(contents, head, body))
    except Refusal as refusal:
        return _refusal(refusal.status, refusal.kind, refusal.reason)
    except (ValueError, KeyError, StopIteration) as error:
        return _refusal(400, "parse_exception", f"the request cannot be read: {error!r}")


def _answer(contents: Contents, head: Head, body: bytes) -> tuple[int, dict[str, Any]]:
    """The status and the document of an answer. Raises Refusal."""
    method, said = head.method, {} if head.path.endswith("/_bulk") else json.loads(body or b"{}")
    if found := _SECURITY.fullmatch(head.path):
        return _secure(contents, method, found[1], said)
    if (found := _TEMPLATE.fullmatch(head.path)) and method == "PUT":
        contents.templates[found[1]] = said
        return 200, {"acknowledged": True}
    if head.path == "/_aliases" and method == "POST":
        contents.change_aliases(said["actions"])
        return 200, {"acknowledged": True}
    if (found := _INDEX.fullmatch(head.path)) and method == "PUT":
        contents.make(found[1], said)
        return 200, {"acknowledged": True, "shards_acknowledged": True, "index": found[1]}
    if (found := _DOCUMENT.fullmatch(head.path)) and method == "GET":
        return _document(contents, found[1], found[2])
    if found := _IN_INDEX.fullmatch(head.path):
        match method, found[2]:
            case "POST" | "PUT", "_bulk":
                require_alias = head.query.get("require_alias", ["false"]) == ["true"]
                items = list(bulk(contents, found[1], body, require_alias=require_alias))
                errors = any("error" in told for item in items for told in item.values())
                return 200, {"took": 0, "errors": errors, "items": items}
            case "POST", "_refresh":
                shards = len(contents.read(found[1]))
                return 200, {"_shards": {"total": shards, "successful": shards, "failed": 0}}
            case "GET", "_alias":
                told = contents.read(found[1])
                return 200, {name: {"aliases": index.aliases} for name, index in told}
            case "GET" | "POST", "_search":
                return 200, search(contents.read(found[1]), said)
            case "GET" | "POST", "_count":
                query = said.get("query", {"match_all": {}})
                return 200, {"count": len(ranked(contents.read(found[1]), query))}
    raise Refusal(
        400,
        "illegal_argument_exception",
        f"no handler found for uri [{head.path}] and method [{method}]",
    )


def _secure(
    contents: Contents, method: str, what: str, said: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    if method == "GET" and what in contents.security:
        return 200, {what.partition("/")[2]: contents.security[what]}
    if method != "PUT":
        raise Refusal(404, "not_found", f"{what} not found")
    is_new = what not in contents.security
    contents.security[what] = said
    return (201, {"status": "CREATED"}) if is_new else (200, {"status": "OK"})


def _document(contents: Contents, named: str, which: str) -> tuple[int, dict[str, Any]]:
    ((name, index),) = contents.read(named)
    told = {"_index": name, "_id": which, "found": which in index.documents}
    if which not in index.documents:
        return 404, told
    version, document = index.documents[which]
    return 200, {**told, "_version": version, "_source": document}


def _host(head: Head) -> str:
    return head.headers.get("host", "").partition(":")[0]


def _told(status: int, document: dict[str, Any]) -> Response:
    return Response(status, json.dumps(document).encode())


def _refusal(status: int, kind: str, reason: str) -> Response:
    return _told(status, {"error": {"type": kind, "reason": reason}, "status": status})
