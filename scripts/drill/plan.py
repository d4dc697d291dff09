"""What a drill is going to do: everything that an approval is about, and the hash that binds it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from scripts.drill.theatre import Theatre


class Trigger(StrEnum):
    """How the primary is left. Only TAKEOVER latches: it holds whatever becomes of the primary."""

    TAKEOVER = "takeover"
    INVERT = "invert"
    APP_HEALTH = "app-health"
    OUTAGE = "outage"

    @property
    def latches(self) -> bool:
        """Whether traffic stays away from a primary that is well again."""
        return self is Trigger.TAKEOVER


@dataclass(frozen=True)
class Objectives:
    """What is aimed at: seconds of recovery, seconds of lost data, and the share of requests that may
    fail, in percent.
    """

    rto: int
    rpo: int
    errors: float


@dataclass(frozen=True)
class Pace:
    """How it is watched, in drill seconds: before the fault, and until it is believed that the shop is back.

    `windows` windows of `window` seconds must hold the objective one after the other. `longest` ends a drill
    that takes too long. `clients` keep asking, each every `period` seconds; orders come `orders` a minute.
    """

    baseline: int = 60
    window: int = 30
    windows: int = 2
    longest: int = 1800
    clients: int = 6
    period: int = 6
    orders: int = 6


@dataclass(frozen=True)
class Plan:
    """A drill that can be approved. `data`: the database is moved, too; `hold`: it stays failed over
    until told.
    """

    environment: str
    trigger: Trigger
    data: bool
    hold: bool
    objectives: Objectives
    pace: Pace
    theatre: Theatre
    release: str = ""

    @property
    def hash(self) -> str:
        """Of all that is approved: 16 hexadecimal digits."""
        told = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """As a document."""
        return {**asdict(self), "trigger": str(self.trigger), "theatre": self.theatre.to_json()}

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Plan:
        """Read it back. Raises KeyError, TypeError, ValueError for what is no plan."""
        return cls(
            **{
                **said,
                "trigger": Trigger(said["trigger"]),
                "objectives": Objectives(**said["objectives"]),
                "pace": Pace(**said["pace"]),
                "theatre": Theatre.of_json(said["theatre"]),
            }
        )
