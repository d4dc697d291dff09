"""Spans of time, as a person says them."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """`0.4 s`, `95 s`, `12 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 300 else f"{seconds / 60:.0f} min"
