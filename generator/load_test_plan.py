"""The Black Friday plan as the generators get it, and where in the buckets the rest of a load test lies."""

from __future__ import annotations

from generator.bundles import RUNTIME, Bundle, Member

#: The plan, and what its results look like.
PLAN, PROPERTIES = "black-friday.jmx", "black-friday.properties"

#: Where the generators publish what they see, each by the project that it runs in.
METRICS = "Tradewind/LoadTest"

#: Where in the artifacts bucket JMeter lies, which an operator puts there once.
JMETER = "load-test/jmeter.tgz"

#: Where in the exports bucket the results lie, by run.
RESULTS = "load-tests/"


def plan_bundle() -> Bundle:
    """The plan and its properties, addressed by content."""
    folder = RUNTIME / "load_test"
    members = tuple(Member(name, folder / name) for name in (PLAN, PROPERTIES))
    return Bundle("load-test", members, ())
