"""The ways to leave a region. Each is one change that latches or not, and is undone by reading what stands.

None disables a health check, which would call it healthy; none sets an alarm's state, which Route 53 does not
read; none edits a record, which needs the control plane.
"""

from __future__ import annotations

from typing import assert_never

from scripts.drill.plan import Plan, Trigger
from scripts.drill.stage import Stage
from scripts.drill.steps import Step
from scripts.drill.triggers.app_health import diagnosis
from scripts.drill.triggers.invert import Inversion
from scripts.drill.triggers.outage import RegionLost
from scripts.drill.triggers.takeover import switch


def trigger(stage: Stage, plan: Plan) -> Step:
    """The plan's, on this stage. Raises UsageError for an outage where there is none to be had."""
    match plan.trigger:
        case Trigger.TAKEOVER:
            return switch(stage.aws, plan.theatre)
        case Trigger.INVERT:
            return Inversion(stage.aws, plan.theatre)
        case Trigger.APP_HEALTH:
            return diagnosis(stage.aws, plan.theatre)
        case Trigger.OUTAGE:
            return RegionLost(stage.outage, plan.theatre)
    assert_never(plan.trigger)
