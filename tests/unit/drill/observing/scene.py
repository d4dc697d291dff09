"""A drill in memory: a plan, a clock that moves when somebody waits, a name that fails over, a shop."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scripts.aws import Aws, AwsSaidNo
from scripts.drill.ledger import NAMESPACE, order_of
from scripts.drill.observations import Fetched, Ordered, Probed
from scripts.drill.plan import Objectives, Pace, Plan, Trigger
from scripts.drill.stage import Answer, Asked, NoAnswer, Stage, Told
from tests.functional.stubbed import Environment, StubbedSession
from tests.unit.drill.theatres import theatre

PRIMARY, STANDBY = "us-east-1", "us-west-2"
HERE, THERE = "127.0.0.11", "127.0.0.12"
DRILL = "2026-11-23T16-49-29Z-ab12"

#: When drills of these tests begin, and when their region fails.
BEGAN, T0 = 1_000.0, 1_100.0


THEATRE = theatre(PRIMARY, STANDBY, standby={"database": ""})
NAME = THEATRE.failover_name

PLAN = Plan(
    environment="dev",
    trigger=Trigger.TAKEOVER,
    data=False,
    hold=False,
    objectives=Objectives(rto=300, rpo=5, errors=10.0),
    pace=Pace(clients=2),
    theatre=THEATRE,
)


def plan(trigger: Trigger = Trigger.TAKEOVER, **pace: int) -> Plan:
    return replace(PLAN, trigger=trigger, pace=replace(PLAN.pace, **pace))


@dataclass
class StillClock:
    """Moves when somebody waits, and `speed` times as fast as the machine."""

    time: float = BEGAN
    speed: float = 1.0

    def now(self) -> float:
        return self.time

    def of(self, wall: float) -> float:
        return wall

    def sleep(self, seconds: float, until: threading.Event | None = None) -> bool:
        if until is not None and until.is_set():
            return True
        self.time += max(seconds, 0.0)
        return False


@dataclass
class Zone:
    """A name that leads to `address` until it `fails_over_at`, and how often it was asked for."""

    clock: Any
    fails_over_at: float = float("inf")
    ttl: int = 60
    silent: bool = False
    asked: int = 0

    def servers(self, name: str) -> tuple[str, ...]:
        assert name == NAME
        if self.silent:
            raise NoAnswer("The name servers are not found.")
        return ("ns1", "ns2")

    def ask(self, server: str, name: str) -> Answer:
        self.asked += 1
        if self.silent or server not in ("ns1", "ns2"):
            raise NoAnswer(f"{server} does not answer.")
        if name != NAME:
            return Answer((HERE if name.startswith(PRIMARY) else THERE,), self.ttl)
        return Answer((HERE if self.clock.now() < self.fails_over_at else THERE,), self.ttl)


def nobody() -> Any:
    raise AssertionError("no visitor is expected here")


def stage(
    session: Any = None,
    clock: Any = None,
    names: Any = None,
    visitor: Callable[[], Any] = nobody,
    **more: Any,
) -> Stage:
    clock = clock or StillClock()
    aws = Aws(session or StubbedSession(), Environment())
    return Stage(aws, clock, names or Zone(clock), visitor, rehearsal=True, **more)


Answers = Callable[[str, str, str, dict[str, Any]], dict[str, Any]]


@dataclass
class Cloud:
    """A session whose clients' answers are made by a function: of service, region, operation, parameters."""

    answers: Answers
    calls: list[tuple[str, str, str]] = field(default_factory=list)

    def create_client(self, service_name: str, region_name: str, **_: Any) -> Any:
        return _Client(self, service_name, region_name)


@dataclass
class _Client:
    cloud: Cloud
    service: str
    region: str

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        def called(**parameters: Any) -> dict[str, Any]:
            self.cloud.calls.append((self.service, self.region, operation))
            return self.cloud.answers(self.service, self.region, operation, parameters)

        return called

    def get_paginator(self, operation: str) -> Any:
        return _Paginator(getattr(self, operation))


@dataclass
class _Paginator:
    call: Callable[..., dict[str, Any]]

    def paginate(self, **parameters: Any) -> list[dict[str, Any]]:
        return [self.call(**parameters)]


def refused(code: str) -> AwsSaidNo:
    return AwsSaidNo(f"It was refused ({code}).", code=code)


@dataclass
class Shop:
    """A visitor of a shop that answers by its region, at once; `fails` may raise instead."""

    region: Callable[[], str] = lambda: PRIMARY
    fails: Callable[[Asked], None] = lambda _: None
    products: tuple[Mapping[str, Any], ...] = ({"product_id": "lamp", "stock": 3},)
    statuses: dict[str, int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    closed: bool = False

    def send(self, asked: Asked) -> Told:
        self.asked.append(asked)
        self.fails(asked)
        path = asked.path.partition("?")[0]
        status = self.statuses.get(path, 202 if path == "/api/checkout" else 200)
        headers = {"x-tradewind-region": self.region()}
        said: dict[str, Any] = {}
        if path == "/api/products":
            said = {"products": list(self.products), "page": 1, "pages": 1}
        elif path.startswith("/api/cart/lines"):
            headers["set-cookie"] = "cart=abc; Path=/"
        elif path == "/api/checkout" and status == 202:
            said = {"order_id": str(uuid.uuid5(NAMESPACE, asked.headers["Idempotency-Key"]))}
        return Told(status, headers, json.dumps(said).encode(), 0.01)

    def close(self) -> None:
        self.closed = True


def probed(checker: int, at: float, *, success: bool, check: str = "takeover") -> Probed:
    return Probed(
        at + 1, check, f"checker-{checker}", at, success, "Success" if success else "Failure"
    )


def fetched(at: float, region: str, *, client: int = 1, status: int = 200) -> Fetched:
    good = bool(region) and status < 400
    return Fetched(at, f"client {client}", region, status if region else 0, 0.1, good=good)


def ordered(at: float, number: int, region: str, *, taken: bool = True) -> Ordered:
    order = order_of(DRILL, number) if taken else ""
    return Ordered(at, number, order, region, 202 if taken else 503, 0.2)
