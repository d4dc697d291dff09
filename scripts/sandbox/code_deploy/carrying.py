"""Deployments that are under way, each on a thread of its own: to the group's instances, and back.

A deployment that is not over when the sandbox ends goes on with the next: its fleet, which is a process of
its own, is asked how far it is.
https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import string
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from scripts.errors import Failed
from scripts.sandbox.code_deploy import alarms, notices, paces, targets
from scripts.sandbox.code_deploy.records import (
    CREATED,
    FAILED,
    IN_PROGRESS,
    JSON,
    RECORDS,
    STOPPED,
    SUCCEEDED,
    Deployment,
    Place,
    Target,
)
from scripts.sandbox.code_deploy.targets import Instances, Outcome, Recorded
from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.fleets.account import Account, of_this_sandbox

_LOOK_SECONDS = 0.2
_ALARM_SECONDS = 2.0
_SERVED_TRIES = 50

_NO_INSTANCES = (
    "The deployment failed because no instances were found for your deployment group. Check your "
    "deployment group settings to make sure the tags for your Amazon EC2 instances or Auto Scaling "
    "groups correctly identify the instances you want to deploy to, and then try again."
)
_HEALTH = (
    "The overall deployment failed because too many individual instances failed deployment, too few "
    "healthy instances are available for deployment, or some instances in your deployment group are "
    "experiencing problems."
)
_RECORDED = (
    "No fleet of this group runs in the sandbox: the revision is recorded, and a fleet that is started "
    "begins with it."
)

#: What stopped or failed -> the event of an automatic rollback.
_ROLLBACK_EVENTS = {
    "ALARM_ACTIVE": "DEPLOYMENT_STOP_ON_ALARM",
    "MANUAL_STOP": "DEPLOYMENT_STOP_ON_REQUEST",
}

log = logging.getLogger("tradewind.code_deploy")


class Disturbed(Exception):
    """An outage came between: what was seen meanwhile tells nothing."""


class Outage:
    """Whether there was one in a region since it was asked first."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._before = STANDING.outages(region)

    @property
    def was(self) -> bool:
        """There was."""
        return STANDING.outages(self._region) != self._before

    def must_not_have_been(self) -> None:
        """Raise Disturbed if there was."""
        if self.was:
            raise Disturbed


