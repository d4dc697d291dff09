"""What can be wrong with a statement of a policy."""

from __future__ import annotations

from typing import Any, NamedTuple


class Fault(NamedTuple):
    """What is wrong with a statement; `about` is what an excuse would be filed under."""

    rule: str
    what: str
    about: str = ""


def several(value: Any) -> list[Any]:
    """A policy says one thing alone without a list."""
    return value if isinstance(value, list) else [value]
