"""What a gate says of a change: a concern, the resource, from what to what, and whether it refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scripts.deploy.explanations import Explained, Value

#: Characters of a value that a sentence quotes.
_QUOTED = 100


class Concern(StrEnum):
    """What a gate may be concerned about: the name that a waiver gives as its `finding`."""

    DATA_LOSS = "data-loss"
    ENCRYPTION_LOST = "encryption-lost"
    BACKUPS_LOST = "backups-lost"
    DELETION_PROTECTION_LOST = "deletion-protection-lost"
    VERSIONING_LOST = "versioning-lost"
    REPLICATION_LOST = "replication-lost"
    PUBLIC_ACCESS = "public-access"
    TLS_LOWERED = "tls-lowered"
    AUDIT_LOST = "audit-lost"
    #: Somebody may do more than before; shown, never refused.
    IAM_WIDENED = "iam-widened"
    IAM_STAR = "iam-star"
    IAM_STRANGER = "iam-stranger"
    IAM_BOUNDARY_LOST = "iam-boundary-lost"
    IAM_UNREADABLE = "iam-unreadable"
    #: Somebody may reach more than before; shown, never refused.
    NETWORK_OPENED = "network-opened"
    OPEN_TO_THE_WORLD = "open-to-the-world"
    DRIFT = "drift"


#: What is shown to whoever approves, and stops nothing: there is nothing to waive.
ONLY_SHOWN = frozenset({Concern.IAM_WIDENED, Concern.NETWORK_OPENED})


@dataclass(frozen=True)
class Finding:
    """One gate's word on one resource; `path` leads to it from the root's stack.

    `words` go on from the resource's name: "would be replaced". `before` and `after` are what they speak of,
    as text, with nothing secret in them.
    """

    concern: Concern
    path: tuple[str, ...]
    type: str
    words: str
    before: str = ""
    after: str = ""
    refuses: bool = True

    @property
    def where(self) -> str:
        """The resource, as a waiver names it."""
        return "/".join(self.path)

    def __str__(self) -> str:
        return f"{self.where} ({self.type}) {self.words}"

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "finding": self.concern,
            "path": list(self.path),
            "type": self.type,
            "words": self.words,
            "before": self.before,
            "after": self.after,
            "refuses": self.refuses,
        }


def of(
    one: Explained,
    concern: Concern,
    words: str,
    before: Value = None,
    after: Value = None,
    *,
    refuses: bool = True,
) -> Finding:
    """A finding on an explained change."""
    return Finding(
        concern, one.path, one.change.type, words, quoted(before), quoted(after), refuses
    )


def quoted(value: Value) -> str:
    """A value as a sentence may quote it; empty where there is none."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 3]}..."
