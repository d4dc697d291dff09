"""A measured ratio, the limit it is held to, and what keeps it from being smaller."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """`value` against `limit`, both without a unit; `note` says how, and what limits it."""

    name: str
    value: float
    limit: float
    note: str

    @property
    def met(self) -> bool:
        """Whether the limit holds."""
        return self.value <= self.limit
