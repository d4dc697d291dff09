"""Whether the way out needs what is on fire: read from the calls that the steps declare.

A needed call in the impaired region fails the proof; for a takeover so does one of a control plane. What only
watches may fail, and is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scripts.drill.calls import Call, Plane, Where
from scripts.drill.plan import Trigger
from scripts.drill.theatre import Theatre


@dataclass(frozen=True)
class Judged:
    """A call, the region in which it is answered, and what is wrong with depending on it; empty where
    nothing is.
    """

    call: Call
    region: str
    objection: str = ""

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "service": self.call.service,
            "operation": self.call.operation,
            "region": self.region,
            "plane": str(self.call.plane),
            "needed": self.call.needed,
            "why": self.call.why,
            "objection": self.objection,
        }


def judged(calls: Iterable[Call], theatre: Theatre, trigger: Trigger) -> tuple[Judged, ...]:
    """Every call on the way out, once."""
    return tuple(
        Judged(call, region(call, theatre), _objection(call, theatre, trigger))
        for call in dict.fromkeys(calls)
    )


def region(call: Call, theatre: Theatre) -> str:
    """Where a call is answered."""
    match call.where:
        case Where.STANDBY:
            return theatre.standby.name
        case Where.IMPAIRED:
            return theatre.primary.name
    return str(Where.GLOBAL)


def _objection(call: Call, theatre: Theatre, trigger: Trigger) -> str:
    if not call.needed:
        return ""
    if region(call, theatre) == theatre.primary.name:
        return f"it is answered in {theatre.primary.name}, the region that is left"
    if trigger is Trigger.TAKEOVER and call.plane is Plane.CONTROL:
        return "it is of a control plane, which a takeover must not need"
    return ""
