"""Where a drill plays: AWS, or the sandbox with the shop run once per region, its own DNS and its own clock.

Nothing else of the commands knows which.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.commands.sandbox.shop_fleets import Wishes
    from scripts.context import Context
    from scripts.drill.clock import Accelerated
    from scripts.drill.observations import Stalled
    from scripts.drill.stage import Stage
    from scripts.drill.theatre import Theatre

#: Drill seconds in a second, unless said.
SPEED = 60.0

#: Seconds that the checkers and the alarms have to see that the shops serve, and for how many drill seconds
#: they have to agree: an alarm hears of a check a minute later.
SETTLED_WITHIN, STEADY = 20.0, 150.0


def connect(context: Context, environment: Environment) -> Aws:
    """The environment's account, checked without the region that a drill may have left."""
    aws = replace(context.connect(environment), asked_in=environment.standby_region)
    aws.verify_account()
    return aws


def rehearsed() -> bool:
    """Whether it is the sandbox's."""
    return bool(click.get_current_context().find_root().params["sandbox"])


@contextmanager
def stage(
    context: Context,
    environment: Environment,
    aws: Aws,
    theatre: Theatre,
    speed: float | None = None,
) -> Iterator[Stage]:
    """The one that the command line means. Raises UsageError for a speed that AWS does not have."""
    from scripts.errors import UsageError
    from scripts.sandbox import process

    if rehearsed():
        home = process.home_of(context.project)
        with rehearsal(context, environment, aws, theatre, home, speed or SPEED) as staged:
            yield staged
        return
    if speed is not None:
        raise UsageError(
            "AWS's clock runs at its own speed: --speed is for the sandbox.",
            fix="Leave it out, or add --sandbox.",
        )
    yield _on_aws(environment, aws, theatre)


def _on_aws(environment: Environment, aws: Aws, theatre: Theatre) -> Stage:
    from scripts.drill import names
    from scripts.drill.clock import Realtime
    from scripts.drill.stage import Stage
    from scripts.drill.visitors import EdgeVisitor
    from scripts.drill.wire import tapped

    heard, wire = tapped(aws)
    _, domain = environment.hosted_zone
    return Stage(
        aws=heard,
        clock=Realtime(),
        names=names.Authority(lambda: names.delegated(domain)),
        visitor=lambda: EdgeVisitor(f"https://{theatre.shop_name}"),
        rehearsal=False,
        wire=wire,
    )


@contextmanager
def rehearsal(
    context: Context,
    environment: Environment,
    aws: Aws,
    theatre: Theatre,
    home: Path,
    speed: float,
    wishes: Wishes | None = None,
) -> Iterator[Stage]:
    """On the sandbox of `home`: its shops serve, its DNS answers, its clock runs that fast to the end."""
    from scripts.drill import names
    from scripts.drill.clock import Accelerated
    from scripts.drill.stage import Stage
    from scripts.drill.visitors import CachingVisitor
    from scripts.drill.wire import tapped

    twin = Twin(home)
    shops = _open_shops(context, environment, aws, twin, wishes)
    server = twin.name_server()
    heard, wire = tapped(aws)
    authority = names.Authority(lambda: (server,))
    before = twin.clock()["speed"]
    reading = twin.run_at(speed)
    clock = Accelerated(reading["monotonic"], reading["now"], reading["speed"])
    try:
        yield Stage(
            aws=heard,
            clock=clock,
            names=authority,
            visitor=lambda: CachingVisitor(
                authority, clock, theatre.failover_name, shops, theatre.keep_alive
            ),
            rehearsal=True,
            outage=twin,
            wire=wire,
            stalls=Stalls(twin, clock),
        )
    finally:
        twin.run_at(before)


