"""What a deployment is for: the instances of a group, as far as there are any.

A fleet that runs on this machine stands for an Auto Scaling group, and is found by that one's name. Where
none runs, the instances are records: they take any revision that an instance could unpack, and start nothing.
A fleet that is started later begins with what its group took last.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from scripts.errors import Failed, Refused
from scripts.sandbox.code_deploy.records import (
    FAILED,
    IN_PROGRESS,
    SUCCEEDED,
    Deployment,
    Event,
    Target,
)
from scripts.sandbox.fleets import supervision
from scripts.sandbox.fleets.account import Account
from scripts.sandbox.fleets.spec import Spec

#: What an instance goes through, whether or not a load balancer is asked.
LIFECYCLE = ("ApplicationStop", "DownloadBundle", "ApplicationStart", "ValidateService")

_ENDED = frozenset({"Succeeded", "Failed", "Stopped"})


@dataclass(frozen=True)
class Outcome:
    """How a deployment ended on some instances; `code` of CodeDeploy's errors, empty without one."""

    code: str = ""
    message: str = ""


class Instances(Protocol):
    """Some of a group's instances."""

    def ids(self) -> list[str]:
        """Which."""

    def begin(self, deployment: Deployment, demand: Mapping[str, Any]) -> None:
        """Have them take the deployment's revision; one that was begun is left at it. Raises Failed."""

    def look(self, deployment: Deployment) -> tuple[list[Target], Outcome | None]:
        """How far each of them is; and how it ended, once it has."""

    def stop(self) -> None:
        """Have it go no further than the instance it is at."""


def find(home: Path, account: Account, group: Mapping[str, Any]) -> Iterator[Instances]:
    """What stands for the instances of a group. Raises Failed."""
    names = [one["name"] for one in group["autoScalingGroups"]]
    if not names:
        return
    told = account.call("autoscaling", "describe_auto_scaling_groups", AutoScalingGroupNames=names)[
        "AutoScalingGroups"
    ]
    fleets = dict(_fleets(home, account))
    for scaling in told:
        name = scaling["AutoScalingGroupName"]
        homes = [place for place, spec in fleets.items() if spec.scaling_group == name]
        if homes:
            yield from (Fleet(place) for place in homes)
        elif names := _instance_ids(scaling):
            yield Recorded(account, names)


@dataclass(frozen=True)
class Fleet:
    """A fleet that runs on this machine."""

    home: Path

    def ids(self) -> list[str]:
        """Its instances."""
        return [one["id"] for one in supervision.status(self.home).document.get("instances", ())]

    def begin(self, deployment: Deployment, demand: Mapping[str, Any]) -> None:
        """Have the fleet roll."""
        told = supervision.status(self.home).document.get("deployment") or {}
        if told.get("id") == deployment.id:
            return
        asked = {
            "id": deployment.id,
            "revision": address(deployment.asked["revision"]),
            "roll_back": False,
            **demand,
        }
        try:
            supervision.ask(self.home, asked)
        except Refused as refusal:
            raise Failed(refusal.message) from None

    def look(self, deployment: Deployment) -> tuple[list[Target], Outcome | None]:
        """What the fleet says of it."""
        document = supervision.status(self.home).document
        told = document.get("deployment") or {}
        if told.get("id") != deployment.id:
            lost = Outcome("HEALTH_CONSTRAINTS", f"The fleet {self.home.name} ended meanwhile.")
            return [], lost
        events: dict[str, list[Event]] = {one["id"]: [] for one in document["instances"]}
        for one in told["events"]:
            end = one["began"] + one["seconds"] if one["status"] in _ENDED else None
            event = Event(one["name"], one["status"], one["began"], end, one["message"])
            events[one["instance"]].append(event)
        ended = told["status"] in _ENDED
        targets = [_target(name, gone, ended) for name, gone in events.items()]
        if not ended:
            return targets, None
        return targets, Outcome(told["code"], told["message"])

    def stop(self) -> None:
        """Tell the fleet."""
        supervision.go_no_further(self.home)


@dataclass(frozen=True)
class Recorded:
    """Instances that nothing stands for: they take a revision, and start nothing."""

    account: Account
    names: list[str]

    def ids(self) -> list[str]:
        """As their Auto Scaling group tells them."""
        return self.names

    def begin(self, deployment: Deployment, demand: Mapping[str, Any]) -> None:
        """Nothing is to be begun."""

    def look(self, deployment: Deployment) -> tuple[list[Target], Outcome | None]:
        """Each took the revision, if it is one."""
        problem = self._problem(deployment.asked["revision"]["s3Location"])
        now = deployment.started
        targets = []
        for name in self.names:
            events = [Event(one, "Skipped") for one in LIFECYCLE]
            events[1] = Event(LIFECYCLE[1], FAILED if problem else SUCCEEDED, now, now, problem)
            targets.append(Target(name, FAILED if problem else SUCCEEDED, now, events))
        code = "HEALTH_CONSTRAINTS" if problem else ""
        return targets, Outcome(code, problem)

    def stop(self) -> None:
        """It has ended already."""

    def _problem(self, location: Mapping[str, str]) -> str:
        """Why an instance could not unpack a revision."""
        asked = {"Bucket": location["bucket"], "Key": location["key"]}
        if location.get("version"):
            asked["VersionId"] = location["version"]
        try:
            content = self.account.call("s3", "get_object", **asked)["Body"].read()
        except Failed as problem:
            return problem.message
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = archive.namelist()
        except zipfile.BadZipFile as problem:
            return f"The revision is no zip: {problem}"
        if not {"appspec.yml", "appspec.yaml"} & set(names):
            return (
                "The CodeDeploy agent did not find an AppSpec file within the unpacked revision "
                'directory at revision-relative path "appspec.yml".'
            )
        return ""


def address(revision: Mapping[str, Any]) -> str:
    """A revision as a fleet takes it."""
    location = revision["s3Location"]
    return f"s3://{location['bucket']}/{location['key']}"


def _fleets(home: Path, account: Account) -> Iterator[tuple[Path, Spec]]:
    """The fleets that run in an account and Region."""
    for place in supervision.every(home):
        if not supervision.status(place).running:
            continue
        spec = Spec.read(place)
        if (spec.account, spec.region) == (account.number, account.region):
            yield place, spec


def _instance_ids(scaling: Mapping[str, Any]) -> list[str]:
    """The instances of an Auto Scaling group; where it lists none, as many as it desires."""
    listed = [one["InstanceId"] for one in scaling["Instances"]]
    if listed:
        return listed
    desired = max(int(scaling["DesiredCapacity"]), int(scaling["MinSize"]))
    seeds = (f"{scaling['AutoScalingGroupARN']}/{number}" for number in range(desired))
    return [f"i-{hashlib.sha256(seed.encode()).hexdigest()[:17]}" for seed in seeds]


def _target(name: str, events: list[Event], ended: bool) -> Target:
    statuses = [event.status for event in events]
    if FAILED in statuses:
        status = FAILED
    elif not events:
        status = "Skipped" if ended else "Pending"
    elif IN_PROGRESS in statuses or events[-1].name != "AllowTraffic":
        status = IN_PROGRESS
    else:
        status = SUCCEEDED
    times = [moment for event in events for moment in (event.start, event.end) if moment]
    return Target(name, status, max(times, default=None), events)
