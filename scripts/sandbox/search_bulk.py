"""_bulk: many documents in a request, each of which is taken or refused by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scripts.sandbox.search_indices import Indices, Refusal, Versioning, wrong


def bulk(
    indices: Indices, default: str, body: bytes, *, require_alias: bool
) -> Iterator[dict[str, Any]]:
    """What became of each action of a _bulk request. Raises Refusal where the request as a whole is wrong."""
    if not body.endswith(b"\n"):
        raise wrong("The bulk request must be terminated by a newline [\\n]")
    lines = iter(body.splitlines())
    actions = []
    for line in lines:
        ((deed, which),) = json.loads(line).items()
        if deed not in ("index", "delete"):
            raise wrong(f"the sandbox knows index and delete, and no [{deed}]")
        known = {"_index", "_id", "version", "version_type", "require_alias"}
        if unknown := which.keys() - known:
            raise wrong(f"Action/metadata line [1] contains an unknown parameter [{min(unknown)}]")
        actions.append((deed, which, json.loads(next(lines)) if deed == "index" else None))
    for deed, which, document in actions:
        yield {deed: _become(indices, default, which, document, require_alias)}


def _become(
    indices: Indices,
    default: str,
    which: dict[str, Any],
    document: dict[str, Any] | None,
    require_alias: bool,
) -> dict[str, Any]:
    """One action. A deletion asks for no alias: OpenSearch does not take it at its word there."""
    named = which.get("_index", default)
    asked = document is not None and (which.get("require_alias", require_alias))
    told = {"_index": named, "_id": which["_id"]}
    try:
        name, index = indices.written(named, require_alias=asked)
        versioning = Versioning(which.get("version_type", "internal"), which.get("version"))
        version, became = (
            index.delete(which["_id"], versioning)
            if document is None
            else index.put(which["_id"], document, versioning)
        )
    except Refusal as refusal:
        return {**told, "status": refusal.status, "error": refusal.document()}
    status = {"created": 201, "not_found": 404}.get(became, 200)
    return {**told, "_index": name, "_version": version, "result": became, "status": status}
