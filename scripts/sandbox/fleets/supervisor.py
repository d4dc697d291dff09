"""The process of one fleet: its instances, the front door before them, and the channel that controls both.

It leads a process group of its own, which all that it starts is in. What it should run is in its home
(spec.py), where a deployment that succeeded changes it.

    GET  /status        the fleet, its targets and the last deployment
    POST /deployments   {"revision": source, "minimum_healthy_percent": 50}; 409 while one is under way.
                        Or "minimum_healthy_hosts", or "all_but"; "id" names it, "roll_back" false leaves
                        what failed as it is (deployments.py)
    POST /deployments/stop   the deployment goes no further than the instance it is at
    PUT  /impairment    what is wrong with its region, as its front door shows it (impairment.py)
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import secrets
import shutil
import signal
import string
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scripts.errors import Failed, TradewindError
from scripts.sandbox import daemons, pauses
from scripts.sandbox.fleets import deployments, revisions
from scripts.sandbox.fleets.account import Account
from scripts.sandbox.fleets.deployed import LoadBalancer, environment_file
from scripts.sandbox.fleets.deployments import Demand, Deployment, Status
from scripts.sandbox.fleets.fleet import Fleet
from scripts.sandbox.fleets.front_door import FrontDoor, refused
from scripts.sandbox.fleets.impairment import ImpairedDoor, Impairment
from scripts.sandbox.fleets.instances import Instance, Program
from scripts.sandbox.fleets.revisions import Revision
from scripts.sandbox.fleets.server import Limits, Server
from scripts.sandbox.fleets.spec import Spec
from scripts.sandbox.fleets.target_groups import LOOPBACK, TargetGroup
from scripts.sandbox.fleets.wire import Reply, Request
from scripts.sandbox.lambda_python import search_path
from scripts.sandbox.offline import forbid_network
from scripts.sandbox.record import Record
from scripts.sandbox.surroundings import cleaned

#: Seconds that requests under way may take to finish when the fleet is stopped.
PATIENCE = 10.0

log = logging.getLogger("tradewind.fleet")


def main(arguments: list[str] | None = None) -> int:
    """Run a fleet until told to stop. Exits 1, with one sentence on stderr, when it does not come up."""
    parser = argparse.ArgumentParser(prog="python -m scripts.sandbox.fleets", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the fleet's home")
    home = parser.parse_args(arguments).home
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    forbid_network()
    try:
        asyncio.run(run(home))
    except TradewindError as problem:
        sys.stderr.write(f"{problem.message}\n")
        return 1
    except OSError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    finally:
        Record.remove(home)
        _end_group()
    return 0


def _end_group() -> None:
    """End what an instance left behind, when this process leads a group of its own."""
    if os.getpgrp() == os.getpid():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(os.getpgrp(), signal.SIGTERM)


async def run(home: Path) -> None:
    """Bring the fleet up, serve until SIGTERM or SIGINT, bring it down."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    Record.of_this_process(0).write(home)  # before there is anything that a kill could leave
    spec = Spec.read(home)
    supervisor = Supervisor.of(home, spec)
    limits = Limits(
        idle=supervisor.balancer.seconds("idle_timeout.timeout_seconds"),
        keep_alive=supervisor.balancer.seconds("client_keep_alive.seconds"),
    )
    public = Server(supervisor.door.answer, refused, limits)
    control = Server(supervisor.control, refused)
    try:
        await public.open(spec.host, spec.port)
        up = asyncio.create_task(supervisor.launch())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((up, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            await up
            Record.of_this_process(await control.open(LOOPBACK, 0)).write(home)
            pauses.shorten()
            await stopped
        up.cancel()
    finally:
        await supervisor.abandon()
        await asyncio.gather(public.close(PATIENCE), control.close(1.0))
        await supervisor.fleet.terminate()


@dataclass
class Supervisor:
    """What the control channel speaks to."""

    home: Path
    spec: Spec
    account: Account
    balancer: LoadBalancer
    door: ImpairedDoor
    fleet: Fleet
    deployment: Deployment | None = None
    _work: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    def of(cls, home: Path, spec: Spec) -> Supervisor:
        """As spec and deployed load balancer have it. Raises Failed."""
        account = Account(spec.endpoint, spec.account, spec.region)
        balancer = LoadBalancer.read(account, spec.load_balancer)
        groups = {arn: TargetGroup(made, spec.speed) for arn, made in balancer.groups.items()}
        if spec.target_group not in groups:
            raise Failed(
                f"The load balancer in {spec.region} sends nothing to {spec.target_group}."
            )
        program = Program(spec.arguments, spec.bind, spec.ready, spec.ready_seconds)
        names = [f"{spec.name}-{spec.region}-{number}" for number in range(1, spec.instances + 1)]
        instances = {name: Instance(name, program, home / "logs" / f"{name}.log") for name in names}
        drops = balancer.attributes.get("routing.http.drop_invalid_header_fields.enabled")
        door = FrontDoor(
            balancer.rules,
            groups,
            balancer.functions,
            account.invoke,
            balancer.protocol,
            balancer.port,
            drops == "true",
        )
        fleet = Fleet(instances, groups[spec.target_group], {})
        impaired = ImpairedDoor(door.answer, refused, _standing(spec))
        return cls(home, spec, account, balancer, impaired, fleet)

    async def launch(self) -> None:
        """Start every instance with the revision that should run. Raises Failed."""
        shutil.rmtree(self.home / "logs", ignore_errors=True)
        self._read_environment()
        await self.fleet.launch(await self.download(self.spec.revision))

    async def download(self, source: str) -> Revision:
        """A revision by its source. Raises Failed."""
        return await asyncio.to_thread(
            revisions.fetch, source, self.home / "revisions", self.account
        )

    async def abandon(self) -> None:
        """Leave a deployment where it is: the fleet is about to stop."""
        for task in list(self._work):
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def control(self, request: Request) -> Reply:
        """Answer the control channel."""
        match request.method, request.path:
            case "GET", "/status":
                return _document(200, await asyncio.to_thread(self.described))
            case "POST", "/deployments":
                return self._deploy(request)
            case "POST", "/deployments/stop":
                if self.deployment:
                    self.deployment.stopping = True
                return _document(202, {})
            case "PUT", "/impairment":
                return self._impair(request)
        return _document(404, {"message": f"There is no {request.method} {request.path}."})

    def described(self) -> dict[str, Any]:
        """The fleet as a document."""
        return {
            "name": self.spec.name,
            "region": self.spec.region,
            "url": self.spec.url,
            "endpoint": self.spec.endpoint,
            "revision": self.spec.revision,
            "pid": os.getpid(),
            "instances": self.fleet.described(),
            "deployment": self.deployment.described() if self.deployment else None,
        }

    def _impair(self, request: Request) -> Reply:
        try:
            self.door.impair(Impairment.read(json.loads(request.body)))
        except (ValueError, KeyError, TypeError) as problem:
            return _document(400, {"message": f"That is no impairment: {problem!r}."})
        return _document(200, {})

    def _deploy(self, request: Request) -> Reply:
        if self.deployment and self.deployment.status is Status.IN_PROGRESS:
            return _document(409, {"message": f"{self.deployment.id} is under way."})
        try:
            asked = json.loads(request.body)
            source, demand = str(asked["revision"]), Demand.read(asked)
        except (ValueError, KeyError, TypeError) as problem:
            return _document(400, {"message": f"That is no deployment: {problem!r}."})
        name = str(asked.get("id") or _new_id())
        roll_back = bool(asked.get("roll_back", True))
        self.deployment = Deployment(name, source, self.spec.revision, demand, roll_back)
        task = asyncio.create_task(self._carry_out(self.deployment))
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return _document(202, self.deployment.described())

    async def _carry_out(self, deployment: Deployment) -> None:
        try:
            await asyncio.to_thread(self._read_environment)
        except Failed as problem:
            log.warning("the environment stays as it was: %s", problem.message)
        ended = await deployments.carry_out(deployment, self.fleet, self.download)
        log.info("%s %s %s", deployment.id, ended, deployment.message)
        if ended is Status.SUCCEEDED:
            self.spec = replace(self.spec, revision=deployment.revision)
            self.spec.write(self.home)  # what is brought back after a kill
        deployment.status = ended

    def _read_environment(self) -> None:
        """What the deployed launch template tells an instance; a deployment reads it anew."""
        spec = self.spec
        written = environment_file(self.account, spec.launch_template, spec.environment_file)
        self.fleet.environment.update(
            {
                **cleaned(os.environ),
                "PYTHONPATH": search_path({}),
                "AWS_ENDPOINT_URL": spec.endpoint,
                "AWS_ACCESS_KEY_ID": spec.account,
                "AWS_SECRET_ACCESS_KEY": "sandbox",
                **written,
                **spec.variables,
            }
        )


def _standing(spec: Spec) -> Impairment:
    """What is wrong with the region already; nothing where the endpoint is no sandbox."""
    try:
        return Impairment.read(daemons.ask(f"{spec.endpoint}/_tradewind/faults/{spec.region}"))
    except (OSError, ValueError, KeyError, TypeError):
        return Impairment()


def _new_id() -> str:
    """As CodeDeploy names its deployments."""
    return "d-" + "".join(secrets.choice(string.ascii_uppercase) for _ in range(9))


def _document(status: int, told: Mapping[str, Any]) -> Reply:
    return Reply(status, (("content-type", "application/json"),), json.dumps(told).encode())
