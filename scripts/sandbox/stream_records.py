"""The records of DynamoDB's streams, and of streams that were closed: kept for a day, a stop between or not.

ministack saves how far a reader has come, and not what it reads: after a restart every reader stood behind
records that were no longer there, and waited for as many new ones before it read again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scripts.sandbox import seams, stores
from scripts.sandbox.seams import Kind, Seam

_DYNAMODB = "ministack.services.dynamodb"
_USED_BY = "streams survive a stop"

RECORDS = Seam(_DYNAMODB, "_stream_records", None, Kind.MAPPING, used_by=_USED_BY)
TRIMMED = Seam(_DYNAMODB, "_stream_trimmed", None, Kind.MAPPING, used_by=_USED_BY)
CLOSED = Seam(_DYNAMODB, "_closed_streams", None, Kind.MAPPING, used_by=_USED_BY)
SEAMS = (RECORDS, TRIMMED, CLOSED)


class StreamStore:
    """What ministack holds in memory, in a document of ours."""

    def save(self, directory: Path) -> None:
        """Each mapping as a list of its keys (account, region, name) and values."""
        kept = {
            seam.attribute: [[*key, value] for key, value in list(seams.everywhere(seam).items())]
            for seam in SEAMS
        }
        stores.write_atomically(directory / "records.json", json.dumps(kept))

    def load(self, directory: Path) -> None:
        """What was saved."""
        kept: dict[str, list[list[Any]]] = stores.read_json(directory / "records.json") or {}
        for seam in SEAMS:
            for account, region, name, value in kept.get(seam.attribute, []):
                seams.everywhere(seam)[(account, region, name)] = value

    def reset(self) -> None:
        """ministack empties them itself."""


stores.register("stream-records", StreamStore())
