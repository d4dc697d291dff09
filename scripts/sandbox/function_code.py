"""The code of Lambda functions on disk: beside the generations of the state, like the bodies of S3's objects.

ministack keeps it within the state that it has loaded, which goes when a newer generation is whole: after a
restart functions had no code, and answered all the same. What no state names goes once that is the newest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.sandbox.seams import Kind, Seam

_LAMBDA = "ministack.services.lambda_svc"
_USED_BY = "functions keep their code"

FOLDER = Seam(_LAMBDA, "CODE_BLOB_DIR", None, Kind.VALUE, used_by=_USED_BY)
PRUNE = Seam(_LAMBDA, "_prune_orphan_code_blobs", None, Kind.FUNCTION, ("referenced",), _USED_BY)
SEAMS = (FOLDER, PRUNE)


@dataclass
class Orphans:
    """Code that the state collected last does not name; ministack would remove it before that is written."""

    remove_all_but: Callable[[set[str]], None] | None = None
    named: set[str] | None = None

    def spare(self, named: set[str]) -> None:
        """Remember what is named."""
        self.named = set(named)

    def remove(self) -> None:
        """Call it when that state is the newest."""
        if self.remove_all_but is not None and self.named is not None:
            self.remove_all_but(self.named)


ORPHANS = Orphans()


def keep_in(folder: Path) -> None:
    """Keep code there. Call it before ministack loads its state."""
    FOLDER.replace(str(folder))
    ORPHANS.remove_all_but = PRUNE.replace(ORPHANS.spare)
