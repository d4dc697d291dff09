"""Where a provider schema refuses what AWS takes: the sandbox then sides with AWS.

The one list of them. Each entry lifts one keyword at one property of one type, and says why.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SchemaException:
    """One keyword of one property that is not enforced."""

    type_name: str
    pointer: str
    """The property, as `#/Name/*/Inner`; `*` stands for every item or key."""
    keyword: str
    reason: str


EXCEPTIONS: tuple[SchemaException, ...] = ()


def is_excepted(type_name: str, pointer: str, keyword: str) -> bool:
    """Whether the list lifts `keyword` at `pointer`."""
    return any(
        exception.keyword == keyword
        and exception.type_name == type_name
        and _covers(exception.pointer.split("/"), pointer.split("/"))
        for exception in EXCEPTIONS
    )


def _covers(wanted: list[str], found: list[str]) -> bool:
    return len(wanted) == len(found) and all(
        want in ("*", have) for want, have in zip(wanted, found, strict=True)
    )
