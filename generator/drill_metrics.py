"""What drills measured, in CloudWatch: told by each run (scripts/drill/routine.py) and by drill_age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.alarms import Series
from generator.drill_records import METRICS

if TYPE_CHECKING:
    from generator.layer import Layer

#: Seconds in a day.
DAY = 86400


def measured(layer: Layer, name: str) -> Series:
    """A figure of the environment's drills; the worst of a day."""
    return Series(METRICS, name, {"Environment": layer.settings.environment}, "Maximum", period=DAY)