@dataclass
class Carrier:
    """Carries deployments out."""

    home: Path | None = None
    changed: Callable[[], None] = lambda: None
    _threads: dict[str, threading.Thread] = field(default_factory=dict)
    _woken: threading.Condition = field(default_factory=threading.Condition)
    _ending: bool = False

    def settle(self, home: Path, changed: Callable[[], None]) -> None:
        """Work for the sandbox in `home`; `changed` is told that something is to be saved."""
        self.home, self.changed, self._ending = home, changed, False

    def start(self, deployment: Deployment) -> None:
        """Begin a deployment, or go on with one."""
        thread = threading.Thread(target=self._run, args=(deployment,), daemon=True)
        self._threads[deployment.id] = thread
        thread.start()

    def resume(self) -> list[str]:
        """Go on with what was under way, once the sandbox serves; gives the deployments' ids."""
        waiting = [one for one in RECORDS.deployments.values() if one.unfinished]
        for deployment in waiting:
            self.start(deployment)
        return [one.id for one in waiting]

    def stop(self, deployment: Deployment, code: str) -> None:
        """Have a deployment stop."""
        deployment.stop = deployment.stop or code
        self.wake()

    def wake(self) -> None:
        """Have every deployment look now."""
        with self._woken:
            self._woken.notify_all()

    def end(self) -> None:
        """Leave every deployment where it is: the sandbox stops."""
        self._ending = True
        self.wake()
        for thread in list(self._threads.values()):
            thread.join(_ALARM_SECONDS)

    def _run(self, deployment: Deployment) -> None:
        try:
            _until_served()
            self._carry_through_outages(deployment)
        except Failed as problem:
            if not self._ending:
                self._finish(deployment, FAILED, "INTERNAL_ERROR", problem.message)
        except Exception as problem:  # a deployment must not stay InProgress for ever
            log.exception("%s", deployment.id)
            self._finish(deployment, FAILED, "INTERNAL_ERROR", f"{problem!r}")
        finally:
            self._threads.pop(deployment.id, None)
            self.changed()

    def _carry_through_outages(self, deployment: Deployment) -> None:
        """Carry it out; anew, as after a stop of the sandbox, where an outage came between."""
        while not self._ending:
            STANDING.wait_for_fleets(deployment.region, lambda: not self._ending)
            outage = Outage(deployment.region)
            try:
                self._carry(deployment, outage)
            except (Failed, Disturbed):
                if not outage.was:
                    raise
            else:
                return

    def _carry(self, deployment: Deployment, outage: Outage) -> None:
        account = of_this_sandbox(deployment.account, deployment.region)
        if deployment.status == CREATED:
            deployment.started = time.time()
            deployment.status = IN_PROGRESS
            self._notify(deployment, "DeploymentStart")
        group = RECORDS.groups.get((deployment.place, deployment.application, deployment.group))
        if group is None:
            self._finish(
                deployment, FAILED, "DEPLOYMENT_GROUP_MISSING", "The deployment group is missing."
            )
            return
        if stop := self._stop_of(deployment, account):
            self._finish(deployment, STOPPED, *stop)
            return
        found = list(targets.find(self._required_home(), account, group))
        deployment.targets = [Target(name) for part in found for name in part.ids()]
        outage.must_not_have_been()
        if not deployment.targets:
            self._finish(deployment, FAILED, "NO_INSTANCES", _NO_INSTANCES)
            return
        demand = paces.demanded(paces.find(deployment.place, deployment.config))
        for part in found:
            outcome = self._through(deployment, account, part, demand, outage)
            if self._ending:
                return
            if outcome is not None and (outcome.code or deployment.stop):
                self._end_badly(deployment, outcome)
                return
        if all(isinstance(part, Recorded) for part in found):
            deployment.notes = [_RECORDED]
        self._finish(deployment, SUCCEEDED)

    def _through(
        self,
        deployment: Deployment,
        account: Account,
        part: Instances,
        demand: JSON,
        outage: Outage,
    ) -> Outcome | None:
        """Some of the instances, to their end; None where the sandbox ends before."""
        part.begin(deployment, demand)
        stopped, alarms_at = False, time.monotonic() + _ALARM_SECONDS
        while not self._ending:
            looked, outcome = part.look(deployment)
            outage.must_not_have_been()
            kept = {one.id: one for one in deployment.targets} | {one.id: one for one in looked}
            deployment.targets = list(kept.values())
            if outcome is not None:
                return outcome
            if time.monotonic() >= alarms_at and not deployment.stop:
                alarms_at = time.monotonic() + _ALARM_SECONDS
                if stop := self._stop_of(deployment, account):
                    deployment.stop, deployment.message = stop
            if deployment.stop and not stopped:
                stopped = True
                part.stop()
            with self._woken:
                self._woken.wait(_LOOK_SECONDS)
        return None

    def _end_badly(self, deployment: Deployment, outcome: Outcome) -> None:
        if deployment.stop:
            said = deployment.message or "The deployment was stopped."
            self._finish(deployment, STOPPED, deployment.stop, said)
            return
        words = {"HEALTH_CONSTRAINTS": _HEALTH}.get(outcome.code, outcome.message)
        self._finish(deployment, FAILED, outcome.code, words)

    def _finish(
        self, deployment: Deployment, status: str, code: str = "", message: str = ""
    ) -> None:
        """Give a deployment its end, and begin the one that rolls it back."""
        deployment.code, deployment.message = code, message
        if status != SUCCEEDED:
            self._roll_back(deployment, code)
        deployment.ended = time.time()
        deployment.status = status
        self._notify(
            deployment,
            {SUCCEEDED: "DeploymentSuccess", FAILED: "DeploymentFailure"}.get(
                status, "DeploymentStop"
            ),
        )

    def _roll_back(self, deployment: Deployment, code: str) -> None:
        """The last good revision, as a deployment of its own, where that was asked for."""
        wanted = deployment.asked.get("autoRollbackConfiguration", {})
        event = _ROLLBACK_EVENTS.get(code, "DEPLOYMENT_FAILURE")
        if not wanted.get("enabled") or event not in wanted.get("events", ()):
            return
        if deployment.rolls_back:
            deployment.rollback_message = "A rollback is not rolled back."
            return
        last = RECORDS.last_successful(deployment.place, deployment.application, deployment.group)
        if last is None:
            deployment.rollback_message = (
                "The deployment could not be rolled back: the deployment group has no revision that was "
                "deployed successfully."
            )
            return
        back = create(
            deployment.place,
            (deployment.application, deployment.group, deployment.config),
            {**deployment.asked, "revision": last.asked["revision"], "description": ""},
            creator="codeDeployRollback",
        )
        back.rolls_back = deployment.id
        deployment.rolled_back_by = back.id
        deployment.rollback_message = f"Deployment {deployment.id} is rolled back by {back.id}"
        self.start(back)
        self._notify(deployment, "DeploymentRollback")

    def _stop_of(self, deployment: Deployment, account: Account) -> tuple[str, str] | None:
        """Why a deployment must stop: somebody asked for it, or an alarm of its group."""
        if deployment.stop:
            return deployment.stop, deployment.message or "The deployment was stopped."
        if deployment.rolls_back:
            return None
        problem = alarms.problem(account, deployment.asked.get("alarmConfiguration", {}))
        return ("ALARM_ACTIVE", problem) if problem else None

    def _notify(self, deployment: Deployment, event: str) -> None:
        account = of_this_sandbox(deployment.account, deployment.region)
        notices.publish(account, deployment, event)

    def _required_home(self) -> Path:
        if self.home is None:
            raise Failed("CodeDeploy has no place to work in.")
        return self.home


def _until_served() -> None:
    """Wait until the sandbox's port is open: what goes on after a restart begins before it is."""
    gateway = "127.0.0.1", int(os.environ["GATEWAY_PORT"])
    for _ in range(_SERVED_TRIES):
        with contextlib.suppress(OSError), socket.create_connection(gateway):
            return
        time.sleep(_LOOK_SECONDS)


def create(
    place: Place,
    names: tuple[str, str, str],
    asked: JSON,
    *,
    creator: str,
    job: str = "",
) -> Deployment:
    """A new deployment, kept and not begun; `names` are its application, group and configuration."""
    application, group, config = names
    last = RECORDS.last_successful(place, application, group)
    deployment = Deployment(
        _new_id(),
        place.account,
        place.region,
        application,
        group,
        config,
        asked,
        creator,
        time.time(),
        last.asked["revision"] if last else None,
        job,
    )
    with RECORDS.lock:
        RECORDS.deployments[deployment.id] = deployment
    return deployment


def _new_id() -> str:
    return "d-" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(9))


CARRIER = Carrier()
"""The one carrier of the process."""
