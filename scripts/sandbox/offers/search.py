"""OpenSearch Service's instance types: all of a region's, with each version."""

from __future__ import annotations

import re

from scripts.sandbox.gateway import Head, Response, Service, json_response
from scripts.sandbox.offers import catalogue

_PATH = re.compile(r"/2021-01-01/opensearch/instanceTypeDetails/[\w.]+/?")


def service() -> Service:
    """ListInstanceTypeDetails."""

    async def handle(head: Head, _body: bytes) -> Response:
        return told(head)

    return Service(
        "OpenSearch instance types",
        lambda head: head.method == "GET" and _PATH.fullmatch(head.path) is not None,
        handle,
    )


def told(head: Head) -> Response:
    """Those of the caller's region, in one page."""
    _, region, _ = head.credential
    names = sorted(catalogue.search_instances(region))
    return json_response({"InstanceTypeDetails": [{"InstanceType": name} for name in names]})
