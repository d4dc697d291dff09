"""Applications, deployment groups, configurations and deployments as they are kept."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scripts.sandbox import stores

JSON = dict[str, Any]

CREATED = "Created"
IN_PROGRESS = "InProgress"
SUCCEEDED = "Succeeded"
FAILED = "Failed"
STOPPED = "Stopped"

#: Statuses from which a deployment goes on.
UNFINISHED = frozenset({CREATED, IN_PROGRESS})


@dataclass(frozen=True)
class Place:
    """An account in a Region: what a name is unique in."""

    account: str
    region: str


@dataclass
class Event:
    """A lifecycle event on a target; times in seconds since 1970."""

    name: str
    status: str = "Pending"
    start: float | None = None
    end: float | None = None
    message: str = ""

    def described(self) -> JSON:
        """As GetDeploymentTarget tells it."""
        failed = self.status == FAILED
        told: JSON = {"lifecycleEventName": self.name, "status": self.status}
        if self.status in (SUCCEEDED, FAILED):
            told["diagnostics"] = {
                "errorCode": "UnknownError" if failed else "Success",
                "scriptName": "",
                "message": self.message if failed else SUCCEEDED,
                "logTail": "",
            }
        if self.start is not None:
            told["startTime"] = self.start
        if self.end is not None:
            told["endTime"] = self.end
        return told


@dataclass
class Target:
    """An instance that a deployment is for."""

    id: str
    status: str = "Pending"
    updated: float | None = None
    events: list[Event] = field(default_factory=list)


@dataclass
class Deployment:
    """A deployment. `asked` is what CreateDeployment was told, with the group's settings of that time."""

    id: str
    account: str
    region: str
    application: str
    group: str
    config: str
    asked: JSON
    creator: str
    created: float
    previous: JSON | None = None
    """The revision that was the group's before."""
    job: str = ""
    """What CodePipeline calls the action for which it was made."""
    status: str = CREATED
    started: float | None = None
    ended: float | None = None
    code: str = ""
    message: str = ""
    notes: list[str] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    stop: str = ""
    """Why it is to stop, while it is still at work: an error code."""
    rolled_back_by: str = ""
    rolls_back: str = ""
    rollback_message: str = ""

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.account, self.region)

    @property
    def unfinished(self) -> bool:
        """Whether it has not ended."""
        return self.status in UNFINISHED


@dataclass
class Records:
    """Everything: a `scripts.sandbox.stores.Store`. Guarded by its lock."""

    applications: dict[tuple[Place, str], JSON] = field(default_factory=dict)
    configs: dict[tuple[Place, str], JSON] = field(default_factory=dict)
    groups: dict[tuple[Place, str, str], JSON] = field(default_factory=dict)
    """By application and name: what the API tells, but for its deployments."""
    deployments: dict[str, Deployment] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock, compare=False)

    def of_group(self, place: Place, application: str, group: str) -> list[Deployment]:
        """A group's deployments, the newest first."""
        with self.lock:
            found = [
                one
                for one in self.deployments.values()
                if (one.place, one.application, one.group) == (place, application, group)
            ]
        return sorted(found, key=lambda one: one.created, reverse=True)

    def last_successful(self, place: Place, application: str, group: str) -> Deployment | None:
        """The deployment whose revision a group's new instances get."""
        every = self.of_group(place, application, group)
        return next((one for one in every if one.status == SUCCEEDED), None)

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            for kept in (self.applications, self.configs, self.groups, self.deployments, self.tags):
                kept.clear()

    def save(self, directory: Path) -> None:
        """Write everything to one file."""
        with self.lock:
            document = {
                "applications": _rows(self.applications),
                "configs": _rows(self.configs),
                "groups": _rows(self.groups),
                "deployments": [asdict(one) for one in self.deployments.values()],
                "tags": self.tags,
            }
        text = json.dumps(document, default=str)
        stores.write_atomically(directory / "records.json", text)

    def load(self, directory: Path) -> None:
        """Read what `save` wrote."""
        self.reset()
        document = stores.read_json(directory / "records.json")
        if document is None:
            return
        for (account, region, name), held in document["applications"]:
            self.applications[Place(account, region), name] = held
        for (account, region, name), held in document["configs"]:
            self.configs[Place(account, region), name] = held
        for (account, region, application, name), held in document["groups"]:
            self.groups[Place(account, region), application, name] = held
        for said in document["deployments"]:
            self.deployments[said["id"]] = stores.read_record(Deployment, said)
        self.tags.update(document["tags"])


def _rows(held: dict[Any, JSON]) -> list[Any]:
    return [
        [[place.account, place.region, *names], document]
        for (place, *names), document in held.items()
    ]


RECORDS = Records()
"""The one store: the emulator is one a process."""