def _open_shops(
    context: Context, environment: Environment, aws: Aws, twin: Twin, wishes: Wishes | None
) -> int:
    """Have the shop serve in both regions, but in one that is taken away; gives its port.

    Raises UsageError where the two would have one address: DNS tells addresses, and no ports.
    """
    from scripts.commands.sandbox import shop_fleets
    from scripts.errors import UsageError
    from scripts.sandbox.fleets import supervision

    up = [region for region in environment.pair if not twin.standing(region)]
    fresh = not all(
        supervision.status(shop_fleets.beside(twin.home, environment, region)).running
        for region in up
    )
    fleets = [
        shop_fleets.serve(
            context.terminal,
            aws,
            environment,
            region,
            twin.home,
            twin.endpoint,
            wishes or shop_fleets.Wishes(),
        )
        for region in up
    ]
    urls = [urlsplit(fleet.document["url"]) for fleet in fleets]
    if len({url.hostname for url in urls}) < len(urls):
        raise UsageError(
            "Both regions' shops have the address 127.0.0.1 here, and DNS cannot tell them apart.",
            fix="Add 127.0.0.11 and 127.0.0.12 to the loopback interface (macOS: sudo ifconfig lo0 alias "
            "127.0.0.11; the same for .12), stop the shop (tradewind sandbox shop stop) and repeat this.",
        )
    if fresh or not _quiet(aws):
        with context.terminal.progress("Waiting for Route 53 and the alarms to see it"):
            twin.settle(lambda: _quiet(aws))
    return urls[0].port or 80


def _quiet(aws: Aws) -> bool:
    """Whether no alarm on a health check goes off, nor one that is made of such."""
    from generator.places import EDGE_REGION

    told = aws.client("cloudwatch", EDGE_REGION).call(
        "describe_alarms", StateValue="ALARM", AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    checks = [one for one in told["MetricAlarms"] if one.get("Namespace") == "AWS/Route53"]
    return not checks and not told["CompositeAlarms"]


@dataclass
class Stalls:
    """By how much the twin's own loops were late, each told once."""

    twin: Twin
    clock: Accelerated
    since: float = field(default_factory=time.monotonic)

    def __call__(self) -> Iterator[Stalled]:
        """Since it was asked last."""
        from scripts.drill.observations import Stalled

        for late in self.twin.late(self.since):
            self.since = max(self.since, late["monotonic"])
            at = self.clock.then + (late["monotonic"] - self.clock.monotonic) * self.clock.speed
            yield Stalled(at, "route 53", late["drill_seconds"])


@dataclass(frozen=True)
class Twin:
    """The sandbox, as a drill needs it: a clock, name servers, and regions that can be taken away."""

    home: Path

    @property
    def endpoint(self) -> str:
        """Where it serves AWS's APIs."""
        from scripts.sandbox import process

        running = process.status(self.home).running
        assert running is not None, "whoever drills has connected to it"
        return running.url

    def clock(self) -> dict[str, Any]:
        """What time it is, and how fast it goes."""
        return self._ask("GET", "clock")

    def run_at(self, speed: float) -> dict[str, Any]:
        """Have it go so fast."""
        return self._ask("PUT", "clock", {"speed": speed})

    def name_server(self) -> str:
        """Where its DNS answers, once its checkers have looked."""
        serving = self._ask("POST", "routing/start")["dns"]
        return f"{serving['host']}:{serving['port']}"

    def late(self, since: float) -> Any:
        """When its checkers and its name server were late, after that monotonic time."""
        return self._ask("GET", f"routing/stalls?since={since}")

    def settle(self, quiet: Callable[[], bool]) -> None:
        """Let time pass, fast, until the checkers find every endpoint well, and the alarms are quiet."""
        before = self.clock()["speed"]
        self.run_at(max(before, SPEED))
        try:
            self._ask("POST", "routing/start")
            deadline = time.monotonic() + SETTLED_WITHIN
            steady = time.monotonic()
            while time.monotonic() < deadline:  # past it the preflight says what is not well
                if not (all(self._ask("GET", "routing/status")["checks"].values()) and quiet()):
                    steady = time.monotonic()
                elif time.monotonic() - steady >= STEADY / max(before, SPEED):
                    break
                time.sleep(0.2)
        finally:
            self.run_at(before)

    def begin(self, region: str) -> float:
        """Take it away; since when it is."""
        return float(self._ask("PUT", f"faults/{region}", {"down": True})["since"])

    def end(self, region: str) -> None:
        """Bring it back."""
        self._ask("DELETE", f"faults/{region}")

    def standing(self, region: str) -> bool:
        """Whether it is away."""
        return bool(self._ask("GET", f"faults/{region}").get("down"))

    def _ask(self, method: str, page: str, said: object = None) -> dict[str, Any]:
        from scripts.sandbox import process

        return process.page(self.home, method, page, said)
