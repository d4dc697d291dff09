"""The data plane as a whole: what it is told, whom it asks, and what DNS is given of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from scripts.sandbox.fleets.front_door import refused
from scripts.sandbox.fleets.server import Server
from scripts.sandbox.fleets.wire import Reply, Request
from scripts.sandbox.routing.plane import DataPlane
from scripts.sandbox.routing.snapshot import Balancer, Snapshot
from scripts.sandbox.routing.target_health import SILENCE, TargetHealth
from scripts.sandbox.routing.timepiece import Timepiece

BALANCER = "shop-1.us-east-1.elb.amazonaws.com"


def told(
    port: int = 0,
    *,
    control: int = 0,
    address: str = "127.0.0.1",
    created: float = 0,
    **config: Any,
) -> Snapshot:
    """A sandbox with one zone, in which `shop` is an alias to a load balancer and `server` an address."""
    alias = {"DNSName": f"{BALANCER}.", "HostedZoneId": "Z35SX", "EvaluateTargetHealth": True}
    records: list[dict[str, Any]] = [
        {"Name": "shop.example.com.", "Type": "A", "AliasTarget": alias},
        {
            "Name": "server.example.com.",
            "Type": "A",
            "TTL": "60",
            "ResourceRecords": ["127.0.0.1"],
        },
    ]
    check = {
        "id": "check",
        "account": "111111111111",
        "created": created,
        "alarm": None,
        "config": {"Type": "HTTP", "RequestInterval": 10, **config},
    }
    return Snapshot.read(
        {
            "version": str(config),
            "checks": [check] if config else [],
            "zones": [{"id": "Z1", "account": "1", "name": "example.com.", "records": records}],
            "balancers": [
                {
                    "name": BALANCER,
                    "region": "us-east-1",
                    "listeners": [443],
                    "address": address,
                    "port": port,
                    "control": control,
                }
            ],
            "clock": {"monotonic": time.monotonic(), "now": time.time(), "speed": 1.0},
        }
    )


class Fleet:
    """A server that stands for a fleet's front door and for its control channel."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.healths: list[str] = ["healthy"]

    async def __aenter__(self) -> Fleet:
        self._server = Server(self._answer, refused)
        self.port = await self._server.open("127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close(0)

    async def _answer(self, request: Request) -> Reply:
        self.asked.append(request)
        instances = [{"health": one} for one in self.healths]
        return Reply(200, (), json.dumps({"instances": instances}).encode())


def ran(trial: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(trial())  # type: ignore[arg-type]


async def begun(plane: DataPlane, snapshot: Snapshot) -> dict[str, Any]:
    """What a first checker saw once all have looked."""
    plane.follow(snapshot)
    async with asyncio.timeout(60):
        while not plane.begun:
            await asyncio.sleep(0.005)
    seen = plane.observations("check")
    assert seen is not None
    assert len(seen) == 16
    first: dict[str, Any] = seen[0]["last"]
    return first


def test_a_name_of_a_load_balancer_leads_to_its_fleet() -> None:
    async def trial() -> None:
        plane = DataPlane()
        async with Fleet() as fleet:
            name: dict[str, Any] = {
                "FullyQualifiedDomainName": "shop.example.com",
                "ResourcePath": "/healthz",
            }
            seen = await begun(plane, told(fleet.port, **{**name, "Type": "HTTPS", "Port": 443}))
            assert seen["success"], seen
            assert fleet.asked[0].path == "/healthz"
            assert fleet.asked[0].values("host") == ["shop.example.com"]
            plane.close()

    ran(trial)


def test_a_load_balancer_serves_its_listeners_ports_alone() -> None:
    async def trial() -> None:
        plane = DataPlane()
        async with Fleet() as fleet:
            name: dict[str, Any] = {"FullyQualifiedDomainName": "shop.example.com", "Port": 80}
            seen = await begun(plane, told(fleet.port, **name))
            assert seen["status"].startswith("Failure: Connection timed out.")
            assert not fleet.asked
            plane.close()

    ran(trial)


def test_any_other_address_is_asked_at_the_port_of_the_check() -> None:
    async def trial() -> None:
        plane = DataPlane()
        async with Fleet() as fleet:
            name: dict[str, Any] = {
                "FullyQualifiedDomainName": "server.example.com",
                "Port": fleet.port,
            }
            seen = await begun(plane, told(address="127.0.0.2", **name))
            assert seen["success"], seen
            plane.close()

    ran(trial)


@pytest.mark.parametrize("name", ["nobody.example.com", "example.net"])
def test_a_name_without_an_address_fails(name: str) -> None:
    async def trial() -> None:
        plane = DataPlane()
        seen = await begun(plane, told(FullyQualifiedDomainName=name))
        assert seen["status"].startswith("Failure: DNS resolution failed")
        plane.close()

    ran(trial)


@pytest.mark.parametrize(("age", "healthy"), [(0, True), (29, True), (31, False)])
def test_a_check_is_new_until_a_mind_could_have_changed(age: float, healthy: bool) -> None:
    async def trial() -> None:
        plane = DataPlane()
        name: dict[str, Any] = {"FullyQualifiedDomainName": "nobody.example.com"}
        await begun(plane, told(created=time.time() - age, **name))
        assert plane.verdicts == {"check": healthy}
        plane.close()

    ran(trial)


def test_a_changed_check_keeps_its_checkers_and_a_disabled_one_has_none() -> None:
    async def trial() -> None:
        plane = DataPlane()
        name: dict[str, Any] = {"FullyQualifiedDomainName": "nobody.example.com"}
        await begun(plane, told(**name))
        assert plane.verdicts == {"check": False}
        plane.follow(told(**name, ResourcePath="/other"))
        assert plane.verdicts == {"check": False}
        plane.follow(told(**name, Inverted=True))
        assert plane.verdicts == {"check": True}
        plane.follow(told(**name, Disabled=True))
        assert plane.verdicts == {"check": True}
        assert plane.observations("check") is None
        plane.follow(told())
        assert plane.verdicts == {}
        plane.close()

    ran(trial)


def test_dns_is_given_what_the_checkers_and_the_fleets_say() -> None:
    async def trial() -> None:
        plane = DataPlane()
        async with Fleet() as fleet:
            await begun(
                plane, told(control=fleet.port, FullyQualifiedDomainName="nobody.example.com")
            )
            await plane.targets.ask()
            assert not plane.view.health("check")
            assert plane.view.health("unknown")
            assert plane.view.load_balancers[BALANCER].address == "127.0.0.1"
            assert plane.view.load_balancers[BALANCER].well
            fleet.healths = ["unhealthy", "draining"]
            await plane.targets.ask()
            assert not plane.view.load_balancers[BALANCER].well
            plane.close()

    ran(trial)


def test_a_fleet_that_says_nothing_any_more_is_given_up_in_time() -> None:
    async def trial() -> None:
        timepiece = Timepiece()
        async with Fleet() as fleet:
            balancer = Balancer(BALANCER, "us-east-1", (443,), "127.0.0.1", 1, fleet.port)
            targets = TargetHealth(lambda: [balancer], timepiece)
            await targets.ask()
        await targets.ask()
        assert targets.well(balancer), "it was well a moment ago"
        now = timepiece.reading
        timepiece.turn(type(now)(now.monotonic, now.now + SILENCE, now.speed))
        assert not targets.well(balancer)

    ran(trial)


def test_a_load_balancer_without_a_fleet_has_no_healthy_target() -> None:
    targets = TargetHealth(list, Timepiece())
    assert not targets.well(Balancer(BALANCER, "us-east-1", (443,)))


def test_a_sleeper_does_not_mind_a_clock_that_is_set_back() -> None:
    async def trial() -> None:
        timepiece = Timepiece()
        now = timepiece.reading
        timepiece.turn(type(now)(now.monotonic, now.now, 1000.0))
        sleeper = asyncio.create_task(timepiece.sleep(100.0))
        await asyncio.sleep(0)
        timepiece.turn(type(now)(now.monotonic, now.now - 1e6, 1000.0))
        async with asyncio.timeout(60):
            await sleeper

    ran(trial)
