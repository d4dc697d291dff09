"""The way out: every call of AWS between arming and verification, as the parts that make them declare it."""

from __future__ import annotations

from typing import assert_never

from scripts.drill import abort, custody, observing, verification
from scripts.drill.calls import Call
from scripts.drill.plan import Plan, Trigger
from scripts.drill.triggers.app_health import AppHealth
from scripts.drill.triggers.invert import Inversion
from scripts.drill.triggers.outage import RegionLost
from scripts.drill.triggers.takeover import Takeover


def calls(plan: Plan) -> tuple[Call, ...]:
    """Of this plan; the proof (proof.py) judges them."""
    return (
        *custody.CALLS,
        *_triggered(plan.trigger),
        *abort.CALLS,
        *observing.calls(plan),
        *verification.CALLS,
    )


def _triggered(trigger: Trigger) -> tuple[Call, ...]:
    match trigger:
        case Trigger.TAKEOVER:
            return Takeover.calls
        case Trigger.INVERT:
            return Inversion.calls
        case Trigger.APP_HEALTH:
            return AppHealth.calls
        case Trigger.OUTAGE:
            return RegionLost.calls
    assert_never(trigger)
