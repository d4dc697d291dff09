"""The data plane's state: what it was told, what its checkers think, and what follows for DNS."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable, Iterator
from typing import Any

from scripts.sandbox.routing.answers import LoadBalancer, View, answer
from scripts.sandbox.routing.checkers import Observation, Watch
from scripts.sandbox.routing.health_checks import Endpoint, HealthCheck
from scripts.sandbox.routing.judgement import verdicts
from scripts.sandbox.routing.probes import TIMED_OUT, Outcome, probe
from scripts.sandbox.routing.records import canonical
from scripts.sandbox.routing.snapshot import Balancer, Snapshot
from scripts.sandbox.routing.stalls import StallMeter
from scripts.sandbox.routing.target_health import TargetHealth
from scripts.sandbox.routing.timepiece import Timepiece


class DataPlane:
    """Everything that answers and judgements depend on. `seed` places checkers in their intervals."""

    def __init__(self, seed: int = 0) -> None:
        self.timepiece = Timepiece()
        self.meter = StallMeter(self.timepiece)
        self.snapshot = Snapshot()
        self.alarms: dict[str, bool] = {}
        self.targets = TargetHealth(self._evaluated, self.timepiece)
        self._watches: dict[str, Watch] = {}
        self._verdicts: dict[str, bool] | None = None
        self._seed = seed
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # For equal weights and for aliases; nothing here is a secret.
        self._dice = random.Random(seed)  # noqa: S311

    def follow(self, snapshot: Snapshot) -> None:
        """Go by what the sandbox says now. A check that stays keeps what its checkers think."""
        self.snapshot = snapshot
        self.timepiece.turn(snapshot.clock)
        wanted = dict(_watched(snapshot.checks.values()))
        for gone in self._watches.keys() - wanted.keys():
            self._watches.pop(gone).close()
        for check, endpoint in wanted.items():
            if check in self._watches:
                self._watches[check].follow(endpoint)
            else:
                self._watches[check] = self._watch(snapshot.checks[check], endpoint)
        self.alarms = {
            check: self.alarms[check] for check in self.alarms if check in snapshot.checks
        }
        self.learn()

    def learn(self) -> None:
        """There is something new to judge by."""
        self._verdicts = None

    async def broken(self) -> None:
        """Wait for something that must not happen; raises it."""
        await self._broken

    def _break(self, problem: BaseException) -> None:
        if not self._broken.done():
            self._broken.set_exception(problem)

    def close(self) -> None:
        """Watch nothing more."""
        for watch in self._watches.values():
            watch.close()

    @property
    def begun(self) -> bool:
        """Whether every checker of every check has looked once."""
        return all(watch.begun for watch in self._watches.values())

    @property
    def verdicts(self) -> dict[str, bool]:
        """Whether each check is healthy, by its id."""
        if self._verdicts is None:
            self._verdicts = verdicts(self.snapshot.checks, self.opinions, self.alarms)
        return self._verdicts

    @property
    def opinions(self) -> dict[str, tuple[bool, ...]]:
        """What the checkers of each endpoint think of it."""
        return {check: watch.opinions for check, watch in self._watches.items()}

    @property
    def view(self) -> View:
        """What DNS answers from, now."""
        balancers = self.snapshot.balancers.values()
        stand = {
            one.name: LoadBalancer(one.address or None, self.targets.well(one)) for one in balancers
        }
        return View(self.snapshot.zones, lambda check: self.verdicts.get(check, True), stand)

    def observations(self, check: str) -> list[dict[str, Any]] | None:
        """What each checker of an endpoint sees, as a document; None for a check that nobody watches."""
        watch = self._watches.get(check)
        if watch is None:
            return None
        return [
            {
                "region": seat.checker.region,
                "address": seat.checker.address,
                "healthy": seat.opinion.healthy,
                "last": _described(seat.last),
                "failure": _described(seat.failure),
            }
            for seat in watch.seats.values()
        ]

    def _watch(self, check: HealthCheck, endpoint: Endpoint) -> Watch:
        """A check that is older than it takes to change a mind has been watched before we were there."""
        age = self.timepiece.time() - check.created
        watched = age >= endpoint.interval * endpoint.threshold
        return Watch(
            check.id,
            endpoint,
            self._ask,
            self.timepiece,
            self.learn,
            self._break,
            seed=self._seed,
            watched=watched,
            late=self.meter.late,
        )

    async def _ask(self, check: str, endpoint: Endpoint) -> Outcome:
        """One exchange with an endpoint, wherever its name leads now."""
        began = time.monotonic()
        if endpoint.address:
            host, port = endpoint.address, endpoint.port
        else:
            found = answer(self.view, endpoint.name, "A", self._dice)
            addresses = [one.value for one in found.records if one.type == "A"]
            if not addresses:
                await asyncio.sleep(0)
                return Outcome(False, f"Failure: DNS resolution failed: {found.code}.")
            host, port = self._dice.choice(addresses), endpoint.port
            balancer = self._behind(endpoint.name, host)
            if balancer is not None:
                if endpoint.port not in balancer.listeners:  # its security group lets nobody there
                    seconds = time.monotonic() - began
                    return Outcome(False, f"Failure: {TIMED_OUT} Resolved IP: {host}", seconds)
                port = balancer.port
        return await probe(check, endpoint, host, port, self.timepiece.speed)

    def _behind(self, name: str, address: str) -> Balancer | None:
        """The load balancer whose fleet has an address; of several, the one that the name speaks for."""
        found = [one for one in self.snapshot.balancers.values() if one.address == address]
        spoken_for = self._aliases(name) if len(found) > 1 else set()
        return next((one for one in found if one.name in spoken_for), found[0] if found else None)

    def _aliases(self, name: str) -> set[str]:
        groups = (zone.groups.get((canonical(name), "A"), ()) for zone in self.snapshot.zones)
        return {
            record.alias.name.removesuffix(".").removeprefix("dualstack.")
            for group in groups
            for record in group
            if record.alias is not None
        }

    def _evaluated(self) -> Iterator[Balancer]:
        """The load balancers that some alias evaluates."""
        evaluated = {
            record.alias.name.removesuffix(".").removeprefix("dualstack.")
            for zone in self.snapshot.zones
            for record in zone.records
            if record.alias is not None and record.alias.evaluate
        }
        return (one for one in self.snapshot.balancers.values() if one.name in evaluated)


def _watched(checks: Iterable[HealthCheck]) -> Iterator[tuple[str, Endpoint]]:
    """The endpoints that checkers ask: not those of disabled checks."""
    for check in checks:
        if isinstance(check.subject, Endpoint) and not check.disabled:
            yield check.id, check.subject


def _described(seen: Observation | None) -> dict[str, Any] | None:
    if seen is None:
        return None
    return {
        "success": seen.outcome.success,
        "status": seen.outcome.status,
        "at": seen.at,
        "wall": seen.wall,
    }
