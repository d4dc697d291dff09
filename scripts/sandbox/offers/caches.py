"""ElastiCache's node types, as far as an API of its own tells them: by what can be reserved."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from scripts.sandbox.offers import catalogue
from scripts.sandbox.offers.machines import REGION
from scripts.sandbox.seams import Kind, Seam

_ELASTICACHE, _USED_BY = "ministack.services.elasticache", "which cache nodes are offered"
_OPERATION = "DescribeReservedCacheNodesOfferings"

REQUEST = Seam(
    _ELASTICACHE,
    "handle_request",
    kind=Kind.COROUTINE,
    parameters=("method", "path", "headers", "body", "query_params"),
    used_by=_USED_BY,
)
XML = Seam(_ELASTICACHE, "_xml", parameters=("status", "root_tag", "inner"), used_by=_USED_BY)
SEAMS = (REQUEST, XML)


def install() -> None:
    """Have the call answered; it is one that ministack does not know."""
    request = REQUEST.value

    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Any:
        said = {key: found[0] for key, found in parse_qs((body or b"").decode()).items()}
        if said.get("Action") == _OPERATION:
            return offerings(said.get("CacheNodeType", ""))
        return await request(method, path, headers, body, query_params)

    REQUEST.replace(handle)


def offerings(name: str) -> Any:
    """One of a year for each node type: what it costs is not told."""
    members = "".join(
        f"<ReservedCacheNodesOffering><CacheNodeType>{each}</CacheNodeType>"
        "<Duration>31536000</Duration></ReservedCacheNodesOffering>"
        for each in sorted(catalogue.cache_nodes(REGION.value()))
        if name in ("", each)
    )
    inner = (
        f"<{_OPERATION}Result><ReservedCacheNodesOfferings>{members}"
        f"</ReservedCacheNodesOfferings></{_OPERATION}Result>"
    )
    return XML.value(200, f"{_OPERATION}Response", inner)
