"""Resource types made through their service's API, so that its clients find them.

A type stands here when ministack has the service and not the type; each is a row of a table. The
stack engine runs their handlers on a worker thread, for the API answers on the event loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from scripts.sandbox.resources.api_resources.api_type import ApiType


@cache
def api_types() -> Mapping[str, ApiType]:
    """Every row, by type."""
    from scripts.sandbox.resources.api_resources import data, delivery, edge, governance, network

    rows = (*network.TYPES, *edge.TYPES, *data.TYPES, *governance.TYPES, *delivery.TYPES)
    return {row.type_name: row for row in rows}
