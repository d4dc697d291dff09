"""A deployment in place: one instance after the other leaves, is replaced, proves itself and returns.

Lifecycle events, statuses and error codes are CodeDeploy's. The revision's own hooks are not run: they are
systemd's business, and there is none here.
https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
"""

from __future__ import annotations

import enum
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.errors import Failed
from scripts.sandbox.fleets.fleet import Fleet
from scripts.sandbox.fleets.instances import Instance
from scripts.sandbox.fleets.revisions import Revision


class Status(enum.StrEnum):
    """What GetDeployment tells of a deployment, and of an instance and an event of it."""

    IN_PROGRESS = "InProgress"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass
class Event:
    """One lifecycle event on one instance; `message` says why it failed."""

    instance: str
    name: str
    status: Status = Status.IN_PROGRESS
    seconds: float = 0.0
    message: str = ""


@dataclass
class Deployment:
    """A revision on its way to a fleet.

    `rolled_back` is whether the previous revision serves again after a failure; None without one.
    """

    id: str
    revision: str
    previous: str
    minimum_healthy_percent: int
    status: Status = Status.IN_PROGRESS
    code: str = ""
    message: str = ""
    rolled_back: bool | None = None
    events: list[Event] = field(default_factory=list)

    def described(self) -> dict[str, Any]:
        """As a document."""
        return {**vars(self), "events": [vars(event) for event in self.events]}


#: Gives a revision, by its source. Raises Failed.
Download = Callable[[str], Awaitable[Revision]]


async def carry_out(deployment: Deployment, fleet: Fleet, download: Download) -> Status:
    """Bring the revision to every instance, or the previous one back to those it had reached.

    Gives how that ended, which the deployment is told by whoever keeps it; nothing is raised.
    """
    minimum = math.ceil(len(fleet.instances) * deployment.minimum_healthy_percent / 100)
    reached: list[Instance] = []
    try:
        for instance in fleet.instances.values():
            serving = fleet.healthy_besides(instance)
            if serving < minimum:
                raise _Stopped(
                    "HEALTH_CONSTRAINTS_INVALID",
                    f"Without {instance.id} only {serving} of {len(fleet.instances)} instances would serve; "
                    f"{minimum} must.",
                )
            reached.append(instance)
            await _replace(deployment, fleet, instance, download, deployment.revision)
    except _Stopped as stop:
        deployment.code, deployment.message = stop.code, stop.message
        deployment.rolled_back = await _roll_back(deployment, fleet, reached, download)
        return Status.FAILED
    return Status.SUCCEEDED


class _Stopped(Exception):
    """A deployment goes no further."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


async def _roll_back(
    deployment: Deployment, fleet: Fleet, reached: list[Instance], download: Download
) -> bool:
    """The previous revision on all that were reached; the one that failed, and serves nobody, first."""
    done = True
    for instance in reversed(reached):
        try:
            await _replace(deployment, fleet, instance, download, deployment.previous)
        except _Stopped as stop:
            deployment.message += f" And back: {stop.message}"
            done = False
    return done


async def _replace(
    deployment: Deployment, fleet: Fleet, instance: Instance, download: Download, source: str
) -> None:
    """The lifecycle of one instance. Raises _Stopped at the first event that fails."""
    brought: list[Revision] = []

    async def download_bundle() -> None:
        brought.append(await download(source))

    async def application_start() -> None:
        await fleet.start(instance, brought[0])

    lifecycle: Mapping[str, Callable[[], Awaitable[None]]] = {
        "BlockTraffic": lambda: fleet.block_traffic(instance),
        "ApplicationStop": lambda: fleet.stop(instance),
        "DownloadBundle": download_bundle,
        "ApplicationStart": application_start,
        "ValidateService": instance.until_ready,
        "AllowTraffic": lambda: fleet.allow_traffic(instance),
    }
    for name, step in lifecycle.items():
        event = Event(instance.id, name)
        deployment.events.append(event)
        began = time.monotonic()
        try:
            await step()
        except Failed as problem:
            event.status, event.message = Status.FAILED, problem.message
            raise _Stopped("HEALTH_CONSTRAINTS", problem.message) from problem
        finally:
            event.seconds = round(time.monotonic() - began, 3)
        event.status = Status.SUCCEEDED
