"""The process of Route 53's data plane: checkers and DNS in one loop, and the channel that asks of both.

It goes by what the sandbox tells it and goes on when that is away; when the sandbox stays away, it ends.
HOME is below the sandbox's own.

    GET /status              its process, the DNS port, and whether every checker has looked once
    GET /observations/ID     what each checker sees of a health check; 404 for one that nobody watches
    GET /facts               what DNS answers from: health of checks, addresses and health of load balancers
    GET /stalls?since=T      when this process was late, after that monotonic time
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from scripts.errors import Failed
from scripts.sandbox import pauses, stores
from scripts.sandbox.fleets.account import Account, explained
from scripts.sandbox.fleets.connections import Broken, CannotConnect, Connections
from scripts.sandbox.fleets.front_door import refused
from scripts.sandbox.fleets.server import Limits, Server
from scripts.sandbox.fleets.wire import Reply, Request
from scripts.sandbox.offline import forbid_network
from scripts.sandbox.record import Record
from scripts.sandbox.routing import alarm_checks, metrics
from scripts.sandbox.routing.dns_server import DnsServer
from scripts.sandbox.routing.health_checks import Alarm, HealthCheck
from scripts.sandbox.routing.plane import DataPlane
from scripts.sandbox.routing.snapshot import Snapshot

HOST = "127.0.0.1"
PAGE = "/_tradewind/routing"

#: Seconds for which the sandbox keeps a question for news open, and in which it has to answer.
POLL, ANSWER = 20.0, 40.0

#: Seconds that the sandbox may be away, and between two attempts to reach it.
GRACE, AGAIN = 30.0, 0.1

#: Drill seconds between two looks at an alarm's data, and the seconds of the machine at least.
ALARMS_EVERY, AT_LEAST = 10.0, 0.5

log = logging.getLogger("tradewind.routing")


def main(arguments: list[str] | None = None) -> int:
    """Run until told to stop. Exits 1, with one sentence on stderr, when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m scripts.sandbox.routing", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="below the sandbox's")
    parser.add_argument("--seed", type=int, default=0, help="places checkers in their intervals")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    forbid_network()
    try:
        asyncio.run(serve(chosen.home, chosen.seed))
    except OSError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    finally:
        Record.remove(chosen.home)
    return 0


async def serve(home: Path, seed: int) -> None:
    """Be the data plane until told to stop. Raises OSError when no port is to be had."""
    await Daemon(home, seed).run()


