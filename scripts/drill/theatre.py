"""What a drill plays with: the parts of both regions that it touches, asks or watches, by name.

Read once, before anything is touched: nothing of it may have to be asked of a region that is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class HealthCheck:
    """A health check as Route 53 has it; `version` is the HealthCheckVersion that an update must name."""

    id: str
    type: str
    version: int
    inverted: bool
    disabled: bool
    interval: int
    threshold: int
    name: str = ""
    path: str = ""


@dataclass(frozen=True)
class Region:
    """What stands in one of the two. `balancer` is the load balancer's DNS name, `address` its own name
    of ours.
    """

    name: str
    stack: str
    regional_name: str
    balancer: str
    scaling_group: str
    region_alarm: str
    artifacts_bucket: str
    database: str
    database_arn: str
    secrets: Mapping[str, str]


@dataclass(frozen=True)
class Theatre:
    """The environment's platform, as it stands. Tables are global ones, but for `switch_table`, the
    standby's.

    `failover_name` is the name that fails over; `ttl` the seconds for which its answer may be kept (an
    alias to a load balancer has 60). `keep_alive` is how long a client may go on over a connection that
    it has. `global_cluster` is empty without Aurora.
    """

    environment: str
    account: str
    primary: Region
    standby: Region
    hosted_zone: str
    failover_name: str
    shop_name: str
    ttl: int
    keep_alive: int
    primary_endpoint: HealthCheck
    standby_endpoint: HealthCheck
    takeover: HealthCheck
    primary_check: HealthCheck
    switch_table: str
    order_intake: str
    carts: str
    catalogue: str
    intake_consistency: str
    global_cluster: str = ""

    @property
    def detection(self) -> int:
        """Seconds within which the checkers agree that the primary is not well."""
        return self.primary_endpoint.interval * self.primary_endpoint.threshold

    @property
    def bound(self) -> int:
        """Seconds within which the last client is served by the standby, the machine's stalls apart."""
        return self.detection + self.ttl + self.keep_alive

    def to_json(self) -> dict[str, Any]:
        """As a document."""
        return asdict(self)

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Theatre:
        """Read it back."""
        checks = ("primary_endpoint", "standby_endpoint", "takeover", "primary_check")
        return cls(
            **{
                **said,
                "primary": Region(**said["primary"]),
                "standby": Region(**said["standby"]),
                **{name: HealthCheck(**said[name]) for name in checks},
            }
        )
