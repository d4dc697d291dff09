"""What Personalize is told, as Avro schemas: who did what with which product, and of what category it is.

https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

#: What customers do, as the feed names it (`runtime/functions/interactions.py`).
PURCHASE = "Purchase"


def _schema(name: str, **fields: object) -> str:
    described: list[dict[str, Any]] = [
        {"name": field, **(kind if isinstance(kind, Mapping) else {"type": kind})}
        for field, kind in fields.items()
    ]
    return json.dumps(
        {
            "type": "record",
            "name": name,
            "namespace": "com.amazonaws.personalize.schema",
            "fields": described,
            "version": "1.0",
        }
    )


INTERACTIONS = _schema(
    "Interactions", USER_ID="string", ITEM_ID="string", EVENT_TYPE="string", TIMESTAMP="long"
)
ITEMS = _schema(
    "Items", ITEM_ID="string", CATEGORY={"type": ["null", "string"], "categorical": True}
)
