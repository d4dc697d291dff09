"""Which bundle a name stands for."""

from __future__ import annotations

from generator.bundles import FLEETS, Bundle, fleet_bundle, function_bundle
from generator.load_test_plan import plan_bundle


def bundle(name: str) -> Bundle:
    """The bundle of this name, as it would be shipped now. Raises BuildError where there is none."""
    if name == plan_bundle().name:
        return plan_bundle()
    return fleet_bundle(name) if name in FLEETS else function_bundle(name)
