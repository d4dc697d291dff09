"""What everybody saw of a drill that never was: made from a few figures and a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from scripts.drill.observations import (
    Fetched,
    Lagged,
    Observation,
    Ordered,
    Probed,
    Resolved,
    Stalled,
    Unread,
)
from scripts.drill.plan import Objectives, Pace, Plan, Trigger
from tests.unit.drill.theatres import theatre

PRIMARY, STANDBY = "eu-west-1", "eu-central-1"

#: When the fault is, in seconds since the epoch.
T0 = 1_795_000_000.0

#: Where Route 53's checkers are: two or three of each, sixteen in all.
CHECKERS = tuple(
    f"{region} 15.177.{number}.{number + 7}"
    for number, region in enumerate(
        ["us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1"] * 3 + ["sa-east-1"],
        2,
    )
)


THEATRE = theatre(
    PRIMARY,
    STANDBY,
    "prod",
    intake_consistency="STRONG",
    global_cluster="tradewind-prod-orders",
)

PLAN = Plan(
    environment="prod",
    trigger=Trigger.TAKEOVER,
    data=False,
    hold=False,
    objectives=Objectives(rto=300, rpo=5, errors=1.0),
    pace=Pace(),
    theatre=THEATRE,
    release="3f6a1c09",
)


@dataclass(frozen=True)
class Story:
    """What happens, in seconds since the fault. `broken`: the share of the standby's answers that are
    errors.
    """

    detected: float = 28.0
    flipped: float = 31.0
    last: float = 86.0
    held: float = 150.0
    back: float = 240.0
    ended: float = 340.0
    broken: float = 0.0
    clients: int = 6
    seed: int = 1


def observed(story: Story, began: float = -60.0) -> Iterator[Observation]:
    """What everybody saw."""
    chance = random.Random(story.seed)
    yield from _probed(story, began, chance)
    yield from _resolved(story, began)
    yield from _fetched(story, began, chance)
    yield from _ordered(story, began)
    for step in range(int((story.ended - began) / 10)):
        at = T0 + began + 10 * step
        yield Lagged(at, "order-intake", round(0.6 + chance.random() * 0.8, 3))
        yield Lagged(at, "carts", round(0.9 + chance.random() * 1.6, 3))
    yield Unread(T0 + 44, "cloudwatch:GetMetricData in eu-central-1", "Throttling: Rate exceeded")
    yield Stalled(T0 + 100, "the loop of the clients", 0.8)


def _probed(story: Story, began: float, chance: random.Random) -> Iterator[Observation]:
    for number, checker in enumerate(CHECKERS):
        turn = story.detected - 6 + number * 0.4
        at = began + number * 0.6
        while at < story.ended:
            out = turn <= at < story.back + 8 + number * 0.5
            for check, good in ((THEATRE.primary_endpoint, True), (THEATRE.standby_endpoint, True)):
                seen = T0 + at + chance.random()
                yield Probed(T0 + at + 2, check.id, checker, seen, good, _status(good))
            yield Probed(T0 + at + 2, THEATRE.takeover.id, checker, T0 + at, out, _status(out))
            at += 10


def _status(good: bool) -> str:
    if good:
        return "Success: HTTP Status Code 200, OK"
    return "Failure: HTTP Status Code 503, Service Unavailable. Resolved IP: 192.0.2.17"


def _resolved(story: Story, began: float) -> Iterator[Observation]:
    for number in range(4):
        at = began
        while at < story.ended:
            out = story.flipped + number * 0.7 <= at < story.back + 14 + number
            yield Resolved(
                T0 + at,
                f"ns-{200 + 311 * number}.awsdns-{number:02}.example",
                STANDBY if out else PRIMARY,
                60,
            )
            at += 2


def _fetched(story: Story, began: float, chance: random.Random) -> Iterator[Observation]:
    for client in range(story.clients):
        change = story.flipped + (story.last - story.flipped) * (client + 1) / story.clients
        at = began + client
        while at < story.ended:
            out = change <= at < story.back + 20 + 9 * client
            region = STANDBY if out else PRIMARY
            bad = out and chance.random() < story.broken
            lost = not out and 0 <= at < change and chance.random() < 0.5
            seconds = round(0.06 + chance.random() * 0.09, 3)
            if lost:
                yield Fetched(T0 + at, f"client {client + 1}", "", 0, 4.0, False)
            else:
                yield Fetched(
                    T0 + at, f"client {client + 1}", region, 502 if bad else 200, seconds, not bad
                )
            at += 6


def _ordered(story: Story, began: float) -> Iterator[Observation]:
    at, number = began, 0
    while at < story.ended:
        number += 1
        away = 0 <= at < story.flipped + 20
        region = STANDBY if 0 <= at < story.back + 30 else PRIMARY
        yield Ordered(
            T0 + at,
            number,
            "" if away else f"o-{number:04}",
            "" if away else region,
            0 if away else 201,
            0.2,
        )
        at += 10
