"""Where a drill plays: AWS, or the sandbox with the shop run once per region, its own DNS and its own clock.

Nothing else of the commands knows which. A build that runs in the sandbox is told so as by AWS's SDKs, by the
endpoint: there the shops are open already, as regions are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from scripts.commands.failover_drill.twin import SPEED, Stalls, Twin

if TYPE_CHECKING:
    from pathlib import Path

    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.commands.sandbox.shop_fleets import Wishes
    from scripts.context import Context
    from scripts.drill.stage import Stage
    from scripts.drill.theatre import Theatre

#: Names what answers in AWS's place.
#: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
ENDPOINT = "AWS_ENDPOINT_URL"


def connect(context: Context, environment: Environment) -> Aws:
    """The environment's account, checked without the region that a drill may have left."""
    aws = replace(context.connect(environment), asked_in=environment.standby_region)
    aws.verify_account()
    return aws


def rehearsed() -> bool:
    """Whether it is the sandbox's."""
    return _asked_for() or bool(os.environ.get(ENDPOINT))


def _asked_for() -> bool:
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

    if _asked_for():
        from scripts.sandbox import process

        home = process.home_of(context.project)
        with rehearsal(context, environment, aws, theatre, home, speed or SPEED) as staged:
            yield staged
    elif rehearsed():
        twin = Twin(os.environ[ENDPOINT])
        with _rehearsed_on(twin, aws, theatre, twin.shops(theatre), speed or twin.pace) as staged:
            yield staged
    elif speed is not None:
        raise UsageError(
            "AWS's clock runs at its own speed: --speed is for the sandbox.",
            fix="Leave it out, or add --sandbox.",
        )
    else:
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
    """On the sandbox of `home`, with its shops opened."""
    twin = Twin(str(aws.options["endpoint_url"]))
    shops = _open_shops(context, environment, aws, twin, home, wishes)
    with _rehearsed_on(twin, aws, theatre, shops, speed) as staged:
        yield staged


@contextmanager
def _rehearsed_on(
    twin: Twin, aws: Aws, theatre: Theatre, shops: int, speed: float
) -> Iterator[Stage]:
    """On a sandbox whose shops serve at that port: its DNS answers, its clock runs that fast to the end."""
    from scripts.drill import names
    from scripts.drill.clock import Accelerated
    from scripts.drill.stage import Stage
    from scripts.drill.visitors import CachingVisitor
    from scripts.drill.wire import tapped

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
    context: Context,
    environment: Environment,
    aws: Aws,
    twin: Twin,
    home: Path,
    wishes: Wishes | None,
) -> int:
    """Have the shop serve in both regions, but in one that is taken away; gives its port.

    Raises UsageError where the two would have one address: DNS tells addresses, and no ports.
    """
    from scripts.commands.sandbox import shop_fleets
    from scripts.errors import UsageError
    from scripts.sandbox.fleets import supervision

    up = [region for region in environment.pair if not twin.standing(region)]
    fresh = not all(
        supervision.status(shop_fleets.beside(home, environment, region)).running for region in up
    )
    fleets = [
        shop_fleets.serve(
            context.terminal,
            aws,
            environment,
            region,
            home,
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
    away = len(up) < len(environment.pair)  # then nothing is quiet before it is back
    if not away and (fresh or not _quiet(aws)):
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
