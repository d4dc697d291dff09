"""A fleet: instances behind a target group, and the operations that a deployment is made of.

Every way to change what a fleet runs goes through here: the supervisor's control channel today, whatever
imitates CodeDeploy's or Auto Scaling's API tomorrow.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.errors import Failed
from scripts.sandbox.fleets.instances import Instance
from scripts.sandbox.fleets.memory import used
from scripts.sandbox.fleets.revisions import Revision
from scripts.sandbox.fleets.target_groups import Health, TargetGroup

log = logging.getLogger("tradewind.fleet")

#: Seconds between an instance's end and its next start: systemd's RestartSec, doubled while it fails.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
#: Seconds that an instance must have run for its next end to be a first one again.
STEADY_SECONDS = 10.0
HEALTHY_SECONDS = 60.0


@dataclass
class Fleet:
    """Instances by id, their target group, and the variables of their environment."""

    instances: Mapping[str, Instance]
    group: TargetGroup
    environment: dict[str, str]
    _watches: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def launch(self, revision: Revision) -> None:
        """Start every instance and put it to work. Raises Failed when one does not come up."""
        await _all(self._launch(instance, revision) for instance in self.instances.values())

    async def _launch(self, instance: Instance, revision: Revision) -> None:
        await self.start(instance, revision)
        await instance.until_ready()
        await self.allow_traffic(instance)

    async def terminate(self) -> None:
        """Take every instance out of service and stop it."""
        await _all(self._terminate(instance) for instance in self.instances.values())
        self.group.close()

    async def _terminate(self, instance: Instance) -> None:
        await self.block_traffic(instance)
        await self.stop(instance)

    async def start(self, instance: Instance, revision: Revision) -> None:
        """Start an instance, which serves nobody yet."""
        await instance.start(revision, self.environment)

    async def stop(self, instance: Instance) -> None:
        """Stop an instance for good."""
        if watch := self._watches.pop(instance.id, None):
            watch.cancel()
        await instance.stop()

    async def block_traffic(self, instance: Instance) -> None:
        """Send it nothing more, and wait for what it is at."""
        await self.group.deregister(instance.id)

    async def allow_traffic(self, instance: Instance) -> None:
        """Send it requests once it is healthy, and start it again whenever it ends by itself.

        Raises Failed when it is not healthy in time.
        """
        self._watches[instance.id] = asyncio.create_task(self._watch(instance))
        self.group.register(instance.id, instance.port)
        if not await self.group.until_healthy(instance.id, HEALTHY_SECONDS):
            raise Failed(f"{instance.id} did not become healthy.{instance.last_words()}")

    def healthy_besides(self, instance: Instance) -> int:
        """How many others serve."""
        others = (one for one in self.instances if one != instance.id)
        return sum(self.group.health(one) is Health.HEALTHY for one in others)

    def in_order_of_need(self) -> list[Instance]:
        """The instances, those that do not serve first: to replace them takes nobody away."""
        serves = {one: self.group.health(one) is Health.HEALTHY for one in self.instances}
        return sorted(self.instances.values(), key=lambda instance: serves[instance.id])

    def described(self) -> list[dict[str, Any]]:
        """Every instance as a document."""
        sizes = used(one.pid for one in self.instances.values() if one.pid)
        return [
            {
                "id": one.id,
                "pid": one.pid,
                "port": one.port,
                "health": self.group.health(one.id),
                "revision": one.revision.source if one.revision else None,
                "restarts": one.restarts,
                "memory_bytes": sizes.get(one.pid or 0),
            }
            for one in self.instances.values()
        ]

    async def _watch(self, instance: Instance) -> None:
        """As systemd with Restart=always: an instance that ends by itself is started again."""
        loop, pause = asyncio.get_running_loop(), FIRST_PAUSE
        while instance.wanted and instance.process is not None and instance.revision is not None:
            began = loop.time()
            code = await instance.process.wait()
            if loop.time() - began > STEADY_SECONDS:
                pause = FIRST_PAUSE
            log.warning("%s ended with %s; it is started again in %.1f s", instance.id, code, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            instance.restarts += 1
            try:
                await instance.start(instance.revision, self.environment)
            except OSError as problem:
                log.error("%s cannot be started: %s", instance.id, problem)
            self.group.move(instance.id, instance.port)


async def _all(steps: Iterable[Any]) -> None:
    """Every step at once, each to its end; then the first failure is raised."""
    ends = await asyncio.gather(*steps, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end
