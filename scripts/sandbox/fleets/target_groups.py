"""A target group: its targets, whether they are healthy, and which of them gets a request.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.errors import Failed
from scripts.sandbox.fleets.connections import Broken, CannotConnect, Connections
from scripts.sandbox.fleets.wire import Reply, Request

LOOPBACK = "127.0.0.1"


class Health(enum.StrEnum):
    """The states that DescribeTargetHealth tells."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    DRAINING = "draining"


@dataclass(frozen=True)
class Stickiness:
    """Which cookie ties a client to a target, and for how many seconds."""

    cookie: str
    seconds: int


@dataclass(frozen=True)
class GroupSettings:
    """What a target group was made with; times in seconds."""

    path: str = "/"
    codes: str = "200"
    interval: float = 30.0
    timeout: float = 5.0
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2
    deregistration_delay: float = 300.0
    algorithm: str = "round_robin"
    stickiness: Stickiness | None = None

    @classmethod
    def described(cls, group: Mapping[str, Any], attributes: Mapping[str, str]) -> GroupSettings:
        """As DescribeTargetGroups and DescribeTargetGroupAttributes tell them."""
        return cls(
            path=group["HealthCheckPath"],
            codes=group["Matcher"]["HttpCode"],
            interval=float(group["HealthCheckIntervalSeconds"]),
            timeout=float(group["HealthCheckTimeoutSeconds"]),
            healthy_threshold=int(group["HealthyThresholdCount"]),
            unhealthy_threshold=int(group["UnhealthyThresholdCount"]),
            deregistration_delay=float(attributes.get("deregistration_delay.timeout_seconds", 300)),
            algorithm=attributes.get("load_balancing.algorithm.type", "round_robin"),
            stickiness=_stickiness(attributes),
        )

    def passes(self, status: int) -> bool:
        """Whether a health check that was answered so has passed: `200`, `200,302` or `200-299`."""
        ranges = (part.partition("-") for part in self.codes.split(","))
        return any(int(first) <= status <= int(last or first) for first, _, last in ranges)


def _stickiness(attributes: Mapping[str, str]) -> Stickiness | None:
    if attributes.get("stickiness.enabled") != "true":
        return None
    match attributes.get("stickiness.type"):
        case "app_cookie":
            kind = "stickiness.app_cookie"
            return Stickiness(
                attributes[f"{kind}.cookie_name"], int(attributes[f"{kind}.duration_seconds"])
            )
        case other:
            raise Failed(f"The stand-in of a load balancer does not know stickiness by {other}.")


@dataclass
class Target:
    """One registered target: an instance's port."""

    id: str
    connections: Connections
    health: Health = Health.INITIAL
    streak: int = 0
    """Health checks in a row that contradict `health`."""
    in_flight: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """One request more, for as long as the block runs."""
        self.in_flight += 1
        self.idle.clear()
        try:
            yield
        finally:
            self.in_flight -= 1
            if not self.in_flight:
                self.idle.set()


class TargetGroup:
    """Targets that are checked, chosen and drained. `speed` makes its clock run faster."""

    def __init__(self, settings: GroupSettings, speed: float = 1.0) -> None:
        self.settings = settings
        self.speed = speed
        self.targets: dict[str, Target] = {}
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._turn = 0
        self._changed = asyncio.Event()

    def register(self, target_id: str, port: int) -> None:
        """Take a target in. It gets requests once it has passed one check."""
        target = Target(target_id, Connections(LOOPBACK, port))
        target.idle.set()
        self.targets[target_id] = target
        self._checks[target_id] = asyncio.create_task(self._check(target))

    async def deregister(self, target_id: str) -> None:
        """Send it nothing more, and let what it works on finish, for the deregistration delay at most.

        One with nothing in flight is done at once.
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
        """
        target = self.targets.get(target_id)
        if target is None:
            return
        target.health = Health.DRAINING
        self._checks.pop(target_id).cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settings.deregistration_delay / self.speed):
                await target.idle.wait()
        target.connections.close()
        del self.targets[target_id]

    def move(self, target_id: str, port: int) -> None:
        """A target that was started again serves another port; its health is still what the checks say."""
        if target := self.targets.get(target_id):
            target.connections.close()
            target.connections = Connections(LOOPBACK, port)

    async def until_healthy(self, target_id: str, seconds: float) -> bool:
        """Wait until a target is healthy; False where it was not within `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.health(target_id) is not Health.HEALTHY:
                    self._changed.clear()
                    await self._changed.wait()
                return True
        return False

    def health(self, target_id: str) -> Health | None:
        """How a target is; None where it is not registered."""
        target = self.targets.get(target_id)
        return target.health if target else None

    def choose(self, preferred: str | None) -> Target | None:
        """The target of the next request; None where none is registered.

        Where no target is healthy all of them are tried: a load balancer fails open.
        """
        registered = [one for one in self.targets.values() if one.health is not Health.DRAINING]
        healthy = [one for one in registered if one.health is Health.HEALTHY]
        candidates = healthy or registered
        if not candidates:
            return None
        for one in candidates:
            if one.id == preferred:
                return one
        return _ALGORITHMS[self.settings.algorithm](candidates, self._next())

    def close(self) -> None:
        """Stop checking, and drop every connection."""
        for task in self._checks.values():
            task.cancel()
        for target in self.targets.values():
            target.connections.close()

    def _next(self) -> int:
        self._turn += 1
        return self._turn

    async def _check(self, target: Target) -> None:
        while True:
            self._learn(target, await self._passes(target))
            await asyncio.sleep(self.settings.interval / self.speed)

    async def _passes(self, target: Target) -> bool:
        """One check, on a connection of its own."""
        asked = Connections(LOOPBACK, target.connections.port, self.settings.timeout)
        asked.answer_seconds = self.settings.timeout
        host = ("host", f"{LOOPBACK}:{asked.port}")
        agent = ("user-agent", "ELB-HealthChecker/2.0")
        try:
            reply: Reply = await asked.ask(Request("GET", self.settings.path, (host, agent)))
        except (CannotConnect, Broken, TimeoutError):
            return False
        finally:
            asked.close()
        return self.settings.passes(reply.status)

    def _learn(self, target: Target, passed: bool) -> None:
        """A new target is healthy after one check; an old one changes after as many as its threshold."""
        was = target.health
        if was is Health.DRAINING:
            return
        is_now = Health.HEALTHY if passed else Health.UNHEALTHY
        target.streak = 0 if is_now is was else target.streak + 1
        threshold = {
            (Health.UNHEALTHY, True): self.settings.healthy_threshold,
            (Health.HEALTHY, False): self.settings.unhealthy_threshold,
            (Health.INITIAL, False): self.settings.unhealthy_threshold,
        }.get((was, passed), 1)
        if target.streak >= threshold:
            target.health, target.streak = is_now, 0
            self._changed.set()


_Algorithm = Callable[[list[Target], int], Target]

#: How a load balancer chooses. Weights of anomaly mitigation stay at what they are without anomalies.
_ALGORITHMS: Mapping[str, _Algorithm] = {
    "round_robin": lambda targets, turn: targets[turn % len(targets)],
    "least_outstanding_requests": lambda targets, _: min(targets, key=lambda one: one.in_flight),
    "weighted_random": lambda targets, _: random.choice(targets),  # noqa: S311 - no secret
}
