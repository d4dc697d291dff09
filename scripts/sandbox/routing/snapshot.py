"""What the data plane knows of the control plane: checks, zones, load balancers and the clock.

A document of the sandbox (survey.py) at one moment. `version` changes with everything but the clock's
passing, so that a change is seen by asking for what comes after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.sandbox.clock import Reading
from scripts.sandbox.routing.health_checks import HealthCheck
from scripts.sandbox.routing.records import Zone

JSON = dict[str, Any]


@dataclass(frozen=True)
class Balancer:
    """A load balancer, by its DNS name in lower case without a last dot, and its listeners' ports.

    `address` and `port` are where the fleet for which it stands is reached, empty and 0 where none ever ran;
    `control` the port of that fleet's control channel, 0 where it does not run now.
    """

    name: str
    region: str
    listeners: tuple[int, ...] = ()
    address: str = ""
    port: int = 0
    control: int = 0


@dataclass(frozen=True)
class Snapshot:
    """All of it. `zones` are the public ones of all accounts."""

    version: str = ""
    checks: Mapping[str, HealthCheck] = field(default_factory=dict)
    zones: tuple[Zone, ...] = ()
    balancers: Mapping[str, Balancer] = field(default_factory=dict)
    clock: Reading = field(default_factory=Reading.of_the_wall)

    @classmethod
    def read(cls, document: JSON) -> Snapshot:
        """As the sandbox tells it."""
        checks = {one["id"]: _check(one) for one in document["checks"]}
        zones = (Zone.read(one["id"], one["name"], one["records"]) for one in document["zones"])
        balancers = (
            Balancer(**{**one, "listeners": tuple(one["listeners"])})
            for one in document["balancers"]
        )
        return cls(
            document["version"],
            checks,
            tuple(zones),
            {one.name: one for one in balancers},
            Reading.told(document["clock"]),
        )


def _check(told: JSON) -> HealthCheck:
    return HealthCheck.described(
        told["id"], told["account"], told["config"], told["alarm"], told["created"]
    )
