"""The way out: every call of AWS between arming and verification, as the parts that make them declare it."""

from __future__ import annotations

from typing import assert_never

from scripts.drill import abort, custody, observing, verification
from scripts.drill.calls import Call
from scripts.drill.plan import Plan, Trigger
from scripts.drill.triggers import app_health, takeover
from scripts.drill.triggers.invert import Inversion
from scripts.drill.triggers.outage import RegionLost


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
            return takeover.CALLS
        case Trigger.INVERT:
            return Inversion.calls
        case Trigger.APP_HEALTH:
            return app_health.CALLS
        case Trigger.OUTAGE:
            return RegionLost.calls
    assert_never(trigger)
