"""A job, as its message says it: `{"job": "product-feed", "scheduled_at": "2026-11-23T02:00:00Z"}`.

The time makes the job this one and no other: the same message twice is the same job.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass

#: As EventBridge Scheduler writes a time.
TIME = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ")

#: Products of a page: DynamoDB itself ends a page at 1 MB.
PAGE, LARGEST_PAGE = 500, 1000

FIELDS = {"job", "scheduled_at", "page"}


class Unreadable(Exception):
    """No job that this worker knows: it says why, and nothing of what the message held."""


@dataclass(frozen=True)
class Job:
    """What to do, as of when, and by how many products a page."""

    kind: str
    scheduled_at: str
    page: int = PAGE

    @property
    def name(self) -> str:
        """Tells it apart from all others, and may stand in an object's key."""
        return f"{self.kind}/{self.scheduled_at.replace(':', '')}"


def job(body: str, kinds: Collection[str]) -> Job:
    """Raises Unreadable for what is none."""
    try:
        said = json.loads(body)
    except ValueError:
        raise Unreadable("it is not JSON") from None
    if not isinstance(said, dict) or not said.keys() <= FIELDS:
        raise Unreadable(f"it is no object of {', '.join(sorted(FIELDS))}")
    if not isinstance(said.get("job"), str) or said["job"] not in kinds:
        raise Unreadable(f"its job is none of {', '.join(sorted(kinds))}")
    scheduled_at = said.get("scheduled_at")
    if not isinstance(scheduled_at, str) or not TIME.fullmatch(scheduled_at):
        raise Unreadable("its scheduled_at is no time such as 2026-11-23T02:00:00Z")
    page = said.get("page", PAGE)
    if type(page) is not int or not 1 <= page <= LARGEST_PAGE:
        raise Unreadable(f"its page is no number from 1 to {LARGEST_PAGE}")
    return Job(said["job"], scheduled_at, page)
