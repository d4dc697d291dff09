"""What the benchmarks say of functions is said of all that they have."""

from __future__ import annotations

from generator.bundle_names import bundle
from tests.bench import functions


def test_each_package_in_a_functions_bundle_has_a_reason() -> None:
    handlers = {str(function["Handler"]) for function in functions._deployed()}
    bundled = {
        wheel.distribution
        for handler in handlers
        for wheel in bundle(handler.partition(".")[0]).wheels
    }

    assert bundled == functions.WHY.keys()