class Daemon:
    """The data plane with its sockets and its tasks."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home = home
        self.plane = DataPlane(seed)
        self.meter = self.plane.meter
        self._seed = seed
        self._dns_port = 0
        self._followed = asyncio.Event()
        self._ended = asyncio.Event()
        self._accounts: dict[tuple[str, str], Account] = {}
        self._known: dict[str, bool] = {}

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT, or until the sandbox stays away. Raises OSError without a port."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._ended.set)
        Record.of_this_process(0).write(self.home)
        names = DnsServer(lambda: self.plane.view)
        self._dns_port = await self._open(names)
        control = Server(self.answer, refused, Limits(idle=5.0, keep_alive=5.0))
        works = [
            asyncio.create_task(work())
            for work in (
                self._follow,
                self.meter.run,
                self.plane.targets.run,
                self._watch_alarms,
                self._tell_metrics,
                self.plane.broken,
            )
        ]
        try:
            Record.of_this_process(await control.open(HOST, 0)).write(self.home)
            ended = asyncio.create_task(self._ended.wait())
            done, _ = await asyncio.wait((ended, *works), return_when=asyncio.FIRST_COMPLETED)
            for work in done - {ended}:
                work.result()  # none of them ends by itself: say why
        finally:
            for task in works:
                task.cancel()
            self.plane.close()
            names.close()
            await control.close(1.0)

    async def _open(self, names: DnsServer) -> int:
        """Serve DNS at the port of last time; at another one where that is not to be had any more."""
        kept = stores.read_json(self.home / "dns-port")
        last = kept if isinstance(kept, int) else 0
        try:
            port = await names.open(HOST, last)
        except OSError as problem:
            if not last:
                raise
            log.warning("port %d is not to be had any more: %s", last, problem)
            port = await names.open(HOST, 0)
        stores.write_atomically(self.home / "dns-port", json.dumps(port))
        return port

    async def answer(self, request: Request) -> Reply:
        """Answer the control channel."""
        path, _, check = request.path[1:].partition("/")
        match request.method, path:
            case "GET", "status":
                return _document(200, self.described())
            case "GET", "facts":
                return _document(200, self.facts())
            case "GET", "observations":
                seen = self.plane.observations(check)
                return _document(200 if seen is not None else 404, {"observations": seen})
            case "GET", "stalls":
                since = float(parse_qs(request.query).get("since", ["0"])[0])
                return _document(200, {"stalls": [asdict(one) for one in self.meter.since(since)]})
        return _document(404, {"message": f"There is no {request.method} {request.path}."})

    def described(self) -> dict[str, Any]:
        """This process as a document."""
        return {
            "pid": os.getpid(),
            "dns": {"host": HOST, "port": self._dns_port},
            "seed": self._seed,
            "version": self.plane.snapshot.version,
            "begun": self._followed.is_set() and self.plane.begun,
            "checks": self.plane.verdicts,
        }

    def facts(self) -> dict[str, Any]:
        """What DNS answers from, beside the records."""
        balancers = self.plane.view.load_balancers
        return {
            "health": self.plane.verdicts,
            "load_balancers": {name: asdict(one) for name, one in balancers.items()},
        }

    async def _follow(self) -> None:
        """Hear what the sandbox says, whenever there is something new. Ends when there is no sandbox."""
        last = time.monotonic()
        while not self._ended.is_set():
            record = Record.read(self.home.parent)
            heard = await self._hear(record.port) if record is not None and record.alive else None
            now = time.monotonic()
            if heard is not None:
                last = now
                if heard.version != self.plane.snapshot.version:
                    self.plane.follow(heard)
                    await self.plane.targets.ask()
                self._followed.set()
            elif now - last > GRACE or not self.home.is_dir():
                log.info("there is no sandbox any more")
                self._ended.set()
            else:
                await asyncio.sleep(AGAIN)

    async def _hear(self, port: int) -> Snapshot | None:
        """What the sandbox says now if it is news, else once it is; None where nobody answers."""
        connections = Connections(HOST, port, 2.0, ANSWER)
        headers = (("host", f"{HOST}:{port}"),)
        path = f"{PAGE}?after={self.plane.snapshot.version}"
        try:
            reply = await connections.ask(Request("GET", path, headers))
            return Snapshot.read(json.loads(reply.body)) if reply.status == 200 else None
        except (CannotConnect, Broken, TimeoutError, ValueError, KeyError, TypeError) as problem:
            log.info("the sandbox does not answer: %r", problem)
            return None
        finally:
            connections.close()

    async def _watch_alarms(self) -> None:
        """Judge the checks that follow an alarm by its data, again and again."""
        while True:
            for check in list(self.plane.snapshot.checks.values()):
                if isinstance(check.subject, Alarm) and not check.disabled:
                    await self._judge(check, check.subject)
            await asyncio.sleep(AT_LEAST)
            rest = ALARMS_EVERY - AT_LEAST * self.plane.timepiece.speed
            await self.plane.timepiece.sleep(max(rest, 0.0))

    async def _judge(self, check: HealthCheck, alarm: Alarm) -> None:
        asked = alarm_checks.question(alarm.stream, time.time())
        try:
            told = await self._call(check.account, alarm.region, "get_metric_statistics", **asked)
        except Failed as problem:  # who cannot be asked says nothing new
            log.info("%s", problem.message)
            return
        values = alarm_checks.values(alarm.stream, asked, told)
        last = self._known.get(check.id, True)
        self._known[check.id] = alarm_checks.last_known(alarm, values, last)
        self.plane.alarms[check.id] = alarm_checks.healthy(alarm, values, last)
        self.plane.learn()

    async def _tell_metrics(self) -> None:
        """Tell CloudWatch of every check, once a minute of the drill."""
        await self._followed.wait()
        while True:
            plane = self.plane
            told = metrics.data(plane.snapshot.checks, plane.verdicts, plane.opinions, time.time())
            for account, data in told.items():
                try:
                    for begin in range(0, len(data), metrics.MOST):
                        await self._call(
                            account,
                            metrics.REGION,
                            "put_metric_data",
                            Namespace=metrics.NAMESPACE,
                            MetricData=data[begin : begin + metrics.MOST],
                        )
                except Failed as problem:  # us-east-1 may be down: what was not told is not told
                    log.info("%s", problem.message)
            await asyncio.sleep(AT_LEAST)
            await plane.timepiece.sleep(max(metrics.EVERY - AT_LEAST * plane.timepiece.speed, 0.0))

    async def _call(
        self, account: str, region: str, operation: str, **arguments: Any
    ) -> dict[str, Any]:
        """One call of CloudWatch, beside the loop. Raises Failed."""
        caller = await self._caller(account, region)
        return await asyncio.to_thread(caller.call, "cloudwatch", operation, **arguments)

    async def _caller(self, account: str, region: str) -> Account:
        """Who asks CloudWatch there, with its client made: clients are most of what this process has."""
        record = Record.read(self.home.parent)
        if record is None:
            raise Failed("There is no sandbox.")
        endpoint = f"http://{HOST}:{record.port}"
        caller = self._accounts.get((account, region))
        if caller is None or caller.endpoint != endpoint:
            caller = Account(endpoint, account, region)
            with explained(f"A client of CloudWatch in {region}"):
                await asyncio.to_thread(caller.client, "cloudwatch")
            self._accounts[account, region] = caller
            pauses.shorten()
        return caller


def _document(status: int, told: Mapping[str, Any]) -> Reply:
    return Reply(status, (("content-type", "application/json"),), json.dumps(told).encode())
