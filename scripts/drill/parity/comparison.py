"""Everything that is compared between the two regions, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from generator.environments import Environment
from scripts.aws import Aws
from scripts.drill.parity import parameters, sides
from scripts.drill.parity.engines import ENGINES
from scripts.drill.parity.findings import Finding, Parity
from scripts.drill.parity.machines import MACHINES
from scripts.drill.parity.operations import OPERATIONS
from scripts.drill.parity.quotas import QUOTAS
from scripts.drill.parity.readings import Comparison, Reading
from scripts.drill.parity.sides import AT_ONCE, Side
from scripts.drill.parity.stacks import TEMPLATES
from scripts.drill.parity.trust import TRUST
from scripts.errors import TradewindError

COMPARISONS = (TEMPLATES, *MACHINES, *ENGINES, *TRUST, *OPERATIONS, QUOTAS)


def compare(aws: Aws, environment: Environment) -> Parity:
    """The standby against the primary. Raises UsageError where one of them does not stand."""
    with ThreadPoolExecutor(AT_ONCE, "parity") as pool:
        primary, standby = pool.map(
            lambda region: sides.read(aws, environment, region), environment.pair
        )
        read = {
            comparison: (
                pool.submit(comparison.read, primary),
                pool.submit(comparison.read, standby),
            )
            for comparison in COMPARISONS
        }
        findings = [*parameters.compare(primary, standby)]
        for comparison, (one, other) in read.items():
            findings += _judged(comparison, (primary, one), (standby, other))
    return Parity(tuple(_of_environment(found, environment.name) for found in findings))


def _judged(
    comparison: Comparison, one: tuple[Side, Future[Reading]], other: tuple[Side, Future[Reading]]
) -> Iterator[Finding]:
    """What cannot be read of either side is not known, and why is said."""
    try:
        here, there = one[1].result(), other[1].result()
    except TradewindError as error:
        yield comparison.unread(error.message)
        return
    yield from comparison.judged(one[0], other[0], here, there)


def _of_environment(found: Finding, name: str) -> Finding:
    """Its commands, to be typed as they are."""
    return replace(found, remedy=found.remedy.replace(" ENV", f" {name}"))
