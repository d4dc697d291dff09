"""The right to change an environment: the lease `deploy` of its primary, and no failover drill open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scripts.drill import open_drill
from scripts.lease import DEPLOY, Lease, Leases

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.aws import Aws


@contextmanager
def held(aws: Aws, environment: Environment, command: str) -> Iterator[Lease]:
    """Have it for the length of a block. Raises LeaseHeld, or DrillOpen, where somebody else changes it.

    The drill is asked for once the lease is held, and a drill asks for the lease once it is open: of two that
    begin together one at least stops.
    """
    with Leases(aws, environment.primary_region).hold(DEPLOY, command) as lease:
        open_drill.refuse_if_open(aws, environment.standby_region)
        yield lease
