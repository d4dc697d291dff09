"""Figures in words, the same in the report, on its page and in a terminal."""

from __future__ import annotations

from datetime import UTC, datetime


def seconds(value: float | None) -> str:
    """`45 s`, `2.5 s`, `3:20 min`, `1:05:00 h`; a dash for nothing."""
    if value is None:
        return "-"
    if value < 0:
        return f"-{seconds(-value)}"
    if value < 120:
        return f"{value:.1f}".removesuffix(".0") + " s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02} min"
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02} h"


def instant(at: float | None) -> str | None:
    """Seconds since the epoch as ISO 8601 has them, to the millisecond."""
    if at is None:
        return None
    said = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return said.replace("+00:00", "Z")


def many(number: int, what: str) -> str:
    """`1 order`, `2 orders`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}".replace(",", "\u202f")
