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
    STOPPED = "Stopped"


@dataclass
class Event:
    """One lifecycle event on one instance; `message` says why it failed."""

    instance: str
    name: str
    status: Status = Status.IN_PROGRESS
    seconds: float = 0.0
    message: str = ""
    began: float = field(default_factory=time.time)
    """Seconds since 1970."""


@dataclass(frozen=True)
class Demand:
    """How many instances must go on serving: a share, a number, or all but a number of them."""

    minimum_healthy_percent: int | None = None
    minimum_healthy_hosts: int | None = None
    all_but: int | None = None

    @classmethod
    def read(cls, asked: Mapping[str, Any]) -> Demand:
        """The one that is said. Raises KeyError, ValueError or TypeError where that is not one."""
        names = [name for name in vars(cls()) if name in asked]
        (name,) = names or ["minimum_healthy_percent"]
        return cls(**{name: int(asked[name])})

    def of(self, instances: int) -> int:
        """The number, of so many instances."""
        if self.minimum_healthy_hosts is not None:
            return self.minimum_healthy_hosts
        if self.all_but is not None:
            return max(0, instances - self.all_but)
        return math.ceil(instances * (self.minimum_healthy_percent or 0) / 100)


@dataclass
class Deployment:
    """A revision on its way to a fleet.

    With `roll_back` it ends at the first failure, and the previous revision comes back; `rolled_back` is
    whether that serves again, None without a failure. Else it goes on while enough instances serve, and
    leaves those that failed as they are: CodeDeploy's way, whose rollback is a deployment of its own.
    """

    id: str
    revision: str
    previous: str
    demand: Demand
    roll_back: bool = True
    stopping: bool = False
    status: Status = Status.IN_PROGRESS
    code: str = ""
    message: str = ""
    rolled_back: bool | None = None
    events: list[Event] = field(default_factory=list)

    def described(self) -> dict[str, Any]:
        """As a document."""
        told = {name: value for name, value in vars(self).items() if name != "demand"}
        healthy = {name: value for name, value in vars(self.demand).items() if value is not None}
        return {**told, **healthy, "events": [vars(event) for event in self.events]}


#: Gives a revision, by its source. Raises Failed.
Download = Callable[[str], Awaitable[Revision]]


async def carry_out(deployment: Deployment, fleet: Fleet, download: Download) -> Status:
    """Bring the revision to every instance, or the previous one back to those it had reached.

    Gives how that ended, which the deployment is told by whoever keeps it; nothing is raised.
    """
    minimum = deployment.demand.of(len(fleet.instances))
    reached: list[Instance] = []
    failures: list[_Stopped] = []
    try:
        for instance in fleet.in_order_of_need():
            _may_go_on(deployment, fleet, instance, minimum, failures)
            reached.append(instance)
            try:
                await _replace(deployment, fleet, instance, download, deployment.revision)
            except _Stopped as stop:
                if deployment.roll_back:
                    raise
                failures.append(stop)
        if failures and len(failures) == len(fleet.instances):
            raise failures[0]  # one at least must succeed, whatever the minimum
    except _Stopped as stop:
        deployment.code, deployment.message = stop.code, stop.message
        if deployment.roll_back:
            deployment.rolled_back = await _roll_back(deployment, fleet, reached, download)
        return Status.STOPPED if deployment.stopping else Status.FAILED
    return Status.SUCCEEDED


def _may_go_on(
    deployment: Deployment,
    fleet: Fleet,
    instance: Instance,
    minimum: int,
    failures: list[_Stopped],
) -> None:
    """Raise _Stopped where it was told to stop, or too few would serve while an instance is replaced."""
    if deployment.stopping:
        raise _Stopped("MANUAL_STOP", "The deployment was stopped.")
    serving = fleet.healthy_besides(instance)
    if serving >= minimum:
        return
    if failures:
        raise failures[0]
    raise _Stopped(
        "HEALTH_CONSTRAINTS_INVALID",
        f"Without {instance.id} only {serving} of {len(fleet.instances)} instances would serve; "
        f"{minimum} must.",
    )


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
